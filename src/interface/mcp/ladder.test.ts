import { classifyInboundRequest } from '@modelcontextprotocol/server'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sent, TestDoor } from '../../../test/mcp-door.ts'
import { modern, openDoor } from '../../../test/mcp-door.ts'
import { climb, eraOf } from './ladder.ts'
import { readMessage } from './message.ts'
import { Fault, isJson } from './protocol.ts'

let door: TestDoor

beforeAll(async () => {
  door = await openDoor()
})
afterAll(() => door.stop())

const V = 'io.modelcontextprotocol/protocolVersion'
const C = 'io.modelcontextprotocol/clientCapabilities'
const base = modern('tools/call', { name: 'task_get', arguments: { ids: ['GH-1'] } }, { id: 0 })
const parsed = JSON.parse(String(base.body))
const goodMeta: unknown = parsed.params['_meta']

/** One breach per row of the ladder, each made on a copy of a good request. */
type Breach = Readonly<{
  row: number
  does: string
  status: number
  code: number
  headers?: Record<string, string>
  without?: string[]
  path?: string
  method?: string
  body?: (message: Record<string, unknown>) => unknown
  text?: (text: string) => string | Buffer
}>

const withMeta = (more: object) => (message: Record<string, unknown>) => ({
  ...message,
  params: { ...parsed.params, _meta: { ...(isJson(goodMeta) && goodMeta), ...more } },
})
const withParams = (more: object) => (message: Record<string, unknown>) => ({
  ...message,
  params: { ...parsed.params, ...more },
})
const shout = (text: string) => text.toUpperCase()
const deep = `${'['.repeat(33)}${']'.repeat(33)}`
const many = `[${'0,'.repeat(20_001)}0]`
const addField = (field: string) => (text: string) => `${text.slice(0, -1)},${field}}`

const BREACHES: readonly Breach[] = [
  {
    row: 1,
    does: 'origin',
    status: 403,
    code: -32000,
    headers: { origin: 'https://evil.example' },
  },
  { row: 1, does: 'host', status: 421, code: -32000, headers: { host: 'evil.example' } },
  { row: 2, does: 'no key', status: 401, code: -32000, without: ['authorization'] },
  { row: 2, does: 'bad key', status: 401, code: -32000, headers: { authorization: 'Bearer no' } },
  { row: 2, does: 'two keys', status: 400, code: -32600, headers: { 'x-api-key': 'good-key' } },
  { row: 2, does: 'key in query', status: 400, code: -32600, path: '/agent/mcp?api_key=x' },
  { row: 3, does: 'method', status: 405, code: -32000, method: 'PUT' },
  { row: 3, does: 'type', status: 415, code: -32000, headers: { 'content-type': 'text/plain' } },
  { row: 4, does: 'size', status: 413, code: -32000, text: () => ' '.repeat(1024 * 1024 + 1) },
  { row: 5, does: 'not JSON', status: 400, code: -32700, text: (text) => text.slice(1) },
  { row: 5, does: 'not UTF-8', status: 400, code: -32700, text: () => Buffer.from([0x22, 0xff]) },
  { row: 6, does: 'batch', status: 400, code: -32600, body: (message) => [message] },
  { row: 6, does: 'depth', status: 400, code: -32600, text: addField(`"x":${deep}`) },
  { row: 6, does: 'values', status: 400, code: -32600, text: addField(`"x":${many}`) },
  { row: 6, does: 'proto', status: 400, code: -32600, text: addField('"__proto__":1') },
  { row: 6, does: 'twice', status: 400, code: -32600, text: addField('"jsonrpc":"2.0"') },
  { row: 6, does: 'half', status: 400, code: -32600, text: addField('"x":"\\ud800"') },
  { row: 6, does: 'id null', status: 400, code: -32600, body: (m) => ({ ...m, id: null }) },
  { row: 6, does: 'id 1.5', status: 400, code: -32600, body: (m) => ({ ...m, id: 1.5 }) },
  { row: 6, does: 'rpc 1', status: 400, code: -32600, body: (m) => ({ ...m, jsonrpc: '1.0' }) },
  { row: 7, does: 'no claim', status: 400, code: -32602, body: withParams({ _meta: {} }) },
  { row: 7, does: 'version 1', status: 400, code: -32602, body: withMeta({ [V]: 1 }) },
  { row: 7, does: 'no caps', status: 400, code: -32602, body: withMeta({ [C]: undefined }) },
  { row: 7, does: 'bad caps', status: 400, code: -32602, body: withMeta({ [C]: [] }) },
  {
    row: 7,
    does: 'client',
    status: 400,
    code: -32602,
    body: withMeta({ 'io.modelcontextprotocol/clientInfo': { name: 'x' } }),
  },
  {
    row: 8,
    does: 'version header',
    status: 400,
    code: -32020,
    headers: { 'mcp-protocol-version': '2025-11-25' },
  },
  { row: 8, does: 'method header', status: 400, code: -32020, headers: { 'mcp-method': 'x' } },
  {
    row: 9,
    does: 'version',
    status: 400,
    code: -32022,
    headers: { 'mcp-protocol-version': '2027-01-01' },
    body: withMeta({ [V]: '2027-01-01' }),
  },
  { row: 10, does: 'no method header', status: 400, code: -32020, without: ['mcp-method'] },
  {
    row: 10,
    does: 'no version header',
    status: 400,
    code: -32020,
    without: ['mcp-protocol-version'],
  },
  { row: 10, does: 'no name header', status: 400, code: -32020, without: ['mcp-name'] },
  { row: 10, does: 'name header', status: 400, code: -32020, headers: { 'mcp-name': 'other' } },
  {
    row: 10,
    does: 'base64',
    status: 400,
    code: -32020,
    headers: { 'mcp-name': '=?base64?dGFza19nZXQ?=' },
  },
  {
    row: 13,
    does: 'param header',
    status: 400,
    code: -32020,
    headers: { 'mcp-param-detail': 'full' },
    body: withParams({ arguments: { ids: ['GH-1'], detail: 'concise' } }),
  },
  { row: 14, does: 'arguments', status: 200, code: -32602, body: withParams({ arguments: [] }) },
  { row: 14, does: 'state', status: 200, code: -32602, body: withParams({ requestState: 'x' }) },
]

