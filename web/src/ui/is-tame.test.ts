import { expect, test } from 'vitest'
import { isTame } from './is-tame.ts'

test('what people write is read as Markdown', () => {
  expect(isTame('# Title\n\n- a\n  - b\n    - c\n\n> said\n>> and before that')).toBe(true)
  expect(isTame('| a | b |\n| --- | --- |\n| 1 | 2 |')).toBe(true)
  expect(isTame('---\n***\n- - -\n`code`')).toBe(true)
})

test('nests without end and tables without edge are shown as they are written', () => {
  expect(isTame('>'.repeat(2000))).toBe(false)
  expect(isTame(`a\n${'> '.repeat(50)}b`)).toBe(false)
  expect(isTame(`${'- '.repeat(50)}b`)).toBe(false)
  expect(isTame('1. '.repeat(50))).toBe(false)
  expect(isTame(`${' '.repeat(80)}- deep`)).toBe(false)
  expect(isTame('|a'.repeat(5000))).toBe(false)
})

test('the check itself takes no time on long texts', () => {
  const started = performance.now()
  isTame(`${' '.repeat(60_000)}x`)
  isTame('- '.repeat(30_000))
  isTame('>\t'.repeat(30_000))
  expect(performance.now() - started).toBeLessThan(500)
})
