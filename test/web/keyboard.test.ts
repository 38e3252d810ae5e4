import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { askFor } from '../approvals.ts'
import { givenProject, joins } from '../attack/web-house.ts'
import { testHouse } from '../bench.ts'
import { notebookServer } from '../mcp/notebook-server.ts'
import { keysOf } from './access-look.ts'
import { POLL } from './board-hall.ts'
import { focusComes, focusName, pressOn, tabTo, write } from './by-keys.ts'
import { type Crew, openCrew, region, walkTo } from './crew.ts'
import { routePaths } from './pages.ts'
import { visit } from './visit.ts'

vi.setConfig({ testTimeout: 150_000 })

const SHOWN: Readonly<Record<string, string>> = {
  '/': 'home > the keyboard walks over home and opens a task',
  '/me': 'home > my work shows claims, tasks by state, and what is with others, by the keyboard',
  '/p/$project/board': 'board-stories > keys assign, label, estimate, archive and peek',
  '/p/$project/backlog':
    'backlog > title, estimate, priority, assignee and labels are changed in place by keys',
  '/p/$project/vision':
    'context > a vision is made, walked, moved and folded with the keyboard alone',
  '/p/$project/sprint': 'keyboard > a sprint is planned and started by keys',
  '/p/$project/sprint/$number':
    'sprint > a sprint is closed by keys, several tasks at once going back',
  '/p/$project/ready': 'keyboard > what is ready is walked and opened by keys',
  '/p/$project/context': 'keyboard > a key of a context is changed by keys',
  '/t/$key': 'keyboard > a task is renamed, moved, given away and spoken about by keys',
  '/inbox': 'keyboard > a yes to high risk is given by keys, and not by one press too many',
  '/agents': 'keyboard > an agent is made by keys, and gets another key on its own page',
  '/agents/$name': 'keyboard > an agent is made by keys, and gets another key on its own page',
  '/ledger': 'keyboard > the ledger is filtered and an event is opened by keys',
  '/tools': 'tools > a server is added by its address, and the keyboard finds its tool',
  '/tools/$server': 'keyboard > a tool is found and called by keys',
  '/tools/$server/$tool': 'keyboard > a tool is found and called by keys',
  '/settings/appearance': 'keyboard > the look is chosen, a person invited, a webhook made by keys',
  '/settings/members': 'keyboard > the look is chosen, a person invited, a webhook made by keys',
  '/settings/webhooks': 'keyboard > the look is chosen, a person invited, a webhook made by keys',
  '/settings/security': 'keyboard > a key is made by keys, and copied',
  '/sign-in': 'keyboard > a person comes in by keys, and lets another device in',
  '/device': 'keyboard > a person comes in by keys, and lets another device in',
  '/oauth/interaction/$uid': 'keyboard > a person comes in by keys, and lets another device in',
  '/invitation': 'keyboard > an invitation is taken by keys',
  '/reset': 'keyboard > a new password is set by keys',
  '/start': 'keyboard > the last of the first steps is taken by keys',
  '/p/$project/numbers': 'keyboard > numbers are read as a table by keys',
  '/settings': 'settings > settings are found by their words, by keys alone, and from everywhere',
  '/settings/limits': 'keyboard > an agent is given more tasks, and the hall a file, by keys',
  '/settings/data': 'keyboard > an agent is given more tasks, and the hall a file, by keys',
  '/sign-in/callback': 'keyboard > dead ends have a way out for the keyboard',
  $: 'keyboard > dead ends have a way out for the keyboard',
}

// The form of an invitation under another link, and one button behind a link that was mailed.
const LIKE_OTHERS: ReadonlySet<string> = new Set(['/set-up', '/verify'])

let crew: Crew

beforeAll(async () => {
  crew = await openCrew()
  await givenProject(crew.web, 'GH')
  await crew.tasks('GH', ['Mend the gate', 'Paint the wall', 'Light the lamp'])
}, 120_000)

afterAll(async () => {
  await crew?.stop()
}, 60_000)

test('every page has a story that needs no mouse', () => {
  const routes = routePaths()
  expect(routes.length).toBeGreaterThan(20)
  const missing = routes.filter((route) => {
    if (LIKE_OTHERS.has(route)) return false
    const [file, sentence = ''] = (SHOWN[route] ?? '').split(' > ')
    const path = join(import.meta.dirname, `${file}.test.ts`)
    return sentence === '' || !readFileSync(path, 'utf8').includes(`test('${sentence}'`)
  })
  expect(missing).toEqual([])
})

const taskOf = (key: string): Promise<Readonly<Record<string, unknown>>> =>
  crew.ask(`GET /tasks/${key}`)

