import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { refuse } from '../../kernel/refusal.ts'
import { openEgress } from '../../platform/egress/egress.ts'
import type { Json } from '../domain/json.ts'
import { openApiAddress } from '../domain/openapi-path.ts'
import type { CallerGround, OpenApiCall } from './openapi-caller.ts'
import { openapiCaller } from './openapi-caller.ts'
import { readOpenApi } from './openapi-text.ts'

// A small service of pets behind two documents: one of 3.0 in YAML, one of 3.1 in JSON.

const PETS_30 = `
openapi: 3.0.3
info: {title: Pets, version: '1'}
servers: [{url: 'https://pets.example.com/{stage}', variables: {stage: {default: api}}}]
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, maxLength: 20}
        owner: {type: string, nullable: true}
        parent: {$ref: '#/components/schemas/Pet'}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - {name: tag, in: query, explode: false, schema: {type: array, items: {type: string}}}
    post:
      operationId: addPet
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {operationId: getPet}
    delete: {operationId: removePet}
`

const odd = (operationId: string) => ({ get: { operationId } })
const PETS_31 = {
  openapi: '3.1.0',
  info: { title: 'Odd pets', version: '1' },
  servers: [{ url: '/api' }],
  paths: {
    '/photo': odd('photo'),
    '/latin': odd('latin'),
    '/big': odd('big'),
    '/long-number': odd('longNumber'),
    '/not-json': odd('notJson'),
    '/moved': odd('moved'),
    '/secret': odd('secret'),
    '/busy': odd('busy'),
    '/broken': odd('broken'),
    '/hangs': odd('hangs'),
    '/cuts': odd('cuts'),
    '/head': { head: { operationId: 'head' } },
    '/form': {
      post: {
        operationId: 'form',
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: { type: 'object', properties: { note: { type: ['string', 'null'] } } },
            },
          },
        },
      },
    },
  },
}

type Heard = Readonly<{
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}>
const heard: Heard[] = []
const PETS = [{ id: 1, name: 'Rex' }]

const json = (
  response: ServerResponse,
  status: number,
  value: unknown,
  more: object = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...more })
  response.end(JSON.stringify(value))
}

const ANSWERS: Readonly<Record<string, (response: ServerResponse, body: string) => void>> = {
  'GET /api/pets': (response) => json(response, 200, PETS),
  'POST /api/pets': (response, body) => json(response, 201, { id: 2, ...JSON.parse(body) }),
  'GET /api/pets/1': (response) => json(response, 200, PETS[0]),
  'DELETE /api/pets/1': (response) => response.writeHead(204, { etag: '"9"' }).end(),
  'GET /api/photo': (response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([137, 80, 0, 255])),
  'GET /api/latin': (response) =>
    response
      .writeHead(200, { 'content-type': 'text/plain; charset=ISO-8859-1' })
      .end(Buffer.from([0xe9])),
  'GET /api/big': (response) => json(response, 200, 'a'.repeat(200_000)),
  'GET /api/long-number': (response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"id": 12345678901234567890}'),
  'GET /api/not-json': (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'),
  'GET /api/moved': (response) => response.writeHead(302, { location: '/api/pets' }).end(),
  'GET /api/secret': (response) =>
    json(response, 401, {}, { 'www-authenticate': 'Bearer realm="pets"' }),
  'GET /api/busy': (response) => json(response, 429, {}, { 'retry-after': '7' }),
  'GET /api/broken': (response) => json(response, 503, { secret: 'stack' }, { 'retry-after': '2' }),
  'GET /api/hangs': () => {},
  'GET /api/cuts': (response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' }).write('half')
    response.destroy()
  },
  'HEAD /api/head': (response) => response.writeHead(200, { 'content-length': '9000000' }).end(),
  'POST /api/form': (response, body) => response.end(body),
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    const { method = '', url = '', headers } = request
    heard.push({ method, url, headers, body })
    const answer = ANSWERS[`${method} ${url.replace(/\?.*/, '')}`]
    if (answer === undefined) json(response, 404, { title: 'No such pet.' })
    else answer(response, body)
  })
})

let base = ''
let port = 0
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
  base = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await egress?.stop()
})
beforeEach(() => {
  heard.length = 0
})

