import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { startChromium } from '../chromium.ts'
import { startTestHub, type TestHub, type TestHubOptions } from '../hub.ts'
import { visit } from './visit.ts'

// A hub and a browser for stories about boards, and the words to tell them with.

const PAGE = join(import.meta.dirname, '..', '..', 'web', 'dist', 'index.html')

/** How long a fact is waited for: a busy machine is slow, not wrong. */
export const POLL = { timeout: 60_000 }

/** What the hub answered. */
export type Fields = Readonly<Record<string, unknown>>

const isFields = (body: unknown): body is Fields => typeof body === 'object' && body !== null

/** Gives the hub and the browser of a file of stories; what the hub needs is made before it. */
export const boardHall = (needs: () => Promise<TestHubOptions> = async () => ({})) => {
  let hub: TestHub | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    if (!existsSync(PAGE)) throw new Error('The web page is not built. Run: npm test')
    hub = await startTestHub(await needs())
    browser = await startChromium()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await hub?.stop()
  }, 60_000)
  const there = (): Readonly<{ hub: TestHub; browser: Browser }> => {
    if (!hub || !browser) throw new Error('The hub is not there yet.')
    return { hub, browser }
  }
  /** Calls the hub as its owner, or under another key: `v1('POST /projects', { key })`. */
  const v1 = async (route: string, body?: object, key?: string): Promise<Fields> => {
    const [method = '', path = ''] = route.split(' ')
    const answer = await there().hub.api(method, `/v1${path}`, body, key)
    if (answer.status === 200 && isFields(answer.body)) return answer.body
    throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  return {
    there,
    v1,
    newAgent: async (name: string, project: string): Promise<string> =>
      String((await v1('POST /agents', { name, projects: [project] }))['key']),
    /** Claims the best task; gives its lease. */
    async claim(project: string, key: string): Promise<unknown> {
      const { task } = await v1('POST /work/next', { project }, key)
      return isFields(task) ? task['lease'] : null
    },
    /** Makes a project of its own, so that stories do not meet. */
    async given(key: string, items: readonly (string | object)[]): Promise<void> {
      await v1('POST /projects', { key, name: `Project ${key}` })
      for (let from = 0; from < items.length; from += 100) {
        const some = items.slice(from, from + 100).map((item) => ({
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
    async signedIn(path: string, options = {}) {
      const visited = await visit(there().browser, there().hub.url, options)
      await visited.page.goto(`${there().hub.url}${path}#key=${there().hub.ownerKey}`)
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
