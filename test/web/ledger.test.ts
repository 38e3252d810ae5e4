import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { givenProject, joins } from '../attack/web-house.ts'
import { type Crew, isWide, lineIn, openCrew, PHONE, press, region } from './crew.ts'

vi.setConfig({ testTimeout: 150_000 })

const POLL = { timeout: 30_000 }
/** So often a page of the ledger looks for what no stream tells of. */
const LOOK_MS = 10_000

let crew: Crew

beforeAll(async () => {
  crew = await openCrew()
  await givenProject(crew.web, 'GH')
  await crew.tasks('GH', ['Mend the gate', 'Ring the bell'])
  await crew.ask('POST /tasks/GH-1/move', { to: 'In progress' })
}, 120_000)
afterAll(() => crew?.stop(), 60_000)

const search = (url: string): string => decodeURIComponent(new URL(url).search)

test('the ledger verifies itself, and the keyboard opens an event with its seal', async () => {
  const { at } = crew
  const { page, end } = await at('/ledger?object=GH-1')
  const events = page.getByRole('list', { name: 'Events' })
  await events.getByText('task moved').waitFor()
  await page.locator('[data-verified]').waitFor()
  await page.keyboard.press('j')
  const pos = String(await lineIn(page))
  await page.keyboard.press('Enter')
  await events.getByText('Hash before').waitFor()
  await events.getByText('work.move_task').waitFor()
  const hash = /[0-9a-f]{64}/
  expect(await events.getByText(hash).first().textContent()).toMatch(hash)
  expect(search(page.url())).toContain(`pos=${pos}`)
  // A reload shows the same event again; Escape closes it.
  await page.reload()
  await events.getByText('Hash before').waitFor()
  await page.keyboard.press('Escape')
  await events.getByText('Hash before').waitFor({ state: 'detached' })
  await end()
})

test('what happens while one looks comes up by itself', async () => {
  const { at, ask } = crew
  const { page, end } = await at('/ledger')
  const events = page.getByRole('list', { name: 'Events' })
  await events.locator('li').first().waitFor()
  await ask('POST /tasks/GH-2/comments', { body: 'Louder, please.' })
  const first = events.locator('li').first()
  await expect.poll(() => first.textContent(), POLL).toContain('task noted')
  expect(await first.textContent()).toContain('GH-2')
  await end()
})

test('a filter narrows the list down and stands in the address', async () => {
  const { at, agent } = crew
  await agent('dev-1', 'GH')
  const { page, end } = await at('/ledger')
  const events = page.getByRole('list', { name: 'Events' })
  await page.getByLabel('Event', { exact: true }).fill('work.task_created')
  await page.keyboard.press('Enter')
  await expect.poll(() => events.locator('li').count(), POLL).toBe(2)
  expect(search(page.url())).toBe('?event=work.task_created')
  await page.getByLabel('Object').fill('GH-2')
  await page.keyboard.press('Enter')
  await region(page, 'History of GH-2').locator('li').first().waitFor()
  await expect.poll(() => events.locator('li').count(), POLL).toBe(1)
  await page.getByLabel('Object').fill('@dev-1')
  await page.getByLabel('Event', { exact: true }).fill('')
  await page.keyboard.press('Enter')
  await region(page, 'History of @dev-1').getByText('principal added').waitFor()
  await page.getByLabel('Object').fill('GH-99')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('GH-99').waitFor()
  await press(page, 'Clear')
  await page.getByRole('search').getByLabel('Project').selectOption('GH')
  await region(page, 'Events of GH').getByText('GH-2').first().waitFor()
  expect(search(page.url())).toBe('?project=GH')
  await page.getByLabel('To', { exact: true }).fill('2020-01-01')
  await press(page, 'Find')
  await page.getByText('No event matches.').waitFor()
  await end(/status of 404/)
})

test('older events come page by page, each once', async () => {
  const { at, tasks } = crew
  await tasks(
    'GH',
    Array.from({ length: 70 }, (_, index) => `Task ${index}`),
  )
  const { page, end } = await at('/ledger?event=work.task_created')
  const events = page.getByRole('list', { name: 'Events' })
  await expect.poll(() => events.locator('li').count(), POLL).toBe(50)
  await press(page, 'Older')
  await expect.poll(() => events.locator('li').count(), POLL).toBe(72)
  const positions = await events
    .locator('li')
    .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-pos')))
  expect(new Set(positions).size).toBe(72)
  expect(await page.getByRole('button', { name: 'Older' }).count()).toBe(0)
  await end()
})

test('an object leads to its history, and to itself', async () => {
  const { at } = crew
  const { page, end } = await at('/ledger?event=work.task_moved')
  const events = page.getByRole('list', { name: 'Events' })
  await events.locator('button').first().click()
  await press(events, 'History of GH-1')
  await region(page, 'History of GH-1').getByText('task created').waitFor()
  await events.locator('button').first().click()
  await events.getByRole('link', { name: 'Open GH-1' }).click()
  await expect.poll(() => new URL(page.url()).pathname, POLL).toBe('/t/GH-1')
  await end()
})

test('an export is saved by whoever may, and members do not see the ledger at all', async () => {
  const { at, web } = crew
  const { page, end } = await at('/ledger')
  await page.clock.install()
  await page.reload()
  const saved = page.waitForEvent('download')
  await press(page, 'Export')
  expect((await saved).suggestedFilename()).toBe('ledger.jsonl')
  // No stream tells of what was looked at: it comes with the next look of the page.
  await web.house.settle()
  await page.clock.fastForward(LOOK_MS)
  await page.getByRole('list', { name: 'Events' }).getByText('sensitive read').waitFor()
  await end()
  const other = await at('/ledger', await joins(web))
  await other.page.getByRole('alert').waitFor()
  expect(await other.page.getByRole('button', { name: 'Export' }).count()).toBe(0)
  expect(await other.page.getByRole('link', { name: 'Ledger' }).count()).toBe(0)
  await other.end(/status of 403/)
})

test('the ledger fits on a phone', async () => {
  const { at, owner } = crew
  const { page, end } = await at('/ledger', owner, PHONE)
  const events = page.getByRole('list', { name: 'Events' })
  await events.locator('button').first().tap()
  await events.getByText('Hash before').waitFor()
  expect(await isWide(page)).toBe(false)
  await end()
})