let egress: ReturnType<typeof openEgress> | undefined
const wayOut = () => {
  egress ??= openEgress({ allow: [`127.0.0.1/32:${port}`] })
  return egress.fetch({ timeoutMs: 60_000 })
}
const tools = { old: readOpenApi(PETS_30), new: readOpenApi(JSON.stringify(PETS_31)) }

const call = async (
  name: string,
  args: Json = {},
  ...[more = {}, way = wayOut()]: readonly [Partial<OpenApiCall>?, CallerGround['fetch']?]
): Promise<Json> => {
  const all = await Promise.all(Object.values(tools))
  const found = all
    .flatMap(({ operations, serverPath }) =>
      operations.map((operation) => ({ operation, serverPath })),
    )
    .find(({ operation }) => operation.name === name)
  if (found === undefined) throw new Error(`${name} is no tool.`)
  return openapiCaller({ fetch: way, now: Date.now }).call({
    ...{ operation: found.operation, args, baseUrl: openApiAddress(base, found.serverPath) },
    ...{ credential: async () => ({}), timeoutMs: 20_000, bytesMax: 100_000 },
    signal: new AbortController().signal,
    ...more,
  })
}
const failure = (name: string, more: Partial<OpenApiCall> = {}) =>
  call(name, {}, more).then(
    () => new Error(`${name} did not fail.`),
    (error: unknown) => error,
  )

test('every operation of both documents is a tool', async () => {
  const [one, other] = await Promise.all([tools.old, tools.new])
  expect([one.left, other.left]).toEqual([[], []])
  expect(one.operations.map(({ name }) => name)).toEqual([
    'listPets',
    'addPet',
    'getPet',
    'removePet',
  ])
  expect(other.operations.length).toBe(Object.keys(PETS_31.paths).length)
})

test('a list comes as text, and as structured content with a name', async () => {
  expect(await call('listPets', { tag: ['good dog', 'a,b'] })).toEqual({
    content: [{ type: 'text', text: '[{"id":1,"name":"Rex"}]' }],
    structuredContent: { result: PETS },
  })
  expect(heard[0]?.url).toBe('/api/pets?tag=good%20dog,a%2Cb')
})

test('an object comes as structured content, and a body goes as JSON', async () => {
  const args = { name: 'Ada', owner: null }
  expect(await call('addPet', args)).toMatchObject({ structuredContent: { id: 2, ...args } })
  expect(heard[0]).toMatchObject({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })
})

test('an answer without a body tells what its head says', async () => {
  expect(await call('removePet', { id: 1 })).toEqual({
    content: [{ type: 'text', text: 'Done (204).\netag: "9"' }],
  })
  expect(await call('head')).toEqual({
    content: [{ type: 'text', text: 'Done (200).\ncontent-length: 9000000' }],
  })
})

test('what the service refuses is an error of the tool with its words', async () => {
  expect(await call('getPet', { id: 7 })).toEqual({
    content: [{ type: 'text', text: 'The service answered 404.\n{"title":"No such pet."}' }],
    isError: true,
  })
})

test('a redirect is not followed and does not tell where it leads', async () => {
  // Not even by a way out that would follow it.
  for (const way of [wayOut(), fetch]) {
    const result = await call('moved', {}, {}, way)
    expect(result).toMatchObject({ isError: true })
    expect(JSON.stringify(result)).not.toContain('/api/pets')
  }
  expect(heard.map(({ url }) => url)).toEqual(['/api/moved', '/api/moved'])
})

test('a file is an embedded resource', async () => {
  expect(await call('photo')).toEqual({
    content: [
      { type: 'text', text: 'A file of 4 bytes (image/png).' },
      {
        type: 'resource',
        resource: { uri: 'openapi:photo', mimeType: 'image/png', blob: 'iVAA/w==' },
      },
    ],
  })
})

test('text is read in the charset that it names', async () => {
  expect(await call('latin')).toEqual({ content: [{ type: 'text', text: 'é' }] })
})

test('a number that is too long to be one keeps its digits in the text', async () => {
  expect(await call('longNumber')).toMatchObject({
    content: [{ text: '{"id": 12345678901234567890}' }],
  })
})

