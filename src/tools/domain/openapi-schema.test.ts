import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../../kernel/refusal.ts'
import type { Json } from './json.ts'
import { readOpenApiDocument } from './openapi-document.ts'
import { UNFIT } from './openapi-json.ts'
import type { SchemaGround } from './openapi-schema.ts'
import { translated } from './openapi-schema.ts'
import { faultsOf } from './schema-limits.ts'

type Options = Readonly<{ schemas?: Json; dialect?: '3.0' | '3.1'; depthMax?: number }>

const groundOf = ({ schemas = {}, dialect = '3.0', depthMax = 11 }: Options): SchemaGround => ({
  ...{ document: { components: { schemas } }, dialect, depthMax, left: { nodes: 500 } },
})
const START = { depth: 1, within: [] }
const translate = (schema: unknown, options: Options = {}): Json =>
  translated(schema, START, groundOf(options))
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

test.each([
  [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
  [
    { type: 'string', nullable: true, enum: ['a'] },
    { type: ['string', 'null'], enum: ['a', null] },
  ],
  [
    { nullable: true, allOf: [{ type: 'object' }] },
    { anyOf: [{ allOf: [{ type: 'object' }] }, { type: 'null' }] },
  ],
  [
    { type: 'integer', minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
    { type: 'integer', exclusiveMinimum: 1, maximum: 9 },
  ],
  [
    { type: 'string', format: 'byte' },
    { type: 'string', contentEncoding: 'base64' },
  ],
  [{ type: 'integer', format: 'int64' }, { type: 'integer' }],
  [
    { type: 'string', example: 'rex' },
    { type: 'string', examples: ['rex'] },
  ],
  [
    { type: 'string', pattern: '^(a+)+$' },
    { type: 'string', description: 'Matches ^(a+)+$' },
  ],
  [
    { oneOf: [{ type: 'string' }, { type: 'number' }], discriminator: { propertyName: 'x' } },
    { anyOf: [{ type: 'string' }, { type: 'number' }] },
  ],
  [{ type: 'string', not: { enum: ['x'] }, xml: {}, 'x-internal': 1 }, { type: 'string' }],
  [
    { type: 'object', patternProperties: { '^a': {} }, additionalProperties: false },
    { type: 'object', additionalProperties: true },
  ],
  [{ minimum: '1', enum: [], required: true, type: 'any', maxLength: -1, multipleOf: 0 }, {}],
])('%o of 3.0 becomes %o', (schema, wanted) => {
  expect(translate(schema)).toEqual(wanted)
})

test.each([
  [{ type: ['string', 'null'], nullable: true }, { type: ['string', 'null'] }],
  [
    { type: 'integer', exclusiveMinimum: 1 },
    { type: 'integer', exclusiveMinimum: 1 },
  ],
  [{ const: 'a' }, { const: 'a' }],
  [
    { prefixItems: [{ type: 'string' }], items: false },
    { prefixItems: [{ type: 'string' }], items: { not: {} } },
  ],
  [true, {}],
  [
    { ...ref('Pet'), description: 'Mine.' },
    { type: 'string', description: 'Mine.' },
  ],
  [{ ...ref('Pet'), minLength: 2 }, { allOf: [{ type: 'string' }, { minLength: 2 }] }],
])('%o of 3.1 becomes %o', (schema, wanted) => {
  const schemas = { Pet: { type: 'string' } }
  expect(translate(schema, { dialect: '3.1', schemas })).toEqual(wanted)
})

test('a reference is replaced by what it points at, and a circle ends with its type', () => {
  const schemas = {
    Node: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        next: ref('Node'),
        all: { type: 'array', items: ref('Node') },
      },
    },
  }
  expect(translate(ref('Node'), { schemas })).toEqual({
    type: 'object',
    properties: {
      name: { type: 'string' },
      next: { type: 'object', description: 'Goes deeper than is told here.' },
      all: {
        type: 'array',
        items: { type: 'object', description: 'Goes deeper than is told here.' },
      },
    },
  })
})

test('what only answers have is neither asked for nor required', () => {
  const schemas = { Id: { type: 'string', readOnly: true } }
  const properties = { id: ref('Id'), at: { readOnly: true }, name: { type: 'string' } }
  const schema = { type: 'object', required: ['id', 'at', 'name'], properties }
  expect(translate(schema, { schemas })).toEqual({
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' } },
  })
})

test.each([
  ['another file', { $ref: 'pets.yaml#/Pet' }],
  ['another address', { $ref: 'https://evil.example/a.json' }],
  ['nothing', ref('Nobody')],
  ['what every object has', { $ref: '#/constructor/prototype' }],
  ['an anchor', { $ref: '#pet' }],
  ['broken percent signs', { $ref: '#/a%zz' }],
  ['whatever is meant later', { $dynamicRef: '#node' }],
])('a reference to %s is refused', (_, schema) => {
  expect(() => translate(schema)).toThrow(expect.objectContaining({ code: UNFIT }))
})

