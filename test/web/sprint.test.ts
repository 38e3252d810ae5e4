import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { group, keysIn, line, type Planner, POLL, startPlanner } from './planner.ts'

vi.setConfig({ testTimeout: 150_000 })

let planner: Planner

beforeAll(async () => {
  planner = await startPlanner()
}, 120_000)

afterAll(() => planner?.stop(), 60_000)

const task = (title: string, points: number) => ({ title, points, status: 'Backlog' })

test('a sprint is planned, filled, started, and closed with carry-over, by mouse', async () => {
  await planner.given('RUN', [
    ...[task('Roof', 3), task('Door', 2), task('Window', 1), task('Floor', 8)],
  ])
  const { page, end } = await planner.signedIn('/p/RUN/sprint')
  await page.getByText('There is no sprint yet').waitFor()
  await page.getByRole('button', { name: 'Plan a sprint' }).click()
  await page.getByLabel('Goal').fill('A house to live in')
  await page.getByLabel('First day').fill('2030-01-07')
  await page.getByLabel('Last day').fill('2030-01-01')
  await page.getByRole('button', { name: 'Plan sprint' }).click()
  await page.getByRole('alert').getByText('A sprint ends on the day it starts or later').waitFor()
  await page.getByLabel('Last day').fill('2030-01-18')
  await page.getByRole('button', { name: 'Plan sprint' }).click()
  await page.getByRole('heading', { name: 'Sprint 1' }).waitFor()
  await page.getByText('A house to live in').first().waitFor()
  await page.getByRole('link', { name: 'Plan in the backlog' }).click()
  for (const key of ['RUN-1', 'RUN-2', 'RUN-3']) {
    await line(page, key).dragTo(group(page, 'sprint-1'))
    await group(page, 'sprint-1').locator(`[data-task="${key}"]`).waitFor()
  }
  await group(page, 'sprint-1').getByText('3 tasks, 6 points').waitFor()
  await group(page, 'sprint-1').getByRole('link', { name: 'Sprint 1', exact: true }).click()
  await page.getByRole('button', { name: 'Start sprint' }).click()
  const start = page.getByRole('dialog', { name: 'Start sprint 1' })
  await start.getByText('Move the 3 tasks that stand outside of the queue into Todo').waitFor()
  await start.getByRole('button', { name: 'Start sprint' }).click()
  await page.getByRole('region', { name: 'To do, 3' }).waitFor()
  await planner.v1('POST /tasks/RUN-1/move', { to: 'Done' })
  await page.getByRole('region', { name: 'Done, 1' }).waitFor()
  await planner.v1('PATCH /tasks/RUN-4', { sprint: 1, status: 'Todo' })
  await line(page, 'RUN-4').getByText('added').waitFor()
  await page.getByText('+8 points').waitFor()
  await page.getByText('1 of 4', { exact: true }).waitFor()
  await page.getByText('3 of 14', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Close sprint' }).click()
  const close = page.getByRole('dialog', { name: 'Close sprint 1' })
  await close.getByText('sprint 2 will be').waitFor()
  await close.getByLabel('Where RUN-4 goes').selectOption('backlog')
  await close.getByRole('button', { name: 'Close sprint' }).click()
  await close.waitFor({ state: 'detached' })
  await page.getByRole('region', { name: 'Completed, 1' }).locator('[data-task="RUN-1"]').waitFor()
  await page.getByRole('region', { name: 'Was open at the end, 3' }).waitFor()
  await page.getByRole('link', { name: /Sprint 2/ }).click()
  await page.getByRole('region', { name: 'Planned, 2' }).waitFor()
  await page.getByRole('link', { name: 'Plan in the backlog' }).click()
  const onward = async () => new Set(await keysIn(page, 'sprint-2'))
  await expect.poll(onward, POLL).toEqual(new Set(['RUN-2', 'RUN-3']))
  await expect.poll(() => keysIn(page, 'backlog'), POLL).toEqual(['RUN-4'])
  await group(page, 'sprint-2').getByText('3 of 3 points').waitFor()
  await end(/status of 422/)
})

test('a sprint is closed by keys, several tasks at once going back', async () => {
  await planner.given('KEYS', [task('One', 1), task('Two', 1), task('Three', 1)])
  const base = '/projects/KEYS/sprints'
  await planner.v1(`POST ${base}`, {})
  await planner.v1(`POST ${base}`, {})
  const items = ['KEYS-1', 'KEYS-2', 'KEYS-3'].map((id) => ({ id, sprint: 1 }))
  await planner.v1('POST /tasks', { items })
  const { page, end } = await planner.signedIn('/p/KEYS/sprint')
  await page.getByRole('button', { name: 'Start sprint' }).press('Enter')
  const start = page.getByRole('dialog', { name: 'Start sprint 1' })
  await start.getByRole('button', { name: 'Start sprint' }).press('Enter')
  // The page behind may know of the start before the dialog is gone.
  await start.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Close sprint' }).press('Enter')
  const close = page.getByRole('dialog', { name: 'Close sprint 1' })
  await close.getByLabel('Choose KEYS-1').press('Space')
  await close.getByLabel('Choose KEYS-3').press('Space')
  await close.getByRole('button', { name: '2 to the backlog' }).press('Enter')
  expect(await close.getByLabel('Where KEYS-2 goes').inputValue()).toBe('next')
  await close.getByRole('button', { name: 'Close sprint' }).press('Enter')
  await page.getByRole('region', { name: 'Was open at the end, 3' }).waitFor()
  await page.goto(page.url().replace('/sprint/1', '/backlog'))
  await expect.poll(() => keysIn(page, 'sprint-2'), POLL).toEqual(['KEYS-2'])
  await end()
})

test('a second sprint cannot start while one runs, and the hub says so', async () => {
  await planner.given('TWO', [task('One', 1)])
  const base = '/projects/TWO/sprints'
  await planner.v1(`POST ${base}`, {})
  await planner.v1(`POST ${base}`, {})
  await planner.v1(`POST ${base}/1/start`, {})
  const { page, end } = await planner.signedIn('/p/TWO/sprint/2')
  await page.getByRole('button', { name: 'Start sprint' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Start sprint' }).click()
  await dialog.getByRole('alert').getByText('Sprint 1 of TWO is active; close it first.').waitFor()
  await page.goto(page.url().replace('/sprint/2', '/sprint'))
  await page.getByRole('heading', { name: 'Sprint 1' }).waitFor()
  await end(/status of 409/)
})

test('a sprint that is not there says so', async () => {
  await planner.given('NONE', [])
  const { page, end } = await planner.signedIn('/p/NONE/sprint/7')
  await page.getByText('NONE has no sprint 7').waitFor()
  await end()
})