test('what calls itself JSON and is not, is text', async () => {
  expect(await call('notJson')).toEqual({ content: [{ type: 'text', text: '<html>' }] })
})

test('a form is sent as a form', async () => {
  expect(await call('form', { note: 'a & b\nc' })).toEqual({
    content: [{ type: 'text', text: 'note=a%20%26%20b%0Ac' }],
  })
})

test('the credential goes over what arguments and documents say', async () => {
  const credential = async () => ({
    headers: { 'X-Key': 'hub-key', Accept: 'application/vnd.pets+json', Cookie: 'sid=1' },
    query: { key: 'a&b' },
  })
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  await call('listPets', { tag: ['x'] }, { credential, traceparent })
  expect(heard[0]).toMatchObject({
    url: '/api/pets?tag=x&key=a%26b',
    headers: {
      'x-key': 'hub-key',
      accept: 'application/vnd.pets+json',
      cookie: 'sid=1',
      traceparent,
    },
  })
})

test.each([
  ['secret', { kind: 'unauthorized', status: 401, challenge: 'Bearer realm="pets"', sent: true }],
  ['busy', { kind: 'rate_limited', status: 429, retryAfterMs: 7_000 }],
  ['broken', { kind: 'away', status: 503, retryAfterMs: 2_000, sent: true }],
  ['big', { kind: 'too_large' }],
  ['cuts', { kind: 'away', sent: true }],
])('an answer that is %s is a failure of the line', async (name, facts) => {
  const error = await failure(name)
  expect(error).toMatchObject({ name: 'LineFailure', ...facts })
  expect(String(error)).not.toContain('stack')
})

test('a service that does not answer in time is a timeout and may have heard', async () => {
  expect(await failure('hangs', { timeoutMs: 200 })).toMatchObject({ kind: 'timeout', sent: true })
})

test('a caller that gives up ends the call', async () => {
  const controller = new AbortController()
  const error = failure('hangs', { signal: controller.signal })
  await expect.poll(() => heard.length).toBe(1)
  controller.abort()
  expect(await error).toMatchObject({ kind: 'cancelled', sent: true })
})

test('a service that is not there has heard nothing', async () => {
  const closed = createServer()
  closed.listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const address = closed.address()
  const free = typeof address === 'object' && address ? address.port : 0
  closed.close()
  await once(closed, 'close')
  const gone = openapiCaller({ fetch, now: Date.now })
  const { operations } = await tools.old
  const [operation] = operations
  if (operation === undefined) throw new Error('No operation.')
  const asked = { operation, args: {}, baseUrl: `http://127.0.0.1:${free}`, timeoutMs: 5_000 }
  const more = {
    credential: async () => ({}),
    bytesMax: 1_000,
    signal: new AbortController().signal,
  }
  await expect(gone.call({ ...asked, ...more })).rejects.toMatchObject({
    kind: 'away',
    sent: false,
  })
})

test('an address that the hub may not call is never asked', async () => {
  const error = await failure('photo', { baseUrl: 'http://169.254.169.254/latest' })
  expect(error).toMatchObject({ kind: 'away', sent: false })
})

test('arguments that are refused send nothing', async () => {
  let asked = 0
  const sent = () => {
    asked += 1
  }
  const credential = async () => {
    asked += 1
    return {}
  }
  await expect(call('getPet', { id: '../admin' }, { sent, credential })).rejects.toMatchObject({
    code: 'tools.argument_refused',
  })
  expect([asked, heard.length]).toEqual([0, 0])
})

test.each([
  ['a line break', { headers: { 'X-Key': 'a\r\nHost: evil' } }],
  ['a broken name', { headers: { 'X Key': 'a' } }],
  ['half a character', { query: { key: '\u{d800}' } }],
])('a credential with %s is refused without being told', async (_, given) => {
  const error = await failure('photo', { credential: async () => given })
  expect(error).toMatchObject({ code: 'tools.credential_unusable' })
  expect(String(error)).not.toContain('evil')
  expect(heard).toEqual([])
})

test('who cannot give a credential says so in its own words', async () => {
  const credential = async () => {
    throw refuse('conflict', 'tools.needs_connect', 'Connect first.')
  }
  expect(await failure('photo', { credential })).toMatchObject({ code: 'tools.needs_connect' })
})
