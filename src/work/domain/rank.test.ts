import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankAfter, rankAt, rankBetween } from './rank.ts'

test('a rank between two lies between them, whatever was inserted before', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 200 }), (places) => {
      const ranks: string[] = []
      for (const place of places) {
        const index = place % (ranks.length + 1)
        ranks.splice(index, 0, rankBetween(ranks[index - 1] ?? null, ranks[index] ?? null))
      }
      expect([...new Set(ranks)].sort()).toEqual(ranks)
    }),
  )
})

test('appending a hundred thousand times makes no rank longer', () => {
  let last = rankAt(0)
  for (let i = 0; i < 100_000; i++) {
    const next = rankAfter(last)
    if (next <= last || next.length !== last.length) throw new Error(`${last} then ${next}`)
    last = next
  }
  expect(last).toBe(rankAt(100_000))
})

test('always inserting in front of the same rank grows slowly', () => {
  const low = rankAt(0)
  let high = rankAt(1)
  for (let i = 0; i < 100; i++) high = rankBetween(low, high)
  expect(high > low).toBe(true)
  expect(high.length).toBeLessThan(40)
})
