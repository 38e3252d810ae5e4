import { expect, test } from 'vitest'
import { decideWait, optionMeant } from './question.ts'

const NOW = 1_000_000

test('a wait begins, goes on, ends in parking, and is not taken for that of another call', () => {
  const table: readonly (readonly [number, number | null, string])[] = [
    [0, null, 'go_on'],
    [0, NOW - 1, 'go_on'],
    [30, null, 'begin'],
    [30, NOW + 30_000, 'wait_on'],
    [30, NOW + 501, 'wait_on'],
    [30, NOW + 500, 'park'],
    [30, NOW, 'park'],
    [30, NOW - 10_000, 'park'],
    [30, NOW - 10_001, 'begin'],
  ]
  for (const [waitS, until, decided] of table) {
    expect([waitS, until, decideWait(waitS, until, NOW)]).toEqual([waitS, until, decided])
  }
})

test('an option is meant by its words in any case or by its number', () => {
  const options = ['Postgres', 'SQLite']
  expect(optionMeant(options, ' sqlite ')).toBe('SQLite')
  expect(optionMeant(options, '1')).toBe('Postgres')
  expect(optionMeant(options, '3')).toBeNull()
  expect(optionMeant(['2', '1'], '1')).toBe('1')
})
