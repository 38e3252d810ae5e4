import { expect, test } from 'vitest'
import { queryOf, searchOf } from './views.ts'

test('an address gives back the search that it was made of', () => {
  const search = { object: 'GH-12', actor: 'ana', event: 'work.*', since: '2026-11-01', pos: 7 }
  expect(searchOf(search)).toEqual(search)
})

test('what is no filter is dropped', () => {
  expect(searchOf({ object: '', pos: 'x', since: 'yesterday', other: 'x', actor: {} })).toEqual({})
  expect(searchOf({ pos: -1 })).toEqual({})
})

test('a word that looks like a number stays a word', () => {
  expect(searchOf({ actor: 7 })).toEqual({ actor: '7' })
})

test('the last day counts whole, and a cursor comes along', () => {
  const query = new URLSearchParams(queryOf({ until: '2026-11-30', object: 'GH' }, 'c_1'))
  const until = new Date(query.get('until') ?? '')
  expect([until.getFullYear(), until.getMonth(), until.getDate()]).toEqual([2026, 11, 1])
  expect([query.get('object'), query.get('cursor')]).toEqual(['GH', 'c_1'])
})
