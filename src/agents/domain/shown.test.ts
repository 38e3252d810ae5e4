import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seen, seenJson } from './shown.ts'

const HIDDEN = [
  ['an override of direction', '\u202e'],
  ['an isolate', '\u2066'],
  ['a zero-width space', '\u200b'],
  ['a zero-width joiner', '\u200d'],
  ['a byte order mark', '\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['a tag character', '\u{e0041}'],
  ['a variation selector', '\ufe0f'],
  ['a selector of the other plane', '\u{e0101}'],
  ['a Hangul filler', '\u3164'],
  ['an escape', '\u001b'],
  ['a carriage return', '\r'],
  ['a line separator', '\u2028'],
  ['a private character', '\ue000'],
] as const

test.each(HIDDEN)('A6: %s is written out', (_, char) => {
  const shown = seen(`rm${char} -rf`)
  expect(shown).toMatch(/^rm(\\u[0-9a-f]{4})+ -rf$/)
  expect(seenJson(JSON.stringify({ path: `a${char}b` }))).not.toContain(char)
})

test('what can be seen stays as it is, line ends too', () => {
  const text = 'Grüße, 東京, مرحبا\n\tEnd'
  expect(seen(text)).toBe(text)
})

test('A6: the JSON that is shown means what the JSON that is hashed means', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      const canonical = JSON.stringify(JSON.parse(text))
      expect(JSON.parse(seenJson(canonical))).toEqual(JSON.parse(canonical))
    }),
  )
})
