import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { givenProject, joins } from '../attack/web-house.ts'
import { firstClient } from '../mcp/hub-clients.ts'
import { type Crew, isWide, openCrew, PHONE, press, region, walkTo } from './crew.ts'

vi.setConfig({ testTimeout: 150_000 })

const POLL = { timeout: 30_000 }
// A person has pressed the button: from here on nothing may be handed out.
const STOP_MS_MAX = 1_000

let crew: Crew

beforeAll(async () => {
  crew = await openCrew()
  await givenProject(crew.web, 'GH')
}, 120_000)
afterAll(() => crew?.stop(), 60_000)

test('one press stops two agents at work, and one more lets them go on', async () => {
  const { at, ask, agent, tasks, claim } = crew
  await tasks('GH', ['One', 'Two', 'Three'])
  const [ana, bob] = [await agent('ana', 'GH'), await agent('bob', 'GH')]
  const leases = [await claim(ana, 'GH'), await claim(bob, 'GH')] as const
  const { page, end } = await at('/agents')
  await page.locator('[data-agent="ana"]').getByText('GH-1').waitFor()
  await page.locator('[data-agent="bob"]').getByText('GH-2').waitFor()

  const answered = page.waitForResponse((answer) => answer.url().endsWith('/v1/work/stop'))
  const pressedAt = performance.now()
  await press(page, 'Stop all agents')
  expect((await answered).status()).toBe(200)
  expect(performance.now() - pressedAt).toBeLessThan(STOP_MS_MAX)
  for (const [lease, key] of [[leases[0], ana] as const, [leases[1], bob] as const]) {
    expect(await ask('POST /work/update', { lease }, key)).toMatchObject({ stop: true })
    expect(await ask('POST /work/next', { project: 'GH' }, key)).toMatchObject({ task: null })
  }
  await page.getByText('All agents are stopped').waitFor()
  const other = await at('/')
  await other.page.getByText('All agents are stopped').waitFor()
  await other.page.locator('[data-running="GH-1"]').getByText('asked to stop').waitFor()

  await press(page, 'Let them work again')
  await page.getByRole('button', { name: 'Stop all agents' }).waitFor()
  await other.page.getByText('All agents are stopped').waitFor({ state: 'detached' })
  const lease = leases[0]
  expect(await ask('POST /work/update', { lease }, ana)).toMatchObject({ stop: false })
  await other.end()
  await end()
})

test('the wizard leads to a light that goes on when the agent says its first word', async () => {
  const { at, web } = crew
  const { page, end } = await at('/agents')
  await press(page, 'Connect an agent')
  expect(new URL(page.url()).search).toBe('?connect=true')
  await page.getByLabel('Name', { exact: true }).fill('smith')
  await press(page, 'Make the agent')
  const key = page.getByRole('textbox', { name: 'Key', exact: true })
  const shown = (await key.textContent()) ?? ''
  expect(shown).toMatch(/^export GUILDHALL_KEY=guild_a_/)
  await page.getByText('Or put this into .mcp.json').click()
  const snippet = page.getByRole('textbox', { name: 'Configuration' })
  expect(await snippet.textContent()).toContain(`${web.home}/agent/mcp`)
  const command = page.getByRole('textbox', { name: 'Command', exact: true })
  expect(await command.textContent()).toMatch(/^claude mcp add .+\/agent\/mcp --header /)
  await press(page, 'Codex')
  expect(await snippet.textContent()).toContain('[mcp_servers.guildhall]')
  await press(page, 'VS Code')
  expect(await key.textContent()).toMatch(/^guild_a_/)
  await press(page, 'Another program')
  const header = page.getByRole('textbox', { name: 'Header', exact: true })
  const bearer = shown.replace('export GUILDHALL_KEY=', 'Authorization: Bearer ')
  expect(await header.textContent()).toBe(bearer)
  const light = page.locator('[data-light]')
  expect(await light.getAttribute('data-light')).toBe('off')

  const secret = shown.replace('export GUILDHALL_KEY=', '')
  const client = await firstClient(`${web.home}/agent/mcp`, secret)
  expect(await client.listTools()).toContain('work_next')
  await page.getByText('Connected: @smith said its first word').waitFor()
  expect(await light.getAttribute('data-light')).toBe('on')
  await client.close()
  await press(page, 'Done')
  await page.locator('[data-agent="smith"]').getByText('seen').waitFor()
  expect(await page.content()).not.toContain(secret)
  await end()
})

