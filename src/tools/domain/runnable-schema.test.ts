import { expect, test } from 'vitest'
import { runnable } from './runnable-schema.ts'

test.each([
  [
    'patterns and formats',
    { pattern: '(a+)+$', format: 'regex', type: 'string' },
    { type: 'string' },
  ],
  ['words', { title: 't', description: 'd', examples: [1], default: 1, $comment: 'c' }, {}],
  ['names of its own', { $id: 'https://a.example/', $schema: 'x', $anchor: 'a' }, {}],
  ['a promise to answer later', { $async: true, type: 'object' }, { type: 'object' }],
  [
    'patterns of names, with what depends on them',
    {
      patternProperties: { '(a+)+$': {} },
      additionalProperties: false,
      unevaluatedProperties: false,
    },
    {},
  ],
  [
    'what patterns far inside would have counted',
    { allOf: [{ patternProperties: { a: {} } }], unevaluatedProperties: false },
    { allOf: [{}] },
  ],
])('%s are left out', (_, schema, expected) => {
  expect(runnable(schema)).toEqual(expected)
})

test('unknown fields stay refused where no pattern lets them in', () => {
  const schema = { type: 'object', additionalProperties: false, unevaluatedProperties: false }
  expect(runnable(schema)).toEqual(schema)
})

test('fields and values that are called like keywords stay', () => {
  const schema = {
    type: 'object',
    properties: { pattern: { type: 'string' }, format: {}, default: {}, description: {} },
    enum: [{ pattern: 'x', title: 'y' }],
    const: { format: 'x' },
    required: ['pattern'],
  }
  expect(runnable(schema)).toEqual(schema)
})

test.each([
  ['a list of places', { items: [{ type: 'string' }] }, { prefixItems: [{ type: 'string' }] }],
  [
    'a list of places with a rest',
    { items: [{}], additionalItems: false },
    { prefixItems: [{}], items: false },
  ],
  ['a rest without places', { items: {}, additionalItems: false }, { items: {} }],
  [
    'an exclusive bound',
    { minimum: 1, exclusiveMinimum: true },
    { minimum: 1, exclusiveMinimum: 1 },
  ],
  ['an inclusive bound', { maximum: 1, exclusiveMaximum: false }, { maximum: 1 }],
  ['a bound of today', { exclusiveMinimum: 0 }, { exclusiveMinimum: 0 }],
  [
    'dependencies',
    { dependencies: { a: ['b'], c: { required: ['d'] } } },
    { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } } },
  ],
  ['what may be null', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  [
    'a choice that may be null',
    { type: 'string', nullable: true, enum: ['a'] },
    { type: ['string', 'null'], enum: ['a', null] },
  ],
])('%s of an older draft is written in words of today', (_, schema, expected) => {
  expect(runnable(schema)).toEqual(expected)
})
