import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { boardHall, POLL } from './board-hall.ts'
import { type PastTask, pastProject } from './past-project.ts'

vi.setConfig({ testTimeout: 150_000 })

const DAY_MS = 86_400_000

const { v1, given, signedIn } = boardHall()

const slider = (page: Page, name: string) => page.getByRole('slider', { name: `Points of ${name}` })

/** Walks over a chart with the keys, and gives what is said at each step. */
const readByKeys = async (page: Page, name: string): Promise<readonly string[]> => {
  const at = slider(page, name)
  const steps = Number(await at.getAttribute('aria-valuemax'))
  await at.press('Home')
  const said: string[] = []
  for (let step = 1; step <= steps; step++) {
    await expect.poll(() => at.getAttribute('aria-valuenow'), POLL).toBe(String(step))
    said.push((await at.getAttribute('aria-valuetext')) ?? '')
    await at.press('ArrowRight')
  }
  return said
}

const tableOf = async (page: Page, name: string): Promise<readonly (readonly string[])[]> => {
  const rows = page.getByRole('table', { name }).getByRole('row')
  await rows.first().waitFor()
  return rows.evaluateAll((list) =>
    list.slice(1).map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText)),
  )
}

const csvOf = async (page: Page, name: string): Promise<readonly (readonly string[])[]> => {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `${name} as CSV` }).click(),
  ])
  const text = await readFile(await file.path(), 'utf8')
  return text
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','))
}

const Amount = z.object({ points: z.number(), tasks: z.number() })
const Step = z.object({ at: z.string(), change: z.string(), scope: Amount, completed: Amount })
const Report = z.object({
  steps: z.array(Step.extend({ remaining: Amount })),
  ideal: z.array(Amount.extend({ at: z.string() })),
})
const Told = z.object({
  items: z.array(
    z.object({ at: z.string(), event: z.string(), data: z.record(z.string(), z.unknown()) }),
  ),
})

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

type Card = Readonly<{ sprint: unknown; points: number; category: unknown; done: number | null }>

/** Folds what the ledger tells of a sprint, by the definition and by nothing else. */
const replayed = async (project: string) => {
  const path = `GET /ledger/events?project=${project}&event=work.*&limit=100`
  const { items } = Told.parse(await v1(path))
  const cards = new Map<string, Card>()
  const moments = new Map<string, string>()
  let hasBegun = false
  for (const { at, data } of items.toReversed()) {
    hasBegun ||= data['what'] === 'started'
    if ('taskId' in data) {
      const key = String(data['key'])
      const old = cards.get(key) ?? { sprint: null, points: 0, category: null, done: null }
      const [card, set] = [data['card'], data['set']]
      const said = { ...old, ...data, ...(isRecord(card) && card), ...(isRecord(set) && set) }
      const points = 'estimate' in said ? Number(said.estimate) / 100 : old.points
      const { sprint, category } = said
      // What an estimate was at completion stays for as long as that lasts.
      const done = category === 'completed' ? (old.done ?? points) : null
      cards.set(key, { sprint, category, points, done })
    }
    const inIt = [...cards.values()].filter(
      ({ sprint, category }) => sprint === 1 && category !== 'canceled',
    )
    const scope = inIt.reduce((sum, { points, done }) => sum + (done ?? points), 0)
    const completed = inIt.reduce((sum, { done }) => sum + (done ?? 0), 0)
    if (hasBegun) moments.set(at, `${scope} ${completed}`)
  }
  return changes([...moments].map(([at, said]) => ({ at, said })))
}

const changes = (list: readonly Readonly<{ at: string; said: string }>[]) =>
  list.filter(({ said }, index) => said !== list[index - 1]?.said)

const burning = (remaining: number, scope: number) =>
  `of 6 points committed and ${scope} in scope, ${remaining} remain`

