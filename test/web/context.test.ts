import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  bodyOf,
  givenProject,
  joins,
  openWeb,
  ownerOf,
  type Person,
  type Web,
} from '../attack/web-house.ts'
import { startChromium } from '../chromium.ts'
import { visit } from './visit.ts'

const PAGE = join(import.meta.dirname, '..', '..', 'web', 'dist', 'index.html')
const POLL = { timeout: 30_000 }

vi.setConfig({ testTimeout: 150_000 })

let web: Web
let browser: Browser
let owner: Person

beforeAll(async () => {
  if (!existsSync(PAGE)) throw new Error('The web page is not built. Run: npm test')
  web = await openWeb({ webRoot: dirname(PAGE) })
  browser = await startChromium()
  owner = await ownerOf(web)
  await ask('PUT', '/settings/sign-in', { secondFactor: 'optional' })
  // Pages hear of what others do by the ledger.
  await web.house.start()
}, 120_000)

afterAll(async () => {
  await browser?.close()
}, 60_000)

const ask = async (method: string, path: string, body?: object, key?: string) => {
  const who = key === undefined ? { session: owner.session } : { key }
  const heard = await web.page(method, `/v1${path}`, { ...who, body })
  if (heard.status !== 200) throw new Error(`${path}: ${heard.status} ${heard.text}`)
  return bodyOf(heard)
}

/** A project of its own for a test, with a task. */
const withTask = async (key: string): Promise<void> => {
  await givenProject(web, key)
  await ask('POST', '/tasks', { project: key, items: [{ title: 'Draw the map' }] })
}

/** Shows a page to somebody who has signed in. */
const at = async (path: string, who: Person = owner, options: BrowserContextOptions = {}) => {
  const visited = await visit(browser, web.home, options)
  const { page } = visited
  const { hostname: domain } = new URL(web.home)
  const cookie = { name: web.cookieName, value: who.session, domain, path: '/' }
  await page.context().addCookies([cookie])
  await page.addInitScript({ content: "localStorage.setItem('guildhall.signed-in', '1')" })
  await page.goto(`${web.home}${path}`)
  return visited
}

const press = (place: Page | Locator, name: string | RegExp): Promise<void> =>
  place.getByRole('button', { name, exact: true }).click()
const row = (page: Page, path: string): Locator => page.locator(`tr[data-path="${path}"]`)
const panel = (page: Page, path: string): Locator =>
  page.getByRole('complementary', { name: `Key ${path}` })
const tier = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })
const said = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text)
const isWide = (page: Page): Promise<unknown> =>
  page.evaluate(`[document.documentElement, ...document.querySelectorAll('main')]
    .some((one) => one.scrollWidth > one.clientWidth)`)
/** Waits until the page hears of others. */
const live = (page: Page): Promise<void> =>
  page.locator('[data-link="live"]').locator('visible=true').first().waitFor()

test('a key that is said for the project shows in a task at once, with its source', async () => {
  await withTask('CA')
  const task = await at('/p/CA/context?at=CA-1')
  await task.page.getByText('Nothing is said at CA-1 yet').waitFor()
  await live(task.page)
  const { page, end } = await at('/p/CA/context?at=CA')
  await page.getByRole('heading', { name: 'Context' }).waitFor()
  await page.getByText('Nothing is said at CA yet').waitFor()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Key').fill('not a key')
  await dialog.getByLabel('Value').fill('npm test')
  await press(dialog, 'Add the key')
  await dialog.getByText('Write keys of letters, digits').waitFor()
  await dialog.getByLabel('Key').fill('test.command')
  await press(dialog, 'Add the key')
  await panel(page, 'test.command').getByText(`From CA, version 1 by @${owner.handle}`).waitFor()
  expect(new URL(page.url()).search).toBe('?at=CA&path=test.command')

  // The task inherits it, and its page was told.
  await row(task.page, 'test.command').getByText('from CA').waitFor()
  await row(task.page, 'test.command').getByRole('button').click()
  const own = tier(task.page, 'Task CA-1')
  await press(own, / in CA-1$/)
  await own.getByLabel('Value').fill('npm run check')
  await own.getByLabel('Value').press('Control+Enter')
  await row(task.page, 'test.command').getByText('from CA-1').waitFor()
  await tier(task.page, 'Project CA').locator('del', { hasText: 'npm test' }).waitFor()
  await task.page.keyboard.press('Escape')
  await row(task.page, 'test.command').locator('del', { hasText: 'npm test' }).waitFor()
  expect(await ask('GET', '/context?at=CA-1')).toMatchObject({
    value: { test: { command: 'npm run check' } },
  })
  await task.end()
  await end()
})

