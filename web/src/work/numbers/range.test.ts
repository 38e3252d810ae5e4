import { expect, test } from 'vitest'
import { numbersSearch, tablesOf } from './numbers-search.ts'
import { rangeOf } from './range.ts'

test('the address keeps what makes sense, and drops the rest', () => {
  expect(numbersSearch({ days: 30, by: 'tasks', table: 'age,flow,none' })).toEqual({
    ...{ days: 30, by: 'tasks', table: 'flow,age' },
  })
  expect(numbersSearch({ days: 31, by: 'hours', table: 7, from: '2026-02-01' })).toEqual({})
  const range = { from: '2026-01-01', to: '2026-02-01' }
  expect(numbersSearch(range)).toEqual(range)
  expect(numbersSearch({ ...range, to: '2026-13-01' })).toEqual({})
})

test('days are counted back from today, both ends among them', () => {
  expect(rangeOf({ days: 30 }, '2026-03-01')).toEqual({ from: '2026-01-31', to: '2026-03-01' })
  expect(rangeOf({}, '2026-03-31')).toEqual({ from: '2026-01-01', to: '2026-03-31' })
  const own = { from: '2025-01-01', to: '2025-02-01' }
  expect(rangeOf({ days: 30, ...own }, '2026-03-01')).toEqual(own)
})

test('no chart is a table unless the address says so', () => {
  expect(tablesOf(undefined)).toEqual([])
  expect(tablesOf('cycle')).toEqual(['cycle'])
})
