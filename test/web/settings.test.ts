import { readFile } from 'node:fs/promises'
import type { Download, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { givenProject, joins, type Person } from '../attack/web-house.ts'
import { bench } from '../bench.ts'
import { type Crew, isWide, openCrew, PHONE, press, region } from './crew.ts'
import { visit } from './visit.ts'

vi.setConfig({ testTimeout: 150_000 })

const POLL = { timeout: 30_000 }

let crew: Crew

beforeAll(async () => {
  crew = await openCrew()
  await givenProject(crew.web, 'GH')
  await crew.tasks('GH', ['Sharpen the saw', 'Oil the lamp', 'Sweep the floor'])
}, 120_000)
afterAll(() => crew?.stop(), 60_000)

const places = (page: Page) => page.getByRole('navigation', { name: 'Settings' })
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search the settings' })
const pathOf = (page: Page): string => {
  const { pathname, hash } = new URL(page.url())
  return pathname + hash
}
const inFocus = (page: Page): Promise<unknown> =>
  page.evaluate('document.activeElement?.id ?? null')
const textOf = async (download: Download): Promise<string> =>
  readFile(await download.path(), 'utf8')

test('settings are found by their words, by keys alone, and from everywhere', async () => {
  const { page, end } = await crew.at('/settings')
  await page.getByText('How you sign in, where you are signed in').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('second fac')
  const found = page.getByRole('list', { name: 'Settings that fit' })
  await found.getByText('Authenticator app').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => pathOf(page), POLL).toBe('/settings/security#authenticator')
  // The panel is read first; then it is where the person is led.
  await expect.poll(() => inFocus(page), POLL).toBe('authenticator')
  await search(page).fill('nonsense')
  await page.getByText('No setting has these words.').waitFor()
  await search(page).press('Escape')

  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
  await page.keyboard.type('networks')
  await page.getByRole('option', { name: 'Limits: Networks' }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => pathOf(page), POLL).toBe('/settings/limits#networks')
  await expect.poll(() => inFocus(page), POLL).toBe('networks')
  // What is read above it does not push it out of sight.
  await page.getByRole('table', { name: 'Limits of calls' }).waitFor()
  await expect
    .poll(() => page.evaluate('document.activeElement.getBoundingClientRect().top < 790'), POLL)
    .toBe(true)
  expect(await page.title()).toBe('Limits · Guildhall')
  await end()
})

test('a member sees the settings that are theirs, and no others', async () => {
  const { page, end } = await crew.at('/settings', await joins(crew.web))
  await places(page).getByRole('link', { name: 'Limits' }).waitFor()
  expect(await places(page).getByRole('link', { name: 'Export and import' }).count()).toBe(0)
  await search(page).fill('archive')
  await page.getByText('No setting has these words.').waitFor()
  await page.goto(`${crew.web.home}/settings/limits`)
  const calls = page.getByRole('table', { name: 'Limits of calls' })
  await calls.getByRole('rowheader', { name: 'Imports' }).waitFor()
  // What everybody together may do is for whoever reads limits; so are the limits of others.
  expect(await calls.getByText('everybody together').count()).toBe(0)
  expect(await page.getByLabel('Whose').count()).toBe(0)
  await end()
})

test('an agent is given more tasks at a time, and its limits are looked at', async () => {
  await crew.agent('saul', 'GH')
  const { page, end } = await crew.at('/settings/limits')
  const seats = region(page, 'Tasks at a time')
  const saul = seats.getByRole('listitem').filter({ hasText: '@saul' })
  await saul.getByText('holds 0 of 3').waitFor()
  await press(saul, 'Change the limit of @saul')
  await saul.getByLabel('Tasks of @saul at a time').fill('5')
  await page.keyboard.press('Enter')
  await saul.getByText('holds 0 of 5').waitFor()
  const calls = page.getByRole('table', { name: 'Limits of calls' })
  await calls.getByText('Calls of everybody together').waitFor()
  await page.getByLabel('Whose').selectOption('saul')
  await expect.poll(() => new URL(page.url()).search, POLL).toBe('?who=saul')
  await page.reload()
  expect(await page.getByLabel('Whose').inputValue()).toBe('saul')
  await end()
})

