import { expect, test } from 'vitest'
import { filledIn, problemsAt, WHOLE } from './draft.ts'
import { type Field, fieldsOf } from './fields.ts'

const kindsOf = (schema: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries((fieldsOf(schema) ?? []).map(({ name, kind }) => [name, kind]))

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })

test('what people can fill in has a field, and everything else is JSON', () => {
  const schema = object({
    text: { type: 'string' },
    count: { type: 'integer' },
    part: { type: ['number', 'null'] },
    sure: { type: 'boolean' },
    way: { enum: ['up', 'down'] },
    one: { oneOf: [{ const: 1 }, { const: 2 }] },
    maybe: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    tags: { type: 'array', items: { type: 'string' } },
    ways: { type: 'array', items: { enum: ['a', 'b'] } },
    pairs: { type: 'array', items: { type: 'object' } },
    either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    open: { type: 'object' },
    any: {},
    ref: { $ref: '#/$defs/name', description: 'Its own words' },
    self: { $ref: '#/$defs/self' },
    lost: { $ref: '#/$defs/nothing' },
    far: { $ref: 'https://example.org/x' },
  })
  const $defs = { name: { type: 'string' }, self: { $ref: '#/$defs/self' } }
  expect(kindsOf({ ...schema, $defs })).toEqual({
    ...{ text: 'text', count: 'number', part: 'number', sure: 'flag', way: 'choice' },
    ...{ one: 'choice', maybe: 'text', tags: 'list', ways: 'list', pairs: 'json', ref: 'text' },
    ...{ either: 'json', open: 'json', any: 'json', self: 'json', lost: 'json', far: 'json' },
  })
})

test('objects have fields of their own down to the third level', () => {
  const deep = object({ a: object({ b: object({ c: object({ d: { type: 'string' } }) }) }) })
  const kinds: string[] = []
  let fields = fieldsOf(deep)
  while (fields !== null) {
    const field: Field | undefined = fields[0]
    kinds.push(`${field?.path} ${field?.kind}`)
    fields = field?.kind === 'group' ? field.fields : null
  }
  expect(kinds).toEqual(['a group', 'a.b group', 'a.b.c json'])
})

test('arguments without known members are JSON as a whole', () => {
  expect(fieldsOf({ type: 'object', additionalProperties: { type: 'string' } })).toBe(null)
  expect(fieldsOf({ type: 'object', required: ['unnamed'] })).toBe(null)
  expect(fieldsOf({ anyOf: [object({}), object({})] })).toBe(null)
  expect(fieldsOf({ type: 'object' })).toEqual([])
})

const FORM = object(
  {
    repo: object({ name: { type: 'string' }, stars: { type: 'integer' } }, { required: ['name'] }),
    text: { type: 'string' },
    way: { enum: [1, '1', null] },
    size: { type: 'integer', minimum: 1, maximum: 9 },
    nums: { type: 'array', items: { type: 'integer' } },
    sure: { type: 'boolean' },
    free: {},
  },
  { required: ['text'] },
)
const fields = fieldsOf(FORM) ?? []

test('a filled form gives the arguments, and nothing of what was left empty', () => {
  const draft = {
    ...{ text: 'hi\nthere', way: '1', size: '3', nums: '1\n\n2', sure: 'false' },
    ...{ free: '{"a":[1]}', 'repo.name': 'hall' },
  }
  const { args, problems } = filledIn(fields, draft)
  expect(args).toEqual({
    ...{ text: 'hi\nthere', way: '1', size: 3, nums: [1, 2], sure: false, free: { a: [1] } },
    repo: { name: 'hall' },
  })
  expect([...problems]).toEqual([])
  expect(filledIn(fields, { text: 'x', way: '2' }).args).toEqual({ text: 'x', way: null })
})

test('what is missing or does not fit is told at its field', () => {
  const draft = { size: '12', nums: '1\nx', free: '{', 'repo.stars': '1.5' }
  const problems = [...filledIn(fields, draft).problems.keys()].toSorted()
  expect(problems).toEqual(['free', 'nums', 'repo.name', 'repo.stars', 'size', 'text'])
  // An object that is left out as a whole misses nothing.
  expect([...filledIn(fields, { text: 'x' }).problems]).toEqual([])
})

test('what the hub says is shown at the field that it is about', () => {
  const said = [
    ...['text: is missing', 'nums[1]: is not of type integer', 'repo.name: is missing'],
    ...['textual: is not known to this tool', 'the arguments: are too deep'],
  ]
  expect([...problemsAt(said, fields)]).toEqual([
    ['text', 'is missing'],
    ['nums', 'is not of type integer'],
    ['repo.name', 'is missing'],
    [WHOLE, 'textual: is not known to this tool the arguments: are too deep'],
  ])
})
