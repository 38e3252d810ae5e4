import { expect, test } from 'vitest'
import type { Report, ReportStep } from '../use-report.ts'
import { sayBurndown, sayBurnup, sayWhen, sprintReadings, sprintRows } from './sprint-rows.ts'
import { DOWN_LINES, stepRows } from './sprint-rows.ts'

const amount = (points: number, tasks: number) => ({ points, tasks })

const step = (
  at: string,
  change: ReportStep['change'],
  [scope, completed]: readonly [number, number],
  keys: readonly string[] = [],
): ReportStep => ({
  ...{ at, change, keys, more: 0 },
  scope: amount(scope, 3),
  completed: amount(completed, 1),
  remaining: amount(scope - completed, 2),
})

const START = '2030-01-07T09:00:00.000Z'
const DAY_ENDS = ['2030-01-08T00:00:00.000Z', '2030-01-09T00:00:00.000Z']

const report: Report = {
  asOf: { at: '2030-01-08T10:00:00.000Z', pos: 7 },
  zone: 'UTC',
  sprint: {
    ...{ project: 'GH', number: 2, goal: '', endsOn: '2030-01-08' },
    ...{ startedAt: START, closedAt: null },
  },
  committed: amount(5, 2),
  added: amount(3, 1),
  removed: amount(0, 0),
  scope: amount(8, 3),
  completed: amount(3, 1),
  remaining: amount(5, 2),
  steps: [
    step(START, 'start', [5, 0], ['GH-1', 'GH-2']),
    step('2030-01-07T12:00:00.000Z', 'scope', [8, 0], ['GH-3']),
    step('2030-01-08T08:00:00.000Z', 'work', [8, 3], ['GH-1']),
    step('2030-01-08T10:00:00.000Z', 'end', [8, 3]),
  ],
  ideal: [
    { at: START, ...amount(5, 2) },
    { at: DAY_ENDS[0] ?? '', ...amount(2.5, 1) },
    { at: DAY_ENDS[1] ?? '', ...amount(0, 0) },
  ],
  tasks: [],
}

test('the ends of days stand between the steps, with what the step before led to', () => {
  const rows = sprintRows(report, 'points')
  expect(rows.map(({ change, remaining, ideal }) => [change, remaining, ideal])).toEqual([
    ['start', 5, 5],
    ['scope', 8, null],
    ['day', 8, 2.5],
    ['work', 5, null],
    ['end', 5, null],
    ['day', null, 0],
  ])
  expect(stepRows(rows).map(({ change }) => change)).toEqual(['start', 'scope', 'work', 'end'])
  expect(sprintRows(report, 'tasks').map(({ scope }) => scope)).toEqual([3, 3, 3, 3, 3, null])
})

test('the end of a day is called by that day, in the zone of the project', () => {
  const [, , day] = sprintRows(report, 'points')
  if (day === undefined) throw new Error('There is no third row.')
  expect(sayWhen(day, 'UTC')).toBe(`End of ${day7()}`)
  expect(sayWhen(day, 'Asia/Tokyo')).not.toBe(`End of ${day7()}`)
})

const day7 = (): string =>
  new Date('2030-01-07').toLocaleDateString(undefined, { day: 'numeric', month: 'short' })

test('a reading names what is known, and the tasks behind it', () => {
  const rows = sprintRows(report, 'points')
  const readings = sprintReadings(rows, DOWN_LINES, { report, measure: 'points' })
  expect(readings[0]).toMatchObject({
    values: [
      { name: 'Remaining', text: '5 points' },
      { name: 'Ideal', text: '5 points' },
    ],
    note: 'Start: GH-1, GH-2',
  })
  expect(readings.at(-1)).toMatchObject({ values: [{ name: 'Ideal', text: '0 points' }] })
  expect(readings.at(-1)?.note).toBe(undefined)
})

test('each chart says itself in one sentence', () => {
  expect(sayBurndown({ report, measure: 'points' })).toBe(
    'Burndown of sprint 2: of 5 points committed and 8 in scope, 5 remain. ' +
      'Its scope changed 1 time.',
  )
  expect(sayBurnup({ report, measure: 'tasks' })).toBe(
    'Burnup of sprint 2: 1 of 3 tasks in scope are completed. Its scope changed 1 time.',
  )
})
