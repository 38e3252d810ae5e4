import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startChromium } from '../chromium.ts'
import { said, toolNamed } from '../tools/puppet.ts'
import { codesSettled, PASSWORD, totpCode } from '../web/people.ts'
import { builtPage, visit } from '../web/visit.ts'
import { hubOf, inTime, later } from './ground.ts'
import { type Agent, briefOf, startAgent } from './newcomer-agent.ts'
import { backlogFile } from './newcomer-backlog.ts'
import { copied, follow, press, printedLink, walker } from './newcomer.ts'
import { puppetOf, reaching } from './tools-ground.ts'

// The whole promise in one go: somebody who has never seen the hall starts it, and is at its use
// within the minute; from then on everything happens on the page, and an agent works beside them.

const POLL = { timeout: 60_000 }
const NOTE = { title: 'The gate', text: 'It hangs again.' }
const DOOR_SCHEMA = {
  type: 'object',
  properties: { title: { type: 'string' }, text: { type: 'string' } },
  required: ['title', 'text'],
}

const region = (place: Page | Locator, name: string | RegExp): Locator =>
  place.getByRole('region', { name })
const cardOf = (page: Page, key: string, column: string): Locator =>
  region(page, new RegExp(`^${column}\\b`)).getByRole('link', {
    name: new RegExp(`\\b${key}\\b`),
  })

/** A server of tools in the house: it keeps what it is told. */
const notebook = async () => {
  const server = await puppetOf([
    toolNamed('publish', { description: 'Publishes a note for all.', inputSchema: DOOR_SCHEMA }),
  ])
  server.acts.set('publish', () => said('published as number 1'))
  return server
}

/** Starts the program as `npm start` does, with the limits and the account of a stranger. */
const startedHub = async (port: number) => {
  const account = await mkdtemp(join(tmpdir(), 'guildhall-newcomer-'))
  later(() => rm(account, { recursive: true, force: true }))
  return hubOf({
    env: { ...reaching(port), HOME: account },
    settings: { GUILDHALL_LIMIT_FACTOR: '1' },
  })
}

const becomeOwner = async (page: Page, link: string): Promise<void> => {
  await page.goto(link)
  await page.getByLabel('Name').fill('Nina Newcomer')
  await page.getByLabel('E-mail').fill('nina@example.org')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await press(page, 'Set up')
  await page.getByRole('button', { name: 'Authenticator app' }).click()
  await page.getByText('It cannot scan').click()
  const secret = (await page.getByLabel('Secret').textContent()) ?? ''
  await codesSettled()
  await page.getByLabel('Code', { exact: true }).fill(totpCode(secret))
  await press(page, 'Confirm')
  await press(page, 'Continue')
  await page.getByRole('heading', { name: 'Set up the hall' }).waitFor()
}

const importBacklog = async (page: Page): Promise<void> => {
  await press(page, 'Not now')
  await page.getByLabel('Choose a file').setInputFiles(backlogFile())
  await page.getByLabel('Project name').fill('The inn')
  await page.getByLabel('Key', { exact: true }).fill('INN')
  await press(page, 'Preview the import')
  await press(page, /^Import [\d,]+ tasks$/)
  await page.getByRole('button', { name: 'Make the agent' }).waitFor()
}

const connectAgent = async (page: Page): Promise<Agent> => {
  await press(page, 'Make the agent')
  await page.getByText('Waiting for the first word of @dev-1').waitFor()
  await page.getByText('Or put this into .mcp.json').click()
  const agent = await startAgent(await copied(page, 'Key'), await copied(page, 'Configuration'))
  await page.getByText('Connected: @dev-1 said its first word').waitFor()
  await press(page, 'Watch it on the board')
  await page.getByRole('main', { name: 'Board of The inn' }).waitFor()
  return agent
}

