import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunksOf } from './chunks.ts'

const SIZE = 5

const sizes = fc.record({
  here: fc.integer({ min: 1, max: 40 }),
  before: fc.integer({ min: 0, max: 40 }),
  behind: fc.integer({ min: 0, max: 40 }),
})

test('chunks hold everything once, in its order, and no more than they may', () => {
  fc.assert(
    fc.property(sizes, ({ here, before }) => {
      const items = Array.from({ length: here + before }, (_, at) => at)
      const chunks = chunksOf(items, { anchor: before, size: SIZE })
      expect(chunks.flatMap((chunk) => chunk.items)).toEqual(items)
      for (const { from, items: some } of chunks) {
        expect(some.length).toBeGreaterThan(0)
        expect(some.length).toBeLessThanOrEqual(SIZE)
        expect(some[0]).toBe(from)
      }
    }),
  )
})

test('what comes before or behind leaves whole chunks as they were', () => {
  fc.assert(
    fc.property(sizes, ({ here, before, behind }) => {
      const items = Array.from({ length: here }, (_, at) => `here ${at}`)
      const more = [
        ...Array.from({ length: before }, (_, at) => `before ${at}`),
        ...items,
        ...Array.from({ length: behind }, (_, at) => `behind ${at}`),
      ]
      const old = chunksOf(items, { anchor: 0, size: SIZE })
      const now = new Map(
        chunksOf(more, { anchor: before, size: SIZE }).map((chunk) => [chunk.name, chunk.items]),
      )
      for (const chunk of old) {
        if (chunk.items.length === SIZE) expect(now.get(chunk.name)).toEqual(chunk.items)
      }
    }),
  )
})

test('an empty list has no chunks', () => {
  expect(chunksOf([], { anchor: 0, size: SIZE })).toEqual([])
})
