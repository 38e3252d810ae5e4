import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countedName,
  decideTry,
  FORGOTTEN_AFTER_MS,
  LONGEST_WAIT_MS,
  type Tries,
  waitAfter,
} from './sign-in-throttle.ts'

const NOW = 1_764_000_000_000
const MINUTE = 60_000

test.each([
  [1, 0],
  [4, 0],
  [5, 1],
  [6, 2],
  [7, 4],
  [8, 8],
  [9, 15],
  [10, 15],
  [5_000, 15],
])('after %i failures the wait is %i minutes', (failures, minutes) => {
  expect(waitAfter(failures)).toBe(minutes * MINUTE)
})

test('five tries pass, the sixth waits a minute, and from then on waits double', () => {
  let tries: Tries = { count: 0, freeAt: 0 }
  let now = NOW
  const waits: number[] = []
  for (let turn = 0; turn < 10; turn++) {
    let tried = decideTry(tries, now)
    if (tried.waitMs > 0) {
      waits.push(tried.waitMs / MINUTE)
      now += tried.waitMs
      tried = decideTry(tried.tries, now)
    }
    expect(tried.waitMs).toBe(0)
    tries = tried.tries
  }
  expect(waits).toEqual([1, 2, 4, 8, 15])
})

test('a try that has to wait adds nothing', () => {
  const tries = { count: 5, freeAt: NOW + MINUTE }
  expect(decideTry(tries, NOW)).toEqual({ tries, waitMs: MINUTE })
})

test('no wait is longer than the longest, whatever the clock did', () => {
  const tries = fc.record({ count: fc.nat(10_000), freeAt: fc.integer({ min: 0, max: 2 * NOW }) })
  fc.assert(
    fc.property(tries, (kept) => {
      const tried = decideTry(kept, NOW)
      expect(tried.waitMs).toBeLessThanOrEqual(LONGEST_WAIT_MS)
      expect(decideTry(tried.tries, NOW + tried.waitMs).waitMs === 0 || tried.waitMs === 0).toBe(
        true,
      )
    }),
  )
})

test('after a quiet day it begins anew', () => {
  const kept = { count: 12, freeAt: NOW }
  expect(decideTry(kept, NOW + FORGOTTEN_AFTER_MS).tries.count).toBe(13)
  expect(decideTry(kept, NOW + FORGOTTEN_AFTER_MS + 1).tries.count).toBe(1)
})

test.each([
  ['Ada@Example.org ', 'ada@example.org'],
  ['@ada', 'ada'],
  ['ＡＤＡ', 'ada'],
])('%j counts as %j', (typed, counted) => {
  expect(countedName(typed)).toBe(counted)
})
