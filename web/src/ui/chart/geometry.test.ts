import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apart, nearest, thinned, topOf } from './geometry.ts'

const spots = [
  { x: 0, ys: [50] },
  { x: 10, ys: [0, 90] },
  { x: 30, ys: [50] },
]

test('what is pointed at is the nearest column, or the nearest dot', () => {
  expect(nearest(spots, { x: 8, y: 50 }, 'column')).toBe(1)
  expect(nearest(spots, { x: 8, y: 50 }, 'dot')).toBe(0)
  expect(nearest(spots, { x: 8, y: 88 }, 'dot')).toBe(1)
  expect(nearest([], { x: 8, y: 88 }, 'dot')).toBe(null)
})

test('values are left out evenly, from the first on', () => {
  expect(thinned([1, 2, 3, 4, 5], 5)).toEqual([1, 2, 3, 4, 5])
  expect(thinned([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5])
  expect(thinned([1, 2, 3], 0.4)).toEqual([1])
})

test('labels keep their order and their distance, and stay inside where there is room', () => {
  const [gap, height] = [10, 100]
  expect(apart([50, 52, 99], gap, height)).toEqual([50, 60, 99])
  expect(apart([98, 99], gap, height)).toEqual([90, 100])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: height }), { maxLength: 10 }), (ys) => {
      const placed = apart(ys, gap, height)
      const sorted = placed.toSorted((a, b) => a - b)
      for (const [index, y] of sorted.slice(1).entries()) {
        expect(y - (sorted[index] ?? 0)).toBeGreaterThanOrEqual(gap)
      }
      for (const y of placed) expect(y).toBeLessThanOrEqual(height)
      for (const [one, y] of ys.entries()) {
        for (const [other, below] of ys.entries()) {
          if (y < below) expect(placed[one]).toBeLessThan(placed[other] ?? 0)
        }
      }
    }),
  )
})

test('an axis has an end where all values are nothing', () => {
  expect(topOf([])).toBe(1)
  expect(topOf([0, 0])).toBe(1)
  expect(topOf([0.5, 0.25])).toBe(0.5)
})
