import { expect, test } from 'vitest'
import type { Json } from '../../tools/json.ts'
import { edited, isLocking, patched, proposalOf, type Wish, wishOf } from './edit.ts'
import { leafDiff, lineDiff } from './diff.ts'
import { parsedJson } from './json-text.ts'

const set = (own: Json, path: string, wish: Wish, locks = false) =>
  edited(own, { path, wish, locks })

test.each<[string, Json, string, Wish, Json]>([
  ['a new key makes the objects around it', {}, 'a.b', { kind: 'is', value: 1 }, { a: { b: 1 } }],
  ['a value replaces instructions', { 'a+': [1] }, 'a', { kind: 'is', value: 2 }, { a: 2 }],
  ['a removal is kept as null', { a: 1 }, 'a', { kind: 'removes' }, { a: null }],
  [
    'instructions replace a value',
    { a: 1 },
    'a',
    { kind: 'list', adds: ['x'], takes: ['y'] },
    { 'a+': ['x'], 'a-': ['y'] },
  ],
  ['nothing takes emptied objects along', { a: { b: 1 } }, 'a.b', { kind: 'nothing' }, {}],
  ['nothing leaves what was empty', { a: {} }, 'a.b', { kind: 'nothing' }, { a: {} }],
  ['nothing leaves a scalar', { a: 1 }, 'a.b', { kind: 'nothing' }, { a: 1 }],
])('%s', (_, own, path, wish, expected) => {
  expect(set(own, path, wish)).toEqual(expected)
})

test('a lock stands beside its key and goes with the last one', () => {
  const locked = set({ a: { b: 1 } }, 'a.b', { kind: 'is', value: 1 }, true)
  expect(locked).toEqual({ a: { b: 1, $lock: ['b'] } })
  expect(isLocking(locked, 'a.b')).toBe(true)
  expect(set(locked, 'a.b', { kind: 'is', value: 1 })).toEqual({ a: { b: 1 } })
  expect(isLocking(locked, 'a')).toBe(false)
})

test.each<[Json, Wish]>([
  [{ a: { b: [1] } }, { kind: 'is', value: [1] }],
  [{ a: { b: null } }, { kind: 'removes' }],
  [{ a: { 'b-': ['x'] } }, { kind: 'list', adds: [], takes: ['x'] }],
  [{ a: 1 }, { kind: 'nothing' }],
])('what %j says is read as it would be written', (own, wish) => {
  expect(wishOf(own, 'a.b')).toEqual(wish)
  expect(set(own, 'a.b', wish)).toEqual(own)
})

test('a proposal carries its instruction in the path', () => {
  expect(proposalOf('a', { kind: 'list', adds: ['x'], takes: [] })).toEqual({
    ...{ path: 'a+', data: ['x'] },
  })
  expect(proposalOf('a', { kind: 'removes' })).toEqual({ path: 'a', data: null })
  expect(proposalOf('a', { kind: 'nothing' })).toBeNull()
})

test('a difference names the leaves that are not the same, removals among them', () => {
  expect(leafDiff({ a: { x: 1, y: 2 }, z: null }, { a: { y: 2, w: [1] } })).toEqual([
    { path: 'a.w', before: undefined, after: [1] },
    { path: 'a.x', before: 1, after: undefined },
    { path: 'z', before: null, after: undefined },
  ])
  expect(leafDiff({ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } })).toEqual([])
})

test('the difference of two versions can be laid over a third', () => {
  const [base, mine] = [
    { a: { x: 1, y: 2 }, b: 1 },
    { a: { y: 2 }, b: 2, 'c+': ['n'] },
  ]
  const theirs = { a: { x: 1, y: 3 }, b: 1, d: true }
  expect(patched(base, leafDiff(base, mine))).toEqual(mine)
  expect(patched(theirs, leafDiff(base, mine))).toEqual({
    ...{ a: { y: 3 }, b: 2, 'c+': ['n'], d: true },
  })
})

test('lines of both texts are shown once', () => {
  const lines = lineDiff('one\ntwo\nthree\nfour', 'one\n2\nthree\nfour\nfive')
  expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    ...['same one', 'gone two', 'new 2', 'same three', 'same four', 'new five'],
  ])
  const long = Array.from({ length: 600 }, (_, at) => String(at)).join('\n')
  expect(lineDiff(long, `${long}\nmore`)).toHaveLength(1201)
})

test('what is no JSON is told with the line and the column', () => {
  expect(parsedJson('{\n  "a": 1,\n  b: 2\n}')).toEqual({
    ...{ isRight: false, at: 14, said: 'This is no JSON: see line 3, column 3.' },
  })
  expect(parsedJson('{"a"')).toMatchObject({ isRight: false })
  expect(parsedJson(' ')).toMatchObject({ isRight: false, said: 'Write a JSON value.' })
  expect(parsedJson('null')).toEqual({ isRight: true, value: null })
})
