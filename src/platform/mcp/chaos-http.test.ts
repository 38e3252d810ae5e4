import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ChaosServer } from '../../../test/mcp/chaos-server.ts'
import { chaosServer } from '../../../test/mcp/chaos-server.ts'
import { lineOptions, toolCall } from '../../../test/mcp/test-lines.ts'
import { refuse } from '../../kernel/refusal.ts'
import { openHttpLine, WIDEST_RELAYS } from './http-line.ts'
import type { FailureKind, Json, Line } from './line.ts'

type Row = Readonly<{ tool: string; kind: FailureKind; facts?: Json }>

const BOTH: readonly Row[] = [
  { tool: 'silent', kind: 'timeout', facts: { sent: true } },
  { tool: 'silent_after_head', kind: 'timeout' },
  { tool: 'silent_stream', kind: 'timeout' },
  { tool: 'loris', kind: 'timeout' },
  { tool: 'crash', kind: 'away', facts: { sent: true } },
  { tool: 'crash_in_stream', kind: 'away', facts: { sent: true } },
  { tool: 'empty_stream', kind: 'malformed' },
  { tool: 'endless_flood', kind: 'too_large' },
  { tool: 'huge', kind: 'too_large' },
  { tool: 'huge_length', kind: 'too_large' },
  { tool: 'huge_event', kind: 'too_large' },
  { tool: 'huge_error', kind: 'malformed', facts: { status: 400 } },
  { tool: 'not_json', kind: 'malformed' },
  { tool: 'not_json_in_stream', kind: 'malformed' },
  { tool: 'no_form', kind: 'malformed' },
  { tool: 'both', kind: 'malformed' },
  { tool: 'list_result', kind: 'malformed' },
  { tool: 'odd_error', kind: 'malformed' },
  { tool: 'wrong_id', kind: 'malformed' },
  { tool: 'text_id', kind: 'malformed' },
  { tool: 'deep', kind: 'malformed' },
  { tool: 'page', kind: 'malformed' },
  { tool: 'accepted', kind: 'malformed' },
  { tool: 'redirect', kind: 'away', facts: { status: 307 } },
  {
    tool: 'unauthorized',
    kind: 'unauthorized',
    facts: { status: 401, challenge: 'Bearer resource_metadata="https://x/y"' },
  },
  {
    tool: 'forbidden',
    kind: 'forbidden',
    facts: { challenge: 'Bearer error="insufficient_scope"' },
  },
  { tool: 'rate_limited', kind: 'rate_limited', facts: { status: 429, retryAfterMs: 7_000 } },
  { tool: 'resting', kind: 'away', facts: { status: 503, retryAfterMs: 30_000 } },
  { tool: 'failing', kind: 'away', facts: { status: 500 } },
]

const ERAS = ['modern', 'legacy'] as const

/** Opens a line to a hostile server of an era for the tests of one block. */
const hostile = (era: 'modern' | 'legacy') => {
  const state: { server?: ChaosServer; line?: Line } = {}
  beforeAll(async () => {
    state.server = await chaosServer(era)
    const options = { ...lineOptions(state.server.url), relays: WIDEST_RELAYS }
    state.line = await openHttpLine({ ...options, era: 'auto' })
  })
  afterAll(async () => {
    await state.line?.close()
    await state.server?.stop()
  })
  return () => {
    const { server, line } = state
    if (server === undefined || line === undefined) throw new Error('No server was started.')
    return { server, line }
  }
}

/** Waits until nothing but the stream beside the requests is open. */
const calm = (server: ChaosServer, era: 'modern' | 'legacy') => {
  const streams = era === 'legacy' ? 1 : 0
  const check = () => expect(server.open()).toBeLessThanOrEqual(streams)
  return vi.waitFor(check, { timeout: 3_000 })
}

describe.each(ERAS)('a hostile server, %s', (era) => {
  const opened = hostile(era)

  test.each(BOTH)('$tool ends as $kind', async ({ tool, kind, facts = {} }) => {
    const { server, line } = opened()
    const timeoutMs = kind === 'timeout' ? 200 : 10_000
    const before = server.written()
    const call = line.request(toolCall(tool, {}, { timeoutMs }))
    await expect(call).rejects.toMatchObject({ name: 'LineFailure', kind, ...facts })
    expect(line.busy()).toBe(0)
    // Nothing of a bad answer stays open, and what is too large was not taken in.
    await calm(server, era)
    expect(server.written() - before).toBeLessThan(30_000_000)
    await expect(line.request(toolCall('well'))).resolves.toMatchObject({ content: [{}] })
  })
})