test('a task is renamed, moved, given away and spoken about by keys', async () => {
  const { page, end } = await crew.at('/t/GH-1')
  const { keyboard } = page
  await page.getByRole('heading', { name: 'Mend the gate' }).waitFor()
  await keyboard.press('r')
  await focusComes(page, 'Title')
  await keyboard.press('End')
  await keyboard.type(' by keys')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Mend the gate by keys' }).waitFor()
  await focusComes(page, 'Edit the title')
  await keyboard.press('s')
  await page.getByRole('dialog').waitFor()
  await keyboard.type('review')
  await keyboard.press('Enter')
  await expect.poll(async () => (await taskOf('GH-1'))['column'], POLL).toBe('In review')
  await keyboard.press('i')
  await expect.poll(async () => (await taskOf('GH-1'))['assignee'], POLL).toBe(crew.owner.handle)
  await write(page, 'Comment', 'Nobody touched a mouse.')
  await keyboard.press('ControlOrMeta+Enter')
  await page.getByRole('list', { name: 'Comments' }).getByText('Nobody touched').waitFor()
  await end()
})

// What Linear's own list of keys says, as far as the same thing can be done here.
const KNOWN_ELSEWHERE = [
  ...['Mod+k', '?', '/', 'c', 'Mod+z', 'Mod+Shift+z', 'Escape', '[', 'g i', 'g m', 'g b'],
  ...['j', 'k', 'ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'o', 'Space', 'x', 'Mod+a'],
  ...['Shift+ArrowDown', 'Shift+ArrowUp', 's', 'a', 'i', 'p', 'l', 'E', 'C', 'f', 'F'],
]

test('who knows the keys of other boards finds them on this one, doing the same', async () => {
  const { page, end } = await crew.at('/p/GH/board?q=type%3Atask')
  const { keyboard } = page
  const card = page.locator('[data-card="GH-3"]')
  await card.waitFor()
  const { keys, faults } = await keysOf(page)
  expect(faults).toEqual([])
  const all = new Set(keys.flatMap((one) => one.keys))
  expect(KNOWN_ELSEWHERE.filter((key) => !all.has(key))).toEqual([])
  await card.focus()
  await keyboard.press('i')
  await expect.poll(async () => (await taskOf('GH-3'))['assignee'], POLL).toBe(crew.owner.handle)
  await keyboard.press('Shift+E')
  await focusComes(page, 'Estimate')
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await keyboard.press('[')
  await page.getByRole('button', { name: 'Widen the navigation' }).waitFor()
  await keyboard.press('Shift+F')
  await expect.poll(() => new URL(page.url()).search, POLL).toBe('')
  await page.goto(`${crew.web.home}/p/GH/backlog`)
  await page.locator('[data-task="GH-3"]').waitFor()
  await page.locator('[data-task="GH-3"]').focus()
  await keyboard.press('s')
  await focusComes(page, 'Column')
  await keyboard.type('backlog')
  await keyboard.press('Enter')
  await expect.poll(async () => (await taskOf('GH-3'))['column'], POLL).toBe('Backlog')
  await keyboard.press('f')
  await focusComes(page, 'Filter tasks')
  await end()
})

test('what is ready is walked and opened by keys', async () => {
  const { page, end } = await crew.at('/p/GH/ready')
  await page.locator('[data-task="GH-2"]').waitFor()
  await page.keyboard.press('j')
  await expect.poll(() => focusName(page), POLL).toContain('GH-2')
  await page.keyboard.press('o')
  await page.getByRole('heading', { name: 'Paint the wall' }).waitFor()
  await end()
})

test('a sprint is planned and started by keys', async () => {
  const { page, end } = await crew.at('/p/GH/sprint')
  await page.getByText('There is no sprint yet').waitFor()
  await pressOn(page, 'Plan a sprint')
  await focusComes(page, 'Goal')
  await page.keyboard.type('Nothing squeaks')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Sprint 1 Planned' }).waitFor()
  await pressOn(page, 'Start sprint')
  await page.getByRole('dialog', { name: 'Start sprint 1' }).waitFor()
  await pressOn(page, 'Start sprint')
  await page.getByRole('heading', { name: 'Sprint 1 Running' }).waitFor()
  await end()
})

test('a key of a context is changed by keys', async () => {
  await crew.ask('POST /context', { at: 'GH', data: { test: { command: 'make test' } } })
  const { page, end } = await crew.at('/p/GH/context?at=GH')
  await page.getByRole('button', { name: 'test.command' }).waitFor()
  await page.keyboard.press('j')
  await focusComes(page, 'test.command')
  await page.keyboard.press('Enter')
  await page.getByRole('complementary', { name: 'Key test.command' }).waitFor()
  await pressOn(page, 'Change in GH')
  await write(page, 'Value', 'npm test')
  await pressOn(page, 'Save')
  await page.getByRole('row', { name: /test\.command npm test/ }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'detached' })
  await end()
})