const breach = (...broken: readonly Breach[]): Sent => {
  let message: unknown = parsed
  for (const { body } of broken) if (body && isJson(message)) message = body({ ...message })
  let text: string | Buffer = JSON.stringify(message)
  for (const change of broken) if (change.text) text = change.text(String(text))
  const [path] = broken.flatMap((one) => one.path ?? [])
  const [method = 'POST'] = broken.flatMap((one) => one.method ?? [])
  const headers = Object.assign({}, base.headers, ...broken.map((one) => one.headers ?? {}))
  if (method === 'PUT') headers['content-type'] ??= 'application/json'
  const without = broken.flatMap((one) => one.without ?? [])
  return { ...(path !== undefined && { path }), method, headers, without, body: text }
}

test('the request that every breach starts from is good', async () => {
  const { status, text } = await door.send(base)
  expect(status).toBe(200)
  expect(JSON.parse(text)).toMatchObject({ id: 0, result: { resultType: 'complete' } })
})

test.each(BREACHES)('row $row, $does: $status $code', async (one) => {
  const { status, text } = await door.send(breach(one))
  const answer = JSON.parse(text)
  expect({ status, code: answer.error.code }).toEqual({ status: one.status, code: one.code })
  // An id that can be read comes back, also when the rest of the message is wrong.
  const isReadable = one.row >= 6 && !['batch', 'id null', 'id 1.5'].includes(one.does)
  expect(answer.id).toBe(isReadable ? 0 : null)
  expect(text).not.toContain('Error:')
})

test('of two broken rows the first one answers', async () => {
  const pairs = BREACHES.flatMap((first) =>
    BREACHES.filter((second) => second.row > first.row).map((second) => [first, second] as const),
  )
  for (const [first, second] of pairs.filter(areApart)) {
    const { status, text } = await door.send(breach(second, first))
    const seen = { status, code: JSON.parse(text).error.code }
    const pair = `${first.does} before ${second.does}`
    expect({ pair, ...seen }).toEqual({ pair, status: first.status, code: first.code })
  }
})

// Two breaches that rewrite the same part of a request are one breach, not two.
const areApart = ([first, second]: readonly [Breach, Breach]): boolean => {
  const parts = ({ headers = {}, without = [], body, text, method, path }: Breach) => [
    ...Object.keys(headers),
    ...without,
    ...(body || text ? ['body'] : []),
    ...(method ? ['method'] : []),
    ...(path ? ['path'] : []),
  ]
  const other = new Set(parts(second))
  // Without a version in the body its header decides the era, so the two are not apart either.
  const isEra = first.row === 7 && other.has('mcp-protocol-version')
  return !isEra && !parts(first).some((part) => other.has(part))
}

