import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { newHome, startTestHub, type TestHub } from '../hub.ts'
import { member, type Peopled, signIn, type Somebody, startPeopled } from './people.ts'
import { cardIn as card, type Fields, isFields, POLL } from './board-hall.ts'
import { visit } from './visit.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
// The browser notes requests that ended badly by itself; so does React what a boundary caught.
const AWAY =
  /ERR_(INTERNET_DISCONNECTED|CONNECTION_|SOCKET_|INCOMPLETE_|EMPTY_|ABORTED|FAILED)|status of 503/

vi.setConfig({ testTimeout: 150_000 })

let peopled: Peopled
let hub: TestHub
let key: string
let browser: Browser

beforeAll(async () => {
  peopled = await startPeopled()
  ;({ hub, key, browser } = peopled)
}, 120_000)

afterAll(() => peopled?.stop(), 60_000)

const v1 = async (route: string, body?: object): Promise<Fields> => {
  const [method = '', path = ''] = route.split(' ')
  const answer = await hub.api(method, `/v1${path}`, body, key)
  if (answer.status === 200 && isFields(answer.body)) return answer.body
  throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
}

/** Makes a project of its own, so that stories do not meet. */
const given = async (project: string, titles: readonly string[]): Promise<void> => {
  await v1('POST /projects', { key: project, name: `Project ${project}` })
  const items = titles.map((title) => ({ title, status: 'Todo' }))
  await v1('POST /tasks', { project, items })
}

/** Opens a page with the owner's key. */
const at = async (path: string) => {
  const visited = await visit(browser, hub.url)
  await visited.page.goto(`${hub.url}${path}#key=${key}`)
  return visited
}

/** Opens a page as somebody who signs in with a password. */
const signedIn = async (somebody: Somebody, path: string) => {
  const visited = await visit(browser, hub.url)
  const { page } = visited
  await page.goto(`${hub.url}/sign-in?next=${encodeURIComponent(path)}`)
  await signIn(page, somebody)
  return visited
}

const again = (page: Page) => page.getByRole('dialog', { name: 'Sign in again' })

const signInAgain = (page: Page, somebody: Somebody): Promise<void> => signIn(again(page), somebody)

const link = (page: Page, state: string) =>
  page.locator(`[data-link="${state}"]`).locator('visible=true').waitFor()
const moveBack = async (page: Page, task: string): Promise<void> => {
  await card(page, 'Todo', task).focus()
  await page.keyboard.press('Shift+H')
  await card(page, 'Backlog', task).waitFor()
}
/** Ends the session under a page, so that it is the next change that hears of it. */
const endSession = async (page: Page): Promise<() => Promise<void>> => {
  const held: Route[] = []
  const hold = async (route: Route): Promise<void> => {
    if (route.request().method() === 'GET') held.push(route)
    else await route.fallback()
  }
  await page.route('**/v1/**', hold)
  await page.context().clearCookies()
  return async () => {
    await page.unroute('**/v1/**', hold)
    await Promise.all(held.map((route) => route.continue().catch(() => {})))
  }
}
const stands = async (task: string): Promise<unknown> => {
  const { column, version } = await v1(`GET /tasks/${task}`)
  return { column, version }
}

const problem = (
  status: number,
  title: string,
  headers: Readonly<Record<string, string>> = {},
) => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({ status, title, code: 'platform.unexpected', trace: TRACE }),
})

/** Answers requests in another way than the hub, as long as that is wanted. */
const answering = async (page: Page, path: string, answer: (route: Route) => Promise<void>) => {
  const state = { isOn: true, asked: 0 }
  await page.route(path, (route) => {
    state.asked++
    return state.isOn ? answer(route) : route.continue()
  })
  return state
}

/** Presses a button where it still is: what heals by itself may take it away at any time. */
const pressIfThere = (page: Page, name: string): Promise<unknown> =>
  page.evaluate(`[...document.querySelectorAll('button')]
    .find((button) => button.textContent === ${JSON.stringify(name)})?.click()`)

const SERVERS = '**/v1/tool-servers'