const ITEM = '[data-approval]'

test('a yes to high risk is given by keys, and not by one press too many', async () => {
  const agent = await crew.web.house.hall.authenticate(await crew.agent('risky', 'GH'))
  const asked = await askFor(await testHouse(), agent, { risk: 'high' })
  await crew.web.house.settle()
  const state = async () => (await crew.ask(`GET /approvals/${asked.key}`))['state']
  const { page, end } = await crew.at('/inbox')
  const { keyboard } = page
  await page.locator(ITEM).first().waitFor()
  await keyboard.press('j')
  // The first press opens, the second asks; whatever comes too early does nothing.
  for (const press of ['a', 'a', 'a', 'Enter', 'Enter']) await keyboard.press(press)
  await page.getByText('High risk: read the arguments').waitFor()
  expect(await state()).toBe('open')
  await focusComes(page, `Approve ${asked.key}`)
  expect(await state()).toBe('open')
  await keyboard.press('Enter')
  await page.getByText(`${asked.key}: approved.`).first().waitFor()
  expect(await state()).toBe('approved')
  await end()
})

test('an agent is made by keys, and gets another key on its own page', async () => {
  const { page, end } = await crew.at('/agents')
  await page.getByRole('button', { name: 'Connect an agent' }).waitFor()
  await pressOn(page, 'Connect an agent')
  await focusComes(page, 'Name')
  await page.keyboard.type('smith')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Key', exact: true }).waitFor()
  await pressOn(page, 'Done')
  await page.locator('[data-agent="smith"]').waitFor()
  await walkTo(page, 'smith')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '@smith' }).waitFor()
  await pressOn(page, 'New key')
  await page.getByRole('textbox', { name: 'Key', exact: true }).waitFor()
  await end()
})

test('the ledger is filtered and an event is opened by keys', async () => {
  const { page, end } = await crew.at('/ledger')
  const events = page.getByRole('list', { name: 'Events' })
  await events.locator('li').first().waitFor()
  await write(page, 'Event', 'work.task_created')
  await page.keyboard.press('Enter')
  await expect.poll(() => events.locator('li').count(), POLL).toBe(3)
  await page.keyboard.press('Escape')
  await tabTo(page, 'Clear')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await events.getByText('Hash before').waitFor()
  await end()
})

test('a tool is found and called by keys', async () => {
  const notes = await notebookServer()
  const rules = { approval: 'never', egress: 'internal' }
  await crew.ask('POST /tool-servers', { slug: 'notes', url: notes.url, trust: true, rules })
  const { page, end } = await crew.at('/tools/notes')
  await page.getByText('tools that you may see').waitFor()
  await page.keyboard.press('j')
  const first = await focusName(page)
  await page.keyboard.press('k')
  expect(await focusName(page)).toBe(first)
  for (let steps = 0; !/^(notes__)?note(?![a-z_])/.test(await focusName(page)); steps++) {
    expect(steps).toBeLessThan(20)
    await page.keyboard.press('j')
  }
  await page.keyboard.press('Enter')
  await page.getByText('Try this tool').waitFor()
  await write(page, /^title/, 'By keys')
  await write(page, /^stars/, '5')
  await page.keyboard.press('Enter')
  await region(page, 'Result').getByText('By keys').first().waitFor()
  expect(notes.notes).toEqual([expect.objectContaining({ title: 'By keys', stars: 5 })])
  await end()
  await notes.stop()
})

test('the look is chosen, a person invited, a webhook made by keys', async () => {
  const { page, end } = await crew.at('/settings/appearance')
  const { keyboard } = page
  await page.getByRole('radio', { name: 'Dark' }).waitFor()
  await tabTo(page, 'System')
  await keyboard.press('ArrowRight')
  await keyboard.press('ArrowRight')
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  await page.goto(`${crew.web.home}/settings/members`)
  await page.getByRole('button', { name: 'Invite a person' }).waitFor()
  await pressOn(page, 'Invite a person')
  await focusComes(page, 'E-mail')
  await keyboard.type('keys@example.org')
  await keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Invitation link' }).waitFor()
  await page.goto(`${crew.web.home}/settings/webhooks`)
  await page.getByText('No system calls the hall yet.').waitFor()
  await pressOn(page, 'New webhook')
  await focusComes(page, 'Name')
  await keyboard.type('forge')
  await keyboard.press('Enter')
  await page.getByLabel('Secret', { exact: true }).waitFor()
  await end()
})

