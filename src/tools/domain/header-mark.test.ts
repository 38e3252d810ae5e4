import { expect, test } from 'vitest'
import { headerMarks, withoutHeaderMarks } from './header-mark.ts'
import type { Json } from './json.ts'

const fields = (properties: Json): Json => ({ type: 'object', properties })
const marked = (type: unknown, mark: unknown): Json => ({ type, 'x-mcp-header': mark })

test('marks are found at any depth of named fields', () => {
  const schema = fields({
    region: marked('string', 'Region'),
    limit: marked('integer', 'Limit'),
    deep: fields({ dry: marked('boolean', 'Dry-Run'), plain: { type: 'string' } }),
  })
  expect(headerMarks(schema)).toEqual({
    kind: 'valid',
    marks: [
      { header: 'Region', path: ['region'], type: 'string' },
      { header: 'Limit', path: ['limit'], type: 'integer' },
      { header: 'Dry-Run', path: ['deep', 'dry'], type: 'boolean' },
    ],
  })
})

test('a field that is called like the mark is no mark', () => {
  const schema = fields({ 'x-mcp-header': { type: 'string' } })
  expect(headerMarks(schema)).toEqual({ kind: 'valid', marks: [] })
  expect(withoutHeaderMarks(schema)).toEqual(schema)
})

test.each<[string, Json]>([
  ['an empty name', fields({ a: marked('string', '') })],
  ['a name that is no text', fields({ a: marked('string', 1) })],
  ['a space', fields({ a: marked('string', 'My Region') })],
  ['a colon', fields({ a: marked('string', 'Region:Primary') })],
  ['a line end', fields({ a: marked('string', 'Region\r\nX-Evil: 1') })],
  ['a letter beyond ASCII', fields({ a: marked('string', 'Región') })],
  ['a tab', fields({ a: marked('string', 'Re\tgion') })],
  ['a number', fields({ a: marked('number', 'A') })],
  ['an object', fields({ a: marked('object', 'A') })],
  ['a list', fields({ a: marked('array', 'A') })],
  ['nothing', fields({ a: marked('null', 'A') })],
  ['no type', fields({ a: { 'x-mcp-header': 'A' } })],
  ['several types', fields({ a: marked(['string', 'null'], 'A') })],
  ['the same name twice', fields({ a: marked('string', 'A'), b: marked('string', 'A') })],
  [
    'the same name in another case',
    fields({ a: marked('string', 'Ab'), b: marked('string', 'aB') }),
  ],
  [
    'the same name further down',
    fields({ a: marked('string', 'A'), b: fields({ c: marked('string', 'A') }) }),
  ],
  ['the whole', { ...fields({}), 'x-mcp-header': 'A' }],
  ['items of a list', fields({ a: { type: 'array', items: marked('string', 'A') } })],
  ['a choice', fields({ a: { anyOf: [marked('string', 'A')] } })],
  ['a choice of the whole', { ...fields({}), oneOf: [fields({ a: marked('string', 'A') })] }],
  ['a condition', { ...fields({}), if: fields({ a: marked('string', 'A') }) }],
  ['a shelf', { ...fields({ a: { $ref: '#/$defs/a' } }), $defs: { a: marked('string', 'A') } }],
  ['further fields', { ...fields({}), additionalProperties: marked('string', 'A') }],
  ['fields by pattern', { ...fields({}), patternProperties: { '^a': marked('string', 'A') } }],
])('%s with a mark makes the tool unusable', (_, schema) => {
  expect(headerMarks(schema)).toMatchObject({ kind: 'invalid', say: expect.any(String) })
})

test('clients of the hub see no marks', () => {
  const schema = fields({ a: marked('string', 'A'), b: fields({ c: marked('integer', 'C') }) })
  expect(withoutHeaderMarks(schema)).toEqual(
    fields({ a: { type: 'string' }, b: fields({ c: { type: 'integer' } }) }),
  )
})