test('the registry leads to one agent: what it does, how it went, its keys', async () => {
  const { at, ask, agent, tasks, claim } = crew
  await givenProject(crew.web, 'AB')
  const key = await agent('carl', 'AB')
  await tasks('AB', ['First', 'Second', 'Third', { title: 'For carl', assignee: 'carl' }])
  await ask('POST /tasks/AB-4/move', { to: 'Backlog' })
  const done = await claim(key, 'AB')
  await ask('POST /work/finish', { lease: done, outcome: 'done', summary: 'All well.' }, key)
  const failed = await claim(key, 'AB')
  await ask('POST /work/finish', { lease: failed, outcome: 'failed', summary: 'No oil.' }, key)
  await claim(key, 'AB')
  await ask('POST /tasks/AB-4/move', { to: 'Todo' })

  const { page, end } = await at('/agents')
  await page.locator('[data-agent="carl"]').getByText('1 of 2 well (50 %)').waitFor()
  await walkTo(page, 'carl')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '@carl' }).waitFor()
  const doing = region(page, 'Doing now')
  await doing.locator('[data-running="AB-3"]').waitFor()
  await region(page, 'Waits for it').getByText('For carl').waitFor()
  const attempts = region(page, 'Attempts')
  await attempts.getByText('In 30 days: 1 of 2 well (50 %)').waitFor()
  await attempts.getByText('No oil.').waitFor()
  await press(doing, 'Stop AB-3')
  await doing.getByText('asked to stop').waitFor()
  // What the agent does is seen without a reload.
  const lease = 'AB-3#1'
  await ask('POST /work/finish', { lease, outcome: 'done', summary: 'Done, too.' }, key)
  await doing.getByText('Idle: it holds no task.').waitFor()
  await attempts.getByText('Done, too.').waitFor()
  await end()
})

test('a key is replaced and shown once; a suspended agent is shut out', async () => {
  const { at, agent, web } = crew
  const key = await agent('dora', 'GH')
  const me = (secret: string) => web.say('GET', '/v1/me', { key: secret })
  expect((await me(key)).status).toBe(200)
  const { page, end } = await at('/agents/dora')
  const keys = region(page, 'Keys')
  await press(keys, 'Replace')
  await press(page.getByRole('dialog'), 'Replace')
  const shown = await page.getByRole('textbox', { name: 'Key', exact: true }).textContent()
  const fresh = String(shown).replace('export GUILDHALL_KEY=', '')
  expect((await me(fresh)).status).toBe(200)
  await press(page, 'Done')
  await keys.getByText('replaced', { exact: true }).waitFor()

  await press(page, 'Suspend')
  await press(page.getByRole('dialog'), 'Suspend')
  await page.getByRole('heading', { name: '@dora suspended' }).waitFor()
  expect((await me(fresh)).status).toBe(401)
  await press(page, 'Activate')
  await page.getByRole('button', { name: 'Suspend' }).waitFor()
  expect((await me(fresh)).status).toBe(200)
  await end()
})

test('an agent is handed to another person, who reads so', async () => {
  const { at, agent, web } = crew
  await agent('emil', 'GH')
  const guest = await joins(web, 'admin')
  const { page, end } = await at('/agents/emil')
  await press(page, 'Hand over')
  await page.getByLabel('The person who answers for it').fill('@nobody-here')
  await press(page.getByRole('dialog'), 'Hand over')
  await page.getByRole('dialog').getByRole('alert').getByText('@nobody-here').waitFor()
  await page.getByLabel('The person who answers for it').fill(`@${guest.handle}`)
  await press(page.getByRole('dialog'), 'Hand over')
  await page.getByText(`answers to @${guest.handle}`).waitFor()
  await end(/status of 404/)
})

test('a member on a phone sees agents, and no buttons that are not for them', async () => {
  const { at, agent, web } = crew
  await agent('a-name-that-goes-on-and-on-and-on-and-on', 'GH')
  const member = await joins(web)
  const { page, end } = await at('/agents', member, PHONE)
  await page.locator('[data-agent="ana"]').waitFor()
  expect(await page.getByRole('button', { name: 'Stop all agents' }).count()).toBe(0)
  expect(await isWide(page)).toBe(false)
  await page.locator('[data-agent="ana"]').getByRole('link').tap()
  await page.getByRole('heading', { name: '@ana' }).waitFor()
  for (const name of ['Suspend', 'Hand over', 'Stop GH-1']) {
    expect(await page.getByRole('button', { name }).count()).toBe(0)
  }
  expect(await isWide(page)).toBe(false)
  await page.goto(`${web.home}/agents/nobody`)
  await expect.poll(() => page.getByRole('alert').textContent(), POLL).toContain('nobody')
  await end(/status of 404/)
})
