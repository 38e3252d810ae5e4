import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startChromium } from '../chromium.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { type Visit, visit } from './visit.ts'

const PAGE = join(import.meta.dirname, '..', '..', 'web', 'dist', 'index.html')

/** Waits of stories about plans end only when a fact never comes. */
export const POLL = { timeout: 60_000 }

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (body: unknown): body is Fields => typeof body === 'object' && body !== null

/** A hub and a browser, and the words that stories about plans are told in. */
export type Planner = Readonly<{
  /** Calls the hub as its owner, or under another key: `v1('POST /projects', { key })`. */
  v1(route: string, body?: object, key?: string): Promise<Fields>
  newAgent(name: string, project: string): Promise<string>
  /** Makes a project of its own, so that stories do not meet. */
  given(key: string, items: readonly (string | object)[]): Promise<void>
  signedIn(path: string, options?: BrowserContextOptions): Promise<Visit>
  stop(): Promise<void>
}>

const BATCH_MAX = 100

/** Starts a hub and a browser for stories about plans. */
export const startPlanner = async (): Promise<Planner> => {
  if (!existsSync(PAGE)) throw new Error('The web page is not built. Run: npm test')
  const hub: TestHub = await startTestHub()
  const browser: Browser = await startChromium()
  const v1: Planner['v1'] = async (route, body, key) => {
    const [method = '', path = ''] = route.split(' ')
    const answer = await hub.api(method, `/v1${path}`, body, key)
    if (answer.status === 200 && isFields(answer.body)) return answer.body
    throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  return {
    v1,
    newAgent: async (name, project) =>
      String((await v1('POST /agents', { name, projects: [project] }))['key']),
    async given(key, items) {
      await v1('POST /projects', { key, name: `Project ${key}` })
      const whole = items.map((item) => (typeof item === 'string' ? { title: item } : item))
      for (let from = 0; from < whole.length; from += BATCH_MAX) {
        await v1('POST /tasks', { project: key, items: whole.slice(from, from + BATCH_MAX) })
      }
    },
    async signedIn(path, options) {
      const visited = await visit(browser, hub.url, options)
      await visited.page.goto(`${hub.url}${path}#key=${hub.ownerKey}`)
      return visited
    },
    async stop() {
      await browser.close()
      await hub.stop()
    },
  }
}

/** Finds the group of a backlog. */
export const group = (page: Page, id: string) => page.locator(`[data-group="${id}"]`)

/** Finds the line of a task. */
export const line = (page: Page, key: string) => page.locator(`[data-task="${key}"]`)

/** Gives the keys of a group's tasks, in the order in which they stand. */
export const keysIn = (page: Page, id: string): Promise<readonly (string | null)[]> =>
  group(page, id)
    .locator('[data-task]')
    .evaluateAll((lines) => lines.map((one) => one.getAttribute('data-task')))

/** Gives the key of the task that has the focus. */
export const focused = (page: Page): Promise<unknown> =>
  page.evaluate("document.activeElement?.getAttribute('data-task')")
