import { expect, test } from 'vitest'
import type { Sprint } from '../../live/sprints.ts'
import { dayAfter, daysBetween } from '../../ui/chart/zone.ts'
import { lastDay, nextStart, sayLeft } from './days.ts'

const sprint = (number: number, startsOn: string | null, endsOn: string | null): Sprint => ({
  ...{ project: 'GH', number, goal: '', state: 'closed', startsOn, endsOn },
  ...{ startedAt: null, closedAt: null, tasks: 0, done: 0, points: 0, donePoints: 0, version: 1 },
})

test('days are counted on the calendar, over months and the change of clocks', () => {
  expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29')
  expect(daysBetween('2030-03-30', '2030-04-01')).toBe(2)
})

test('a sprint begins behind the last one, and never in the past', () => {
  expect(nextStart([], '2030-01-07')).toBe('2030-01-07')
  const sprints = [sprint(2, null, '2030-01-31'), sprint(1, null, '2030-01-18')]
  expect(nextStart(sprints, '2030-01-07')).toBe('2030-02-01')
  expect(nextStart(sprints, '2030-05-01')).toBe('2030-05-01')
})

test('a sprint is as long as the one before, else two weeks', () => {
  expect(lastDay('2030-02-01', [])).toBe('2030-02-14')
  const sprints = [sprint(3, null, null), sprint(2, '2030-01-01', '2030-01-07')]
  expect(lastDay('2030-02-01', sprints)).toBe('2030-02-07')
})

test('the time that is left is said in days', () => {
  const left = (now: string) => sayLeft('2030-01-18', now)
  expect(left('2030-01-08')).toBe('10 days left')
  expect(left('2030-01-17')).toBe('1 day left')
  expect(left('2030-01-18')).toBe('last day')
  expect(left('2030-01-19')).toBe('1 day over')
  expect(sayLeft(null)).toBe(null)
})
