import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

type Row = Readonly<{ name: string; points: number | null }>

const columns = [
  { name: 'Name', value: ({ name }: Row) => name },
  { name: 'Points', value: ({ points }: Row) => points },
]

test('texts with commas, quotes and line ends stay one cell', () => {
  const rows = [{ name: 'a "b", c\nd', points: -2 }]
  expect(csvOf(columns, rows)).toBe('Name,Points\r\n"a ""b"", c\nd",-2\r\n')
})

test('no text becomes a formula, and nothing known is an empty cell', () => {
  const rows = ['=1+1', '+1', '-1', '@sum', '\t=1'].map((name) => ({ name, points: null }))
  const lines = csvOf(columns, rows).split('\r\n').slice(1, -1)
  expect(lines).toEqual(["'=1+1,", "'+1,", "'-1,", "'@sum,", "'\t=1,"])
})