test('a burndown is the same in chart, table, file, answer and ledger, and is live', async () => {
  const items = [3, 2, 1].map((points) => ({ title: `Part of ${points}`, points, status: 'Todo' }))
  await given('BURN', items)
  const ends_on = new Date(Date.now() + 3 * DAY_MS).toISOString().slice(0, 10)
  await v1('POST /projects/BURN/sprints', { data: { goal: 'Light it', ends_on } })
  const all = ['BURN-1', 'BURN-2', 'BURN-3'].map((id) => ({ id, sprint: 1 }))
  await v1('POST /tasks', { items: all })
  await v1('POST /projects/BURN/sprints/1/start', {})
  const { page, end } = await signedIn('/p/BURN/sprint')
  await page.getByRole('tab', { name: 'Burndown' }).click()
  await page.getByRole('img', { name: burning(6, 6) }).waitFor()
  await v1('POST /tasks/BURN-1/move', { to: 'Done' })
  await page.getByRole('img', { name: burning(3, 6) }).waitFor()
  // What is estimated anew after it is done, changes nothing; what is open, does.
  await v1('PATCH /tasks/BURN-1', { points: 8 })
  await v1('POST /tasks', {
    ...{ project: 'BURN' },
    items: [{ title: 'Late', points: 5, sprint: 1, status: 'Todo' }],
  })
  await v1('PATCH /tasks/BURN-2', { points: 4 })
  await v1('POST /tasks/BURN-3/move', { to: 'Canceled' })
  await page.getByRole('img', { name: burning(9, 12) }).waitFor()
  await v1('POST /tasks/BURN-1/move', { to: 'Todo' })
  await page.getByRole('img', { name: burning(17, 17) }).waitFor()
  await page.getByRole('list', { name: 'Scope changes' }).getByText('13 to 12 points').waitFor()

  const report = Report.parse(await v1('GET /projects/BURN/sprints/1/report'))
  const steps = report.steps.filter(({ change }) => change !== 'end')
  const said = steps.map(({ at, scope, completed }) => ({
    ...{ at, said: `${scope.points} ${completed.points}` },
  }))
  await expect.poll(() => replayed('BURN'), POLL).toEqual(changes(said))

  const ideals = new Map(report.ideal.map(({ at, points }) => [at, points]))
  const expected = [...new Set([...steps.map(({ at }) => at), ...ideals.keys()])]
    .sort()
    .map((at) => ({
      ideal: ideals.get(at) ?? null,
      // The ends of days are to come: nothing remains there yet.
      remaining: steps.find((step) => step.at === at)?.remaining.points ?? null,
    }))
  // Behind the last step the chart goes on until now.
  const now = { ideal: null, remaining: 17 }
  const rows = expected.toSpliced(steps.length, 0, now)
  const keys = await readByKeys(page, 'Burndown')
  expect(keys).toHaveLength(rows.length)
  const word = (name: string, value: number | null) => (value === null ? '' : `${name} ${value} p`)
  for (const [index, { ideal, remaining }] of rows.entries()) {
    expect(keys[index]).toContain(word('Remaining', remaining))
    expect(keys[index]).toContain(word('Ideal', ideal))
  }
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  const cells = rows.map(({ ideal, remaining }) => [remaining, ideal].map((one) => `${one ?? ''}`))
  const shown = await tableOf(page, 'Burndown')
  expect(shown.map((row) => row.slice(2, 4))).toEqual(cells)
  expect((await csvOf(page, 'Burndown')).map((row) => row.slice(2, 4))).toEqual(cells)
  await page.getByRole('button', { name: 'Tasks', exact: true }).click()
  await expect.poll(() => new URL(page.url()).search, POLL).toBe('?tab=burndown&as=table&by=tasks')
  await page.reload()
  expect((await tableOf(page, 'Burndown'))[0]?.slice(1, 3)).toEqual(['Start', '3'])
  await end()
})

// Ten tasks that took one to ten days, all of them within the last thirty but the longest; one
// that nobody started; one that runs.
const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const FINISHED = days(1, 10).map((took): PastTask => {
  const done = took === 10 ? -40 : -took - 1
  const sprint = took <= 2 ? 2 : 1
  const joined = sprint === 2 ? -5.5 : -60
  return {
    ...{ title: `Took ${took}`, points: took, made: -70, started: done - took, done },
    ...(took <= 4 && { sprints: [[sprint, joined] as const] }),
  }
})
const TASKS: readonly PastTask[] = [
  ...FINISHED,
  { title: 'Never started', made: -20, done: -6, points: 2 },
  { title: 'Runs', made: -9, started: -7, points: 3 },
  { title: 'Waits', made: -9, points: 5, backlog: true },
]
// Took 3 and 4 came into the first sprint and were done after its close; 1 and 2 into the second.
const SPRINTS = [
  { goal: 'First', started: -50, ends: -20, closed: -20 },
  { goal: 'Second', started: -5, ends: -1, closed: -1.5 },
]

const CHARTS = {
  Velocity: 'velocity',
  Throughput: 'throughput',
  'Cumulative flow': 'flow',
  'Cycle time': 'cycle',
  'Age of work in progress': 'age',
} as const

const Velocity = z.object({
  sprints: z.array(
    z.object({ number: z.int(), committed: Amount, final: Amount, completed: Amount }),
  ),
})
const FlowDay = z.object({
  day: z.string(),
  ...{ backlog: Amount, unstarted: Amount, started: Amount, completed: Amount, triage: Amount },
})
const Flow = z.object({ days: z.array(FlowDay) })
const Times = z.object({
  items: z.array(
    z.object({ key: z.string(), cycleDays: z.number().nullable(), leadDays: z.number() }),
  ),
  age: z.array(z.object({ key: z.string(), ageDays: z.number() })),
  throughput: z.array(Amount.extend({ day: z.string() })),
})

const texts = (...values: readonly (string | number | null)[]) =>
  values.map((one) => `${one ?? ''}`)

