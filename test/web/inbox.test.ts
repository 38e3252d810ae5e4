import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { FRESH_MS } from '../../src/kernel/fresh.ts'
import { askFor, asRoom, wishOf } from '../approvals.ts'
import {
  bodyOf,
  givenKey,
  givenProject,
  joins,
  openWeb,
  ownerOf,
  type Web,
} from '../attack/web-house.ts'
import { testHouse } from '../bench.ts'
import { startChromium } from '../chromium.ts'
import { builtPage, visit } from './visit.ts'

const POLL = { timeout: 30_000 }

vi.setConfig({ testTimeout: 150_000 })

let web: Web
let browser: Browser
let agent: Actor
let projectId: string

beforeAll(async () => {
  web = await openWeb({ webRoot: builtPage() })
  browser = await startChromium()
  await givenProject(web, 'GH')
  const { session } = await ownerOf(web)
  const body = { name: 'dev-1', projects: ['GH'] }
  const made = bodyOf(await web.page('POST', '/v1/agents', { session, body }))
  agent = await web.house.hall.authenticate(String(made['key']))
  const { database } = await testHouse()
  const { id } = await database.read(agent.orgId).one<{ id: string }>`
    select id from work.project where org_id = ${agent.orgId} and key = 'GH'`
  projectId = id
}, 120_000)

afterAll(async () => {
  await browser?.close()
}, 60_000)

/** Asks as the hub of tools does, and lets the page hear of it. */
const ask = async (more: Parameters<typeof wishOf>[0] = {}) => {
  const asked = await askFor(await testHouse(), agent, { projectId, ...more })
  await web.house.settle()
  return asked
}

const use = async (id: string, hash: string): Promise<void> => {
  await asRoom(await testHouse(), agent, (api, { call }) => api.use(id, hash, call.now))
}

/** Somebody who may decide in the project, with the inbox open. */
const atInbox = async (options: BrowserContextOptions = {}) => {
  const person = await joins(web, 'member', [{ project: 'GH', role: 'lead' }])
  const visited = await visit(browser, web.home, options)
  const { page } = visited
  await page.goto(`${web.home}/inbox`)
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  return { ...visited, person }
}

const line = (page: Page, key: string) => page.locator(`[data-approval="${key}"]`)
const opener = (page: Page, key: string) => line(page, key).locator('button[aria-expanded]')
const stateOf = async (key: string): Promise<unknown> => {
  const { session } = await ownerOf(web)
  return bodyOf(await web.page('GET', `/v1/approvals/${key}`, { session }))
}

test('what an agent asks comes up by itself, and the keyboard alone decides on it', async () => {
  const { page, end, person } = await atInbox()
  await page.getByText('Nothing waits for you.').waitFor()
  const args = { branch: 'gone\u202e', force: true }
  const first = await ask({ bound: { ...wishOf().bound, args } })
  await line(page, first.key).waitFor()
  await page.getByRole('link', { name: 'Inbox, 1 waiting' }).first().waitFor()
  await expect.poll(() => page.title(), POLL).toBe('(1) Inbox · Guildhall')
  const second = await ask({ text: 'Push to main' })
  await line(page, second.key).waitFor()

  await page.keyboard.press('j')
  await page.keyboard.press('a')
  // The first press shows what it is about, written out where it would hide something.
  const shown = page.getByLabel(`Arguments of ${first.key}`)
  expect(await shown.textContent()).toBe('{\n  "branch": "gone\\u202e",\n  "force": true\n}')
  await line(page, first.key).getByText('git__delete_branch').waitFor()
  expect(await stateOf(first.key)).toMatchObject({ state: 'open' })
  await page.keyboard.press('a')
  await page.getByText(`${first.key}: approved.`).waitFor()
  await line(page, first.key).waitFor({ state: 'detached' })
  await use(first.id, first.argsSha256)

  // The focus has gone on to what is left.
  await expect
    .poll(() =>
      page.evaluate('document.activeElement?.closest("[data-approval]")?.dataset.approval'),
    )
    .toBe(second.key)
  await page.keyboard.press('d')
  await page.keyboard.press('d')
  await page.getByLabel('Reason').fill('Not on a Friday')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing waits for you.').waitFor()
  const denied = { state: 'denied', reason: 'Not on a Friday', decidedBy: [person.handle] }
  expect(await stateOf(second.key)).toMatchObject(denied)
  await page.getByRole('region', { name: 'Earlier' }).getByText('Not on a Friday').waitFor()
  await end()
})

test('whoever is slower reads who was faster', async () => {
  const { page, end } = await atInbox()
  const { key } = await ask()
  await opener(page, key).click()
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.getByLabel('Reason').fill('No')
  const { session, handle } = await ownerOf(web)
  const body = { decision: 'approve' }
  const { status } = await web.page('POST', `/v1/approvals/${key}/decide`, { session, body })
  expect(status).toBe(200)
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.getByText(`@${handle} approved it at`).first().waitFor()
  await line(page, key).waitFor({ state: 'detached' })
  await end(/status of 409/)
})

test('on a phone the way there is in the bar, and buttons do what the keys do', async () => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true }
  const { page, end } = await atInbox(phone)
  const { key } = await ask({ text: `Write ${'a long name '.repeat(20)}` })
  await page.getByRole('link', { name: 'Inbox, 1 waiting' }).locator('visible=true').tap()
  await opener(page, key).tap()
  await page.getByRole('button', { name: 'Request changes' }).tap()
  await page.getByLabel('What should change').fill('Shorter, please')
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  await page.getByRole('button', { name: 'Request changes' }).tap()
  await page.getByText(`${key}: changes wanted.`).waitFor()
  expect(await stateOf(key)).toMatchObject({ state: 'changes', reason: 'Shorter, please' })
  await end()
})

test('who came in with a key is told that keys do not decide', async () => {
  const { session } = await ownerOf(web)
  const key = await givenKey(web, session)
  const { key: approval } = await ask()
  const { page, end } = await visit(browser, web.home)
  await page.goto(`${web.home}/inbox#key=${key}`)
  await page.getByRole('note').getByText('a key cannot decide').waitFor()
  await opener(page, approval).click()
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await page.getByRole('status').getByText('A key cannot decide').waitFor()
  expect(await stateOf(approval)).toMatchObject({ state: 'open', decidedBy: [] })
  await end(/status of 403/)
})

// The last one: it turns the clock, and with it everybody's sign-in grows old.
test('a yes to high risk takes a second press and a fresh sign-in', async () => {
  const { page, end, person } = await atInbox()
  const { key } = await ask({ risk: 'high' })
  await line(page, key).getByText('High risk', { exact: true }).waitFor()
  const { clock } = await testHouse()
  clock.turn(FRESH_MS + 1_000)
  await opener(page, key).click()
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  const sure = page.getByRole('button', { name: `Approve ${key}` })
  expect(await sure.isDisabled()).toBe(true)
  const focused = () => page.evaluate('document.activeElement.textContent')
  await expect.poll(focused, POLL).toBe(`Approve ${key}`)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByLabel('Password', { exact: true }).fill(person.password)
  expect(await stateOf(key)).toMatchObject({ state: 'open' })
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText(`${key}: approved.`).waitFor()
  expect(await stateOf(key)).toMatchObject({ state: 'approved', decidedBy: [person.handle] })
  await end(/status of 403/)
})
