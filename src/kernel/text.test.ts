import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest, shorten, span } from './text.ts'

test.each([
  [0, '0s'],
  [-5_000, '0s'],
  [45_000, '45s'],
  [89_000, '89s'],
  [90_000, '2m'],
  [900_000, '15m'],
  [89 * 60_000, '89m'],
  [90 * 60_000, '2h'],
  [35 * 3_600_000, '35h'],
  [36 * 3_600_000, '2d'],
])('%i milliseconds are said as %s', (ms, text) => {
  expect(span(ms)).toBe(text)
})

test('a shortened text is never longer than it may be, and starts as it did', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, max) => {
      const short = shorten(text, max)
      expect(short.length).toBeLessThanOrEqual(max)
      if (text.length <= max) expect(short).toBe(text)
      else expect(text.startsWith(short.slice(0, -1))).toBe(true)
    }),
  )
})

test('a shortened text stays well-formed', () => {
  expect(shorten('ab\u{1F600}cd', 4).isWellFormed()).toBe(true)
})

test.each([
  ['titel', 'title'],
  ['dependson', 'depends_on'],
  ['TITLE', 'title'],
  ['priorty', 'priority'],
])('%s is near to %s', (word, name) => {
  expect(nearest(word, ['title', 'depends_on', 'priority', 'labels'])).toBe(name)
})

test('a word that is like nothing has no nearest name', () => {
  expect(nearest('zzzzzz', ['title', 'labels'])).toBeUndefined()
  expect(nearest('title', [])).toBeUndefined()
})

test('a known name is nearest to itself', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(names, (all) => {
      for (const name of all) expect(nearest(name, all)).toBe(name)
    }),
  )
})
