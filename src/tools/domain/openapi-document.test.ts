import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { readOpenApiDocument } from './openapi-document.ts'

const ok = { responses: { 200: { description: 'Done.' } } }
const document = (paths: Json, more: Json = {}): Json => ({
  ...{ openapi: '3.0.3', info: { title: 'Pets', version: '2.1' }, paths },
  ...more,
})
const read = (paths: Json, more: Json = {}) => readOpenApiDocument(document(paths, more))
const json = (schema: unknown, more: object = {}) => ({
  requestBody: { content: { 'application/json': { schema } }, ...more },
})
const query = (name: string, more: object = {}) => ({
  ...{ name, in: 'query', schema: { type: 'string' } },
  ...more,
})

test('a method tells what an operation does', () => {
  const item = { get: ok, head: ok, post: ok, put: ok, patch: ok, delete: ok, options: ok }
  const { operations } = read({ '/pets': item })
  expect(operations.map(({ request, effect }) => `${request.method} ${effect}`)).toEqual([
    'GET read',
    'HEAD read',
    'POST write',
    'PUT write',
    'PATCH write',
    'DELETE destroy',
    'OPTIONS write',
  ])
})

test('a name is the operation id, or the method and path', () => {
  const { operations } = read({
    '/pets/{pet-id}/toys': { get: { operationId: 'pets.toys:list' }, post: ok },
    '/': { get: { operationId: '' } },
  })
  expect(operations.map(({ name }) => name)).toEqual([
    'pets_toys_list',
    'post_pets_pet-id_toys',
    'get',
  ])
})

test('operations that would be called alike get a mark that does not depend on their order', () => {
  const one = { '/a': { get: { operationId: 'find' } } }
  const two = { '/b': { get: { operationId: 'find' } } }
  const named = (paths: Json) =>
    Object.fromEntries(read(paths).operations.map(({ name, request }) => [request.path, name]))
  const names = named({ ...one, ...two })
  expect(named({ ...two, ...one })).toEqual(names)
  expect(new Set(Object.values(names)).size).toBe(2)
  for (const name of Object.values(names)) expect(name).toMatch(/^find_[0-9a-f]{6}$/)
})

test('the description names the address, so that another address is another definition', () => {
  const { operations } = read({
    '/pets/{id}': { get: { summary: 'Read a pet', description: 'Long.', deprecated: true } },
  })
  expect(operations[0]).toMatchObject({
    title: 'Read a pet',
    description: 'Deprecated. Long.\nGET /pets/{id}',
  })
})

test('parameters and the members of the body are one flat input', () => {
  const { operations } = read(
    {
      '/pets/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        put: {
          parameters: [
            query('dry', { schema: { type: 'boolean' }, description: 'Only tries.' }),
            { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } },
            { $ref: '#/components/parameters/Fields' },
          ],
          ...json({
            allOf: [
              { $ref: '#/components/schemas/Pet' },
              { type: 'object', properties: { age: { type: 'integer' } } },
            ],
          }),
        },
      },
    },
    {
      components: {
        parameters: {
          Fields: query('fields[]', { schema: { type: 'array', items: { type: 'string' } } }),
        },
        schemas: {
          Pet: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      },
    },
  )
  expect(operations[0]?.inputSchema).toEqual({
    type: 'object',
    properties: {
      dry: { type: 'boolean', description: 'Only tries.' },
      'If-Match': { type: 'string' },
      fields: { type: 'array', items: { type: 'string' } },
      id: { type: 'integer' },
      name: { type: 'string' },
      age: { type: 'integer' },
    },
    required: ['If-Match', 'id', 'name'],
    additionalProperties: false,
  })
})

const fieldsOf = (operation: Json, path = '/x'): readonly string[] => {
  const { operations, left } = read({ [path]: { post: operation } })
  expect(left).toEqual([])
  return Object.keys(Object(operations[0]?.inputSchema['properties']))
}