test('an unknown method is not found, whatever its params', async () => {
  const names = ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'tasks/list']
  for (const name of [...names, 'tasks/result', 'constructor', shout('tools/list')]) {
    const { status, text } = await door.send(modern(name, { cursor: 1 }, { id: '0' }))
    expect({ status, ...JSON.parse(text) }).toMatchObject({
      status: 404,
      id: '0',
      error: { code: -32601 },
    })
  }
})

test.each([
  modern('tools/call', { name: 'task_gt' }),
  modern('tools/call', { name: 'toString' }),
  modern('tools/list', { cursor: 'c_1' }),
  modern('prompts/get', { name: 'pan' }),
  modern('prompts/get', { name: 'plan', arguments: {} }),
  modern('resources/read', { uri: 'guildhall://nothing/GH' }),
  modern('resources/read', { uri: 'guildhall://task/GH-99' }),
  modern('completion/complete', { ref: { type: 'ref/prompt', name: 'x' }, argument: {} }),
  modern('subscriptions/listen', {}),
])('row 14: %j', async (sent) => {
  const { status, text } = await door.send(sent)
  expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: 200, code: -32602 })
})

test('a notification is taken and dropped', async () => {
  const sent = modern('notifications/cancelled', { requestId: 1 })
  const { id: _, ...message } = JSON.parse(String(sent.body))
  expect(await door.send({ ...sent, body: JSON.stringify(message) })).toMatchObject({
    status: 202,
    text: '',
  })
})

test('no answer promises another way to sign in', async () => {
  const { headers } = await door.send({ ...base, without: ['authorization'] })
  expect(headers['www-authenticate']).toBe('Bearer realm="guildhall"')
})

test('header values may have spaces around them and may be base64', async () => {
  const name = `=?base64?${Buffer.from('task_get').toString('base64')}?=`
  const headers = { ...base.headers, 'mcp-name': `  ${name}\t`, accept: '*/*' }
  expect((await door.send({ ...base, headers })).status).toBe(200)
})

test('a body that never ends is left when its sender goes', async () => {
  const { Socket } = await import('node:net')
  const socket = new Socket()
  await new Promise<void>((resolve) => socket.connect(door.port, '127.0.0.1', resolve))
  const head = ['POST /agent/mcp HTTP/1.1', `Host: 127.0.0.1:${door.port}`]
  const more = ['Authorization: Bearer good-key', 'Content-Type: application/json']
  socket.write([...head, ...more, 'Content-Length: 100', '', '{"json'].join('\r\n'))
  socket.destroy()
  expect((await door.send(base)).status).toBe(200)
})

const version = fc.constantFrom('2026-07-28', '2025-11-25', '2025-03-26', undefined)
const meta = fc.option(
  fc.record({
    version: fc.constantFrom<unknown>('2026-07-28', undefined),
    capabilities: fc.constantFrom<unknown>({}, undefined),
  }),
  { nil: undefined },
)

test('the era is the one that the official library sees', () => {
  const name = fc.constantFrom('initialize', 'tools/list', 'ping', 'notifications/x')
  const asked = { header: version, claim: meta, name, hasId: fc.boolean() }
  fc.assert(
    fc.property(fc.record(asked), ({ header, claim, name, hasId }) => {
      // A handshake that carries a broken claim is legacy to the library and a mistake to us.
      const isBroken = claim?.version !== undefined && claim.capabilities === undefined
      fc.pre(!(name === 'initialize' && isBroken))
      // A claim on a notification needs no more than its version, for both.
      const given = claim && { [V]: claim.version, [C]: claim.capabilities }
      const params = { ...(given && { _meta: JSON.parse(JSON.stringify(given)) }) }
      const body = { jsonrpc: '2.0', method: name, params, ...(hasId && { id: 1 }) }
      const theirs = classifyInboundRequest({
        httpMethod: 'POST',
        body,
        ...(header !== undefined && { protocolVersionHeader: header }),
      })
      expect(ours(body, header)).toBe(theirs.kind)
    }),
    { numRuns: 500 },
  )
})

const ours = (body: object, header: string | undefined): string => {
  const message = readMessage(Buffer.from(JSON.stringify(body)))
  if ('fault' in message) return 'reject'
  const headers = { ...(header !== undefined && { 'mcp-protocol-version': header }) }
  try {
    const era = eraOf(message, headers)
    // What only we ask for here (the other headers) is not part of the comparison.
    if (era === 'modern') climb(message, { 'mcp-method': message.method, ...headers })
    return era
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return /MCP-Protocol-Version header is missing/.test(thrown.message) ? 'modern' : 'reject'
  }
}
