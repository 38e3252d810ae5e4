import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { givenProject, joins } from '../attack/web-house.ts'
import { type Crew, isWide, lineIn, openCrew, PHONE, region, walkTo } from './crew.ts'

vi.setConfig({ testTimeout: 150_000 })

const POLL = { timeout: 30_000 }

let crew: Crew

beforeAll(async () => {
  crew = await openCrew()
}, 120_000)
afterAll(() => crew?.stop(), 60_000)

test('home says how to begin, then who works and what needs the person', async () => {
  const { at, ask, agent, tasks, claim, web } = crew
  const { page, end } = await at('/')
  await page.getByRole('heading', { name: 'Welcome to the hall' }).waitFor()
  await givenProject(web, 'GH')
  const running = region(page, 'Running now')
  const needs = region(page, 'Needs you')
  await running.getByText('Nobody works on anything right now.').waitFor()
  await needs.getByText('Nothing needs you.').waitFor()
  expect(await page.title()).toBe('Home · Guildhall')

  const dev = await agent('dev-1', 'GH')
  await tasks('GH', ['Mend the gate', 'Ring the bell'])
  const lease = await claim(dev, 'GH')
  const line = running.locator('[data-running="GH-1"]')
  await line.getByText('@dev-1').waitFor()
  await ask('POST /work/update', { lease, progress: 40, note: 'The hinge is out.' }, dev)
  await line.getByText('The hinge is out.').waitFor()
  await line.getByText('40 %').waitFor()

  await ask('POST /questions', { kind: 'question', text: 'Which key?', task: 'GH-1' }, dev)
  await needs.locator('[data-need="Q-1"]').getByText('Which key?').waitFor()
  await ask('POST /work/finish', { lease, outcome: 'review', summary: 'It swings.' }, dev)
  await needs.locator('[data-need="GH-1"]').getByText('Review').waitFor()
  await line.waitFor({ state: 'detached' })

  const figure = (name: string) => page.locator(`[data-today="${name}"]`).textContent()
  await expect.poll(() => figure('created'), POLL).toBe('2')
  await expect.poll(() => figure('started'), POLL).toBe('1')
  expect([await figure('done'), await figure('failed')]).toEqual(['0', '0'])
  await end()
})

test('the keyboard walks over home and opens a task', async () => {
  const { at, agent, tasks, claim, web } = crew
  await givenProject(web, 'KEY')
  await tasks('KEY', ['First', 'Second', { title: 'Looked at', status: 'In review' }])
  const dev = await agent('dev-2', 'KEY')
  await claim(dev, 'KEY')
  const { page, end } = await at('/')
  const running = region(page, 'Running now')
  await running.locator('[data-running="KEY-1"]').waitFor()
  await region(page, 'Needs you').locator('[data-need]').first().waitFor()
  await walkTo(page, 'KEY-1')
  await page.keyboard.press('k')
  expect(await lineIn(page)).not.toBe('KEY-1')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).pathname, POLL).toBe('/t/KEY-1')
  await end()
})

test('long lists are cut, and shown whole when somebody wants them', async () => {
  const { at, tasks, web } = crew
  await givenProject(web, 'LONG')
  const titles = Array.from({ length: 12 }, (_, index) => `Look at ${index}`)
  await tasks(
    'LONG',
    titles.map((title) => ({ title, status: 'In review' })),
  )
  const { page, end } = await at('/')
  const needs = region(page, 'Needs you')
  const lines = needs.locator('[data-need]')
  const more = needs.getByRole('button', { name: /^And \d+ more$/ })
  await more.waitFor()
  expect(await lines.count()).toBe(8)
  await more.click()
  await needs.locator('[data-need="LONG-12"]').waitFor()
  expect(await more.count()).toBe(0)
  await end()
})

test('health says that the hub serves and seals, to whoever may know', async () => {
  const { at, web } = crew
  await givenProject(web, 'HE')
  const { page, end } = await at('/')
  const health = region(page, 'Health')
  for (const [name, said] of [
    ['hub', 'It serves'],
    ['ledger', 'events are sealed'],
    ['tools', 'No server of tools'],
    ['webhooks', 'Nobody outside'],
  ] as const) {
    await health.locator(`[data-health="${name}"][data-ok="true"]`).getByText(said).waitFor()
  }
  await end()
  const guest = await joins(web, 'viewer')
  const other = await at('/', guest)
  await other.page.locator('[data-health="hub"]').waitFor()
  await region(other.page, 'Running now').waitFor()
  expect(await other.page.locator('[data-health="webhooks"]').count()).toBe(0)
  await other.page.goto(`${web.home}/me`)
  await other.page.getByText('Nothing is yours').waitFor()
  await other.end()
})

