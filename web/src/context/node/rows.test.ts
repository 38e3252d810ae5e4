import { expect, test } from 'vitest'
import type { Context, Tier } from '../views.ts'
import { type Row, rowsOf } from './rows.ts'

const AT = ['global', 'GH', 'GH/main', 'GH-1'] as const
const NAMES = ['global', 'project', 'branch', 'task'] as const

const tiersOf = (...data: readonly Tier['data'][]): readonly Tier[] =>
  data.map((one, index) => ({
    ...{ tier: NAMES[index] ?? 'task', at: AT[index] ?? '', title: '', version: 1, data: one },
    ...{ writable: true, decides: true },
  }))

const origin = (
  index: number,
  overrides: readonly number[] = [],
): Context['provenance'][string] => ({
  ...{ tier: NAMES[index] ?? 'task', from: AT[index] ?? '', version: 1, by: 'ana' },
  overrides: overrides.map((one) => origin(one)),
})

const contextOf = (some: Partial<Context>): Context => ({
  ...{ at: 'GH-1', tier: 'task', title: '', version: 1, own: {}, value: {}, provenance: {} },
  ...{ removed: {}, locks: {}, ignored: [], bytes: 0, digest: '', text: '' },
  ...some,
})

const standsIn = (rows: readonly Row[], path: string) =>
  rows
    .find((row) => row.path === path)
    ?.cells.map(({ said }) => said.map(({ kind, stand }) => `${kind} ${stand}`).join())

test('the innermost value counts, and those it hides are overridden', () => {
  const tiers = tiersOf({ test: { command: 'a' } }, { test: { command: 'b' } }, {}, {})
  const provenance = { 'test.command': origin(1, [0]) }
  const [row] = rowsOf({
    tiers,
    context: contextOf({ value: { test: { command: 'b' } }, provenance }),
  })
  expect(row).toMatchObject({ path: 'test.command', value: 'b', from: { from: 'GH' } })
  expect(standsIn(row ? [row] : [], 'test.command')).toEqual(['is overridden', 'is counts', '', ''])
})

test('what is added to a list hides nothing, and what is removed hides what is outside', () => {
  const tiers = tiersOf({ tags: ['a'], lang: 'en' }, { 'tags+': ['b'] }, {}, { lang: null })
  const context = contextOf({
    value: { tags: ['a', 'b'] },
    provenance: { tags: origin(1, [0]) },
    removed: { lang: origin(3, [0]) },
  })
  const rows = rowsOf({ tiers, context })
  expect(rows.map(({ path }) => path)).toEqual(['lang', 'tags'])
  expect(standsIn(rows, 'tags')).toEqual(['is counts', 'adds counts', '', ''])
  expect(standsIn(rows, 'lang')).toEqual(['is overridden', '', '', 'is counts'])
  expect(rows[0]).toMatchObject({ value: undefined, removed: { from: 'GH-1' } })
})

test('a value that a lock makes ignored hides nothing and says whose lock it is', () => {
  const tiers = tiersOf({ a: 1, $lock: ['a'] }, { a: 2 }, {}, {})
  const context = contextOf({
    value: { a: 1 },
    provenance: { a: origin(0) },
    locks: { a: 'global' },
    ignored: [{ at: 'GH', path: 'a', why: 'locked', lockedBy: 'global' }],
  })
  const rows = rowsOf({ tiers, context })
  expect(standsIn(rows, 'a')).toEqual(['is counts', 'is ignored', '', ''])
  expect(rows[0]?.cells.map(({ locks }) => locks)).toEqual([true, false, false, false])
  expect(rows[0]).toMatchObject({ lockedBy: 'global' })
  expect(rows[0]?.cells[1]?.said[0]?.lockedBy).toBe('global')
})

test('an object hides the scalar it stands over, a scalar all that lies below it', () => {
  const over = rowsOf({
    tiers: tiersOf({ a: 1 }, { a: { b: 2 } }),
    context: contextOf({ value: { a: { b: 2 } }, provenance: { 'a.b': origin(1, [0]) } }),
  })
  expect(standsIn(over, 'a')).toEqual(['is overridden', ''])
  expect(standsIn(over, 'a.b')).toEqual(['', 'is counts'])
  const under = rowsOf({
    tiers: tiersOf({ a: { b: 2 } }, { a: 1 }),
    context: contextOf({ value: { a: 1 }, provenance: { a: origin(1, [0]) } }),
  })
  expect(standsIn(under, 'a.b')).toEqual(['is overridden', ''])
})

test('what lies below a lock is shown as locked, and parents stand before their children', () => {
  const rows = rowsOf({
    tiers: tiersOf({ security: { level: 1 }, 'security-x': 1, $lock: ['security'] }),
    context: contextOf({
      value: { security: { level: 1 }, 'security-x': 1 },
      provenance: { 'security.level': origin(0), 'security-x': origin(0) },
      locks: { security: 'global' },
    }),
  })
  expect(rows.map(({ path, lockedBy }) => [path, lockedBy])).toEqual([
    ['security', 'global'],
    ['security.level', 'global'],
    ['security-x', null],
  ])
  expect(rows[0]?.value).toBeUndefined()
})