test('a slow page shows its shape after a moment, and then that it takes long', async () => {
  const { page, end } = await at('/inbox')
  await page.getByText('Nothing waits for you.').waitFor()
  const held: Route[] = []
  const slow = await answering(page, SERVERS, async (route) => void held.push(route))
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 60_000)
  await page.getByRole('link', { name: 'Tools' }).locator('visible=true').click()
  const shape = page.locator('[aria-busy="true"] [aria-hidden="true"]')
  await shape.waitFor({ state: 'attached' })
  await page.clock.runFor(250)
  expect(await shape.isVisible()).toBe(false)
  await page.clock.runFor(100)
  await shape.waitFor()
  expect(await page.getByText('Still loading').count()).toBe(0)
  await page.clock.runFor(8000)
  await page.getByText('Still loading servers').waitFor()
  // The next question is answered; what becomes of those before does not matter any more.
  slow.isOn = false
  await pressIfThere(page, 'Try again')
  await page.getByText('No server is connected yet').waitFor()
  await Promise.all(held.map((route) => route.fulfill(problem(500, 'Too late.'))))
  await page.clock.runFor(1000)
  expect(await page.getByText('Too late.').count()).toBe(0)
  await end(/status of 500/)
})

test('what breaks in one panel says so with its trace, and the others live', async () => {
  const { page, end } = await at('/')
  await link(page, 'live')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const broken = await answering(page, SERVERS, (route) => route.fulfill(problem(500, 'It broke.')))
  await page.getByRole('link', { name: 'Tools' }).locator('visible=true').click()
  const panel = page.getByRole('region', { name: 'Servers' })
  await panel.getByText('It broke.', { exact: true }).waitFor()
  await panel.getByRole('button', { name: 'Copy trace 0af76519' }).click()
  await panel.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(TRACE)
  const { asked } = broken
  await panel.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => broken.asked, POLL).toBeGreaterThan(asked)
  broken.isOn = false
  await pressIfThere(page, 'Try again')
  await panel.getByText('No server is connected yet').waitFor()
  // An answer that nobody foresaw: the panel ends, the page and its navigation do not.
  const odd = { status: 200, contentType: 'application/json', body: '{"items":[{"kind":"odd"}]}' }
  const strange = await answering(page, '**/v1/agents?*', (route) => route.fulfill(odd))
  await page.getByRole('link', { name: 'Agents' }).locator('visible=true').click()
  await page.getByText('Registry stopped working').waitFor()
  await page.getByRole('button', { name: 'Connect an agent' }).waitFor()
  strange.isOn = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('No agent works here yet').waitFor()
  await end(/status of 500|TypeError|Cannot read/)
})

test('what is not there, or not for these eyes, is said in one sentence', async () => {
  await given('NOT', ['One'])
  const nora = await member(hub, key, 'Nora')
  const { page, end } = await signedIn(nora, '/t/NOT-99')
  await page.getByText('NOT-99 does not exist or you may not see it.').waitFor()
  await card(page, 'Todo', 'NOT-1').waitFor()
  await link(page, 'live')
  // Rights end while the page hears of nothing: what it still offers is refused and goes back.
  await page.route('**/v1/stream', (route) => route.abort())
  await page.reload()
  await card(page, 'Todo', 'NOT-1').waitFor()
  await v1('POST /principals/nora/roles', { role: 'viewer' })
  await v1('DELETE /principals/nora/roles/member')
  await card(page, 'Todo', 'NOT-1').focus()
  await page.keyboard.press('Shift+H')
  await page.getByText(/^You may not/).waitFor()
  await card(page, 'Todo', 'NOT-1').waitFor()
  expect(await stands('NOT-1')).toEqual({ column: 'Todo', version: 1 })
  // Once it hears again, it offers only what is left.
  const offer = page.getByRole('button', { name: 'New task', exact: true })
  expect(await offer.count()).toBe(1)
  await page.unroute('**/v1/stream')
  await link(page, 'live')
  await offer.waitFor({ state: 'detached' })
  await end(/status of (403|404)|ERR_(FAILED|ABORTED)/)
})

test('a session that ends over a move keeps it, and sends it when its person is back', async () => {
  await given('SES', ['One', 'Two'])
  const ida = await member(hub, key, 'Ida')
  const { page, end } = await signedIn(ida, '/p/SES/board')
  await card(page, 'Todo', 'SES-2').waitFor()
  await link(page, 'live')
  const release = await endSession(page)
  await moveBack(page, 'SES-1')
  await again(page).waitFor()
  await release()
  expect(await stands('SES-1')).toEqual({ column: 'Todo', version: 1 })
  await signInAgain(page, ida)
  await again(page).waitFor({ state: 'detached' })
  await expect.poll(() => stands('SES-1'), POLL).toEqual({ column: 'Backlog', version: 2 })
  await page.getByText('SES-1 moved to Backlog').first().waitFor()
  await end(/status of 401/)
})

