import { randomFillSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idMaker, isUuid, orderOf } from './id.ts'

const NOW = 1_795_000_000_000
const chance = (bytes: Uint8Array) => randomFillSync(bytes)
const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('an id is a UUID of version 7 with the time in front', () => {
  const id = idMaker(() => NOW, chance)()
  expect(id).toMatch(V7)
  expect(isUuid(id)).toBe(true)
  expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(NOW)
})

test('ids rise strictly, whatever the clock does', () => {
  const steps = fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 2, maxLength: 300 })
  fc.assert(
    fc.property(steps, (jumps) => {
      let now = NOW
      const newId = idMaker(() => now, chance)
      const ids = jumps.map((jump) => {
        now += jump
        return newId<'task'>()
      })
      const orders = ids.map(orderOf)
      for (const [index, id] of ids.entries()) {
        expect(id).toMatch(V7)
        if (index === 0) continue
        expect(id > (ids[index - 1] ?? '')).toBe(true)
        expect(orders[index]).toBeGreaterThan(orders[index - 1] ?? 0)
      }
    }),
  )
})

test('more than 4096 ids in a millisecond run over into the next one and stay unique', () => {
  const newId = idMaker(() => NOW, chance)
  const ids = Array.from({ length: 10_000 }, () => newId<'task'>())
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(orderOf(ids.at(-1) ?? '') - orderOf(ids[0] ?? '')).toBe(9_999)
})

test('the order stamp of an id is a safe integer', () => {
  const id = idMaker(() => Date.UTC(2039, 0, 1), chance)()
  expect(Number.isSafeInteger(orderOf(id))).toBe(true)
})

test('chance fills what time leaves free', () => {
  const zero = idMaker(
    () => NOW,
    (bytes) => bytes.fill(0),
  )()
  const full = idMaker(
    () => NOW,
    (bytes) => bytes.fill(255),
  )()
  expect(zero.slice(19)).toBe('8000-000000000000')
  expect(full.slice(19)).toBe('bfff-ffffffffffff')
})

test.each(['', 'x', '0193-', '01930000-0000-7000-8000-00000000000G', "'; drop table x"])(
  '%j is no UUID',
  (text) => {
    expect(isUuid(text)).toBe(false)
  },
)