test.each([
  ['shares a name with a parameter', { type: 'object', properties: { id: {} } }],
  ['is a list', { type: 'array', items: {} }],
  ['has alternatives', { oneOf: [{ type: 'object', properties: { a: {} } }] }],
  [
    'has members of any name',
    { type: 'object', properties: { a: {} }, additionalProperties: true },
  ],
  [
    'has members that fit a pattern',
    { type: 'object', properties: { a: {} }, patternProperties: { '^x-': {} } },
  ],
  [
    'describes a member in two ways',
    { allOf: [{ properties: { a: { type: 'string' } } }, { properties: { a: { maxLength: 3 } } }] },
  ],
  ['has no members', { type: 'object' }],
  ['may be null', { type: 'object', nullable: true, properties: { a: {} } }],
  [
    'requires what it does not describe',
    { type: 'object', required: ['b'], properties: { a: {} } },
  ],
  ['has two members of one field', { type: 'object', properties: { 'a b': {}, 'a/b': {} } }],
])('a body that %s stays one field', (_, schema) => {
  expect(fieldsOf({ parameters: [query('id')], ...json(schema) })).toEqual(['id', 'body'])
})

test('a body beside a parameter called body gets another name', () => {
  expect(fieldsOf({ parameters: [query('body')], ...json({ type: 'array' }) })).toEqual([
    'body',
    'body_2',
  ])
})

test('parameters of one name are told apart by their places', () => {
  expect(fieldsOf({ parameters: [query('id')] }, '/x/{id}')).toEqual(['query_id', 'path_id'])
})

test.each([
  ['what the connection says itself', ['Authorization', 'Accept', 'Content-Type']],
  ['the place of a credential', ['X-Key', 'x-key', 'X_Key']],
  ['the address of somebody else', ['X-Forwarded-Host', 'X_Forwarded_For', 'Forwarded', 'Host']],
  ['another method', ['X-HTTP-Method-Override', 'X-Method-Override']],
  ['the frame of the request', ['Content-Length', 'Transfer-Encoding', 'Connection', 'Cookie']],
  ['another proxy', ['Proxy-Authorization', 'Sec-Fetch-Site', 'Origin']],
  ['two headers', ['A\r\nB', 'A: b', 'Ä']],
])('a header for %s is no field', (_, names) => {
  const parameters = names.map((name) => ({ name, in: 'header', schema: { type: 'string' } }))
  const { operations } = read(
    { '/x': { get: { parameters } } },
    {
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
    },
  )
  expect(operations[0]?.request.slots).toEqual([])
})

const required = { required: true, schema: {} }
test.each([
  ['echoes', { trace: ok }, 'TRACE'],
  [
    'needs a header of the connection',
    { get: { parameters: [{ name: 'Host', in: 'header', ...required }] } },
    'Host',
  ],
  [
    'needs another method',
    { post: { parameters: [query('_method', { required: true })] } },
    '_method',
  ],
  [
    'sends files',
    { post: { requestBody: { content: { 'multipart/form-data': {} } } } },
    'multipart',
  ],
  [
    'writes in an unknown style',
    { get: { parameters: [query('a', { style: 'matrix' })] } },
    'style',
  ],
  [
    'has a parameter as XML',
    { get: { parameters: [{ name: 'a', in: 'query', content: { 'text/xml': {} } }] } },
    'xml',
  ],
  ['has a parameter without a name', { get: { parameters: [{ in: 'query' }] } }, 'no name'],
  [
    'refers to another document',
    { get: { parameters: [{ $ref: 'other.yaml#/a' }] } },
    'another document',
  ],
  [
    'refers in a circle',
    { get: { parameters: [{ $ref: '#/components/parameters/A' }] } },
    'circle',
  ],
  ['lives elsewhere', { get: { servers: [{ url: 'https://uploads.example.com' }] } }, 'server'],
  [
    'has too many parameters',
    { get: { parameters: Array.from({ length: 101 }, (_, at) => query(`q${at}`)) } },
    '100',
  ],
])('an operation that %s is left out with the reason', (_, item, why) => {
  const circle = { $ref: '#/components/parameters/A' }
  const { operations, left } = read(
    { '/x': item, '/y': { get: ok } },
    {
      components: { parameters: { A: circle } },
    },
  )
  expect(operations.map(({ name }) => name)).toEqual(['get_y'])
  expect(left).toEqual([
    { operation: expect.stringMatching(/^[A-Z]+ \/x$/), why: expect.stringContaining(why) },
  ])
})

