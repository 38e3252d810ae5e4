import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { argumentNames, signatureOf } from './signature.ts'

const sign = (properties: Json, more: Json = {}): string =>
  signatureOf('fs__x', {
    kind: 'tool',
    name: 'x',
    body: { name: 'x', inputSchema: { type: 'object', properties, ...more } },
  })

test('a signature names arguments and types, says what it does, and what comes back', () => {
  const body = {
    name: 'create_issue',
    description: 'Creates an issue\n   in a repository.',
    inputSchema: {
      type: 'object',
      properties: {
        labels: { type: 'array', items: { type: 'string' } },
        repo: { type: 'string', description: 'owner/name' },
        state: { enum: ['open', 'closed'], default: 'open' },
      },
      required: ['repo'],
    },
    outputSchema: {
      type: 'object',
      properties: { number: { type: 'integer' } },
      required: ['number'],
    },
  }
  expect(signatureOf('github__create_issue', { kind: 'tool', name: 'create_issue', body })).toBe(
    [
      'github__create_issue(repo: string, labels?: string[], state?: "open" | "closed" = "open")',
      'Creates an issue in a repository.',
      '- repo: owner/name',
      'returns {number: integer}',
    ].join('\n'),
  )
})

test.each<[string, Json, string]>([
  ['a text with a format', { type: 'string', format: 'date' }, 'string(date)'],
  ['bounds', { type: 'integer', minimum: 1, maximum: 100 }, 'integer(1..100)'],
  ['one bound', { type: 'number', minimum: 0 }, 'number(0..)'],
  ['bounds that say nothing', { type: 'integer', maximum: 9007199254740991 }, 'integer'],
  ['a constant', { const: 'a' }, '"a"'],
  ['two types', { type: ['string', 'null'] }, 'string | null'],
  ['a choice', { anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'string | integer'],
  ['the same twice', { oneOf: [{ type: 'string' }, { type: 'string', pattern: 'a' }] }, 'string'],
  ['a list of a choice', { type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
  ['places', { type: 'array', prefixItems: [{ type: 'string' }, true] }, '[string, any]'],
  ['places of an older draft', { type: 'array', items: [{ type: 'string' }] }, '[string]'],
  ['a list of anything', { type: 'array' }, 'any[]'],
  [
    'fields',
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    '{a: string}',
  ],
  ['free fields', { type: 'object', additionalProperties: { type: 'number' } }, '{[key]: number}'],
  ['nothing known', {}, 'any'],
  ['a ref', { $ref: '#/$defs/id' }, 'integer'],
  ['a ref that leads nowhere', { $ref: '#/$defs/none' }, 'any'],
])('%s is written as a type', (_, schema, text) => {
  const signature = sign({ a: schema }, { required: ['a'], $defs: { id: { type: 'integer' } } })
  expect(signature).toBe(`fs__x(a: ${text})`)
})

test('a type that contains itself ends', () => {
  const tree = { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } }
  const text = sign({ a: { $ref: '#/$defs/tree' } }, { $defs: { tree } })
  expect(text).toBe('fs__x(a?: {child?: {child?: {child?: {child?: object}}}})')
  expect(sign({ a: { $ref: '#/properties/a' } })).toBe('fs__x(a?: any)')
})

test('hidden characters reach no model', () => {
  const text = sign({ a: { type: 'string', description: 'x\u200By\u{E0061}', title: '\u202E' } })
  expect(text).toBe('fs__x(a?: string)\n- a: xy')
})

const huge = (count: number, words: number): Json =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `argument_number_${index}`,
      {
        type: 'object',
        description: 'word '.repeat(words),
        properties: { one: { enum: Array.from({ length: 30 }, (__, at) => `value-${at}`) } },
      },
    ]),
  )

test.each([
  ['many words', 10, 2_000],
  ['many arguments', 90, 5],
  ['far too many', 400, 50],
])('with %s it stays within 1,500 tokens, and says the same each time', (_, count, words) => {
  const text = sign(huge(count, words))
  expect(text.length).toBeLessThanOrEqual(6_000)
  expect(encode(text).length).toBeLessThanOrEqual(1_500)
  expect(text.length).toBeGreaterThan(300)
  expect(sign(huge(count, words))).toBe(text)
  if (count > 80) expect(text).toMatch(/…\d+ more/)
})

test('names of arguments are given for searching, the needed ones first', () => {
  const schema = { properties: { a: {}, b: {} }, required: ['b'] }
  expect(argumentNames(schema)).toEqual(['b', 'a'])
  expect(argumentNames(undefined)).toEqual([])
})
