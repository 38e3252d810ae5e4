import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { bodyOf, openWeb, type Web } from '../attack/web-house.ts'
import { bench } from '../bench.ts'
import { startChromium } from '../chromium.ts'
import { builtPage, type Visit, visit } from './visit.ts'

// A hub and a browser for stories about boards and plans, and the words to tell them with. Its
// owner comes in with a key.

/** How long a fact is waited for: a busy machine is slow, not wrong. */
export const POLL = { timeout: 60_000 }

/** What the hub answered. */
export type Fields = Readonly<Record<string, unknown>>

/** Tells whether an answer has fields. */
export const isFields = (body: unknown): body is Fields => typeof body === 'object' && body !== null

const BATCH_MAX = 100

type There = Readonly<{ web: Web; browser: Browser; ownerKey: string }>

const open = async (): Promise<There> => {
  const web = await openWeb({ webRoot: builtPage() })
  const browser = await startChromium()
  const { ownerKey } = await bench()
  // Pages hear of everything by the ledger.
  await web.house.start()
  return { web, browser, ownerKey }
}

/** Gives the hub and the browser of a file of stories. */
export const boardHall = () => {
  let hall: There | undefined
  beforeAll(async () => {
    hall = await open()
  }, 120_000)
  afterAll(() => hall?.browser.close(), 60_000)
  const there = (): There => {
    if (!hall) throw new Error('The hub is not there yet.')
    return hall
  }
  /** Calls the hub as its owner, or under another key: `v1('POST /projects', { key })`. */
  const v1 = async (route: string, body?: object, key = there().ownerKey): Promise<Fields> => {
    const [method = '', path = ''] = route.split(' ')
    const heard = await there().web.say(method, `/v1${path}`, { key, body })
    if (heard.status === 200) return bodyOf(heard)
    throw new Error(`${route}: ${heard.status} ${heard.text}`)
  }
  return {
    there,
    v1,
    newAgent: async (name: string, project: string): Promise<string> =>
      String((await v1('POST /agents', { name, projects: [project] }))['key']),
    /** Claims the best task; gives its lease. */
    async claim(project: string, key: string): Promise<string> {
      const { task } = await v1('POST /work/next', { project }, key)
      return String(Object(task)['lease'])
    },
    /** Makes a project of its own, so that stories do not meet. */
    async given(key: string, items: readonly (string | object)[]): Promise<void> {
      await v1('POST /projects', { key, name: `Project ${key}` })
      for (let from = 0; from < items.length; from += BATCH_MAX) {
        const some = items.slice(from, from + BATCH_MAX).map((item) => ({
          status: 'Todo',
          ...(typeof item === 'string' ? { title: item } : item),
        }))
        await v1('POST /tasks', { project: key, items: some })
      }
    },
    /** Sets a limit of a column that refuses what goes beyond it. */
    async limited(project: string, name: string, limit: number): Promise<void> {
      const { columns } = await v1(`GET /projects/${project}`)
      const all: readonly Fields[] = Array.isArray(columns) ? columns.filter(isFields) : []
      const next = all.map((one) => (one['name'] === name ? { ...one, limit, hard: true } : one))
      await v1(`PUT /projects/${project}/columns`, { columns: next })
    },
    async signedIn(path: string, options: BrowserContextOptions = {}): Promise<Visit> {
      const { web, browser, ownerKey } = there()
      const visited = await visit(browser, web.home, options)
      await visited.page.goto(`${web.home}${path}#key=${ownerKey}`)
      return visited
    },
  }
}

/** Finds a column. */
export const column = (page: Page, name: string) =>
  page.locator(`[data-column=${JSON.stringify(name)}]`)

/** Finds a card in a column. */
export const cardIn = (page: Page, name: string, key: string) =>
  column(page, name).locator(`[data-card="${key}"]`)

/** Gives the key of the card in focus. */
export const focused = (page: Page): Promise<unknown> =>
  page.evaluate("document.activeElement?.getAttribute('data-card')")

/** Gives the keys of the cards that are there, in the order in which they stand. */
export const keysIn = async (page: Page, name: string): Promise<readonly string[]> => {
  const cards = await column(page, name)
    .locator('li[data-id]')
    .evaluateAll((list) =>
      list
        .map((item) => ({
          key: item.querySelector('[data-card]')?.getAttribute('data-card') ?? '',
          // Cards slide to their places; what counts is the place that they say they have.
          place: Number(item.getAttribute('aria-posinset')),
        }))
        .toSorted((a, b) => a.place - b.place),
    )
  return cards.map(({ key }) => key)
}
