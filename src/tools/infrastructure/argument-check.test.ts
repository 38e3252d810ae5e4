import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../domain/json.ts'
import { argumentCheck, COMPILED_MAX, SENTENCES_MAX } from './argument-check.ts'

const object = (properties: Json, more: Json = {}): Json => ({
  type: 'object',
  properties,
  ...more,
})

let hash = 0
const say = (schema: Json, args: unknown): Promise<readonly string[]> =>
  argumentCheck().check({ hash: `h${hash++}`, schema, args })

test.each<[string, Json, unknown, readonly string[]]>([
  ['nothing wanted', object({}), {}, []],
  ['what is wanted', object({ a: { type: 'string' } }, { required: ['a'] }), { a: 'x' }, []],
  ['no object', object({}), [], ['the arguments: is not of type object']],
  [
    'missing fields, all at once',
    object({ a: {}, b: {}, c: {} }, { required: ['a', 'b', 'c'] }),
    { b: 1 },
    ['a: is missing', 'c: is missing'],
  ],
  [
    'a text for a number',
    object({ n: { type: 'integer' } }),
    { n: '5' },
    ['n: is not of type integer'],
  ],
  ['a fraction', object({ n: { type: 'integer' } }), { n: 1.5 }, ['n: is not of type integer']],
  [
    'an unknown field',
    object({ a: {} }, { additionalProperties: false }),
    { a: 1, b: 2 },
    ['b: is not known to this tool'],
  ],
  [
    'a value of a list',
    object({ s: { enum: ['open', 'shut'] } }),
    { s: 'x' },
    ['s: is not one of "open", "shut"'],
  ],
  [
    'a place deep inside',
    object({ a: { type: 'array', items: object({ 'b/c': { type: 'string' } }) } }),
    { a: [{}, { 'b/c': 1 }] },
    ['a[1].b/c: is not of type string'],
  ],
  [
    'a missing field inside',
    object({ a: object({}, { required: ['b'] }) }),
    { a: {} },
    ['a.b: is missing'],
  ],
  ['too little', object({ n: { minimum: 1 } }), { n: 0 }, ['n: must be >= 1']],
  [
    'two types',
    object({ n: { type: ['string', 'null'] } }),
    { n: 1 },
    ['n: is not of type string or null'],
  ],
  ['a constant', object({ n: { const: 'x' } }), { n: 1 }, ['n: is not "x"']],
  [
    'twice the same',
    object({ n: { uniqueItems: true } }),
    {
      n: [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    },
    ['n: has the same value twice'],
  ],
  ['one after the other', object({ n: { uniqueItems: true } }), { n: [1, '1', [1], { a: 1 }] }, []],
  [
    'a field that objects inherit',
    object({}, { required: ['toString'] }),
    {},
    ['toString: is missing'],
  ],
  [
    'a field inside that objects inherit',
    object({ a: object({}, { required: ['toString'] }) }),
    { a: {} },
    ['a.toString: is missing'],
  ],
  ['what objects inherit is no field', object({ constructor: { type: 'string' } }), {}, []],
])('%s', async (_, schema, args, sentences) => {
  expect(await say(schema, args)).toEqual(sentences)
})

test('a sentence never repeats the value: it may be a secret', async () => {
  const schema = object({
    a: { type: 'integer' },
    b: { enum: ['x'] },
    c: { anyOf: [{ type: 'null' }, { maxLength: 3 }] },
    d: { const: 1 },
  })
  for (const field of ['a', 'b', 'c', 'd']) {
    const said = (await say(schema, { [field]: 'canary-4711' })).join()
    expect(said).toContain(`${field}: `)
    expect(said).not.toContain('canary')
  }
})

test('sentences are few and short', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `field-${index}-${'x'.repeat(300)}`)
  const said = await say(object({}, { required: names }), {})
  expect(said).toHaveLength(SENTENCES_MAX)
  for (const sentence of said) expect(sentence.length).toBeLessThanOrEqual(200)
})

// A schema of a stranger that takes for ever, lets everything in, or reaches out.
test('a pattern is not run, however it would end', async () => {
  const evil = '^(a+)+$'
  const schema = object(
    { a: { type: 'string', pattern: evil, format: 'regex' } },
    { patternProperties: { [evil]: {} }, propertyNames: { pattern: evil } },
  )
  const args = { a: `${'a'.repeat(50_000)}!`, [`${'a'.repeat(50_000)}!`]: 1 }
  expect(await say(schema, args)).toEqual([])
})

test('a promise to answer later lets nothing in', async () => {
  const schema = object({ a: { type: 'string' } }, { $async: true })
  expect(await say(schema, { a: 1 })).toEqual(['a: is not of type string'])
})