test('the charts of a project are the same as tables, files and answers', async () => {
  const past = { key: 'PAST', name: 'Long ago', sprints: SPRINTS, tasks: TASKS }
  await v1('POST /import/guildhall', { text: pastProject(past, Date.now()), merge: true })
  const { page, end } = await signedIn('/p/PAST/sprint')
  await page.getByRole('heading', { name: 'Sprint 2' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await page
    .getByRole('img', { name: /Cycle times of 10 completed tasks: 50 % within 5/ })
    .waitFor()
  await page.getByText('85 % of tasks take 9 days or less, by the 10 tasks').waitFor()
  await page.getByText('1 task went to done without ever being started').waitFor()
  await page.getByText('Forecast 1.5 points, the mean of the last 2 sprints; 0 to 3').waitFor()
  const dots = await readByKeys(page, 'Cycle time')
  expect(dots.map((text) => /Cycle time (\d+) day/.exec(text)?.[1])).toEqual(
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(String),
  )

  const today = new Date().toISOString().slice(0, 10)
  const from = new Date(Date.now() - 89 * DAY_MS).toISOString().slice(0, 10)
  const range = `from=${from}&to=${today}`
  const velocity = Velocity.parse(await v1('GET /projects/PAST/velocity'))
  const flow = Flow.parse(await v1(`GET /projects/PAST/flow?${range}`))
  const times = Times.parse(await v1(`GET /projects/PAST/cycle-times?${range}`))
  expect(velocity.sprints.map(({ completed }) => completed.points)).toEqual([0, 3])
  for (const name of Object.keys(CHARTS)) {
    await page
      .getByRole('group', { name: `${name} as` })
      .getByRole('button', { name: 'Table' })
      .click()
  }
  const search = () => new URL(page.url()).searchParams.get('table')
  await expect.poll(search, POLL).toBe(Object.values(CHARTS).join(','))
  const both = async (name: string, columns: readonly number[]) => {
    const cut = (rows: readonly (readonly string[])[]) =>
      rows.map((row) => columns.map((column) => row[column]))
    const shown = cut(await tableOf(page, name))
    expect(cut(await csvOf(page, name))).toEqual(shown)
    return shown
  }
  expect(await both('Velocity', [0, 2, 3, 4])).toEqual(
    velocity.sprints.map((one) =>
      texts(one.number, one.committed.points, one.final.points, one.completed.points),
    ),
  )
  expect(await both('Throughput', [1, 2])).toEqual(
    times.throughput.map(({ tasks, points }) => texts(tasks, points)),
  )
  expect(await both('Cumulative flow', [2, 3, 4, 5])).toEqual(
    flow.days.map((one) =>
      texts(one.backlog.points, one.unstarted.points, one.started.points, one.completed.points),
    ),
  )
  expect(await both('Cycle time', [0, 3, 4])).toEqual(
    times.items.map(({ key, cycleDays, leadDays }) => texts(key, cycleDays, leadDays)),
  )
  expect(await both('Age of work in progress', [0, 3])).toEqual([texts('PAST-12', 7)])
  await end()
})

test('days and what is counted stand in the address, and a chart leads to its tasks', async () => {
  const { page, end } = await signedIn('/p/PAST/numbers')
  await page.getByRole('button', { name: '30 days' }).click()
  await page.getByRole('button', { name: 'Tasks', exact: true }).click()
  const of9 = page.getByRole('img', { name: /Cycle times of 9 .* not enough data/ })
  await of9.waitFor()
  await expect.poll(() => new URL(page.url()).search, POLL).toBe('?days=30&by=tasks')
  await page.reload()
  await of9.waitFor()
  await page.getByText('Forecast 1 task, the mean of the last 2 sprints; 0 to 2').waitFor()
  await page.getByRole('button', { name: 'Other days' }).click()
  await page.getByLabel('First day').fill('2020-01-01')
  await page.getByLabel('Last day').fill('2020-01-31')
  await page.getByRole('button', { name: 'Show these days' }).click()
  await page.getByText('Nothing was completed in these days').first().waitFor()
  await slider(page, 'Age of work in progress').press('Enter')
  await page.getByRole('heading', { name: 'Runs' }).waitFor()
  await page.goBack()
  // What others do is seen without being asked for.
  await page.getByText('1 task in progress; the oldest is PAST-12').waitFor()
  await v1('POST /tasks/PAST-12/move', { to: 'Done' })
  await page.getByText('Nothing is in progress').waitFor()
  await end()
})

test('what has no numbers yet says when they begin, and all of it fits a phone', async () => {
  await given('NEW', [])
  await v1('POST /projects/NEW/sprints', {})
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
  const { page, end } = await signedIn('/p/NEW/sprint?tab=burndown', phone)
  await page.getByText('The burndown begins with the start').waitFor()
  await page.goto(page.url().replace(/sprint.*/, 'numbers'))
  await page.getByText('No sprint is closed yet').waitFor()
  await page.getByText('Nothing is in progress').waitFor()
  await page.goto(page.url().replace('NEW', 'PAST'))
  const cycle = slider(page, 'Cycle time')
  await cycle.tap()
  await page.locator('[data-readout]').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  await end()
})
