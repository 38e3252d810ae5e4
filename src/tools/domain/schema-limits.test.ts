import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { costPerLevel, faultsOf, SCHEMA_FAULTS_MAX } from './schema-limits.ts'

const kinds = (schema: Json): readonly string[] => faultsOf(schema).map(({ kind }) => kind)
const object = (rest: Json): Json => ({ type: 'object', ...rest })
const nested = (depth: number): Json =>
  depth <= 1 ? object({}) : object({ properties: { a: nested(depth - 1) } })
const fields = (count: number): Json =>
  object({
    properties: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`f${index}`, { type: 'string' }]),
    ),
  })
// Every definition looks twice at the next one.
const shelf = (count: number): Json => ({
  $defs: Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const next = { $ref: `#/$defs/d${index + 1}` }
      return [`d${index}`, index === count - 1 ? {} : { allOf: [next, next] }]
    }),
  ),
})
const doubling = (count: number): Json => object({ ...shelf(count), $ref: '#/$defs/d0' })
const again: Json = { properties: { a: { $ref: '#' } } }

test.each<[string, Json]>([
  ['an empty object', object({})],
  ['twelve levels', nested(12)],
  ['499 fields', fields(499)],
  ['a local ref', object({ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: {} } })],
  ['a ref to the whole', object({ properties: { child: { $ref: '#' } } })],
  [
    'an encoded ref',
    object({ $defs: { 'a/b c': {} }, properties: { x: { $ref: '#/$defs/a~1b%20c' } } }),
  ],
  ['a field that is called $ref', object({ properties: { $ref: { type: 'string' } } })],
  ['fields called like keywords', object({ properties: { items: {}, allOf: {}, pattern: {} } })],
  ['a tree that chooses', object({ properties: { and: { type: 'array', items: { $ref: '#' } } } })],
  ['a choice', object({ anyOf: [{ required: ['a'] }, { required: ['b'] }] })],
  ['yes and no for schemas', object({ properties: { a: true }, additionalProperties: false })],
])('%s is within the limits', (_, schema) => {
  expect(faultsOf(schema)).toEqual([])
})

test.each<[string, Json, string]>([
  ['a schema of 70 KB', object({ description: 'a'.repeat(70_000) }), 'too_large'],
  ['64 KB of two-byte letters', object({ description: 'é'.repeat(33_000) }), 'too_large'],
  ['thirteen levels', nested(13), 'too_deep'],
  ['500 fields and the whole', fields(500), 'too_many'],
  ['no type', {}, 'root_not_object'],
  ['a list at the root', { type: 'array' }, 'root_not_object'],
  ['two types at the root', { type: ['object', 'null'] }, 'root_not_object'],
  [
    'a ref to another host',
    object({ properties: { a: { $ref: 'https://x.example/s' } } }),
    'foreign_ref',
  ],
  ['a ref to a file', object({ allOf: [{ $ref: 'file:///etc/passwd' }] }), 'foreign_ref'],
  ['a relative ref', object({ items: { $ref: 'other.json#/a' } }), 'foreign_ref'],
  ['a ref to an anchor', object({ properties: { a: { $ref: '#a' } } }), 'foreign_ref'],
  ['a ref that is no text', object({ properties: { a: { $ref: 1 } } }), 'foreign_ref'],
  ['a dynamic ref', object({ properties: { a: { $dynamicRef: '#a' } } }), 'foreign_ref'],
  ['a ref to nothing', object({ properties: { a: { $ref: '#/$defs/a' } } }), 'dangling_ref'],
  ['a ref to no schema', object({ properties: { a: { $ref: '#/type' } } }), 'dangling_ref'],
  [
    'a ref to its prototype',
    object({ properties: { a: { $ref: '#/__proto__' } } }),
    'dangling_ref',
  ],
  ['a ref to itself', object({ $ref: '#' }), 'circular_ref'],
  [
    'refs in a circle',
    object({
      allOf: [{ $ref: '#/$defs/a' }],
      $defs: { a: { $ref: '#/$defs/b' }, b: { not: { $ref: '#/$defs/a' } } },
    }),
    'circular_ref',
  ],
  ['doubling without end', doubling(60), 'too_costly'],
  ['doubling further down', object({ properties: { a: doubling(60) } }), 'dangling_ref'],
  [
    'a field that doubles',
    object({ properties: { a: { $ref: '#/$defs/d0' } }, ...shelf(60) }),
    'too_costly',
  ],
  [
    '160 parts that all go on',
    object({ allOf: Array.from({ length: 160 }, () => again) }),
    'too_costly',
  ],
  ['a scope inside', object({ properties: { a: { $id: 'https://x.example/' } } }), 'own_scope'],
  ['a field named __proto__', object({ properties: JSON.parse('{"__proto__":{}}') }), 'bad_name'],
])('%s is refused', (_, schema, kind) => {
  expect(kinds(schema)).toContain(kind)
})

test('faults say where they are, and are bounded', () => {
  const bad = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`a/${index}`, { $ref: 'x' }]),
  )
  const faults = faultsOf(object({ properties: bad }))
  expect(faults).toHaveLength(SCHEMA_FAULTS_MAX)
  expect(faults[0]).toEqual({
    ...{ kind: 'foreign_ref', at: '/properties/a~10', say: 'a $ref leads out of the schema' },
  })
})

test('an ordinary schema costs one look for each value', () => {
  expect(costPerLevel(fields(300))).toEqual([1, 1])
  expect(costPerLevel(nested(4))).toEqual([1, 1, 1, 1])
})

test('a schema that looks twice at each level costs twice as much at each', () => {
  const twice = object({
    allOf: [{ properties: { a: { $ref: '#' } } }, { properties: { a: { $ref: '#' } } }],
  })
  expect(costPerLevel(twice).slice(0, 4)).toEqual([3, 8, 16, 32])
})

test('a schema that branches by name costs the same at each level', () => {
  const tree = object({
    anyOf: ['and', 'or', 'not'].map((name) => ({ properties: { [name]: { $ref: '#' } } })),
  })
  const [, second, ...deeper] = costPerLevel(tree)
  expect(new Set(deeper)).toEqual(new Set([second]))
})