test('a path that refers elsewhere, or is no path, is left out with the reason', () => {
  const { operations, left } = read({
    '/x': { $ref: 'paths.yaml#/x' },
    '/a/../b': { get: ok },
    '/y': { get: ok },
  })
  expect(operations.map(({ name }) => name)).toEqual(['get_y'])
  expect(left.map(({ operation }) => operation)).toEqual(['/x', 'GET /a/../b'])
})

test('a path may be kept among the components', () => {
  const { operations } = readOpenApiDocument(
    document(
      { '/x': { $ref: '#/components/pathItems/X' } },
      {
        ...{ openapi: '3.1.1', components: { pathItems: { X: { get: { operationId: 'x' } } } } },
      },
    ),
  )
  expect(operations.map(({ name }) => name)).toEqual(['x'])
})

test('schemes say where the connection puts its credential', () => {
  const { credentials, operations } = read(
    { '/x': { get: ok, post: { security: [] }, put: { security: [{ key: [], basic: [] }] } } },
    {
      security: [{ bearer: [] }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'Bearer', description: 'A key.' },
          basic: { type: 'http', scheme: 'basic' },
          digest: { type: 'http', scheme: 'digest' },
          key: { type: 'apiKey', in: 'header', name: 'X-Key' },
          param: { type: 'apiKey', in: 'query', name: 'key' },
          crumb: { type: 'apiKey', in: 'cookie', name: 'sid' },
          login: { type: 'oauth2', flows: {} },
          mutual: { type: 'mutualTLS' },
        },
      },
    },
  )
  expect(credentials.map(({ scheme, kind, name }) => [scheme, kind, name])).toEqual([
    ['bearer', 'bearer', null],
    ['basic', 'basic', null],
    ['digest', 'unsupported', null],
    ['key', 'header', 'X-Key'],
    ['param', 'query', 'key'],
    ['crumb', 'cookie', 'sid'],
    ['login', 'bearer', null],
    ['mutual', 'unsupported', null],
  ])
  expect(operations.map(({ security }) => security)).toEqual([[['bearer']], [], [['key', 'basic']]])
})

test.each([
  [[], ''],
  [[{ url: '/' }], ''],
  [[{ url: '/v1/' }], '/v1'],
  [[{ url: 'v2' }], '/v2'],
  [[{ url: 'https://api.example.com' }], ''],
  [
    [
      {
        url: 'https://{who}.example.com:{port}/{version}',
        variables: { version: { default: 'v3' } },
      },
    ],
    '/v3',
  ],
])('of the servers %j only the path %o is used', (servers, path) => {
  expect(read({}, { servers }).serverPath).toBe(path)
})

test.each(['/a/../b', '//a//b', '/a?b', '/a#b', '/{nobody}', '/%2e%2e', '/a\\b'])(
  'a document whose server has the path %o is refused',
  (url) => {
    expect(() => read({}, { servers: [{ url }] })).toThrow(
      expect.objectContaining({ code: 'tools.openapi_unreadable' }),
    )
  },
)

test.each([
  ['a list', [], 'tools.openapi_unreadable'],
  ['nothing', null, 'tools.openapi_unreadable'],
  ['Swagger 2', { swagger: '2.0', paths: {} }, 'tools.openapi_version'],
  ['a later version', { openapi: '3.2.0', paths: {} }, 'tools.openapi_version'],
  ['a version that is a number', { openapi: 3.1 }, 'tools.openapi_version'],
])('%s is refused', (_, given, code) => {
  expect(() => readOpenApiDocument(given)).toThrow(expect.objectContaining({ code }))
})

test('300 operations are taken, and 301 are refused as a whole', () => {
  const paths = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`/p${at}`, { get: ok }]))
  expect(read(paths(300)).operations.length).toBe(300)
  expect(() => read(paths(301))).toThrow(
    expect.objectContaining({ code: 'tools.openapi_too_many', details: { operations: 301 } }),
  )
})

test('a document that says nothing of use is read without an error', () => {
  const odd = {
    info: 7,
    servers: 'x',
    security: {},
    components: [],
    paths: { '/x': { get: 1, post: [] } },
  }
  expect(readOpenApiDocument({ openapi: '3.0.0', ...odd })).toMatchObject({
    title: 'Untitled',
    operations: [],
  })
})