test('networks that would lock their author out are refused in the words of the hub', async () => {
  const { page, end } = await crew.at('/settings/limits#networks')
  const networks = region(page, 'Networks')
  await networks.getByLabel('Browsers').fill('198.51.100.0/24')
  await press(networks, 'Save')
  await networks.getByText('This would lock you out: add your address').waitFor()
  await networks.getByLabel('Browsers').fill('')
  await networks.getByLabel('Keys and tokens').fill('nowhere')
  await press(networks, 'Save')
  await networks.getByText('A network is like 192.0.2.7 or 10.0.0.0/8').waitFor()
  await end(/status of 4(09|22)/)
})

test('roles are one table, with what an agent may do beside them, and why', async () => {
  await crew.agent('tess', 'GH')
  const { page, end } = await crew.at('/settings/members#roles')
  const roles = region(page, 'Roles')
  const table = roles.getByRole('table')
  await roles.getByLabel('Only permissions with').fill('task:')
  const row = (permission: string) =>
    table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: permission }) })
  expect(await row('task:write').getByRole('cell').allTextContents()).toContain('may')
  expect(await table.getByRole('rowheader').count()).toBeLessThan(12)
  await roles.getByLabel('Who').fill('tess')
  await roles.getByLabel('Where').fill('GH')
  await press(roles, 'Show what they may do')
  await table.getByRole('columnheader', { name: '@tess on GH' }).waitFor()
  await press(table, 'task:write: may, on tasks they have claimed. Why?')
  await roles.getByText('@tess may task:write on GH, on tasks they have claimed').waitFor()
  await press(table, 'task:delete: may not. Why?')
  await roles.getByText('@tess may not task:delete on GH: no role gives it there.').waitFor()
  await roles.getByLabel('Where').fill('NO')
  await press(roles, 'Show what they may do')
  await roles.getByText('NO does not exist or you may not see it.').waitFor()
  await end(/status of 404/)
})

/** Exports as the page does; gives the file. */
const exported = async (page: Page, what: string): Promise<string> => {
  const panel = region(page, 'Export')
  await panel.getByLabel('What').selectOption(what)
  const saved = page.waitForEvent('download')
  await press(panel, 'Export')
  const download = await saved
  expect(download.suggestedFilename()).toMatch(/^guildhall-[A-Z]+-\d{4}-\d\d-\d\d\.jsonl$/)
  await panel.getByText(/^Saved guildhall-.* lines, .* [kM]?B\.$/).waitFor()
  return textOf(download)
}

const give = (page: Page, text: string): Promise<void> =>
  region(page, 'Import')
    .getByLabel('Choose a file')
    .setInputFiles({ name: 'hall.jsonl', mimeType: '', buffer: Buffer.from(text) })

