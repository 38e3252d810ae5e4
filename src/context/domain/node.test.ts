import { expect, test } from 'vitest'
import { checkNode, NODE_BYTES_MAX, readJson } from './node.ts'
import { mergePatch, parsePath, patchAt, wordOf } from './path.ts'

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
const code = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'accepted'
}
const accept = (data: unknown) => checkNode(readJson(data))

test.each([
  ['a list', [1], 'context.not_an_object'],
  ['a key with a dot', { 'a.b': 1 }, 'context.key_not_allowed'],
  ['an empty key', { '': 1 }, 'context.key_not_allowed'],
  ['a key of 65 characters', { ['k'.repeat(65)]: 1 }, 'context.key_not_allowed'],
  ['a prototype', JSON.parse('{"__proto__":{"x":1}}'), 'context.key_not_allowed'],
  ['seven levels', nested(7), 'context.too_deep'],
  ['seven levels through lists', { a: [[[[[[1]]]]]] }, 'context.too_deep'],
  ['NUL', { a: 'x\0' }, 'context.text_not_storable'],
  ['half a character', { a: '\ud83d' }, 'context.text_not_storable'],
  ['a number that is none', { a: Number.NaN }, 'context.not_json'],
  ['something undefined', { a: undefined }, 'context.not_json'],
  ['an addition that is no list', { 'tags+': 'x' }, 'context.not_a_list'],
  ['an addition to its own text', { tags: 'x', 'tags+': ['y'] }, 'context.not_a_list'],
  ['an instruction inside a list', { a: [{ 'b+': [1] }] }, 'context.key_not_allowed'],
  ['a lock that is no list', { $lock: 'a' }, 'context.lock_not_allowed'],
  ['a lock on an instruction', { $lock: ['a+'] }, 'context.lock_not_allowed'],
  ['more than 32 KiB', { a: 'ü'.repeat(NODE_BYTES_MAX / 2) }, 'context.node_too_large'],
])('a node with %s is refused', (_, data, expected) => {
  expect(code(() => accept(data))).toBe(expected)
})

test('a node may be six levels deep and exactly 32 KiB large', () => {
  expect(code(() => accept(nested(6)))).toBe('accepted')
  expect(code(() => accept({ a: 'x'.repeat(NODE_BYTES_MAX - 8) }))).toBe('accepted')
  expect(code(() => accept({ a: 'x'.repeat(NODE_BYTES_MAX - 7) }))).toBe('context.node_too_large')
})

test('control characters other than tab and newline are dropped', () => {
  expect(readJson({ a: 'x\r\n\ty\u001b[1m' })).toEqual({ a: 'x\n\ty[1m' })
})

test('names are keys, list instructions or the lock', () => {
  expect(['tags', 'tags+', 'tags-', '$lock'].map((name) => wordOf(name)?.kind)).toEqual([
    'key',
    'add',
    'drop',
    'lock',
  ])
  expect(['tags--', 'ta gs', '+', '-', '$other', '__proto__+'].map(wordOf)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  )
})

test('a path is keys joined by dots, an instruction may only come last', () => {
  expect(parsePath('')).toEqual([])
  expect(parsePath('a.b.tags+')).toEqual(['a', 'b', 'tags+'])
  for (const path of ['a..b', 'tags+.a', '$lock.a', '.', 'a b']) {
    expect(code(() => parsePath(path))).toBe('context.path_not_allowed')
  }
})

// The table of RFC 7386, appendix A, as far as its targets are objects here.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j patched with %j is %j', (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result)
})

test('null at a path hides what is inherited, null inside a patch forgets the own value', () => {
  const data = { a: { b: 1, c: 2 } }
  expect(patchAt(data, ['a', 'b'], null)).toEqual({ a: { b: null, c: 2 } })
  expect(patchAt(data, ['a'], { b: null })).toEqual({ a: { c: 2 } })
  expect(patchAt(data, ['x', 'y'], 3)).toEqual({ a: { b: 1, c: 2 }, x: { y: 3 } })
})
