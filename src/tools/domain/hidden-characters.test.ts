import { expect, test } from 'vitest'
import { stripHidden, visible, visibleAscii } from './hidden-characters.ts'

test.each([
  ['a tag character', 'a\u{E0041}b', 'tag'],
  ['the first tag', 'a\u{E0000}b', 'tag'],
  ['the last tag', 'a\u{E007F}b', 'tag'],
  ['an override of direction', 'a\u202Eb', 'direction'],
  ['an isolate', 'a\u2066b', 'direction'],
  ['a mark of direction', 'a\u200Fb', 'direction'],
  ['the Arabic mark', 'a\u061Cb', 'direction'],
  ['a zero-width space', 'a\u200Bb', 'zero_width'],
  ['a zero-width joiner between letters', 'a\u200Db', 'zero_width'],
  ['a word joiner', 'a\u2060b', 'zero_width'],
  ['a byte order mark', 'a\uFEFFb', 'zero_width'],
  ['a style sign behind a letter', 'a\uFE0Fb', 'variation'],
  ['a far style sign', 'a\u{E0100}b', 'variation'],
  ['an escape character', 'a\u001Bb', 'control'],
  ['a NUL', 'a\0b', 'control'],
  ['a soft hyphen', 'a\u00ADb', 'invisible'],
  ['a Hangul filler', 'a\u3164b', 'invisible'],
  ['an empty Braille cell', 'a\u2800b', 'invisible'],
  ['half a character', 'a\uD83Db', 'broken'],
])('%s is taken out and counted', (_, text, kind) => {
  expect(stripHidden(text)).toEqual({ text: 'ab', hidden: [{ kind, count: 1 }] })
})

test.each([
  ['plain text with lines', 'one\ttwo\r\nthree'],
  ['accents', 'Crème brûlée'],
  ['combining accents', 'e\u0301'],
  ['Russian', 'Создаёт задачу'],
  ['Japanese', '指定したファイル'],
  ['Arabic', 'يقرأ ملفا'],
  ['Hindi', 'फ़ाइल पढ़ें'],
  ['a picture with its style', '⚠\uFE0F ok'],
  ['a family', '👨\u200D👩\u200D👧'],
  ['a coloured couple', '👩🏽\u200D🚀'],
  ['a heart on fire', '❤\uFE0F\u200D🔥'],
  ['a key cap', '1\uFE0F\u20E3'],
  ['a no-break space', 'a\u00A0b'],
])('%s stays as it is', (_, text) => {
  expect(stripHidden(text)).toEqual({ text, hidden: [] })
})

test('more than one style sign behind a picture is a message, not a style', () => {
  expect(stripHidden('😀\uFE0F\uFE0E\uFE0F')).toEqual({
    text: '😀\uFE0F',
    hidden: [{ kind: 'variation', count: 2 }],
  })
})

test('what was hidden can be shown to a person', () => {
  expect(visible('a\u200Bb\u{E0041}')).toBe('a\\u{200B}b\\u{E0041}')
  expect(visibleAscii('r\u0435ad')).toBe('r\\u{0435}ad')
})
