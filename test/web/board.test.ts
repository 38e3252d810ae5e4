import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startChromium } from '../chromium.ts'
import { newHome, startTestHub, type TestHub } from '../hub.ts'
import { visit } from './visit.ts'

const PAGE = join(import.meta.dirname, '..', '..', 'web', 'dist', 'index.html')

vi.setConfig({ testTimeout: 150_000 })

let hub: TestHub
let browser: Browser

const POLL = { timeout: 60_000 }

type Fields = Readonly<Record<string, unknown>>

const isFields = (body: unknown): body is Fields => typeof body === 'object' && body !== null

/** Calls the hub as its owner, or under another key: `v1('POST /projects', { key })`. */
const v1 = async (route: string, body?: object, key?: string): Promise<Fields> => {
  const [method = '', path = ''] = route.split(' ')
  const answer = await hub.api(method, `/v1${path}`, body, key)
  if (answer.status === 200 && isFields(answer.body)) return answer.body
  throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
}

const newAgent = async (name: string, project: string): Promise<string> =>
  String((await v1('POST /agents', { name, projects: [project] }))['key'])

/** Claims the best task; gives its lease. */
const claim = async (project: string, key: string): Promise<unknown> => {
  const { task } = await v1('POST /work/next', { project }, key)
  return isFields(task) ? task['lease'] : null
}

/** Makes a project of its own, so that tests do not meet. */
const given = async (key: string, titles: readonly string[]): Promise<void> => {
  await v1('POST /projects', { key, name: `Project ${key}` })
  for (let from = 0; from < titles.length; from += 100) {
    const items = titles.slice(from, from + 100).map((title) => ({ title, status: 'Todo' }))
    await v1('POST /tasks', { project: key, items })
  }
}

const signedIn = async (path: string, options = {}) => {
  const visited = await visit(browser, hub.url, options)
  await visited.page.goto(`${hub.url}${path}#key=${hub.ownerKey}`)
  return visited
}

const column = (page: Page, name: string) => page.locator(`[data-column="${name}"]`)
const cardIn = (page: Page, name: string, key: string) =>
  column(page, name).locator(`[data-card="${key}"]`)

beforeAll(async () => {
  if (!existsSync(PAGE)) throw new Error('The web page is not built. Run: npm test')
  hub = await startTestHub()
  browser = await startChromium()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
}, 60_000)

