import { expect, test } from 'vitest'
import { MARKS_MAX, piecesOf, spelledOut } from './hidden.ts'

test('what one sees stays as it is, in every script', () => {
  for (const text of ['plain\n\ttext', 'Grüße, שלום, 日本語', '👩‍💻 ❤️ 1️⃣ 👍🏽', '']) {
    expect(spelledOut(text)).toBe(text)
    expect(piecesOf(text).some(({ isHidden }) => isHidden)).toBe(false)
  }
})

test('what one does not see is spelled out and marked', () => {
  expect(piecesOf('a\u200bb')).toEqual([
    { text: 'a', isHidden: false },
    { text: '[U+200B]', isHidden: true },
    { text: 'b', isHidden: false },
  ])
  expect(spelledOut('gone\u202etxt.exe')).toBe('gone[U+202E]txt.exe')
  expect(spelledOut('\u{e0048}\u{e0049}')).toBe('[U+E0048 U+E0049]')
  expect(spelledOut('a\u0000\u001b[31m')).toBe('a[U+0000 U+001B][31m')
  expect(spelledOut('half \ud800 pair')).toBe('half [U+D800] pair')
  expect(spelledOut('line\u2028end')).toBe('line[U+2028]end')
})

test('joiners count as part of a picture only between two pictures', () => {
  expect(spelledOut('a\u200db')).toBe('a[U+200D]b')
  expect(spelledOut('👩\u200d\u200d💻')).toBe('👩[U+200D U+200D]💻')
})

test('a flood of hidden characters stays small', () => {
  expect(spelledOut('\u200b'.repeat(100_000))).toMatch(/^\[U\+200B .* and 99976 more\]$/)
  expect(piecesOf('a\u200b'.repeat(20_000)).length).toBeLessThan(2 * MARKS_MAX + 4)
})

test('line ends among hidden characters stay line ends', () => {
  expect(spelledOut('a\u200b\n\u200bb')).toBe('a[U+200B]\n[U+200B]b')
})