test('a key is made by keys, and copied', async () => {
  const { page, end } = await crew.at('/settings/security', crew.owner, {
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  await page.getByRole('button', { name: 'New key' }).waitFor()
  await pressOn(page, 'New key')
  await focusComes(page, 'Name')
  await page.keyboard.type('laptop')
  await page.keyboard.press('Enter')
  const key = page.getByRole('textbox', { name: 'New key' })
  await key.waitFor()
  await pressOn(page, /^Copy/)
  const copied = () => page.evaluate('navigator.clipboard.readText()')
  await expect.poll(copied, POLL).toBe(await key.textContent())
  await end()
})

const signIn = async (page: Page, { email, password }: { email: string; password: string }) => {
  await focusComes(page, 'E-mail')
  await page.keyboard.type(email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
}

test('a person comes in by keys, and lets another device in', async () => {
  const { web, browser } = crew
  const guest = await joins(web, 'member', [{ project: 'GH', role: 'lead' }])
  const form = new URLSearchParams({ client_id: 'guildhall-cli', resource: `${web.home}/v1` })
  const answer = await fetch(`${web.home}/oauth/device/auth`, { method: 'POST', body: form })
  const code = String(Object(await answer.json())['user_code'])
  const { page, end } = await visit(browser, web.home)
  await page.goto(`${web.home}/device`)
  await signIn(page, guest)
  await focusComes(page, 'Code')
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
  await page.getByText('It acts as you').waitFor()
  await pressOn(page, 'Allow')
  await page.getByRole('heading', { name: 'Allowed' }).waitFor()
  await end()
})

test('an invitation is taken by keys', async () => {
  const { web, browser } = crew
  const wish = { email: 'ines@example.org', role: 'member', projects: [] }
  const invited = await crew.ask('POST /invitations', wish)
  const { pathname, hash } = new URL(String(invited['link']))
  const { page, end } = await visit(browser, web.home)
  await page.goto(`${web.home}${pathname}${hash}`)
  await focusComes(page, 'Name')
  await page.keyboard.type('Ines')
  await page.keyboard.press('Tab')
  await page.keyboard.type('ines walks over five bridges')
  await page.keyboard.press('Enter')
  await pressOn(page, /^(Later|Not now|Skip)/)
  await page.getByRole('navigation', { name: 'Main' }).first().waitFor()
  await end()
})

test('a new password is set by keys', async () => {
  const { web, browser } = crew
  const guest = await joins(web)
  const { link } = await crew.ask(`POST /principals/${guest.handle}/reset-link`, {})
  const { pathname, hash } = new URL(String(link))
  const { page, end } = await visit(browser, web.home)
  await page.goto(`${web.home}${pathname}${hash}`)
  await focusComes(page, 'New password')
  await page.keyboard.type('over five other bridges')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Your password is changed' }).waitFor()
  await pressOn(page, 'Go to the sign-in')
  await signIn(page, { ...guest, password: 'over five other bridges' })
  await page.getByRole('navigation', { name: 'Main' }).first().waitFor()
  await end()
})

test('the last of the first steps is taken by keys', async () => {
  const { page, end } = await crew.at('/start?step=agent')
  await focusComes(page, 'Name')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('first')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Key', exact: true }).waitFor()
  await end()
})

test('numbers are read as a table by keys', async () => {
  const { page, end } = await crew.at('/p/GH/numbers')
  await page.getByRole('button', { name: 'Table', exact: true }).first().waitFor()
  await pressOn(page, 'Table')
  await page.getByRole('table').first().waitFor()
  await end()
})

test('an agent is given more tasks, and the hall a file, by keys', async () => {
  await crew.agent('busy', 'GH')
  const { page, end } = await crew.at('/settings/limits')
  await page.getByRole('button', { name: 'Change the limit of @busy' }).waitFor()
  await pressOn(page, 'Change the limit of @busy')
  await write(page, 'Tasks of @busy at a time', '3')
  await page.keyboard.press('Enter')
  await page.getByText('@busy may hold 3 at a time').waitFor()
  await page.goto(`${crew.web.home}/settings/data`)
  await page.getByRole('heading', { name: 'Export', exact: true }).waitFor()
  const file = page.waitForEvent('download')
  await pressOn(page, 'Export')
  expect((await file).suggestedFilename()).toMatch(/\.jsonl/)
  await end()
})

test('dead ends have a way out for the keyboard', async () => {
  const { page, end } = await crew.at('/nowhere')
  await page.getByText('There is nothing here').waitFor()
  await pressOn(page, 'Go to the beginning')
  await page.getByRole('heading', { name: 'Home' }).waitFor()
  await end()
  const stranger = await visit(crew.browser, crew.web.home)
  await stranger.page.goto(`${crew.web.home}/sign-in/callback`)
  await stranger.page.getByText('That did not work').waitFor()
  await pressOn(stranger.page, 'Go to the sign-in')
  await focusComes(stranger.page, 'E-mail')
  await stranger.end()
})