test('removals, lists and locks are written in a form, and a refusal takes them back', async () => {
  await withTask('CB')
  await ask('POST', '/context', { at: 'CB', data: { lang: 'en', tags: ['api'], level: 1 } })
  const { page, end } = await at('/p/CB/context?at=CB-1&path=lang')
  const project = tier(page, 'Project CB')
  await press(project, 'Change in CB')
  await project.getByLabel('Lock it').check()
  await press(project, 'Save')
  await row(page, 'lang').getByText('locked by CB').waitFor()
  const own = tier(page, 'Task CB-1')
  await press(own, / in CB-1$/)
  await own.getByLabel('It says').selectOption('That it is removed')
  await press(own, 'Save')
  await said(page, 'lang is locked by CB; propose the change there').waitFor()
  await own.getByText('Says nothing').waitFor()

  await row(page, 'tags').getByRole('button').click()
  await press(own, / in CB-1$/)
  await own.getByLabel('It says').selectOption('Changes of an inherited list')
  await press(own, 'Save')
  await own.getByText('Name an element to add or to take away.').waitFor()
  await own.getByLabel('Adds, one in a line').fill('web\ndocs')
  await press(own, 'Save')
  await row(page, 'tags').getByText('api, web, docs').waitFor()
  await own.getByText('+ web, docs').waitFor()

  await row(page, 'level').getByRole('button').click()
  await press(own, / in CB-1$/)
  await own.getByLabel('It says').selectOption('That it is removed')
  await press(own, 'Save')
  await row(page, 'level').getByText('by CB-1').waitFor()
  await page.keyboard.press('Control+z')
  await row(page, 'level').getByText('from CB').waitFor()
  expect((await ask('GET', '/context?at=CB-1'))['value']).toEqual({
    ...{ lang: 'en', level: 1, tags: ['api', 'web', 'docs'] },
  })
  await end(/status of 409/)
})

test('of two who change one key the second sees what the first wrote, and decides', async () => {
  await withTask('CC')
  await ask('POST', '/context', { at: 'CC', data: { plan: 'old', other: 1 } })
  const bea = await joins(web)
  const mine = await at('/p/CC/context?at=CC&path=plan')
  const form = tier(mine.page, 'Project CC')
  await press(form, 'Change in CC')
  await form.getByLabel('Value').fill('of ada')

  const hers = await at('/p/CC/context?at=CC&path=plan', bea)
  const other = tier(hers.page, 'Project CC')
  await press(other, 'Change in CC')
  await other.getByLabel('Value').fill('of bea')
  await press(other, 'Save')
  await row(mine.page, 'plan').getByText('of bea').first().waitFor()
  expect(await form.getByLabel('Value').inputValue()).toBe('of ada')
  await press(form, 'Save')
  const dialog = mine.page.getByRole('dialog', { name: 'CC has changed meanwhile' })
  await dialog.getByText(`@${bea.handle}`).waitFor()
  await tier(mine.page, 'Theirs').getByText('of bea').waitFor()
  await tier(mine.page, 'Yours').getByText('of ada').waitFor()
  await press(dialog, 'Write mine over it')
  await row(hers.page, 'plan').getByText('of ada').first().waitFor()

  // What somebody else wrote beside it stands in nobody's way.
  await press(form, 'Change in CC')
  await form.getByLabel('Value').fill('once more')
  await ask('POST', '/context', { at: 'CC', path: 'other', data: 2 })
  await press(form, 'Save')
  await row(hers.page, 'plan').getByText('once more').first().waitFor()
  await row(hers.page, 'other').getByText('2').first().waitFor()
  expect((await ask('GET', '/context?at=CC'))['own']).toEqual({ plan: 'once more', other: 2 })
  await hers.end()
  await mine.end(/status of 409/)
})