test('what one person did is neither shown nor sent when another comes', async () => {
  await given('OTH', ['One', 'Two'])
  const [eva, leo] = [await member(hub, key, 'Eva'), await member(hub, key, 'Leo')]
  const { page, end } = await signedIn(eva, '/p/OTH/board')
  await card(page, 'Todo', 'OTH-1').waitFor()
  await link(page, 'live')
  const release = await endSession(page)
  await moveBack(page, 'OTH-1')
  await again(page).waitFor()
  await release()
  await signInAgain(page, leo)
  await card(page, 'Todo', 'OTH-1').waitFor()
  await page.getByRole('navigation').getByText('@leo').first().waitFor()
  expect(await stands('OTH-1')).toEqual({ column: 'Todo', version: 1 })
  // In a second tab somebody else signs in: this one begins anew, with what waits forgotten.
  await page.route('**/v1/tasks/**', (route) => route.abort())
  await moveBack(page, 'OTH-2')
  await page.getByText('1 waiting').locator('visible=true').waitFor()
  const other = await page.context().newPage()
  await other.goto(`${hub.url}/sign-in`)
  await signIn(other, eva)
  await page.getByRole('navigation').getByText('@eva').first().waitFor()
  await page.unroute('**/v1/tasks/**')
  await card(page, 'Todo', 'OTH-2').waitFor()
  expect(await stands('OTH-2')).toEqual({ column: 'Todo', version: 1 })
  await end(/status of 401|ERR_(FAILED|ABORTED|INCOMPLETE)/)
})

test('a hub that asks to wait gets the same change once more, when it is time', async () => {
  await given('BUS', ['One', 'Two'])
  const { page, end } = await at('/p/BUS/board')
  await card(page, 'Todo', 'BUS-2').waitFor()
  await link(page, 'live')
  const keys: (string | undefined)[] = []
  const wait = { seconds: '2' }
  await page.route('**/v1/tasks/*/move', (route) => {
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length % 2 === 0) return route.continue()
    const answer = problem(503, 'The hall is full.', { 'retry-after': wait.seconds })
    return route.fulfill(answer)
  })
  await moveBack(page, 'BUS-1')
  await expect.poll(() => stands('BUS-1'), POLL).toEqual({ column: 'Backlog', version: 2 })
  // A long wait is counted down, and the change counted with what waits.
  await page.clock.install()
  wait.seconds = '300'
  await moveBack(page, 'BUS-2')
  await page.getByText('Busy, 1 waiting').locator('visible=true').waitFor()
  await page
    .getByText(/^(300|29\d) s$/)
    .first()
    .waitFor()
  expect(await stands('BUS-2')).toEqual({ column: 'Todo', version: 1 })
  await page.clock.fastForward(301_000)
  await expect.poll(() => stands('BUS-2'), POLL).toEqual({ column: 'Backlog', version: 2 })
  await page.getByText('waiting').first().waitFor({ state: 'detached' })
  expect(keys).toHaveLength(4)
  expect([keys[0] === keys[1], keys[2] === keys[3], new Set(keys).size]).toEqual([true, true, 2])
  await end(/status of 503/)
})

test('without a network what was read stays, pages wait, and closing is asked about', async () => {
  await given('NET', ['One', 'Two'])
  const { page, end } = await at('/p/NET/board')
  await card(page, 'Todo', 'NET-1').waitFor()
  await link(page, 'live')
  await page.context().setOffline(true)
  await link(page, 'offline')
  await moveBack(page, 'NET-1')
  await page.getByText('Offline, 1 waiting').locator('visible=true').waitFor()
  // A page that was never fetched says so; nothing is loaded anew, and nothing lost.
  await page.getByRole('link', { name: 'Vision' }).locator('visible=true').click()
  await page.getByText('This part of the page could not be fetched').waitFor()
  await page.goBack()
  await card(page, 'Backlog', 'NET-1').waitFor()
  await card(page, 'Todo', 'NET-2').waitFor()
  const asked = page.waitForEvent('dialog')
  await page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await page.getByRole('link', { name: 'Vision' }).locator('visible=true').click()
  await page.getByText('This part of the page could not be fetched').waitFor()
  await page.context().setOffline(false)
  await expect.poll(() => stands('NET-1'), POLL).toEqual({ column: 'Backlog', version: 2 })
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: /^Vision/ }).waitFor()
  await end(/ERR_INTERNET_DISCONNECTED|dynamically imported|could not be fetched/)
})