test('a key in the address signs in, leaves the address, and shows the board', async () => {
  await given('ONE', ['First', 'Second'])
  const { page, end } = await signedIn('/')
  await cardIn(page, 'Todo', 'ONE-1').waitFor()
  expect(page.url()).toBe(`${hub.url}/p/ONE/board`)
  await page.getByText('Live', { exact: true }).first().waitFor()
  expect(await page.getByRole('navigation').getByText('Project ONE').count()).toBe(1)
  await page.getByRole('button', { name: 'Sign out' }).first().click()
  await page.getByLabel('Key', { exact: true }).fill('not a key')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('not a whole key').waitFor()
  await page.getByLabel('Key', { exact: true }).fill(hub.ownerKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await cardIn(page, 'Todo', 'ONE-2').waitFor()
  await end()
})

test('what others do appears without a reload, and agents have their mark', async () => {
  await given('TWO', ['Fix the gate', 'Paint the wall', 'Wait'])
  const key = await newAgent('dev-7', 'TWO')
  const { page, end } = await signedIn('/p/TWO/board')
  await cardIn(page, 'Todo', 'TWO-1').waitFor()
  await page.locator('[data-link="live"]').first().waitFor()
  await v1('POST /tasks/TWO-2/move', { to: 'Backlog' })
  await cardIn(page, 'Backlog', 'TWO-2').waitFor()
  const lease = await claim('TWO', key)
  const held = cardIn(page, 'In progress', 'TWO-1')
  await held.locator('[data-kind="agent"]').waitFor()
  expect(await held.getAttribute('data-holder')).toBe('dev-7')
  await v1('POST /work/update', { lease, progress: 60 }, key)
  await held.getByText('60%').waitFor()
  await v1('POST /tasks', { project: 'TWO', items: [{ title: 'Newcomer', status: 'Todo' }] })
  await cardIn(page, 'Todo', 'TWO-4').waitFor()
  await v1('POST /tasks/TWO-3/dependencies', { to: 'TWO-4' })
  await cardIn(page, 'Todo', 'TWO-3').getByLabel('Waits for another task').waitFor()
  const done = { lease, outcome: 'done', summary: 'It holds.' }
  await v1('POST /work/finish', done, key)
  await cardIn(page, 'Done', 'TWO-1').waitFor()
  await end()
})

test('a card is moved by drag, by menu and by keys, and stays where it went', async () => {
  await given('TRE', ['One', 'Two', 'Three'])
  const { page, end } = await signedIn('/p/TRE/board')
  await cardIn(page, 'Todo', 'TRE-1').waitFor()
  await cardIn(page, 'Todo', 'TRE-1').dragTo(column(page, 'In progress'))
  await cardIn(page, 'In progress', 'TRE-1').waitFor()
  await cardIn(page, 'Todo', 'TRE-2').focus()
  await page.keyboard.press('m')
  await page.getByRole('dialog').getByRole('button', { name: 'In review' }).click()
  await cardIn(page, 'In review', 'TRE-2').waitFor()
  await expect.poll(() => focused(page), POLL).toBe('TRE-2')
  await cardIn(page, 'Todo', 'TRE-3').focus()
  await page.keyboard.press('Shift+H')
  await cardIn(page, 'Backlog', 'TRE-3').waitFor()
  await page.getByText('TRE-3 moved to Backlog, position 1 of 1').waitFor({ state: 'attached' })
  await page.reload()
  await cardIn(page, 'In progress', 'TRE-1').waitFor()
  await cardIn(page, 'In review', 'TRE-2').waitFor()
  await cardIn(page, 'Backlog', 'TRE-3').waitFor()
  await end()
})

const focused = (page: Page): Promise<unknown> =>
  page.evaluate("document.activeElement?.getAttribute('data-card')")

test('a refused move goes back and says why in the words of the hub', async () => {
  await given('FOR', ['One', 'Two'])
  const { columns } = await v1('GET /projects/FOR')
  const limited = (Array.isArray(columns) ? columns : []).map((one: Fields) =>
    one['name'] === 'In review' ? { ...one, limit: 1, hard: true } : one,
  )
  await v1('PUT /projects/FOR/columns', { columns: limited })
  await v1('POST /tasks/FOR-1/move', { to: 'In review' })
  const { page, end } = await signedIn('/p/FOR/board')
  await cardIn(page, 'Todo', 'FOR-2').dragTo(column(page, 'In review'))
  await page.getByText(/In review.*full/).waitFor()
  await cardIn(page, 'Todo', 'FOR-2').waitFor()
  // The browser notes every refused request by itself.
  await end(/status of 409/)
})

test('a person claims, hands back, takes over and comments in the panel', async () => {
  await given('FIV', ['Mend the roof'])
  const key = await newAgent('dev-8', 'FIV')
  const { page, end } = await signedIn('/p/FIV/board')
  await cardIn(page, 'Todo', 'FIV-1').click()
  const panel = page.getByRole('complementary', { name: 'Task FIV-1' })
  await panel.getByRole('button', { name: 'Claim' }).click()
  await panel.getByRole('button', { name: 'Hand back' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Note').fill('The ladder is ready.')
  await dialog.getByRole('button', { name: 'Hand back' }).click()
  await panel.getByText('The ladder is ready.').first().waitFor()
  await claim('FIV', key)
  await panel.getByRole('button', { name: 'Take over' }).click()
  await panel.getByRole('button', { name: 'Hand back' }).waitFor()
  await panel.getByText('taken over', { exact: true }).waitFor()
  await panel.getByText('handed back', { exact: true }).waitFor()
  await panel.getByLabel('Comment').fill('See **FIV-1** and <b>this</b>')
  await page.keyboard.press('Control+Enter')
  await panel.locator('strong').getByRole('link', { name: 'FIV-1' }).waitFor()
  expect(await panel.locator('.prose-task b').count()).toBe(0)
  await v1('POST /tasks/FIV-1/comments', { body: 'Somebody else was here.' })
  await panel.getByText('Somebody else was here.').first().waitFor()
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await end()
})

test('a board that shows no card says why, and what to do about it', async () => {
  await given('NIL', [])
  const { page, end } = await signedIn('/p/NIL/board')
  await page.getByText('No tasks here yet').waitFor()
  await v1('POST /tasks', { project: 'NIL', items: [{ title: 'First', status: 'Todo' }] })
  await cardIn(page, 'Todo', 'NIL-1').waitFor()
  await page.getByText('No tasks here yet').waitFor({ state: 'detached' })
  await page.getByLabel('Filter cards').fill('something else')
  await page.getByText('No task matches').waitFor()
  await page.getByRole('button', { name: 'Clear filter' }).last().click()
  await cardIn(page, 'Todo', 'NIL-1').waitFor()
  await end()
})

test('a board that was cut says so', async () => {
  await given('CUT', ['One'])
  const { page, end } = await visit(browser, hub.url)
  // Twenty thousand cards take minutes to make: the hub's own answer is marked as cut instead.
  await page.route('**/v1/snapshot*', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), cut: true } })
  })
  await page.goto(`${hub.url}/p/CUT/board#key=${hub.ownerKey}`)
  await page.getByText('first 20,000 open tasks').waitFor()
  await cardIn(page, 'Todo', 'CUT-1').waitFor()
  await end()
})

