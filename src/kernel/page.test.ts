import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cursorId, cursorNumber, cursorOf, cursorTime, cursorValues } from './page.ts'
import { Refusal } from './refusal.ts'

const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant(null))

test('a cursor gives back what was put into it', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (values) => {
      const cursor = cursorOf(values)
      expect(cursor).toMatch(/^c_[A-Za-z0-9_-]+$/)
      expect(cursorValues(cursor, values.length)).toEqual(values)
    }),
  )
})

test('any other text is refused, and nothing else is thrown', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((text) => `c_${text}`),
    fc.base64String(),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const refused = refusalOf(() => cursorValues(text, 99))
      expect(refused).toMatchObject({ kind: 'invalid', code: 'platform.cursor_not_valid' })
    }),
  )
})

test.each([
  ['of another length', cursorOf(['a', 1]), 3],
  ['that holds no list', `c_${btoa('{"a":1}').replaceAll('=', '')}`, 1],
  ['that holds a list in a list', `c_${btoa('[[1]]').replaceAll('=', '')}`, 1],
  ['that is not UTF-8', `c_${btoa('["\xff"]').replaceAll('=', '')}`, 1],
  ['that was cut off', cursorOf(['a', 1]).slice(0, -2), 2],
  ['without its mark', cursorOf(['a']).slice(2), 1],
  ['that never ends', `c_${'A'.repeat(3_000)}`, 1],
])('a cursor %s is refused', (_, cursor, count) => {
  expect(refusalOf(() => cursorValues(cursor, count)).code).toBe('platform.cursor_not_valid')
})

const ID = '0198a1b2-0000-7000-8000-000000000000'

test('a cursor of a number, an id or a time gives its values back', () => {
  expect(cursorNumber(cursorOf([7]))).toBe(7)
  expect(cursorId(cursorOf([ID]))).toBe(ID)
  expect(cursorTime(cursorOf([5, ID]))).toEqual({ ms: 5, id: ID })
})

test.each([
  [() => cursorNumber(cursorOf(['x']))],
  [() => cursorNumber(cursorOf([1e30]))],
  [() => cursorNumber(cursorOf([null]))],
  [() => cursorId(cursorOf(['x']))],
  [() => cursorId(cursorOf([1]))],
  [() => cursorTime(cursorOf(['x', ID]))],
  [() => cursorTime(cursorOf([9e15, ID]))],
  [() => cursorTime(cursorOf([5, 'x']))],
])('a cursor whose values no row can have is refused: %s', (read) => {
  expect(refusalOf(read).code).toBe('platform.cursor_not_valid')
})

const refusalOf = (run: () => unknown): Refusal => {
  try {
    run()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('Nothing was refused.')
}