test('two schemas that claim one name do not meet', async () => {
  const check = argumentCheck()
  const named = (type: string): Json => object({ a: { type } }, { $id: 'https://a.example/s' })
  const both = [named('string'), named('integer')]
  for (const schema of both) expect(await check.faultsOf(schema)).toEqual([])
  const args = { a: 1 }
  expect(await check.check({ hash: '1', schema: named('string'), args })).toHaveLength(1)
  expect(await check.check({ hash: '2', schema: named('integer'), args })).toEqual([])
})

test('what would be looked at too often is refused, and small values are not', async () => {
  const twice = { properties: { a: { $ref: '#' } } }
  const schema = object({}, { allOf: [twice, twice] })
  const nested = (depth: number): Json => (depth === 0 ? {} : { a: nested(depth - 1) })
  expect(await say(schema, nested(10))).toEqual([])
  expect(await say(schema, nested(30))).toEqual([expect.stringContaining('too deep')])
})

test('a long list of different objects is compared in time', async () => {
  const schema = object({ a: { type: 'array', uniqueItems: true } })
  const a = Array.from({ length: 15_000 }, (_, index) => ({ id: index }))
  expect(await say(schema, { a })).toEqual([])
  expect(await say(schema, { a: [...a, { id: 7 }] })).toHaveLength(1)
})

test.each([
  ['deeper than doors allow', () => nest(40)],
  ['no number', () => ({ a: Number.NaN })],
  ['half a character', () => ({ a: '\uD800' })],
])('arguments that are %s are refused', async (_, make) => {
  expect(await say(object({}), make())).toEqual(['the arguments: are too deep, or no JSON'])
})
const nest = (depth: number): Json => (depth === 0 ? {} : { a: nest(depth - 1) })

test.each<[string, Json, RegExp]>([
  ['a type that is none', object({ a: { type: 'text' } }), /properties\.a\.type/],
  ['a list where a text belongs', object({}, { required: 'a' }), /required/],
  ['an object where a schema belongs', object({ a: { anyOf: {} } }), /anyOf/],
  ['a negative length', object({ a: { minLength: -1 } }), /minLength/],
  ['an empty choice', object({ a: { anyOf: [] } }), /anyOf/],
])('%s is found when a definition is, not when it is called', async (_, schema, fault) => {
  const faults = await argumentCheck().faultsOf(schema)
  expect(faults.length).toBeGreaterThan(0)
  expect(faults.join()).toMatch(fault)
})

test.each<[string, Json]>([
  [
    'of draft 7 with places',
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      ...object({ a: { type: 'array', items: [{}] } }),
    },
  ],
  ['of draft 4', object({ a: { type: 'number', minimum: 0, exclusiveMinimum: true } })],
  ['of OpenAPI 3.0', object({ a: { type: 'string', nullable: true, example: 'x' } })],
  ['with a format nobody knows', object({ a: { type: 'string', format: 'made-up' } })],
  ['with a pattern that is none', object({ a: { type: 'string', pattern: '(' } })],
  ['with words of its own', object({ a: { 'x-order': 1, widget: 'y' } })],
])('a schema %s is fine', async (_, schema) => {
  expect(await argumentCheck().faultsOf(schema)).toEqual([])
})

test('a schema that was dropped is compiled again', async () => {
  const check = argumentCheck()
  const schema = object({ a: { type: 'string' } })
  for (let index = 0; index <= COMPILED_MAX; index++) {
    await check.check({ hash: `h${index}`, schema, args: {} })
  }
  expect(await check.check({ hash: 'h0', schema, args: { a: 1 } })).toHaveLength(1)
})

// An oracle: the library with nothing taken out, over schemas without patterns.
const type = fc.constantFrom('string', 'integer', 'number', 'boolean', 'null', 'array', 'object')
const leaf = fc.oneof(
  fc.record({ type }),
  fc.record({ enum: fc.array(fc.jsonValue({ maxDepth: 0 }), { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -2, max: 2 }) }),
  fc.record({ items: fc.record({ type }), uniqueItems: fc.boolean(), maxItems: fc.nat(3) }),
  fc.record({ anyOf: fc.array(fc.record({ type }), { minLength: 1, maxLength: 3 }) }),
)
const name = fc.constantFrom('a', 'b', 'c')
const schemas = fc.record({
  type: fc.constant('object'),
  properties: fc.dictionary(name, leaf, { noNullPrototype: true }),
  required: fc.uniqueArray(name),
  additionalProperties: fc.boolean(),
})

test('it takes what the library takes, and refuses what the library refuses', async () => {
  const check = argumentCheck()
  const args = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true })
  await fc.assert(
    fc.asyncProperty(schemas, args, async (schema, value) => {
      fc.pre(JSON.stringify(value).isWellFormed())
      const oracle = new Ajv2020({ strict: false, logger: false, validateFormats: false })
      const said = await check.check({ hash: `o${hash++}`, schema, args: value })
      expect(said.length === 0).toBe(oracle.validate(schema, value))
    }),
    { numRuns: 60 },
  )
}, 30_000)