/** The agent takes a task; board and task show it, and how it goes, by themselves. */
const watchWork = async (page: Page, agent: Agent) => {
  const brief = briefOf(await agent.ask('work_next'))
  const { key, lease } = brief
  const card = cardOf(page, key, 'In progress')
  await card.getByText('Working').waitFor()
  await card.getByText('held by @dev-1').waitFor()
  await agent.ask('work_update', { lease, progress: 40, note: 'The hinge is out.' })
  await card.getByText('40%').waitFor()
  await card.click()
  const task = page.getByRole('complementary', { name: `Task ${key}` })
  await region(task, 'Work on it now').getByText('The hinge is out.').waitFor()
  await agent.ask('work_update', { lease, progress: 60, note: 'A new one is in.' })
  await region(task, 'Work on it now').getByText('A new one is in.').waitFor()
  await region(task, 'Work on it now').getByText('60 %').waitFor()
  return brief
}

const addTools = async (page: Page, url: string): Promise<void> => {
  await follow(page, 'Tools')
  await press(page, 'Add a server')
  await press(page, 'By its address')
  await page.getByLabel('Address', { exact: true }).fill(url)
  await page.getByLabel('Short name').fill('notes')
  await press(page, 'Add the server')
  await page.getByRole('heading', { name: 'notes Ready' }).waitFor()
  const rules = region(page, 'Rules')
  await press(rules, 'Change')
  await rules.getByLabel('Approval', { exact: true }).selectOption('Of every call')
  await press(rules, 'Save the rules')
  await rules.getByText('Every call is approved.').waitFor()
}

/** The agent wants what needs a word, the person gives it, and the agent has its answer. */
const approve = async (page: Page, agent: Agent): Promise<void> => {
  const parked = await agent.ask('tool_call', { name: 'notes__publish', args: NOTE })
  const [, call, approval] = /^(TC-\d+) waits for a person to approve (AP-\d+)/.exec(parked) ?? []
  expect([call, approval]).toEqual(['TC-1', 'AP-1'])
  const answer = agent.ask('tool_call', { name: 'guildhall__result', args: { call } })
  answer.catch(() => {})
  await follow(page, 'Inbox, 1 waiting')
  await page.getByRole('button', { name: /AP-1/ }).click()
  const shown = page.getByLabel('Arguments of AP-1')
  await shown.getByText('It hangs again.').waitFor()
  await press(page, 'Approve')
  await page.getByText('AP-1: approved.').waitFor()
  await page.getByText('Nothing waits for you.').waitFor()
  expect(await inTime('the agent has its answer', answer)).toContain('published as number 1')
}

/** The person takes the task over: the agent's next word is refused. Then it gets it back. */
const takeOver = async (page: Page, agent: Agent, held: { key: string; lease: string }) => {
  const { key, lease } = held
  await follow(page, 'Home')
  await region(page, 'Running now').getByRole('link', { name: key }).click()
  const task = page.getByRole('complementary', { name: `Task ${key}` })
  const run = region(task, 'Work on it now')
  await agent.ask('work_update', { lease, progress: 80 })
  await run.getByText('80 %').waitFor()
  await page.keyboard.press('Shift+T')
  await page.getByText(`${key} is yours. @dev-1 has lost it`).waitFor()
  const refused = await agent.call('work_update', { lease, progress: 90 })
  expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('lease_lost') })
  await press(run, 'Hand back')
  const dialog = page.getByRole('dialog', { name: `Hand ${key} back` })
  await dialog.getByLabel('Note').fill('I have oiled it; please finish.')
  await dialog.getByLabel('Agent').fill('@dev-1')
  await press(dialog, 'Hand back')
  await page.getByText(/is back in .+, for @dev-1\./).waitFor()
  const again = briefOf(await agent.ask('work_next'))
  expect(again.key).toBe(key)
  await agent.ask('work_finish', { lease: again.lease, outcome: 'done', summary: 'It swings.' })
  // The columns are those of the backlog that was brought along.
  await cardOf(page, key, 'Closed').waitFor()
}