test('my work shows claims, tasks by state, and what is with others, by the keyboard', async () => {
  const { at, ask, agent, tasks, claim, owner, web } = crew
  await givenProject(web, 'MY')
  const dev = await agent('dev-3', 'MY')
  const assignee = owner.handle
  const { page, end } = await at('/me')
  await tasks('MY', [
    { title: 'Held', assignee },
    { title: 'Ready one', assignee },
    { title: 'Later one', assignee, status: 'Backlog' },
    { title: 'With the agent', assignee },
  ])
  await region(page, 'Ready').getByText('Ready one').waitFor()
  await region(page, 'Later').getByText('Later one').waitFor()
  await ask('POST /tasks/MY-1/claim', {})
  await region(page, 'In your hands').locator('[data-running="MY-1"]').waitFor()
  await ask('POST /tasks/MY-4/claim', {})
  await ask('POST /tasks/MY-4/hand-back', { to: 'dev-3' })
  const delegated = region(page, 'Delegated').locator('[data-mine="MY-4"]')
  await delegated.getByText('@dev-3').waitFor()
  const lease = await claim(dev, 'MY')
  expect(lease).toMatch(/^MY-4#/)
  await ask('POST /questions', { kind: 'question', text: 'Red or blue?', task: 'MY-4' }, dev)
  await region(page, 'Questions').getByText('Red or blue?').waitFor()

  await page.keyboard.press('j')
  expect(await lineIn(page)).toBe('MY-1')
  await walkTo(page, 'MY-2')
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).pathname, POLL).toBe('/t/MY-2')
  await end()
})

test('home and my work fit on a phone', async () => {
  const { at, tasks, agent, claim, ask, owner, web } = crew
  await givenProject(web, 'PH')
  await tasks('PH', [`A title ${'that goes on and on '.repeat(12)}`.slice(0, 290)])
  const dev = await agent('dev-4', 'PH')
  const lease = await claim(dev, 'PH')
  await ask('POST /work/update', { lease, note: 'word'.repeat(60) }, dev)
  await tasks('PH', [{ title: 'Mine'.repeat(60), assignee: owner.handle }])
  const { page, end } = await at('/', owner, PHONE)
  await region(page, 'Running now').locator('[data-running="PH-1"]').waitFor()
  expect(await isWide(page)).toBe(false)
  await page.goto(`${web.home}/me`)
  await page.locator('[data-mine="PH-2"]').waitFor()
  expect(await isWide(page)).toBe(false)
  await end()
})

test('questions and proposals stand in the inbox, and its keys answer them', async () => {
  const { ask, agent, tasks, at } = crew
  await ask('POST /projects', { key: 'ASK', name: 'Asking' })
  await tasks('ASK', ['Paint the door'])
  const dev = await agent('dev-9', 'ASK')
  await crew.claim(dev, 'ASK')
  const { page, end } = await at('/inbox')
  await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor()
  const asks = { kind: 'question', text: 'Green or grey?', task: 'ASK-1' }
  const question = String((await ask('POST /questions', asks, dev))['question'])
  await region(page, 'Questions').getByText('Green or grey?').waitFor()
  const share = { at: 'ASK', path: 'paint', data: 'two coats', from: 'ASK-1', reason: 'It holds.' }
  const proposal = String((await ask('POST /context/share', share, dev))['id'])
  await region(page, 'Proposals').getByText('It holds.').waitFor()
  await walkTo(page, question)
  await page.keyboard.press('a')
  await page.keyboard.type('Green')
  await page.keyboard.press('ControlOrMeta+Enter')
  await page.locator(`[data-asks="${question}"]`).waitFor({ state: 'detached' })
  expect(await ask('GET /questions?task=ASK-1')).toMatchObject({ items: [{ answer: 'Green' }] })
  await walkTo(page, proposal)
  await page.keyboard.press('a')
  await page.getByText(`${proposal} is accepted.`).first().waitFor()
  await page.locator(`[data-asks="${proposal}"]`).waitFor({ state: 'detached' })
  expect(await ask('GET /context?at=ASK')).toMatchObject({ own: { paint: 'two coats' } })
  await end()
})
