import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ChaosServer } from '../../../test/mcp/chaos-server.ts'
import { chaosServer } from '../../../test/mcp/chaos-server.ts'
import { asked, lineOptions, toolCall } from '../../../test/mcp/test-lines.ts'
import type { UpstreamServer } from '../../../test/mcp/upstream-servers.ts'
import { modernServer, sessionServer, sseServer } from '../../../test/mcp/upstream-servers.ts'
import type { EraChoice, HttpLineOptions } from './http-line.ts'
import { openHttpLine } from './http-line.ts'
import type { Json, Line } from './line.ts'
import { openSseLine } from './sse-line.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const open = async (
  server: Readonly<{ url: string }>,
  choice: Partial<EraChoice & HttpLineOptions> = {},
): Promise<Line> => {
  const line = await openHttpLine({ ...lineOptions(server.url), era: 'auto', ...choice })
  ends.push(() => line.close())
  return line
}
const chaos = async (era: 'modern' | 'legacy'): Promise<ChaosServer> => {
  const server = await chaosServer(era)
  ends.push(() => server.stop())
  return server
}
const started = async <S extends UpstreamServer>(start: () => Promise<S>): Promise<S> => {
  const server = await start()
  ends.push(() => server.stop())
  return server
}
const errorBody = (code: number, data?: Json) => ({
  jsonrpc: '2.0',
  id: null,
  error: { code, message: 'no', ...(data && { data }) },
})

describe('the era', () => {
  test('is the modern one where a server has both', async () => {
    const server = await started(() => modernServer('dual'))
    expect((await open(server)).about.era).toBe('modern')
    expect((await open(server, { era: 'legacy' })).about.era).toBe('legacy')
    expect((await open(server, { prior: 'legacy' })).about.era).toBe('legacy')
  })

  test('that was known before is given up when it no longer holds', async () => {
    const server = await started(() => modernServer())
    expect((await open(server, { prior: 'legacy' })).about.era).toBe('modern')
    const old = await started(sessionServer)
    expect((await open(old, { prior: 'modern' })).about.era).toBe('legacy')
  })

  test.each([400, 404, 405, 406])('is the old one after a probe with status %s', async (status) => {
    const server = await chaos('legacy')
    server.answerHandshakeWith(status, '<h1>What?</h1>', { 'content-type': 'text/html' })
    // The old handshake fails the same way here; that it was tried is the point.
    await expect(open(server)).rejects.toMatchObject({ status })
    expect(server.heard).toEqual(['server/discover', 'initialize'])
  })

  test.each([401, 403, 429, 500, 503])('cannot be told from status %s', async (status) => {
    const server = await chaos('modern')
    server.answerHandshakeWith(status, errorBody(-32_601))
    await expect(open(server)).rejects.toMatchObject({ name: 'LineFailure', status })
    await expect(open(server, { prior: 'legacy' })).rejects.toMatchObject({ status })
    expect(server.heard).toEqual(['server/discover', 'initialize'])
  })

  test('cannot be told from silence or a broken network', async () => {
    const server = await chaos('modern')
    const { url } = server
    await server.stop()
    ends.length = 0
    await expect(open({ url })).rejects.toMatchObject({ kind: 'away', sent: false })
  })

  test('of a server that speaks only newer revisions is none', async () => {
    const server = await chaos('modern')
    server.answerHandshakeWith(400, errorBody(-32_022, { supported: ['2027-01-01'] }))
    await expect(open(server)).rejects.toThrow('2027-01-01')
    expect(server.heard).toEqual(['server/discover'])
  })

  test('that is asked for and not there fails the opening', async () => {
    const server = await started(sessionServer)
    await expect(open(server, { era: 'modern' })).rejects.toMatchObject({ kind: 'malformed' })
    const newer = await started(() => modernServer())
    await expect(open(newer, { era: 'legacy' })).rejects.toMatchObject({ code: -32_022 })
  })

  test('of a handshake with an unknown revision is none', async () => {
    const server = await chaos('legacy')
    const result = { protocolVersion: '2031-01-01', capabilities: {}, serverInfo: {} }
    server.answerHandshakeWith(200, { jsonrpc: '2.0', id: 1, result })
    const opening = open(server, { era: 'legacy' })
    await expect(opening).rejects.toMatchObject({ kind: 'malformed' })
    await expect(opening).rejects.toThrow('2031-01-01')
  })
})

describe('what is sent', () => {
  const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

  test('carries envelope, headers, trace and credential in the modern era', async () => {
    const server = await chaos('modern')
    const line = await open(server)
    const capabilities = { elicitation: { form: {} } }
    const headers = { 'Mcp-Param-Region': 'eu', 'Mcp-Param-City': 'Köln' }
    const more = { capabilities, headers, traceparent: TRACE, progress: () => {} }
    const params = { name: 'Grüße', arguments: {}, _meta: { own: 1, progressToken: 'theirs' } }
    await expect(line.request(asked('tools/call', params, more))).rejects.toThrow('Unknown tool')
    const taken = server.taken.at(-1)
    expect(taken?.headers).toMatchObject({
      authorization: 'Bearer upstream-key',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': '=?base64?R3LDvMOfZQ==?=',
      'mcp-param-region': 'eu',
      'mcp-param-city': '=?base64?S8O2bG4=?=',
      traceparent: TRACE,
      accept: 'application/json, text/event-stream',
    })
    expect(taken?.message.params?.['_meta']).toEqual({
      own: 1,
      progressToken: taken?.message.id,
      traceparent: TRACE,
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': capabilities,
      'io.modelcontextprotocol/clientInfo': { name: 'guildhall', version: '0.1.0' },
    })
  })

  test('carries the session and nothing of the modern envelope in the era before', async () => {
    const server = await chaos('legacy')
    const relays = { elicitation: { form: {} } }
    const line = await open(server, { relays })
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', progressToken: 'x' }
    await line.request(asked('tools/call', { name: 'well', _meta: meta }, { traceparent: TRACE }))
    const first = server.taken.find(({ message }) => message.method === 'initialize')
    expect(first?.message.params).toMatchObject({ capabilities: relays })
    expect(first?.headers['mcp-session-id']).toBeUndefined()
    const taken = server.taken.findLast(({ message }) => message.method === 'tools/call')
    expect(taken?.headers).toMatchObject({
      'mcp-session-id': 'session-1',
      'mcp-protocol-version': '2025-06-18',
      traceparent: TRACE,
    })
    expect(taken?.message.params).toEqual({ name: 'well', _meta: { traceparent: TRACE } })
    await line.close()
    expect(server.heard.at(-1)).toBe('DELETE')
  })
})

