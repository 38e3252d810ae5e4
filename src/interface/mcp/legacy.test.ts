import { afterEach, expect, test, vi } from 'vitest'
import type { Sent, TestDoor } from '../../../test/mcp-door.ts'
import { openDoor } from '../../../test/mcp-door.ts'
import { openSession, sealSession } from './session-id.ts'

const doors: TestDoor[] = []
const open = async (...given: Parameters<typeof openDoor>) => {
  const door = await openDoor(...given)
  doors.push(door)
  return door
}

afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.stop()))
})

const post = (body: object, headers: Record<string, string> = {}): Sent => ({
  headers,
  body: JSON.stringify({ jsonrpc: '2.0', ...body }),
})

const HELLO = {
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
}

const begin = async (door: TestDoor, key = 'good-key') => {
  const reply = await door.send(post(HELLO, { authorization: `Bearer ${key}` }))
  const id = String(reply.headers['mcp-session-id'])
  return { id, headers: { 'mcp-session-id': id, authorization: `Bearer ${key}` }, reply }
}

const dataOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)))

const call = (name: string, args: object = {}, more: object = {}) => ({
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args, ...more },
})

test('a handshake gives the version it was asked for and a sealed id', async () => {
  const door = await open()
  const { id, reply } = await begin(door)
  expect(id).toMatch(/^gs1\.[A-Za-z0-9_-]+$/)
  expect(dataOf(reply.text)[0]).toMatchObject({
    id: 0,
    result: { protocolVersion: '2025-06-18', serverInfo: { name: 'guildhall' } },
  })
})

test('an Accept of any kind is taken', async () => {
  const door = await open()
  const { headers } = await begin(door)
  const ping = post({ id: 2, method: 'ping' }, { ...headers, accept: '*/*' })
  expect(dataOf((await door.send(ping)).text)).toEqual([{ jsonrpc: '2.0', id: 2, result: {} }])
})

const KEY = new Uint8Array(32).fill(7)
const WEEK_MS = 7 * 24 * 3_600_000

test('an id that is tampered with, too old, foreign or ended finds no session', async () => {
  const door = await open()
  const { id, headers } = await begin(door)
  const facts = openSession(KEY, id, Date.now())
  if (facts === null) throw new Error('The id was not made with this key.')
  const foreign = await begin(door, 'other-key')
  const letter = id.at(-9) === 'A' ? 'B' : 'A'
  const ids = [
    `${id.slice(0, -9)}${letter}${id.slice(-8)}`,
    id.slice(0, -1),
    'gs1.',
    'gs1.AAAA',
    'no-such-session',
    sealSession(KEY, { ...facts, created: Date.now() - WEEK_MS }),
    sealSession(KEY, { ...facts, epoch: 1 }),
    sealSession(KEY, { ...facts, org: 'another' }),
    sealSession(new Uint8Array(32).fill(8), facts),
    foreign.id,
  ]
  for (const tried of ids) {
    const reply = await door.send(post({ id: '0', method: 'ping' }, { 'mcp-session-id': tried }))
    expect({ tried, status: reply.status, ...JSON.parse(reply.text) }).toEqual({
      tried,
      status: 404,
      jsonrpc: '2.0',
      id: '0',
      error: { code: -32001, message: 'Session not found' },
    })
  }
  expect((await door.send({ method: 'DELETE', headers })).status).toBe(200)
  expect((await door.send(post({ id: 1, method: 'ping' }, headers))).status).toBe(404)
})

test('an ended session stays ended in every process', async () => {
  const hashes = new Set<string>()
  const ended = {
    has: (hash: string) => hashes.has(hash),
    add: (hash: string) => void hashes.add(hash),
  }
  const door = await open({ ended })
  const twin = await open({ ended }, door)
  const { headers } = await begin(door)
  expect((await twin.send(post({ id: 1, method: 'ping' }, headers))).status).toBe(200)
  await door.send({ method: 'DELETE', headers })
  const third = await open({ ended }, door)
  expect((await third.send(post({ id: 1, method: 'ping' }, headers))).status).toBe(404)
})

