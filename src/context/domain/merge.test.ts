import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  own,
  union,
  without,
} from './json.ts'
import { EFFECTIVE_BYTES_MAX, mergeTiers, resolveTiers } from './merge.ts'
import { type ContextNode, type Tier, TIERS } from './node.ts'
import { leavesOf, valueAt } from './path.ts'

const node = (tier: Tier, data: JsonObject, at: string = tier): ContextNode => ({
  tier,
  at,
  version: 3,
  by: `by-${at}`,
  data,
  stamps: {},
})
const tiers = (...data: readonly JsonObject[]) =>
  data.map((one, index) => node(TIERS[index] ?? 'task', one, `place-${index}`))
const valueOf = (...data: readonly JsonObject[]) => mergeTiers(tiers(...data)).value

const KEYS = ['a', 'b', 'constructor', 'toString'] as const
const scalar = fc.oneof(fc.boolean(), fc.integer(), fc.string({ unit: 'grapheme', maxLength: 5 }))
const elements = fc.array(fc.constantFrom('x', 'y', 'z', 'w'), { maxLength: 4 })
const key = fc.constantFrom(...KEYS)
const locks = fc.uniqueArray(key, { maxLength: 1 }).map((list) => ({ $lock: list }))

// Any node at all: keys change their type from tier to tier.
const anyValue = fc.oneof(scalar, elements, fc.constant(null), fc.dictionary(key, scalar))
const anyNode: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.dictionary(key, fc.oneof(anyValue, fc.dictionary(key, anyValue))),
    fc.dictionary(fc.constantFrom('c+', 'c-', 'a+'), elements),
    fc.option(locks, { nil: {} }),
  )
  .map(([values, words, lock]) => {
    const { 'a+': additions, ...rest } = words
    const beside = values['a']
    const fits = additions === undefined || (beside !== undefined && !isList(beside))
    return { ...values, ...rest, ...(fits ? {} : { 'a+': additions }), ...lock }
  })

// Nodes whose keys keep their type: there the rules promise that grouping does not matter.
const steadyObject = (depth: number): fc.Arbitrary<JsonObject> =>
  fc
    .record(
      {
        s: fc.oneof(scalar, fc.constant(null)),
        t: scalar,
        l: fc.oneof(elements, fc.constant(null)),
        'l+': elements,
        'l-': elements,
        $lock: fc.subarray(['s', 'l', 'o'], { maxLength: 1 }),
        ...(depth > 0 ? { o: steadyObject(depth - 1) } : {}),
      },
      { requiredKeys: [] },
    )
    .map((object): JsonObject => objectOf(Object.entries(object)))

/** Puts two adjacent tiers into one, by the rules in words; the test's own model. */
const combine = (upper: JsonObject, lower: JsonObject): JsonObject => {
  const locked = new Set(listOf(upper, '$lock'))
  const result = new Map<string, Json>(Object.entries(upper))
  for (const name of ['s', 't', 'o', 'l']) {
    const value = own(lower, name)
    if (value === undefined || locked.has(name)) continue
    const above = own(upper, name)
    if (isObject(value) && isObject(above)) result.set(name, combine(above, value))
    else result.set(name, value)
    if (name === 'l') for (const word of ['l+', 'l-']) result.delete(word)
  }
  if (!locked.has('l')) {
    const add = listAt(result, 'l+')
    const drop = listAt(result, 'l-')
    const lowerDrop = listOf(lower, 'l-')
    if (own(lower, 'l-') !== undefined) result.set('l-', union(drop, lowerDrop))
    const makes = own(lower, 'l+') !== undefined || result.has('l+')
    if (makes) result.set('l+', union(without(add, lowerDrop), listOf(lower, 'l+')))
  }
  result.set('$lock', union([...locked], listOf(lower, '$lock')))
  return objectOf(result)
}
const listAt = (map: Map<string, Json>, name: string) => {
  const value = map.get(name)
  return isList(value) ? value : []
}
const listOf = (object: JsonObject, name: string) => listAt(new Map(Object.entries(object)), name)

test('grouping adjacent tiers differently changes nothing where keys keep their type', () => {
  const triple = fc.tuple(steadyObject(2), steadyObject(2), steadyObject(2))
  fc.assert(
    fc.property(triple, ([a, b, c]) => {
      const one = valueOf(a, b, c)
      expect(valueOf(combine(a, b), c)).toEqual(one)
      expect(valueOf(a, combine(b, c))).toEqual(one)
    }),
    { numRuns: 500 },
  )
})