describe('a session', () => {
  test('that the server lost is over, and the request may be sent again', async () => {
    const server = await started(sessionServer)
    const line = await open(server)
    server.forget()
    await expect(line.request(toolCall('echo'))).rejects.toMatchObject({
      kind: 'session_lost',
      sent: false,
    })
    await expect(line.closed).resolves.toMatchObject({
      why: expect.stringContaining('session_lost'),
    })
    const again = await open(server)
    await expect(again.request(toolCall('echo'))).resolves.toMatchObject({ content: [{}] })
  })

  test('ends with the stream of the first revision', async () => {
    const server = await started(sseServer)
    const line = await openSseLine(lineOptions(server.url))
    ends.push(() => line.close())
    const sent = Promise.withResolvers<void>()
    const call = line.request(toolCall('hang', {}, { sent: sent.resolve }))
    const failure = call.catch((error: unknown) => error)
    await vi.waitFor(() => expect(server.seen.calls).toContain('hang'))
    server.breakAll()
    expect(await failure).toMatchObject({ kind: 'away', sent: true })
    await expect(line.closed).resolves.toMatchObject({ why: expect.stringContaining('away') })
  })

  test('of an answer that stopped half-way goes on where it stopped', async () => {
    const server = await chaos('legacy')
    const line = await open(server)
    await expect(line.request(toolCall('resumed'))).resolves.toMatchObject({
      content: [{ text: 'the rest' }],
    })
    expect(server.taken.at(-1)?.headers['last-event-id']).toBe('mark-1')
  })
})

describe('changes', () => {
  const CHANGED = { method: 'notifications/tools/list_changed' }

  test.each(['modern', 'legacy'] as const)('after a loss are told once, %s', async (era) => {
    const server = await chaos(era)
    const line = await open(server)
    const heard: string[] = []
    const stop = line.onNotice((method) => heard.push(method))
    await vi.waitFor(() => expect(server.push(CHANGED)).toBe(true))
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    const opened = server.heard.filter((what) => /listen|GET/.test(what)).length
    server.endStream()
    await vi.waitFor(() => expect(heard).toEqual([CHANGED.method, CHANGED.method]))
    expect(server.heard.filter((what) => /listen|GET/.test(what)).length).toBe(opened + 1)
    await vi.waitFor(() => expect(server.push(CHANGED)).toBe(true))
    await vi.waitFor(() => expect(heard).toHaveLength(3))
    stop()
    await vi.waitFor(() => expect(server.open()).toBe(0))
    expect(line.busy()).toBe(0)
  })

  test('of other subscriptions are not listened to', async () => {
    const server = await chaos('modern')
    const line = await open(server)
    const heard: string[] = []
    line.onNotice((method, { uri }) => heard.push(`${method} ${String(uri)}`))
    await line.watch(['test://a'])
    const filter = { toolsListChanged: true, resourceSubscriptions: ['test://a'] }
    const listens = server.taken.filter(({ message }) => message.method?.includes('listen'))
    expect(listens.at(-1)?.message.params).toMatchObject({ notifications: filter })
    const id = listens.at(-1)?.message.id
    const updated = (subscriptionId: unknown, uri: string) => ({
      method: 'notifications/resources/updated',
      params: { uri, _meta: { 'io.modelcontextprotocol/subscriptionId': subscriptionId } },
    })
    server.push(updated(4_711, 'test://foreign'))
    server.push(updated(id, 'test://a'))
    await vi.waitFor(() => expect(heard).toEqual(['notifications/resources/updated test://a']))
  })

  test('are watched anew without a gap', async () => {
    const server = await chaos('modern')
    const line = await open(server)
    line.onNotice(() => {})
    await line.watch(['test://a'])
    await line.watch(['test://a', 'test://b'])
    await vi.waitFor(() => expect(server.open()).toBe(1))
    await line.close()
    await vi.waitFor(() => expect(server.open()).toBe(0))
  })

  test('that a server does not tell are asked for once', async () => {
    const server = await started(sessionServer)
    const line = await open(server)
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(0)
    const stop = line.onNotice(() => {})
    await vi.waitFor(() => expect(server.streams()).toBe(1))
    stop()
    await vi.waitFor(() => expect(server.streams()).toBe(0))
  })
})

test('an address of another origin is not posted to', async () => {
  const server = await chaos('legacy')
  const opening = openSseLine({ ...lineOptions(server.url), handshakeMs: 5_000 })
  await vi.waitFor(() => expect(server.heard).toContain('GET'))
  server.pushRaw('event: endpoint\ndata: http://127.0.0.1:1/messages\n\n')
  await expect(opening).rejects.toMatchObject({ kind: 'malformed' })
})