test('a whole tier is written as JSON, and what is no JSON is shown where it is', async () => {
  await withTask('CD')
  await ask('POST', '/context', { at: 'CD', data: { a: 1 } })
  const { page, end } = await at('/p/CD/context?at=CD')
  await press(page, 'CD as JSON')
  const text = page.getByLabel('What CD says')
  await text.fill('{\n  "a": null,\n  b: 2\n}')
  await text.press('Control+Enter')
  await page.getByText('This is no JSON: see line 3, column 3.').waitFor()
  expect(await text.evaluate('document.activeElement.selectionStart')).toBe(17)
  await text.fill('{ "a": null, "list+": ["x"], "$lock": ["b"] }')
  await press(page, 'Save')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await row(page, 'list').getByText('+ x').waitFor()
  const own = async () => (await ask('GET', '/context?at=CD'))['own']
  await expect.poll(own, POLL).toEqual({ a: null, 'list+': ['x'], $lock: ['b'] })
  await end()
})

test('history shows who changed what, and an old version is brought back', async () => {
  await withTask('CE')
  await ask('POST', '/context', { at: 'CE', data: { rule: 'one\ntwo', keep: true } })
  await ask('POST', '/context', { at: 'CE', data: { rule: 'one\n2', late: 'x' } })
  await web.house.settle()
  const { page, end } = await at('/p/CE/context?at=CE&tab=history')
  const list = page.getByRole('list', { name: 'Versions of CE' })
  await list.getByRole('button', { name: /^v2/ }).click()
  const second = tier(page, 'Version 2')
  await second.getByText('Gone: two').waitFor()
  await second.getByText('New: 2').waitFor()
  expect(await second.getByText('keep').count()).toBe(0)
  await list.getByRole('button', { name: /^v1/ }).click()
  const first = tier(page, 'Version 1')
  await first.getByLabel('What is other today').check()
  await first.getByText('late').waitFor()
  await press(first, 'Bring it back')
  await press(page.getByRole('dialog'), 'Bring it back')
  await list.getByRole('button', { name: /^v3/ }).waitFor()
  expect((await ask('GET', '/context?at=CE'))['own']).toEqual({ rule: 'one\ntwo', keep: true })
  await end()
})

test('proposals are accepted, edited over a conflict, and rejected', async () => {
  await withTask('CF')
  await ask('POST', '/context', { at: 'CF-1', data: { test: 'npm test' } })
  const { page, end } = await at('/p/CF/context?at=CF-1&path=test')
  await press(tier(page, 'Task CF-1'), 'Push up')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('To').selectOption('Project: CF')
  await dialog.getByLabel('Reason').fill('It holds for all of them.')
  await press(dialog, 'Propose it')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'Proposals 1' }).click()
  const one = page.getByRole('article')
  await one.getByText('It holds for all of them.').waitFor()
  await press(one, 'Accept')
  await page.getByText('Nothing is proposed here').waitFor()
  expect((await ask('GET', '/context?at=CF'))['own']).toEqual({ test: 'npm test' })

  const share = { at: 'CF', path: 'test', data: 'make test', from: 'CF-1' }
  const { id } = await ask('POST', '/context/share', share)
  await ask('POST', '/context', { at: 'CF', path: 'test', data: 'npm run check' })
  const second = page.getByRole('article', { name: `Proposal ${String(id)}` })
  await second.getByText('Conflict').waitFor()
  await tier(page, 'When it was proposed').getByText('npm test').waitFor()
  await tier(page, 'CF says now').getByText('npm run check').waitFor()
  await press(second, 'Edit')
  await second.getByLabel('Value').fill('make check')
  await press(second, 'Accept it like this')
  await page.getByText('Nothing is proposed here').waitFor()
  expect((await ask('GET', '/context?at=CF'))['own']).toEqual({ test: 'make check' })

  await ask('POST', '/context/share', { ...share, path: 'learned+', data: ['A lesson'] })
  await page.getByText('A lesson').waitFor()
  await press(page, 'Reject')
  await page.getByText('Nothing is proposed here').waitFor()
  expect((await ask('GET', '/context?at=CF'))['own']).toEqual({ test: 'make check' })
  await end()
})