test('C5: each leaf of the result has one provenance, and nothing else has', () => {
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 5 }), (data) => {
      const { value, provenance, removed } = mergeTiers(tiers(...data))
      const leaves = leavesOf(value).map(([path]) => path)
      expect([...provenance.keys()].toSorted()).toEqual(leaves.toSorted())
      for (const path of removed.keys()) expect(valueAt(value, path.split('.'))).toBeUndefined()
      for (const { from, overrides } of provenance.values()) {
        expect(overrides.map((one) => one.from)).not.toContain(from)
      }
    }),
  )
})

test('C3: a lower tier never beats a lock', () => {
  fc.assert(
    fc.property(anyNode, fc.array(anyNode, { minLength: 1, maxLength: 4 }), (upper, lowers) => {
      const before = mergeTiers(tiers(upper))
      const after = mergeTiers(tiers(upper, ...lowers))
      for (const path of before.locks.keys()) {
        const keys = path.split('.')
        expect(valueAt(after.value, keys)).toEqual(valueAt(before.value, keys))
      }
    }),
  )
})

test('C3: an object that holds a lock can be neither replaced nor removed from below', () => {
  const upper = { deploy: { region: 'eu', $lock: ['region'] } }
  const after = mergeTiers(tiers(upper, { deploy: null }, { deploy: 'anywhere' }))
  expect(after.value).toEqual({ deploy: { region: 'eu' } })
  expect(after.ignored.map(({ at, why, lockedBy }) => ({ at, why, lockedBy }))).toEqual([
    { at: 'place-1', why: 'locked', lockedBy: 'place-0' },
    { at: 'place-2', why: 'locked', lockedBy: 'place-0' },
  ])
})

test('the locking tier itself may say what it locks', () => {
  expect(valueOf({ a: 1 }, { a: 2, $lock: ['a'] }, { a: 3 })).toEqual({ a: 2 })
})

test('an element that is removed and added again is there once, at the end', () => {
  fc.assert(
    fc.property(elements, fc.constantFrom('x', 'y'), (list, element) => {
      const start = { l: union([], list) }
      const result = valueOf(start, { 'l-': [element] }, { 'l+': [element] })
      expect(result).toEqual({ l: [...without(start.l, [element]), element] })
      expect(valueOf(start, { 'l+': [element], 'l-': [element] })).toEqual(result)
    }),
  )
})

test('a removed key is marked where it was removed, until a lower tier sets it again', () => {
  const gone = mergeTiers(tiers({ a: 1, o: { b: 2 } }, { a: null, o: null }))
  expect(gone.value).toEqual({})
  expect(gone.removed.get('a')).toMatchObject({
    from: 'place-1',
    overrides: [{ from: 'place-0', version: 3 }],
  })
  const again = mergeTiers(tiers({ a: 1 }, { a: null }, { a: 2 }))
  expect(again.removed.size).toBe(0)
  expect(again.provenance.get('a')?.overrides.map(({ from }) => from)).toEqual([
    'place-1',
    'place-0',
  ])
})

test('removing what nobody has said leaves no mark', () => {
  expect(mergeTiers(tiers({}, { a: null })).removed.size).toBe(0)
})

test('objects merge by key, everything else replaces', () => {
  expect(
    valueOf({ o: { a: 1, b: [1] }, p: { q: 1 } }, { o: { b: [2], c: null }, p: 'flat' }),
  ).toEqual({ o: { a: 1, b: [2] }, p: 'flat' })
})

test('adding to what is no list is ignored when read, and listed', () => {
  const { value, ignored } = mergeTiers(tiers({ a: 'text' }, { 'a+': ['x'] }))
  expect(value).toEqual({ a: 'text' })
  expect(ignored).toEqual([{ at: 'place-1', path: 'a+', why: 'not_a_list' }])
})

test('a subtask inherits the task tiers of its ancestors, outer to inner', () => {
  const { provenance } = mergeTiers([
    node('global', { a: 0 }),
    node('task', { a: 1, b: 1 }, 'GH-1'),
    node('task', { a: 2 }, 'GH-2'),
  ])
  expect(provenance.get('a')?.from).toBe('GH-2')
  expect(provenance.get('b')?.from).toBe('GH-1')
})

test('C7: a resolved context above 64 KiB is refused', () => {
  const half = 'x'.repeat(EFFECTIVE_BYTES_MAX / 2 - 8)
  expect(resolveTiers(tiers({ a: half }, { b: half })).bytes).toBe(EFFECTIVE_BYTES_MAX - 1)
  const refused = expect.objectContaining({ kind: 'invalid', code: 'context.too_large' })
  expect(() => resolveTiers(tiers({ a: half }, { b: `${half}xx` }))).toThrow(refused)
})