/** Plans a sprint with three tasks that are ready; gives their keys. */
const planSprint = async (page: Page): Promise<readonly string[]> => {
  await follow(page, 'Sprint')
  await press(page, 'Plan a sprint')
  await page.getByLabel('Goal').fill('Guests can stay')
  await press(page, 'Plan sprint')
  await page.getByRole('heading', { name: 'Sprint 1' }).waitFor()
  await page.getByRole('link', { name: 'Plan in the backlog' }).click()
  await page.getByLabel('Filter tasks').fill('ready')
  const waiting = page.getByRole('list', { name: 'Backlog', exact: true })
  const boxes = waiting.getByRole('checkbox')
  const names = await Promise.all([0, 1, 2].map((at) => boxes.nth(at).getAttribute('aria-label')))
  const keys = names.map((name) => String(name).replace('Choose ', ''))
  for (const key of keys) {
    await waiting.getByRole('checkbox', { name: `Choose ${key}`, exact: true }).check()
  }
  await press(page.getByRole('toolbar', { name: 'Chosen tasks' }), 'Move')
  await page.getByRole('dialog').getByRole('option', { name: 'Sprint 1' }).click()
  await region(page, 'Sprint 1, 3 tasks').waitFor()
  await page.getByRole('link', { name: 'Sprint 1', exact: true }).click()
  return keys
}

const runSprint = async (page: Page, agent: Agent, planned: readonly string[]) => {
  await press(page, 'Start sprint')
  await press(page.getByRole('dialog', { name: 'Start sprint 1' }), 'Start sprint')
  await region(page, 'To do, 3').waitFor()
  const { key, lease } = briefOf(await agent.ask('work_next'))
  expect(planned).toContain(key)
  await region(page, 'In progress, 1').getByText(key).waitFor()
  await agent.ask('work_finish', { lease, outcome: 'done', summary: 'Made.' })
  await region(page, 'Done, 1').getByText(key).waitFor()
  return key
}

const closeSprint = async (page: Page, left: readonly string[]): Promise<void> => {
  const [onward = '', back = ''] = left
  await press(page, 'Close sprint')
  const close = page.getByRole('dialog', { name: 'Close sprint 1' })
  await close.getByLabel(`Where ${back} goes`).selectOption('Backlog')
  await press(close, 'Close sprint')
  await page.getByRole('heading', { name: 'Sprint 1 Closed' }).waitFor()
  await region(page, 'Completed, 1').waitFor()
  await region(page, 'Was open at the end, 2').waitFor()
  await page.getByRole('link', { name: /Sprint 2/ }).click()
  await region(page, 'Planned, 1').getByText(onward).waitFor()
}

test('a stranger sets up a hall, works with an agent in it, and closes a sprint', async () => {
  builtPage()
  const server = await notebook()
  const browser = await startChromium()
  later(() => browser.close())
  const begun = performance.now()
  const hub = await startedHub(server.port)
  const link = await printedLink(hub)
  const { page, end } = await visit(browser, new URL(link).origin)
  const step = walker(page)

  await step('set up the owner', () => becomeOwner(page, link))
  await step('import a backlog', () => importBacklog(page))
  const agent = await step('connect an agent', () => connectAgent(page))
  const usefulMs = performance.now() - begun
  const held = await step('watch it work', () => watchWork(page, agent))
  await step('add tools that need a word', () => addTools(page, server.url))
  await step('approve', () => approve(page, agent))
  expect(server.calls('publish')).toEqual([NOTE])
  await step('take over and hand back', () => takeOver(page, agent, held))
  const planned = await step('plan a sprint', () => planSprint(page))
  const done = await step('run a sprint', () => runSprint(page, agent, planned))
  const left = planned.filter((key) => key !== done)
  await step('close it', () => closeSprint(page, left))

  // Who comes back to the way in finds that it is over, and where to go on.
  await page.goto(`${new URL(link).origin}/start`)
  await page.getByRole('heading', { name: 'The hall is set up' }).waitFor()
  await page.getByRole('link', { name: /^Board of The inn/ }).click()
  await expect.poll(() => new URL(page.url()).pathname, POLL).toBe('/p/INN/board')
  await end()
  // The budget is a minute. It is for people: a busy machine is slow, not wrong.
  process.stdout.write(`the hall was of use after ${(usefulMs / 1000).toFixed(1)} s\n`)
}, 300_000)