test('without a session id there is nothing but the handshake', async () => {
  const door = await open()
  for (const sent of [post({ id: 1, method: 'ping' }), { method: 'GET' }, { method: 'DELETE' }]) {
    const { status, text } = await door.send(sent)
    expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: 400, code: -32000 })
  }
})

test('a handshake that lacks its parts is told so', async () => {
  const door = await open()
  const { text } = await door.send(post({ id: 1, method: 'initialize', params: {} }))
  expect(JSON.parse(text)).toMatchObject({ id: 1, error: { code: -32602 } })
})

test('a version that no session speaks is refused by name', async () => {
  const door = await open()
  const { headers } = await begin(door)
  const sent = post({ id: 1, method: 'ping' }, { ...headers, 'mcp-protocol-version': '1999-01-01' })
  const { status, text } = await door.send(sent)
  expect(status).toBe(400)
  expect(JSON.parse(text).error.data.supported).toContain('2025-11-25')
})

test('unknown methods, tools and resources have the codes of their era', async () => {
  const door = await open()
  const { headers } = await begin(door)
  const codeOf = async (body: object) =>
    dataOf((await door.send(post(body, headers))).text)[0].error.code
  expect(await codeOf({ id: 1, method: 'no/such' })).toBe(-32601)
  expect(await codeOf(call('no_such'))).toBe(-32602)
  const uri = 'guildhall://no/GH'
  expect(await codeOf({ id: 1, method: 'resources/read', params: { uri } })).toBe(-32602)
})

test('a client that goes away does not cancel, one that cancels does', async () => {
  const door = await open()
  const { headers } = await begin(door)
  const gone = new AbortController()
  const all = { ...headers, 'content-type': 'application/json' }
  const waits = { ...call('work_next', { wait_s: 30 }), jsonrpc: '2.0', id: 7 }
  const init = { method: 'POST', headers: all, body: JSON.stringify(waits), signal: gone.signal }
  const answer = await fetch(door.url, init)
  await vi.waitFor(() => expect(door.waiting.size).toBe(1))
  gone.abort()
  await answer.text().catch(() => 'aborted')
  await door.send(post({ id: 8, method: 'ping' }, headers))
  expect(door.given.up).toBe(0)
  const cancel = { method: 'notifications/cancelled', params: { requestId: 7 } }
  expect((await door.send(post(cancel, headers))).status).toBe(202)
  await vi.waitFor(() => expect(door.given.up).toBe(1))
})

test('a second stream of one session is refused, the first one lives', async () => {
  const door = await open()
  const { headers } = await begin(door)
  const gone = new AbortController()
  const stream = await fetch(door.url, { headers, signal: gone.signal })
  expect(stream.headers.get('content-type')).toBe('text/event-stream')
  expect((await door.send({ method: 'GET', headers })).status).toBe(409)
  await vi.waitFor(() => expect(door.followers()).toBe(1))
  gone.abort()
  await vi.waitFor(() => expect(door.followers()).toBe(0))
})

test('a revoked key ends its streams at once', async () => {
  const door = await open()
  const { headers } = await begin(door)
  const stream = await fetch(door.url, { headers })
  await vi.waitFor(() => expect(door.followers()).toBe(1))
  door.revoke('good-key')
  await stream.text().catch(() => 'cut')
  await vi.waitFor(() => expect(door.followers()).toBe(0))
  expect((await door.send(post({ id: 1, method: 'ping' }, headers))).status).toBe(401)
})

test('the oldest of many sessions leave memory and come back by their id', async () => {
  const door = await open()
  const begun = await Promise.all(Array.from({ length: 70 }, () => begin(door)))
  for (const { headers } of [begun[0], begun[69]].flatMap((one) => one ?? [])) {
    expect((await door.send(post({ id: 1, method: 'ping' }, headers))).status).toBe(200)
  }
})
