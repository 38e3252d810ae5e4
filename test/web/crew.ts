import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { bodyOf, openWeb, ownerOf, type Person, type Web } from '../attack/web-house.ts'
import { startChromium } from '../chromium.ts'
import { builtPage, type Visit, visit } from './visit.ts'

// A hub with people and scripted agents, and pages of it: for tests about who works on what.

type Fields = Readonly<Record<string, unknown>>

/** A hub whose clock runs, its owner, and what tests do with both. */
export type Crew = Readonly<{
  web: Web
  owner: Person
  browser: Browser
  /** Asks as the owner's page, or with a key; fails where it is refused. */
  ask(route: string, body?: object, key?: string): Promise<Fields>
  /** Makes an agent in a project; gives its key. */
  agent(name: string, project: string): Promise<string>
  tasks(project: string, titles: readonly (string | object)[]): Promise<void>
  /** Claims the best task for the holder of a key; gives its lease. */
  claim(key: string, project: string): Promise<string>
  /** Shows a page to somebody who has signed in. */
  at(path: string, who?: Person, options?: BrowserContextOptions): Promise<Visit>
  stop(): Promise<void>
}>

/** Opens the hub. */
export const openCrew = async (): Promise<Crew> => {
  const web = await openWeb({ webRoot: builtPage() })
  const browser = await startChromium()
  const owner = await ownerOf(web)
  const ask: Crew['ask'] = async (route, body, key) => {
    const [method = '', path = ''] = route.split(' ')
    const who = key === undefined ? { session: owner.session } : { key }
    const send = key === undefined ? web.page : web.say
    const heard = await send(method, `/v1${path}`, { ...who, body })
    if (heard.status !== 200) throw new Error(`${route}: ${heard.status} ${heard.text}`)
    return bodyOf(heard)
  }
  await ask('PUT /settings/sign-in', { secondFactor: 'optional' })
  // Pages hear of everything by the ledger, and keys are noted by the clock.
  await web.house.start()
  return {
    ...{ web, owner, browser, ask },
    agent: async (name, project) =>
      String((await ask('POST /agents', { name, projects: [project] }))['key']),
    async tasks(project, titles) {
      const items = titles.map((one) => ({
        status: 'Todo',
        ...(typeof one === 'string' ? { title: one } : one),
      }))
      await ask('POST /tasks', { project, items })
    },
    async claim(key, project) {
      const { task } = await ask('POST /work/next', { project }, key)
      return String(Object(task)['lease'])
    },
    async at(path, who = owner, options = {}) {
      const visited = await visit(browser, web.home, options)
      const { page } = visited
      const { hostname: domain } = new URL(web.home)
      const cookie = { name: web.cookieName, value: who.session, domain, path: '/' }
      await page.context().addCookies([cookie])
      await page.addInitScript({ content: "localStorage.setItem('guildhall.signed-in', '1')" })
      await page.goto(`${web.home}${path}`)
      return visited
    },
    stop: () => browser.close(),
  }
}

/** Presses a button by its name. */
export const press = (place: Page | Locator, name: string | RegExp): Promise<void> =>
  place.getByRole('button', { name, exact: true }).click()

/** Finds a panel by its title. */
export const region = (page: Page, name: string): Locator =>
  page.getByRole('region', { name, exact: true })

/** Tells whether anything of a page is wider than the screen. */
export const isWide = (page: Page): Promise<unknown> =>
  page.evaluate(`[document.documentElement, ...document.querySelectorAll('main')]
    .some((one) => one.scrollWidth > one.clientWidth)`)

/** Names what has the focus: the value of its `data-line`. */
export const lineIn = (page: Page): Promise<unknown> =>
  page.evaluate('document.activeElement?.dataset?.line ?? null')

const STEPS_MAX = 40

/** Walks down with J until a line has the focus. */
export const walkTo = async (page: Page, line: string): Promise<void> => {
  for (let steps = 0; (await lineIn(page)) !== line; steps++) {
    if (steps > STEPS_MAX) throw new Error(`J does not lead to ${line}.`)
    await page.keyboard.press('j')
  }
}

/** A phone. */
export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true } as const