test('a property that would change what objects are is refused', () => {
  const schema: unknown = JSON.parse('{"properties":{"__proto__":{"type":"string"}}}')
  expect(() => translate(schema)).toThrow(expect.objectContaining({ code: UNFIT }))
})

const bodyOf = (schema: unknown, schemas: unknown = {}) =>
  readOpenApiDocument({
    openapi: '3.0.3',
    components: { schemas },
    paths: {
      '/x': { post: { requestBody: { content: { 'application/json': { schema } } } } },
    },
  })

test('a schema that doubles with every reference is told less deeply, and quickly', () => {
  const schemas = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `L${at}`,
      { type: 'object', properties: { a: ref(`L${at + 1}`), b: ref(`L${at + 1}`) } },
    ]),
  )
  const { operations, left } = bodyOf(ref('L0'), { ...schemas, L30: { type: 'string' } })
  expect(left).toEqual([])
  const schema = operations[0]?.inputSchema ?? {}
  expect(faultsOf(schema)).toEqual([])
  expect(JSON.stringify(schema)).toContain('Goes deeper than is told here.')
})

test('an operation with more fields than a tool may have is left out with a reason', () => {
  const properties = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`f${at}`, {}]))
  expect(bodyOf({ type: 'object', properties })).toMatchObject({
    operations: [],
    left: [{ operation: 'POST /x', why: expect.stringContaining('larger than a tool may have') }],
  })
})

test('a body that stays one field may be as large as one that does not', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`f${at}`, { type: 'string', maxLength: at }]),
  )
  const { operations } = bodyOf({ type: 'object', properties, additionalProperties: true })
  expect(operations[0]?.inputSchema).toMatchObject({
    properties: { body: { properties: { f299: { maxLength: 299 } } } },
  })
})

const KEYWORDS = [
  ...['type', 'nullable', 'enum', 'const', 'default', 'example', 'examples', 'format', 'pattern'],
  ...['minimum', 'exclusiveMinimum', 'maximum', 'multipleOf', 'minLength', 'maxItems', 'title'],
  ...['required', 'properties', 'additionalProperties', 'items', 'prefixItems', 'allOf', 'oneOf'],
  ...['anyOf', 'not', 'if', 'readOnly', '$ref', '$id', '$schema', 'contentEncoding', 'unknown'],
]
const VALUES = [
  ...['string', 'object', 'array', 'null', 'date-time', '(', '#/components/schemas/Self', '', '#'],
]
const { schema: anySchema } = fc.letrec((tie) => ({
  schema: fc.dictionary(fc.constantFrom(...KEYWORDS), tie('value'), { maxKeys: 6 }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(...VALUES, true, false, null, 0, 1, -1, 1.5, 1e300),
    fc.array(fc.constantFrom('string', 'a', 'null', 1), { maxLength: 3 }),
    tie('schema'),
    fc.array(tie('schema'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), tie('schema'), { maxKeys: 3 }),
  ),
}))

test('whatever a document says, the schema of a tool is one that can be used', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false })
  let made = 0
  fc.assert(
    fc.property(anySchema, fc.constantFrom('3.0.3', '3.1.0'), (schema, openapi) => {
      const tools = readOpenApiDocument({
        openapi,
        components: { schemas: { Self: schema } },
        paths: {
          '/x/{id}': {
            parameters: [{ name: 'q', in: 'query', schema }],
            post: { requestBody: { content: { 'application/json': { schema } } } },
          },
        },
      })
      for (const { inputSchema } of tools.operations) {
        made += 1
        expect(faultsOf(inputSchema)).toEqual([])
        expect(JSON.stringify(inputSchema)).not.toContain('"$ref":"')
        ajv.compile(inputSchema)
      }
      return tools.operations.length + tools.left.length === 1
    }),
    { numRuns: 500 },
  )
  expect(made).toBeGreaterThan(250)
})

test('translating says never more than the schema said', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false })
  let compared = 0
  fc.assert(
    fc.property(anySchema, fc.jsonValue({ maxDepth: 2 }), (schema, value) => {
      const validate = compiled(ajv, schema)
      if (validate === null || !validate(value)) return
      try {
        const schemas = { Self: schema }
        const looser = ajv.compile(translate(schema, { schemas, dialect: '3.1', depthMax: 3 }))
        compared += 1
        expect(looser(value)).toBe(true)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
      }
    }),
    { numRuns: 2_000 },
  )
  expect(compared).toBeGreaterThan(100)
})

const compiled = (ajv: Ajv2020, schema: unknown) => {
  const text = JSON.stringify(schema)
  if (typeof schema !== 'object' || schema === null || /"(?:\$id|\$ref|readOnly)"/.test(text))
    return null
  try {
    return ajv.compile(schema)
  } catch {
    return null
  }
}