// People are made anew where they are not known: all else has to come back as it was.
const rowsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{"k":"principal"'))
    .toSorted()

test('a project leaves as a file, and comes back in another hall as it was', async () => {
  const { page, end } = await crew.at('/settings/data')
  const file = await exported(page, 'GH')
  expect(file).toContain('Oil the lamp')
  // Where it came from there is nothing new in it.
  await give(page, file)
  const here = region(page, 'Import')
  await press(here, 'Preview the import')
  await here.getByText('Here already, and left as it is: GH.').waitFor()
  await press(here, 'Choose another')
  await here.getByLabel('Choose a file').waitFor()
  await end()

  const other = await bench()
  const elsewhere = await visit(crew.browser, crew.web.home)
  await elsewhere.page.goto(`${crew.web.home}/settings/data#key=${other.ownerKey}`)
  await give(elsewhere.page, file)
  const there = region(elsewhere.page, 'Import')
  await press(there, 'Preview the import')
  await there.getByText('New: GH.').waitFor()
  expect(await other.run('work.list_projects')).toMatchObject({ items: [] })
  await press(there, 'Import')
  await there.getByRole('link', { name: 'Go to the board of GH' }).waitFor()
  expect(rowsOf(await exported(elsewhere.page, 'GH'))).toEqual(rowsOf(file))
  await elsewhere.end()
})

const BEADS = [
  { id: 'hall-1', title: 'Nail the sign', status: 'open', priority: 1, issue_type: 'task' },
  { id: 'hall-2', title: 'Paint the sign', status: 'open', priority: 2, issue_type: 'task' },
].map((issue) => JSON.stringify({ ...issue, created_at: '2026-01-02T03:04:05Z' }))

test('a backlog comes into a project that is there, and is taken back', async () => {
  await givenProject(crew.web, 'IN')
  const { page, end } = await crew.at('/settings/data')
  const panel = region(page, 'Import')
  await give(page, BEADS.join('\n'))
  await panel.getByLabel('Into').selectOption('IN')
  await press(panel, 'Preview the import')
  await press(panel, 'Import 2 tasks')
  await press(panel, 'Take it back')
  await press(page.getByRole('dialog'), 'Take it back')
  await page.getByText('2 tasks are taken away again.').first().waitFor()
  await end()
})

test('agents are stopped from everywhere, and every page says so until they go on', async () => {
  const { ask, agent, at, claim } = crew
  await claim(await agent('una', 'GH'), 'GH')
  const someone: Person = await joins(crew.web, 'member')
  const other = await at('/inbox', someone)
  const { page, end } = await at('/me')
  await press(page, 'Stop all agents …')
  const dialog = page.getByRole('dialog', { name: 'Stop all agents?' })
  await dialog.getByText('1 agent works on 1 task now.').waitFor()
  await dialog.getByLabel('Why').fill('Odd mails')
  await press(dialog, 'Stop all agents')
  await page.getByText('All agents are stopped').waitFor()
  await other.page.getByText('All agents are stopped').waitFor()
  // Members see it, and that it is not theirs to end.
  expect(await other.page.getByRole('button', { name: 'Let them work again' }).count()).toBe(0)
  expect(await other.page.getByRole('button', { name: 'Stop all agents' }).count()).toBe(0)
  await press(page, 'Stop all agents …')
  const stopped = page.getByRole('dialog', { name: 'All agents are stopped' })
  await press(stopped, 'Let them work again')
  await page.getByText('Agents may work again.').first().waitFor()
  await other.page.getByText('All agents are stopped').waitFor({ state: 'detached' })
  expect(await ask('GET /work/running')).toMatchObject({ stopped: null })
  await other.end()
  await end()
})

test('every page has a name, and says what its address means that it does not know', async () => {
  const { page, end } = await crew.at('/t/GH-1')
  const titled = (title: string) =>
    expect.poll(() => page.title(), POLL).toBe(`${title} · Guildhall`)
  const go = (path: string) => page.goto(`${crew.web.home}${path}`)
  await titled('GH-1 Sharpen the saw')
  await page.getByRole('heading', { name: 'Sharpen the saw' }).waitFor()
  await page.keyboard.press('Escape')
  await titled('Board of Project GH')
  for (const [path, title] of [
    ['/p/GH/backlog', 'Backlog of Project GH'],
    ['/p/GH/ready', 'Ready of Project GH'],
    ['/p/GH/context', 'Context of Project GH'],
    ['/p/GH/vision', 'Vision of Project GH'],
    ['/agents/una', '@una'],
    ['/settings', 'Settings'],
    ['/nowhere', 'Nothing here'],
  ] as const) {
    await go(path)
    await titled(title)
  }
  await go('/p/GH/ready?why=banana&agent=una')
  await page.getByText('This page cannot read what its address says about why.').first().waitFor()
  await expect.poll(() => new URL(page.url()).search, POLL).toBe('?agent=una')
  await end()
})

test('a task of a project that one may not see is not there, in the words of the hub', async () => {
  const { page, end } = await crew.at('/t/NO-1')
  await page.getByText('NO-1 does not exist or you may not see it.').waitFor()
  await end(/status of 404/)
})

test('what a board and a backlog show is saved as a table or a list', async () => {
  const { page, end } = await crew.at('/p/GH/board?q=lamp')
  await page.locator('[data-card]').getByText('Oil the lamp').waitFor()
  await press(page, 'Display')
  const table = page.waitForEvent('download')
  await press(page, 'CSV')
  expect((await table).suggestedFilename()).toMatch(/^GH-board-.*\.csv$/)
  const lines = (await textOf(await table)).trim().split('\r\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/^GH-2,Oil the lamp,/)
  await page.goto(`${crew.web.home}/p/GH/backlog?q=the`)
  await press(page, 'Save the list')
  const list = page.waitForEvent('download')
  await press(page, 'JSON')
  const read: unknown = JSON.parse(await textOf(await list))
  expect(read).toEqual(
    expect.arrayContaining([expect.objectContaining({ key: 'GH-2', title: 'Oil the lamp' })]),
  )
  await end()
})

test('the settings fit on a phone', async () => {
  const { page, end } = await crew.at('/settings/limits', crew.owner, PHONE)
  await page.getByRole('table', { name: 'Limits of calls' }).waitFor()
  expect(await isWide(page)).toBe(false)
  await places(page).getByRole('link', { name: 'Members' }).tap()
  await region(page, 'Roles').getByRole('table').waitFor()
  expect(await isWide(page)).toBe(false)
  await end()
})
