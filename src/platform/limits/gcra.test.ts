import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLOCK_BACK_MS, gcra, type Rate, rateOf, timesRate } from './gcra.ts'

const NOW = 1_764_000_000_000
const anyRate = fc
  .record({
    calls: fc.integer({ min: 1, max: 5_000 }),
    perMs: fc.constantFrom(1_000, 60_000, 900_000, 3_600_000, 86_400_000),
    burst: fc.integer({ min: 1, max: 4_000 }),
  })
  .map(({ calls, perMs, burst }) => rateOf(calls, perMs, burst))

/** Calls again and again at given moments; gives how many passed. */
const passedAt = (rate: Rate, moments: Iterable<number>): number => {
  let tat = 0
  let passed = 0
  for (const now of moments) {
    const verdict = gcra(tat, now, { ...rate, cost: 1 })
    tat = verdict.tat
    if (verdict.ok) passed += 1
  }
  return passed
}

test('at one moment exactly the burst passes, at whatever rate', () => {
  fc.assert(
    fc.property(anyRate, fc.integer({ min: 0, max: 1e9 }), (rate, ms) => {
      const calls = Array.from({ length: rate.burst + 3 }, () => NOW + ms)
      expect(passedAt(rate, calls)).toBe(rate.burst)
    }),
    { numRuns: 60 },
  )
})

test('over any stretch of time no more than the burst and the rate pass', () => {
  const steps = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 200 })
  fc.assert(
    fc.property(anyRate, steps, (rate, gaps) => {
      let now = NOW
      const moments = gaps.map((gap) => (now += gap))
      const stretchMs = Math.floor(now) - NOW
      const most = rate.burst + Math.floor(stretchMs / rate.periodMs) + 1
      expect(passedAt(rate, moments)).toBeLessThanOrEqual(most)
    }),
  )
})

test('a refused call passes after the wait it was told, and not a millisecond before', () => {
  const cost = fc.integer({ min: 1, max: 5 })
  fc.assert(
    fc.property(anyRate, cost, fc.nat(8_000), (rate, wanted, aheadParts) => {
      const asked = { ...rate, cost: Math.min(wanted, rate.burst) }
      const tat = NOW + (rate.burst * rate.periodMs * Math.min(aheadParts, 4_096)) / 4_096
      const verdict = gcra(tat, NOW, asked)
      fc.pre(!verdict.ok)
      expect(gcra(verdict.tat, NOW + verdict.waitMs, asked).ok).toBe(true)
      expect(gcra(verdict.tat, NOW + verdict.waitMs - 1, asked).ok).toBe(false)
    }),
  )
})

test('what remains is what passes at that moment', () => {
  fc.assert(
    fc.property(anyRate, fc.nat(20), (rate, taken) => {
      let verdict = gcra(0, NOW, { ...rate, cost: 1 })
      for (let i = 0; i < taken; i++) verdict = gcra(verdict.tat, NOW, { ...rate, cost: 1 })
      const { remaining, tat } = verdict
      if (remaining > 0) expect(gcra(tat, NOW, { ...rate, cost: remaining }).ok).toBe(true)
      expect(gcra(tat, NOW, { ...rate, cost: Math.min(remaining + 1, rate.burst) }).ok).toBe(
        remaining === rate.burst,
      )
    }),
    { numRuns: 200 },
  )
})

test('a clock that goes back far is waited for no longer than a whole burst', () => {
  const rate = rateOf(5, 60_000, 5)
  const full = rate.burst * rate.periodMs
  const back = NOW - CLOCK_BACK_MS - full - 1
  const verdict = gcra(NOW + full, back, { ...rate, cost: 1 })
  expect(verdict).toMatchObject({ ok: false, tat: back + full, waitMs: rate.periodMs })
  expect(gcra(verdict.tat, back + verdict.waitMs, { ...rate, cost: 1 }).ok).toBe(true)
})

test('the clock of another hub that lags a little gives no free calls', () => {
  const rate = rateOf(50, 1_000, 200)
  const full = rate.burst * rate.periodMs
  const verdict = gcra(NOW + full, NOW - 900, { ...rate, cost: 1 })
  expect(verdict).toMatchObject({ ok: false, tat: NOW + full, waitMs: 900 + rate.periodMs })
})

test.each([
  [50, 1_000, 200, 20],
  [2_000, 1_000, 4_000, 0.5],
  [100, 86_400_000, 100, 864_000],
  [30, 1_000, 30, 34_133 / 1_024],
])('%i calls in %i ms have a period that sums exactly', (calls, perMs, burst, periodMs) => {
  expect(rateOf(calls, perMs, burst)).toEqual({ periodMs, burst })
})

test('a factor raises rate and burst, and a share never falls below one call', () => {
  expect(timesRate(rateOf(50, 1_000, 200), 10)).toEqual({ periodMs: 2, burst: 2_000 })
  expect(timesRate(rateOf(2, 3_600_000, 2), 1 / 4)).toEqual({ periodMs: 7_200_000, burst: 1 })
})
