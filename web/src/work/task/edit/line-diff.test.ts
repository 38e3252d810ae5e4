import { expect, test } from 'vitest'
import { diffLines } from './line-diff.ts'

const written = (before: string, after: string): string =>
  diffLines(before, after)
    .map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`)
    .join('|')

test('a text beside itself has no changes', () => {
  expect(written('a\nb', 'a\nb')).toBe(' a| b')
})

test('lines that came, went and changed are marked, the rest stays', () => {
  expect(written('a\nb\nc', 'a\nx\nc\nd')).toBe(' a|-b|+x| c|+d')
  expect(written('a\nb\nc', 'b\nc')).toBe('-a| b| c')
  expect(written('b', 'a\nb')).toBe('+a| b')
})

test('texts of very many lines are shown whole', () => {
  const long = 'x\n'.repeat(700)
  expect(diffLines(long, 'y').at(-1)).toEqual({ kind: 'added', text: 'y' })
  expect(diffLines(long, 'y')).toHaveLength(702)
})