test('a part of an older build that is gone loads the page anew, once', async () => {
  await given('BLD', ['One'])
  const { page, end } = await at('/p/BLD/board')
  await card(page, 'Todo', 'BLD-1').waitFor()
  let loads = 0
  page.on('load', () => loads++)
  await page.route('**/assets/vision-page*.js', (route) => route.fulfill({ status: 404 }))
  await page.route(`${hub.url}/`, async (route) => {
    const answer = await route.fetch()
    const body = (await answer.text()).replace(/assets\/index-[^"]+\.js/, 'assets/index-other.js')
    await route.fulfill({ response: answer, body })
  })
  await page.getByRole('link', { name: 'Vision' }).locator('visible=true').click()
  await expect.poll(() => loads, POLL).toBe(1)
  await page.getByText('This part of the page could not be fetched').waitFor()
  expect(loads).toBe(1)
  await page.unroute('**/assets/vision-page*.js')
  await page.unroute(`${hub.url}/`)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: /^Vision/ }).waitFor()
  await end(/status of 404|dynamically imported|could not be fetched/)
})

test('a stream that begins anew is no event for who looks at the page', async () => {
  const titles = Array.from({ length: 60 }, (_, at) => `Task ${at + 1}`)
  await given('RES', titles)
  const { page, end } = await at('/p/RES/board')
  await link(page, 'live')
  await card(page, 'Todo', 'RES-1').focus()
  for (let step = 0; step < 20; step++) await page.keyboard.press('j')
  const focused = () => page.evaluate("document.activeElement.getAttribute('data-card')")
  await expect.poll(focused, POLL).toBe('RES-21')
  const place = () => card(page, 'Todo', 'RES-21').boundingBox()
  const before = await place()
  // The hub is asked to go on from a ledger that it does not have; meanwhile others work.
  const lost: string[] = []
  await page.context().setOffline(true)
  await link(page, 'offline')
  await v1('POST /tasks/RES-3/move', { to: 'Done' })
  await v1('POST /tasks/RES-60/move', { to: 'In review' })
  await page.route('**/v1/stream', (route) => {
    const headers = route.request().headers()
    if (lost.length > 0) return route.continue()
    lost.push(headers['last-event-id'] ?? '')
    return route.continue({ headers: { ...headers, 'last-event-id': '7-12' } })
  })
  await page.context().setOffline(false)
  await link(page, 'live')
  await card(page, 'Done', 'RES-3').waitFor()
  await card(page, 'In review', 'RES-60').waitFor()
  expect(lost).toEqual([expect.stringMatching(/^\d+-\d+$/)])
  expect(await focused()).toBe('RES-21')
  await expect.poll(place, POLL).toEqual(before)
  // From then on it follows again.
  await v1('POST /tasks/RES-59/move', { to: 'In review' })
  await card(page, 'In review', 'RES-59').waitFor()
  await end(/ERR_INTERNET_DISCONNECTED/)
})

test('what is done while the hub starts again is done once, when it is back', async () => {
  const home = await newHome()
  const first = await startTestHub({ home })
  await first.api('POST', '/v1/projects', { key: 'RST', name: 'Restart' })
  const items = ['One', 'Two'].map((title) => ({ title, status: 'Todo' }))
  await first.api('POST', '/v1/tasks', { project: 'RST', items })
  const { page, end } = await visit(browser, first.url)
  await page.goto(`${first.url}/p/RST/board#key=${first.ownerKey}`)
  await card(page, 'Todo', 'RST-1').waitFor()
  await link(page, 'live')
  await first.kill9()
  await page.locator('[data-link="reconnecting"], [data-link="offline"]').first().waitFor()
  await moveBack(page, 'RST-1')
  await moveBack(page, 'RST-2')
  await page
    .getByText(/, 2 waiting$/)
    .locator('visible=true')
    .waitFor()
  const settings = { GUILDHALL_PORT: new URL(first.url).port }
  const second = await startTestHub({ home, settings })
  onTestFinished(() => second.stop())
  await second.api('POST', '/v1/tasks', { project: 'RST', items: [{ title: 'Meanwhile' }] })
  await link(page, 'live')
  await page.locator('[data-card="RST-3"]').waitFor()
  const versions = async (): Promise<readonly unknown[]> => {
    const tasks = ['RST-1', 'RST-2'].map((task) => second.api('GET', `/v1/tasks/${task}`))
    return (await Promise.all(tasks)).map(({ body }) => Reflect.get(Object(body), 'version'))
  }
  await expect.poll(versions, POLL).toEqual([2, 2])
  await expect.poll(() => page.getByText(/waiting/).count(), POLL).toBe(0)
  expect(await versions()).toEqual([2, 2])
  await end(AWAY)
})