describe.each(ERAS)('an odd server, %s', (era) => {
  const opened = hostile(era)

  test('an answer that does not end is there at once, and its stream is cut', async () => {
    const { server, line } = opened()
    await expect(line.request(toolCall('no_end'))).resolves.toMatchObject({ content: [{}] })
    await calm(server, era)
  })

  test('a flood of progress costs time, not the answer', async () => {
    const { line } = opened()
    let steps = 0
    const more = { progress: () => void (steps += 1) }
    await expect(line.request(toolCall('flood', {}, more))).resolves.toMatchObject({
      content: [{ text: 'done' }],
    })
    expect(steps).toBe(10_000)
  })

  test('the first of two answers counts', async () => {
    const { line } = opened()
    await expect(line.request(toolCall('twice'))).resolves.toMatchObject({
      content: [{ text: 'first' }],
    })
  })

  test('single bytes with both ends of line become the answer', async () => {
    const { line } = opened()
    await expect(line.request(toolCall('slow_but_well'))).resolves.toMatchObject({
      content: [{ text: 'done' }],
    })
  })

  test('an error without an id is the answer to the request on its connection', async () => {
    const { line } = opened()
    await expect(line.request(toolCall('null_id_error'))).rejects.toMatchObject({
      name: 'UpstreamFault',
      code: -32_700,
    })
  })

  test('a question that nobody may answer does not stop the answer', async () => {
    const { line } = opened()
    await expect(line.request(toolCall('push'))).resolves.toMatchObject({
      content: [{ text: 'done' }],
    })
  })

  test('a caller that gave up before is not sent at all', async () => {
    const { server, line } = opened()
    const count = server.heard.length
    const sent = vi.fn()
    const more = { signal: AbortSignal.abort(), sent }
    await expect(line.request(toolCall('well', {}, more))).rejects.toMatchObject({
      kind: 'cancelled',
      sent: false,
    })
    expect(server.heard.length).toBe(count)
    expect(sent).not.toHaveBeenCalled()
  })
})

test('an error with status 404 or 400 is an error of the protocol', async () => {
  const server = await chaosServer('modern')
  const line = await openHttpLine({ ...lineOptions(server.url), era: 'auto' })
  await expect(line.request(toolCall('missing'))).rejects.toMatchObject({ code: -32_601 })
  await line.close()
  await server.stop()
})

test('a dead server is away, and no byte was sent', async () => {
  const server = await chaosServer('modern')
  const line = await openHttpLine({ ...lineOptions(server.url), era: 'auto' })
  await server.stop()
  await expect(line.request(toolCall('well'))).rejects.toMatchObject({ kind: 'away', sent: false })
  await line.close()
})

test('a credential that cannot be had in time ends as a timeout of nothing sent', async () => {
  const server = await chaosServer('modern')
  let isStuck = false
  const headers = () =>
    isStuck ? new Promise<Record<string, string>>(() => {}) : Promise.resolve({})
  const line = await openHttpLine({ ...lineOptions(server.url), headers, era: 'auto' })
  isStuck = true
  const call = line.request(toolCall('well', {}, { timeoutMs: 100 }))
  await expect(call).rejects.toMatchObject({ kind: 'timeout', sent: false })
  await line.close()
  await server.stop()
})

test('what the giver of the credential refuses stays in its words', async () => {
  const server = await chaosServer('modern')
  let isLocked = false
  const headers = async () => {
    if (isLocked) throw refuse('conflict', 'tools.needs_connect', 'Connect the account first.')
    return {}
  }
  const line = await openHttpLine({ ...lineOptions(server.url), headers, era: 'auto' })
  isLocked = true
  const call = line.request(toolCall('well'))
  await expect(call).rejects.toMatchObject({ name: 'Refusal', code: 'tools.needs_connect' })
  await line.close()
  await server.stop()
})

test('closing a line ends what is under way', async () => {
  for (const era of ['modern', 'legacy'] as const) {
    const server = await chaosServer(era)
    const line = await openHttpLine({ ...lineOptions(server.url), era: 'auto' })
    const failure = line.request(toolCall('silent')).catch((error: unknown) => error)
    await vi.waitFor(() => expect(server.heard).toContain('tools/call'))
    await line.close()
    expect(await failure).toMatchObject({ kind: 'away', sent: true })
    await expect(line.closed).resolves.toEqual({ why: 'closed' })
    await expect(line.request(toolCall('well'))).rejects.toMatchObject({ sent: false })
    await server.stop()
  }
})
