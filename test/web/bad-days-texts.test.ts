import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testHouse } from '../bench.ts'
import { type NotebookServer, notebookServer } from '../mcp/notebook-server.ts'
import { asAdmin } from '../server.ts'
import { boardHall, cardIn, column, POLL } from './board-hall.ts'
import { HOSTILE, NAMES, wrongsOf } from './hostile.ts'

vi.setConfig({ testTimeout: 240_000 })

const { there, v1, given, newAgent, claim, signedIn } = boardHall()

let server: NotebookServer | undefined

beforeAll(async () => {
  server = await notebookServer()
  // What a server of tools says of them is as hostile as what people write.
  server.describe(HOSTILE.join('\n\n'))
})

afterAll(() => server?.stop())

// So tall that nothing is left out for being far from sight.
const DESK = { viewport: { width: 1280, height: 9000 } }
const PHONE = { viewport: { width: 360, height: 9000 }, hasTouch: true, isMobile: true }
const [NAME = '', LINK = '', TURNED = '', WORD = '', RTL = ''] = NAMES
const COLUMNS = [
  { name: LINK, category: 'backlog' },
  { name: NAME, category: 'unstarted' },
  { name: TURNED, category: 'started' },
  { name: WORD, category: 'completed' },
  { name: RTL, category: 'canceled' },
]

/** Makes a project in which everything that has a name or a text has a hostile one. */
const makeHostileProject = async (): Promise<void> => {
  await v1('POST /projects', { key: 'HOS', name: NAME, columns: COLUMNS })
  const items = HOSTILE.map((text, at) => ({
    ...{ title: text, body: text, accept: [text.slice(0, 200)] },
    ...{ labels: [NAMES[at % NAMES.length]], status: COLUMNS[at % 3]?.name },
  }))
  await v1('POST /tasks', { project: 'HOS', items })
  await v1('PATCH /tasks/HOS-1', { body: HOSTILE.join('\n\n'), blocked: HOSTILE[1] })
  for (const body of HOSTILE) await v1('POST /tasks/HOS-1/comments', { body })
  const nested = Object.fromEntries(HOSTILE.map((text, at) => [`k${at}`, text]))
  await v1('POST /context', { at: 'HOS', data: { hostile: nested, list: HOSTILE } })
  await v1('POST /objectives', { title: HOSTILE[0], places: ['HOS'] })
  await v1('POST /projects/HOS/sprints', { data: { goal: HOSTILE[2] } })
  await v1('POST /tool-servers', { slug: 'evil', url: server?.url, trust: true })
  const key = await newAgent(`agent ${NAME}`, 'HOS')
  await claim('HOS', key)
  const asked = { kind: 'choose', text: HOSTILE[3], options: [HOSTILE[4], WORD] }
  await v1('POST /questions', { ...asked, task: 'HOS-3' }, key)
}

let made: Promise<void> | undefined

/** Makes it once, for whichever story is told first. */
const hostileProject = (): Promise<void> => (made ??= makeHostileProject())

/** Pages of the hall, and what has to be there before one looks. */
const PAGES: readonly (readonly [string, string])[] = [
  ['/', 'Needs you'],
  ['/me', 'My work'],
  ['/inbox', 'Inbox'],
  ['/p/HOS/backlog', 'HOS-2'],
  ['/p/HOS/ready', 'HOS-5'],
  ['/p/HOS/sprint/1', HOSTILE[2] ?? ''],
  ['/p/HOS/context?at=HOS', 'k7'],
  ['/p/HOS/vision', HOSTILE[0] ?? ''],
  ['/t/HOS-3?full=1', 'Waits for an answer'],
  ['/agents', '@agent'],
  ['/tools', 'evil'],
  ['/tools/evil', 'evil__note'],
  ['/tools/evil/evil__note', 'Rules of this tool'],
  ['/ledger', 'HOS-1'],
  ['/settings/members', 'People'],
]

const goTo = async (page: Page, path: string, text: string): Promise<void> => {
  await page.goto(`${there().web.home}${path}`)
  await page.getByText(text).locator('visible=true').first().waitFor()
}

/** Looks at a task with every hostile comment, and at the board with every hostile title. */
const looksAtTexts = async (page: Page): Promise<void> => {
  const shown = page.locator('[data-comment]')
  await shown.nth(29).waitFor()
  await page.getByRole('button', { name: /^Show earlier/ }).click()
  await expect.poll(() => shown.count(), POLL).toBe(HOSTILE.length)
  await page
    .locator('.prose-task')
    .nth(HOSTILE.length - 3)
    .waitFor()
  expect(await wrongsOf(page)).toEqual([])
  await goTo(page, '/p/HOS/board', 'HOS-1')
  await cardIn(page, NAME, 'HOS-5').waitFor()
  // Those with cards in them; empty ones are narrow strips.
  for (const [at, { name }] of COLUMNS.slice(0, 3).entries()) {
    expect(await column(page, name).getByRole('heading').first().textContent()).toBe(name)
    await cardIn(page, name, `HOS-${at + 4}`).waitFor()
  }
  expect(await wrongsOf(page)).toEqual([])
}

