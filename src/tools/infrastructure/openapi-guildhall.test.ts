import { afterAll, beforeAll, expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { openApi } from '../../interface/http/openapi.ts'
import { operationRoutes } from '../../interface/http/route-table.ts'
import { httpServer } from '../../interface/http/server.ts'
import { rooms } from '../../main/rooms.ts'
import { isList, isObject, type Json } from '../domain/json.ts'
import { openApiAddress } from '../domain/openapi-path.ts'
import { buildRequest } from '../domain/openapi-request.ts'
import { faultsOf } from '../domain/schema-limits.ts'
import { openapiCaller } from './openapi-caller.ts'
import { readOpenApi } from './openapi-text.ts'

// The hub's own document is the largest honest one at hand: every operation of it is a tool, and
// the hub understands what those tools send.

const routes = operationRoutes(
  rooms()
    .flatMap(({ operations }) => operations)
    .filter(({ internal }) => !internal),
)
const tools = readOpenApi(JSON.stringify(openApi(routes, '1.0.0')))

/** Makes a value of a schema: the least that it takes, or something in every field. */
const sample = (schema: unknown, full: boolean): unknown => {
  if (!isObject(schema)) return 'x'
  for (const name of ['const', 'default']) if (schema[name] !== undefined) return schema[name]
  if (isList(schema['enum'])) return schema['enum'][0]
  if (isList(schema['anyOf'])) return sample(schema['anyOf'][0], full)
  if (isList(schema['allOf'])) return sample(schema['allOf'][0], full)
  const type = isList(schema['type']) ? schema['type'][0] : schema['type']
  if (type === 'array') return full ? [sample(schema['items'], full)] : []
  if (type === 'object') return sampleArgs(schema, full)
  if (type === 'boolean') return true
  if (type === 'null') return null
  if (type === 'integer' || type === 'number') return schema['minimum'] ?? 1
  return 'GH-1'
}

const sampleArgs = (schema: Json, full: boolean): Json => {
  const required = isList(schema['required']) ? schema['required'] : []
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const wanted = Object.entries(properties).filter(([name]) => full || required.includes(name))
  return Object.fromEntries(wanted.map(([name, each]) => [name, sample(each, full)]))
}

test('every operation of the hub is a tool that can be called', async () => {
  const { operations, left, serverPath } = await tools
  expect(left).toEqual([])
  expect(operations.length).toBe(routes.length)
  expect(routes.length).toBeGreaterThan(100)
  expect(new Set(operations.map(({ name }) => name)).size).toBe(routes.length)
  const base = openApiAddress('https://hub.example.com', serverPath)
  for (const { method, path } of routes) {
    const known = new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`)
    const wire = `${method} ${path.slice('/v1'.length).replace(/:(\w+)/g, '{$1}')}`
    const operation = operations.find(({ request }) => `${request.method} ${request.path}` === wire)
    if (operation === undefined) throw new Error(`${wire} is no tool.`)
    expect({ wire, faults: faultsOf(operation.inputSchema) }).toEqual({ wire, faults: [] })
    for (const full of [false, true]) {
      const request = buildRequest(operation, sampleArgs(operation.inputSchema, full), base)
      expect(request.method).toBe(method)
      expect(new URL(request.url).pathname).toMatch(known)
    }
  }
})

type Hub = Awaited<ReturnType<typeof bench>>
let hub: Hub
let server: ReturnType<typeof httpServer>
let address = ''

beforeAll(async () => {
  hub = await bench()
  server = httpServer({ hall: hub.house.hall, version: '1.0.0' })
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  address = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await server.close(1_000)
})

const call = async (name: string, args: Json): Promise<Json> => {
  const { operations, serverPath } = await tools
  const operation = operations.find((one) => one.name === name)
  if (operation === undefined) throw new Error(`${name} is no tool.`)
  return openapiCaller({ fetch, now: Date.now }).call({
    ...{ operation, args, baseUrl: openApiAddress(address, serverPath) },
    credential: async () => ({ headers: { authorization: `Bearer ${hub.ownerKey}` } }),
    ...{ timeoutMs: 30_000, bytesMax: 1_000_000, signal: new AbortController().signal },
  })
}

test('a task goes through the hub by the tools of its document', async () => {
  await call('work_create_project', { key: 'GH', name: 'Guildhall' })
  const saved = await call('work_save_tasks', {
    project: 'GH',
    items: [{ title: 'Read a document' }],
    'Idempotency-Key': 'once-1',
  })
  expect(saved).toMatchObject({ structuredContent: { created: [{ key: 'GH-1' }] } })
  const read = await call('work_get_task', { key: 'GH-1' })
  expect(read).toMatchObject({ structuredContent: { key: 'GH-1', title: 'Read a document' } })
  const moved = await call('work_move_task', { key: 'GH-1', to: 'doing', 'If-Match': '"99"' })
  expect(moved).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('409') }],
  })
  const unknown = await call('work_get_task', { key: 'GH-2' })
  expect(unknown).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('404') }],
  })
})

test('the hub understands the form of every reading tool', async () => {
  const { operations } = await tools
  const readers = operations.filter(
    ({ effect, request }) => effect === 'read' && request.method === 'GET',
  )
  const strange: string[] = []
  let answered = 0
  for (const { name, inputSchema } of readers) {
    const result = await call(name, sampleArgs(inputSchema, false)).catch((error: unknown) => ({
      error,
    }))
    const text = JSON.stringify(result)
    if (!text.includes('"isError":true')) answered += 1
    // 400, 405 and 415 speak of the form of a request; an unknown route names the next one.
    if (/answered (?:400|405|415)|no_such_route/.test(text)) strange.push(`${name}: ${text}`)
    if ('error' in result) strange.push(`${name}: ${String(result.error)}`)
  }
  expect(readers.length).toBeGreaterThan(40)
  expect(answered).toBeGreaterThan(20)
  expect(strange).toEqual([])
})