test('keys walk the board, make a task and open it', async () => {
  await given('SIX', ['One', 'Two'])
  const { page, end } = await signedIn('/p/SIX/board')
  await cardIn(page, 'Todo', 'SIX-1').waitFor()
  await page.keyboard.press('j')
  await expect.poll(() => focused(page), POLL).toBe('SIX-1')
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => focused(page), POLL).toBe('SIX-2')
  await page.keyboard.press('c')
  await page.keyboard.type('Made by keys')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page), POLL).toBe('SIX-3')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Made by keys' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect.poll(() => focused(page), POLL).toBe('SIX-3')
  await end()
})

test('a column of two thousand cards keeps few of them in the page', async () => {
  await given(
    'BIG',
    Array.from({ length: 2000 }, (_, index) => `Task number ${index + 1}`),
  )
  const { page, end } = await signedIn('/p/BIG/board')
  await cardIn(page, 'Todo', 'BIG-1').waitFor()
  expect(await column(page, 'Todo').getAttribute('aria-label')).toBe('Todo, 2000 tasks')
  expect(await page.locator('[data-card]').count()).toBeLessThan(60)
  await column(page, 'Todo').locator('div').first().hover()
  await page.mouse.wheel(0, 1_000_000)
  await cardIn(page, 'Todo', 'BIG-2000').waitFor()
  await page.getByLabel('Filter cards').fill('number 1234')
  await cardIn(page, 'Todo', 'BIG-1234').waitFor()
  expect(await page.locator('[data-card]').count()).toBe(1)
  await end()
})

test('a phone shows the task as a page of its own', async () => {
  await given('FON', ['In the pocket'])
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
  const { page, end } = await signedIn('/t/FON-1', phone)
  await page.getByRole('heading', { name: 'In the pocket' }).waitFor()
  expect(await page.getByRole('main').isVisible()).toBe(false)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  await page.getByRole('link', { name: 'Back to the board' }).click()
  await page.getByRole('main').waitFor()
  await end()
})

test('a page that lost its hub says so, comes back by itself and has missed nothing', async () => {
  const home = await newHome()
  const first = await startTestHub({ home })
  const project = { key: 'LOST', name: 'Lost and found' }
  await first.api('POST', '/v1/projects', project)
  await first.api('POST', '/v1/tasks', { project: 'LOST', items: [{ title: 'One' }] })
  const { page, end } = await visit(browser, first.url)
  await page.goto(`${first.url}/#key=${first.ownerKey}`)
  await page.locator('[data-link="live"]').first().waitFor()
  await first.kill9()
  await page.locator('[data-link="reconnecting"], [data-link="offline"]').first().waitFor()
  const settings = { GUILDHALL_PORT: new URL(first.url).port }
  const second = await startTestHub({ home, settings })
  await second.api('POST', '/v1/tasks', { project: 'LOST', items: [{ title: 'Meanwhile' }] })
  await second.api('POST', '/v1/tasks/LOST-1/move', { to: 'Done' })
  await page.locator('[data-link="live"]').first().waitFor({ timeout: 60_000 })
  await page.locator('[data-card="LOST-2"]').waitFor()
  await cardIn(page, 'Done', 'LOST-1').waitFor()
  await end(/ERR_(CONNECTION_|INCOMPLETE_|EMPTY_|ABORTED)|status of 503/)
  await second.stop()
}, 180_000)