test('what the agent will see is what it reads, with its length and what was cut', async () => {
  await withTask('CG')
  await ask('POST', '/context', { at: 'CG', data: { long: 'word '.repeat(2_000) } })
  const { page, end } = await at('/p/CG/context?at=CG-1&tab=agent')
  await page.getByText('About 1,500 of 1,500 tokens').waitFor()
  await page.getByText('Shortened: long').waitFor()
  const { text, digest } = await ask('GET', '/context?at=CG-1')
  await page
    .getByText(`@${String(digest)}`)
    .first()
    .waitFor()
  const shown = page.getByLabel('What the agent will see')
  expect(await shown.textContent()).toBe(text)
  await ask('POST', '/context', { at: 'CG', path: 'long', data: 'short' })
  await expect.poll(() => shown.textContent(), POLL).toContain('long: short')
  expect(await page.getByText('Shortened').count()).toBe(0)
  await end()
})

test('who may not write sees no button for it, also on a phone', async () => {
  await withTask('CH')
  await ask('POST', '/context', { at: 'CH', data: { 'a-rather-long-key': 'x'.repeat(300) } })
  const vera = await joins(web, 'viewer')
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true }
  const { page, end } = await at('/p/CH/context?at=CH-1', vera, phone)
  await row(page, 'a-rather-long-key').getByText('from CH').waitFor()
  expect(await isWide(page)).toBe(false)
  await row(page, 'a-rather-long-key').getByRole('button').tap()
  await panel(page, 'a-rather-long-key').getByText('From CH, version 1').waitFor()
  expect(await isWide(page)).toBe(false)
  expect(await page.getByRole('button', { name: /^(Change|Add a key)/ }).count()).toBe(0)
  await end()
})

/** The line that has the focus. */
const here = (page: Page): Promise<unknown> =>
  page.evaluate(`document.activeElement?.getAttribute('data-objective')`)

