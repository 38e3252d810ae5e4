import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutText, firstSigns } from './signs.ts'

const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}'
const FLAG = '\u{1F1E6}\u{1F1F9}'
const ACCENTED = 'e\u0301'

test('a text is cut between signs, never within one', () => {
  expect(cutText(`ab${FAMILY}c`, 5)).toBe('ab')
  expect(cutText(`ab${FAMILY}c`, 13)).toBe(`ab${FAMILY}`)
  expect(cutText(`x${FLAG}${FLAG}`, 6)).toBe(`x${FLAG}`)
  expect(cutText(`${ACCENTED}${ACCENTED}`, 3)).toBe(ACCENTED)
  expect(cutText('short', 5)).toBe('short')
  expect(firstSigns(`${FAMILY}${FLAG}c`, 2)).toBe(`${FAMILY}${FLAG}`)
})

test('a sign without an end is cut all the same', () => {
  const endless = `a${'\u0301'.repeat(10_000)}`
  expect(cutText(endless, 50)).toHaveLength(50)
  expect(cutText(`\u{1F468}${'\u200D\u{1F468}'.repeat(5000)}`, 40).isWellFormed()).toBe(true)
})

test('what is cut is the beginning, not too long, and can stand in an address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, max) => {
      const cut = cutText(text, max)
      expect(text.startsWith(cut)).toBe(true)
      expect(cut.length).toBeLessThanOrEqual(max)
      expect(() => encodeURIComponent(cut)).not.toThrow()
    }),
  )
})
