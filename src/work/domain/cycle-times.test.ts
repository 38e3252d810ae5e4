import { expect, test } from 'vitest'
import { pastWorld } from '../../../test/past-world.ts'
import {
  expectationOf,
  type Finished,
  finishedIn,
  paceOf,
  percentile,
  throughput,
} from './cycle-times.ts'
import { forecastOf } from './velocity.ts'
import { DAY_MS } from './zone-days.ts'

const at = (text: string) => Date.parse(text)
const NOW = at('2026-04-10T12:00:00Z')

test('cycle time goes from the first start to the last end, lead time from the making', () => {
  const { task, changes } = pastWorld()
  const start = at('2026-04-01T00:00:00Z')
  task(1, start, { estimate: 300 })
  task(1)
    .at(start + DAY_MS)
    .category('started')
  task(1)
    .at(start + 2 * DAY_MS)
    .category('unstarted') // the claim expired
  task(1)
    .at(start + 3 * DAY_MS)
    .category('started')
  task(1)
    .at(start + 4 * DAY_MS)
    .category('completed')
  task(1)
    .at(start + 5 * DAY_MS)
    .category('started')
  task(1)
    .at(start + 6 * DAY_MS)
    .category('completed')
  task(2, start)
  task(2)
    .at(start + DAY_MS)
    .category('completed')
  task(3, start)
  task(3)
    .at(start + DAY_MS)
    .category('canceled')
  expect(paceOf(changes(), NOW).finished).toMatchObject([
    { number: 2, cycleMs: null, leadMs: DAY_MS },
    { number: 1, cycleMs: 5 * DAY_MS, leadMs: 6 * DAY_MS, points: 300 },
  ])
})

test('running tasks age from their first start; reopened ones run on, archived ones do not', () => {
  const { task, changes } = pastWorld()
  for (const number of [1, 2, 3]) {
    task(number, NOW - 9 * DAY_MS)
    task(number)
      .at(NOW - number * DAY_MS)
      .category('started')
  }
  task(1)
    .at(NOW - DAY_MS / 2)
    .category('completed')
  task(1)
    .at(NOW - DAY_MS / 4)
    .category('started')
  task(2)
    .at(NOW - DAY_MS / 2)
    .archived(true)
  const { running, finished } = paceOf(changes(), NOW)
  expect(finished).toEqual([])
  expect(running.map(({ number, ageMs }) => [number, ageMs / DAY_MS])).toEqual([
    [3, 3],
    [1, 1],
  ])
})

test('a percentile is an element of the list, and fewer than ten say nothing', () => {
  const values = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
  expect([50, 70, 85, 95].map((p) => percentile(values, p))).toEqual([5, 7, 9, 10])
  expect(percentile(values.slice(1), 85)).toBeNull()
  const twenty = Array.from({ length: 20 }, (_, index) => index + 1)
  expect(percentile(twenty, 85)).toBe(17)
})

const finished = (completedAt: number, cycleMs: number | null = 1): Finished => ({
  ...{ taskId: 't', number: 1, completedAt, cycleMs, leadMs: 1, points: 100 },
})

test('the expectation looks at ninety days, and at tasks that were started', () => {
  const days = Array.from({ length: 12 }, (_, index) => finished(NOW - index * 10 * DAY_MS, index))
  expect(expectationOf(days, NOW)).toEqual({ count: 9, cycleMs: null })
  const more = [...days, finished(NOW, 100), finished(NOW, null)]
  expect(expectationOf(more, NOW)).toEqual({ count: 10, cycleMs: 8 })
})

test('throughput counts the days of the zone, those without an end too', () => {
  const ends = ['2026-03-28T23:30:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z'].map(
    (text) => finished(at(text)),
  )
  const span = { zone: 'Europe/Berlin', from: '2026-03-29', to: '2026-03-31' }
  expect(finishedIn(ends, { ...span, to: '2026-03-29' })).toHaveLength(2)
  expect(throughput(ends, span).map(({ amount }) => [amount.tasks, amount.points])).toEqual([
    [2, 200],
    [1, 100],
    [0, 0],
  ])
})

test('the forecast is the mean of three sprints, the band spans six', () => {
  const sprints = [90, 10, 20, 30, 40, 50, 60].map((points) => ({ points, tasks: points / 10 }))
  expect(forecastOf(sprints)).toEqual({
    forecast: { points: 50, tasks: 5 },
    forecastOf: 3,
    band: { min: { points: 10, tasks: 1 }, max: { points: 60, tasks: 6 } },
    bandOf: 6,
  })
  expect(forecastOf([])).toMatchObject({ forecast: null, band: null, bandOf: 0 })
})