test('a vision is made, walked, moved and folded with the keyboard alone', async () => {
  await withTask('VA')
  const { page, end } = await at('/p/VA/vision')
  const { keyboard } = page
  await page.getByText('There are no objectives yet').waitFor()
  await page.getByRole('button', { name: 'New objective' }).waitFor()
  await keyboard.press('n')
  await keyboard.type('Be the hall people like')
  await keyboard.press('Enter')
  const tree = page.getByRole('treegrid', { name: 'Objectives' })
  await tree.getByText('Be the hall people like').waitFor()
  await expect.poll(() => here(page), POLL).toBe('O-1')

  await keyboard.press('n')
  await keyboard.type('Ten teams')
  const form = page.getByRole('dialog', { name: 'New objective' })
  expect(await form.getByLabel('Below').inputValue()).toBe('O-1')
  for (const text of ['', 'teams', '2.5', '0', 'ten']) {
    await keyboard.press('Tab')
    await keyboard.type(text)
  }
  await keyboard.press('Enter')
  await form.getByText('Write a number such as 10 or 0.5.').waitFor()
  // The focus is at the number that is none.
  await keyboard.type('10')
  await keyboard.press('Enter')
  const second = page.locator('[data-objective="O-2"]')
  await second.getByText('2.5 of 10 teams').waitFor()
  await second.getByText('25%').waitFor()
  await expect.poll(() => here(page), POLL).toBe('O-2')
  await page.locator('[data-objective="O-1"]').getByText('25%').waitFor()

  await ask('POST', '/objectives', { title: 'Draw all maps', places: ['VA'] })
  const third = page.locator('[data-objective="O-3"]')
  await third.waitFor()
  await keyboard.press('End')
  await expect.poll(() => here(page), POLL).toBe('O-3')
  await keyboard.press('m')
  await page.getByRole('dialog', { name: 'Move O-3' }).waitFor()
  await keyboard.press('Tab')
  await keyboard.type('O-1')
  expect(await page.getByLabel('Below').inputValue()).toBe('O-1')
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await expect.poll(() => third.getAttribute('aria-level'), POLL).toBe('2')
  expect(await third.getAttribute('aria-posinset')).toBe('2')

  await expect.poll(() => here(page), POLL).toBe('O-3')
  await keyboard.press('ArrowLeft')
  expect(await here(page)).toBe('O-1')
  await keyboard.press('ArrowLeft')
  await third.waitFor({ state: 'detached' })
  await keyboard.press('ArrowRight')
  await keyboard.press('ArrowRight')
  await keyboard.press('ArrowDown')
  expect(await here(page)).toBe('O-3')
  await keyboard.press('Enter')
  const panelOf = page.getByRole('complementary', { name: 'Objective O-3' })
  await panelOf.getByRole('link', { name: /VA-1.*Draw the map/ }).waitFor()
  expect(new URL(page.url()).search).toBe('?open=O-3')
  await keyboard.press('Escape')
  await panelOf.waitFor({ state: 'detached' })
  await keyboard.press('F2')
  await keyboard.press('End')
  await keyboard.type(' and more')
  await keyboard.press('Enter')
  await third.getByText('Draw all maps and more').waitFor()
  await end()
})

test('work without an objective is listed, and whom others archive is gone here, too', async () => {
  await withTask('VB')
  const { id } = await ask('POST', '/objectives', { title: 'Only for a while' })
  const { page, end } = await at('/p/VB/vision?tab=unaligned')
  await page.getByText('No objective for VB/main.').waitFor()
  await page.getByRole('link', { name: /VB-1.*Draw the map/ }).waitFor()
  await ask('POST', '/objectives', { id, places: ['VB'] })
  await page.getByText('Every open task aligns with one.').waitFor()
  await page.getByRole('tab', { name: 'Objectives' }).click()
  await page.getByText('Only for a while').waitFor()
  await ask('POST', `/objectives/${String(id)}/archive`, {})
  await page.getByText('Only for a while').waitFor({ state: 'detached' })
  await end()
})

test('a refused change of an objective goes back, and its sentence is at its field', async () => {
  await withTask('VC')
  const { id } = await ask('POST', '/objectives', { title: 'Steady' })
  const { page, end } = await at(`/p/VC/vision?open=${String(id)}`)
  await press(page, 'Change')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Title').fill('Shaky')
  await dialog.getByLabel('Owner').fill('nobody-here')
  await press(dialog, 'Save')
  await dialog.getByText('@nobody-here does not exist').waitFor()
  await page
    .locator(`[data-objective="${String(id)}"]`)
    .getByText('Steady')
    .waitFor()
  await dialog.getByLabel('Owner').fill(owner.handle)
  await press(dialog, 'Save')
  await page
    .locator(`[data-objective="${String(id)}"]`)
    .getByText('Shaky')
    .waitFor()
  const member = await joins(web)
  const seen = await at(`/p/VC/vision?open=${String(id)}`, member, {
    viewport: { width: 360, height: 740 },
  })
  await seen.page.getByRole('heading', { name: 'Shaky' }).waitFor()
  expect(await seen.page.getByRole('button', { name: 'Change', exact: true }).count()).toBe(0)
  expect(await isWide(seen.page)).toBe(false)
  await seen.end()
  await end(/status of 404/)
})
