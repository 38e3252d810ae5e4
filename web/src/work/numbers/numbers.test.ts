import { expect, test } from 'vitest'
import { axisStart, bandsIn, flowRows, layersOf, sayFlow } from './flow.ts'
import { figure, measureOf, sayMuch } from './measure.ts'
import { cycled, knownPercentiles, sayAges, sayExpectation, sayThroughput } from './pace.ts'
import { outlookOf, sayOutlook, velocityReadings, velocityRows } from './velocity.ts'
import type { CycleTimes, Flow, Velocity } from './views.ts'

const amount = (points: number, tasks: number) => ({ points, tasks })
const asOf = { at: '2030-01-02T00:00:00.000Z', pos: 1 }
const dated = { asOf, zone: 'UTC', from: '2030-01-01', to: '2030-01-02' }

test('points are counted where somebody estimates, else tasks, unless somebody chose', () => {
  expect(measureOf(undefined, [amount(0, 3), amount(2, 1)])).toBe('points')
  expect(measureOf(undefined, [amount(0, 3)])).toBe('tasks')
  expect(measureOf('points', [amount(0, 3)])).toBe('points')
  expect(measureOf(undefined, [])).toBe('points')
})

test('one is one, and parts end after the second digit', () => {
  expect([sayMuch(1, 'points'), sayMuch(0, 'tasks')]).toEqual(['1 point', '0 tasks'])
  expect(figure(2.345)).toBe((2.35).toLocaleString())
})

const velocity: Velocity = {
  asOf,
  sprints: [
    {
      ...{ number: 3, goal: 'Sign in', startedAt: asOf.at, closedAt: asOf.at },
      ...{ committed: amount(8, 3), final: amount(9, 4), completed: amount(5, 2) },
    },
  ],
  ...{ forecast: amount(5, 2), forecastOf: 1, bandOf: 1 },
  band: { min: amount(5, 2), max: amount(5, 2) },
}

test('the next sprint is foreseen behind the closed ones, and only where there are some', () => {
  expect(velocityRows(velocity, 'tasks')).toMatchObject([{ committed: 3, final: 4, completed: 2 }])
  expect(sayOutlook(velocity, 'points')).toBe(
    'Forecast 5 points: what the one closed sprint completed.',
  )
  expect(sayOutlook({ ...velocity, forecastOf: 3, bandOf: 4 }, 'points')).toBe(
    'Forecast 5 points, the mean of the last 3 sprints; 5 to 5 in the last 4.',
  )
  const readings = velocityReadings(velocity, 'points')
  expect(readings.map(({ title }) => title)).toEqual(['Sprint 3', 'Next sprint'])
  const none = { ...velocity, sprints: [], forecast: null, band: null, forecastOf: 0, bandOf: 0 }
  expect(outlookOf(none, 'points')).toBe(null)
  expect(velocityReadings(none, 'points')).toEqual([])
})

const day = (name: string, completed: number, started: number) => ({
  ...{ day: name, at: asOf.at, triage: amount(0, 0), backlog: amount(0, 1) },
  ...{ unstarted: amount(2, 1), started: amount(0, started), completed: amount(0, completed) },
})

const flow: Flow = { ...dated, days: [day('2030-01-01', 3, 1), day('2030-01-02', 4, 0)] }

test('bands stand on each other, and those that never are there are not named', () => {
  const rows = flowRows(flow, 'tasks')
  expect(rows[0] && layersOf(rows[0]).map(({ high }) => high)).toEqual([3, 4, 5, 6, 6])
  const names = bandsIn(rows).map(({ name }) => name)
  expect(names).toEqual(['Backlog', 'Not started', 'Started', 'Completed'])
  expect(sayFlow(rows, 'tasks')).toContain('started from 1 to 0, completed from 3 to 4.')
})

test('the axis of the flow begins above zero where most was completed long ago', () => {
  const of = (...completed: readonly number[]) =>
    flowRows({ ...flow, days: completed.map((done) => day('2030-01-01', done, 1)) }, 'tasks')
  expect(axisStart(of(3, 4))).toBe(0)
  expect(axisStart(of(900, 904))).toBe(900)
  expect(axisStart([])).toBe(0)
})

const item = (key: string, cycleDays: number | null) => ({
  ...{ key, title: key, points: null, completedAt: asOf.at, cycleDays, leadDays: 4 },
})

const times: CycleTimes = {
  ...dated,
  items: [item('GH-1', 2), item('GH-2', null)],
  percentiles: [
    { p: 50, cycleDays: null, leadDays: 4 },
    { p: 85, cycleDays: 3, leadDays: 4 },
  ],
  ...{ started: 1, neverStarted: 1, wip: 2 },
  sle: { p: 85, days: 90, n: 9, cycleDays: null },
  age: [
    { key: 'GH-3', title: 'Old', points: null, startedAt: asOf.at, ageDays: 9 },
    { key: 'GH-4', title: 'New', points: null, startedAt: asOf.at, ageDays: 1 },
  ],
  throughput: [
    { day: '2030-01-01', ...amount(0, 0) },
    { day: '2030-01-02', ...amount(0, 2) },
  ],
}

test('what never was started has no dot, and what is not known has no line', () => {
  expect(cycled(times.items).map(({ key }) => key)).toEqual(['GH-1'])
  expect(knownPercentiles(times.percentiles)).toEqual([{ p: 85, days: 3 }])
})

test('below ten tasks nothing is expected, and that is said', () => {
  expect(sayExpectation(times)).toBe(
    'Not enough data for an expectation: 9 of 10 tasks in 90 days.',
  )
  const sle = { ...times.sle, n: 12, cycleDays: 5 }
  expect(sayExpectation({ ...times, sle })).toBe(
    '85 % of tasks take 5 days or less, by the 12 tasks of the last 90 days.',
  )
  expect(sayAges(times)).toBe('2 tasks in progress; the oldest is GH-3, for 9 days.')
  expect(sayAges({ ...times, sle })).toContain('1 of them longer than 5 days.')
})

test('the best day is named, and a time without any says so', () => {
  expect(sayThroughput(times.throughput, 'tasks')).toContain('on 1 of 2 days; the most were 2')
  expect(sayThroughput(times.throughput, 'points')).toBe('Nothing was completed in these days.')
})