test('whatever is written is shown as it is and does nothing, on every page', async () => {
  await hostileProject()
  const { page, end } = await signedIn('/t/HOS-1', DESK)
  await looksAtTexts(page)
  // Titles are what the hub keeps, sign by sign.
  const keys = HOSTILE.map((_, at) => `HOS-${at + 1}`)
  const kept = await Promise.all(keys.map(async (key) => (await v1(`GET /tasks/${key}`))['title']))
  for (const [at, title] of kept.entries()) {
    const card = page.locator(`[data-card="HOS-${at + 1}"]`)
    expect(await card.locator('[dir="auto"]').first().textContent()).toBe(title)
  }
  for (const [path, text] of PAGES) {
    await goTo(page, path, text)
    expect([path, await wrongsOf(page)]).toEqual([path, []])
  }
  await end()
})

test('the same on a phone: nothing is wider than it', async () => {
  await hostileProject()
  const { page, end } = await signedIn('/t/HOS-1', PHONE)
  await looksAtTexts(page)
  for (const [path, text] of PAGES) {
    await goTo(page, path, text)
    expect([path, await wrongsOf(page)]).toEqual([path, []])
  }
  await end()
})

const COMMENTS = 5000

/** Writes comments by SQL, one a second: by HTTP it would take longer than to read them. */
const commented = async (task: string): Promise<void> => {
  const { target } = await testHouse()
  const [project, number] = task.split('-')
  await asAdmin(target, (admin) =>
    admin.query(
      `insert into work.comment (org_id, id, task_id, author_id, body, created_at)
       select t.org_id, uuidv7(), t.id, null, 'Comment number ' || n || '.',
              date_trunc('second', now()) - make_interval(secs => $3::int - n)
         from generate_series(1, $3::int) n, work.task t
         join work.project p on p.org_id = t.org_id and p.id = t.project_id
        where p.key = $1 and t.number = $2`,
      [project, number, COMMENTS],
    ),
  )
}

test('five thousand comments can all be read, few of them are there, and keys answer', async () => {
  await given('COM', ['Much was said'])
  await commented('COM-1')
  const { page, end } = await signedIn('/t/COM-1')
  const list = page.getByRole('list', { name: 'Comments' })
  const nodes = () => page.evaluate("document.querySelectorAll('*').length")
  await list.getByText(`Comment number ${COMMENTS}.`).waitFor()
  await list.getByText('Comment number 4971.').waitFor()
  expect(await list.getByRole('listitem').count()).toBe(30)
  const before = Number(await nodes())
  const earlier = page.getByRole('button', { name: /^Show earlier comments/ })
  for (let left = COMMENTS - 30; left > 0; left = Math.max(0, left - 100)) {
    await earlier.and(page.getByText(`(${left.toLocaleString('en-GB')})`)).press('Enter')
  }
  await earlier.waitFor({ state: 'detached' })
  // What was asked for last is in sight, at its place in the whole, and the rest is a gap.
  const first = list.getByRole('listitem').filter({ hasText: /Comment number 1\.$/ })
  await first.scrollIntoViewIfNeeded()
  expect(await first.getAttribute('aria-posinset')).toBe('1')
  expect(await first.getAttribute('aria-setsize')).toBe(String(COMMENTS))
  await expect.poll(() => list.getByRole('listitem').count(), POLL).toBeLessThan(200)
  expect(Number(await nodes())).toBeLessThan(before + 200 * 12)
  await page.keyboard.press('p')
  await page.getByRole('dialog').getByRole('combobox', { name: 'Priority' }).waitFor()
  await page.keyboard.press('Escape')
  // What comes in meanwhile leaves the draft, and stands at the end.
  const field = page.getByLabel('Comment', { exact: true })
  await field.fill('My draft')
  await v1('POST /tasks/COM-1/comments', { body: 'One more.' })
  await list.getByText('One more.', { exact: true }).waitFor()
  expect(await field.inputValue()).toBe('My draft')
  expect(await list.getByRole('listitem').count()).toBeLessThan(200)
  await list.getByText(`Comment number ${COMMENTS}.`).waitFor()
  await end()
})
