import { expect, test } from 'vitest'
import {
  afterHealth,
  afterTry,
  CLAIM_MS,
  FAILING_MAX_MS,
  FAILURES_MAX,
  RETRY_MS,
  retryAfterMs,
  TRIES_MAX,
} from './webhook-delivery.ts'
import { isNamed } from './webhook-pattern.ts'

const now = 1_000_000
const tried = { outcome: 'failed', tries: 1, waitMs: null, now, chance: 0 } as const

test('seven waits follow the first try, then a delivery is given up', () => {
  const waits = RETRY_MS.map((_, index) => afterTry({ ...tried, tries: index + 1 }))
  expect(waits.map(({ nextAt }) => ((nextAt ?? 0) - now) / 1_000)).toEqual([
    5, 30, 120, 600, 3_600, 14_400, 43_200,
  ])
  expect(afterTry({ ...tried, tries: TRIES_MAX })).toEqual({ state: 'dead', nextAt: null })
})

test('chance adds less than a fifth to a wait', () => {
  const { nextAt } = afterTry({ ...tried, chance: 0.999 })
  expect((nextAt ?? 0) - now).toBeGreaterThan(5_900)
  expect((nextAt ?? 0) - now).toBeLessThan(6_000)
})

test('a receiver may ask for a longer wait, but not for ever', () => {
  const after = (waitMs: number) => (afterTry({ ...tried, waitMs }).nextAt ?? 0) - now
  expect(after(90_000)).toBe(90_000)
  expect(after(1)).toBe(5_000)
  expect(after(10 ** 12)).toBe(12 * 3_600_000)
  expect(retryAfterMs('120', now)).toBe(120_000)
  expect(retryAfterMs(new Date(now + 60_000).toUTCString(), now)).toBe(60_000)
  expect(retryAfterMs('soon', now)).toBeNull()
  expect(retryAfterMs(null, now)).toBeNull()
})

test.each([
  ['done', 'done'],
  ['withheld', 'withheld'],
  ['gone', 'dead'],
  ['refused', 'dead'],
  ['failed', 'waiting'],
] as const)('after a try that is %s a delivery is %s', (outcome, state) => {
  expect(afterTry({ ...tried, outcome }).state).toBe(state)
})

test('a success forgets all failures; what is withheld says nothing', () => {
  const bad = { failures: 49, failingSince: 5 }
  expect(afterHealth(bad, 'done', now)).toEqual({ failures: 0, failingSince: null, stop: null })
  expect(afterHealth(bad, 'withheld', now)).toEqual({ ...bad, stop: null })
})

test('fifty failures in a row, three days of them, or a 410 stop a subscription', () => {
  const fresh = { failures: 0, failingSince: null }
  expect(afterHealth(fresh, 'failed', now)).toEqual({ failures: 1, failingSince: now, stop: null })
  const failing = (failures: number, failingSince: number) =>
    afterHealth({ failures, failingSince }, 'failed', now + FAILING_MAX_MS).stop
  expect(failing(FAILURES_MAX - 2, now + 1)).toBeNull()
  expect(failing(FAILURES_MAX - 1, now + 1)).toBe('failing')
  expect(failing(3, now)).toBe('failing')
  expect(afterHealth(fresh, 'gone', now).stop).toBe('gone')
})

test('a claim lasts longer than a try may take', () => {
  expect(CLAIM_MS).toBeGreaterThan(15_000 * 2)
})

test('patterns name events by their whole name or its beginning', () => {
  expect(isNamed(['*'], 'work.task_moved')).toBe(true)
  expect(isNamed(['work.*'], 'work.task_moved')).toBe(true)
  expect(isNamed(['work.task_*'], 'work.sprint_changed')).toBe(false)
  expect(isNamed(['work.task_moved'], 'work.task_moved_again')).toBe(false)
  expect(isNamed(['tools.*', 'work.task_moved'], 'work.task_moved')).toBe(true)
})
