import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Scripts } from '../../../test/mcp/test-lines.ts'
import { asked, lineOptions, openScripts, toolCall } from '../../../test/mcp/test-lines.ts'
import type { UpstreamServer } from '../../../test/mcp/upstream-servers.ts'
import {
  modernServer,
  sessionServer,
  sseServer,
  STDIO_SCRIPTS,
  statelessServer,
} from '../../../test/mcp/upstream-servers.ts'
import { openChildLine } from './child-line.ts'
import { openHttpLine, WIDEST_RELAYS } from './http-line.ts'
import type { Json, Line } from './line.ts'
import { openSseLine } from './sse-line.ts'

type Cell = Readonly<{
  name: string
  era: 'modern' | 'legacy'
  /** Whether the server can take back a word to a call that is under way. */
  remembers: boolean
  open(): Promise<Readonly<{ line: Line; server?: UpstreamServer }>>
}>

const clientInfo = { name: 'guildhall', version: '0.1.0' }
const relays = WIDEST_RELAYS
let scripts: Scripts

const http = async (start: () => Promise<UpstreamServer>) => {
  const server = await start()
  return { server, line: await openHttpLine({ ...lineOptions(server.url), relays, era: 'auto' }) }
}
const program = async (era: 'modern' | 'legacy') => {
  const child = await scripts.start(STDIO_SCRIPTS[era])
  return { line: await openChildLine(child, { era, clientInfo, relays }) }
}

const CELLS: readonly Cell[] = [
  { name: 'modern HTTP', era: 'modern', remembers: true, open: () => http(modernServer) },
  { name: 'legacy HTTP, session', era: 'legacy', remembers: true, open: () => http(sessionServer) },
  {
    name: 'legacy HTTP, no session',
    era: 'legacy',
    remembers: false,
    open: () => http(statelessServer),
  },
  {
    name: 'HTTP+SSE',
    era: 'legacy',
    remembers: true,
    async open() {
      const server = await sseServer()
      return { server, line: await openSseLine({ ...lineOptions(server.url), relays }) }
    },
  },
  { name: 'stdio legacy', era: 'legacy', remembers: true, open: () => program('legacy') },
  { name: 'stdio modern', era: 'modern', remembers: true, open: () => program('modern') },
]

const textOf = (result: Json): string => {
  const [first]: unknown[] = Array.isArray(result['content']) ? result['content'] : []
  return typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : ''
}

const opened = new Map<string, Awaited<ReturnType<Cell['open']>>>()
const at = (name: string) => {
  const found = opened.get(name)
  if (found === undefined) throw new Error(`${name} was not opened.`)
  return found
}

beforeAll(async () => {
  scripts = await openScripts()
  for (const { name, open } of CELLS) opened.set(name, await open())
})
afterAll(async () => {
  for (const { line, server } of opened.values()) {
    await line.close()
    await server?.stop()
  }
  await scripts.stop()
})

describe.each(CELLS)('$name, calls', ({ name, era }) => {
  test('says what it is', () => {
    const { line } = at(name)
    expect(line.about).toMatchObject({
      era,
      version: era === 'modern' ? '2026-07-28' : '2025-11-25',
      server: { name: era === 'modern' ? 'second-line' : 'first-line' },
      capabilities: { tools: { listChanged: true } },
      instructions: 'A fixture.',
    })
  })

  test('a call gives the raw result, and several at once do not mix', async () => {
    const { line } = at(name)
    const { tools } = await line.request(asked('tools/list'))
    expect(tools).toHaveLength(11)
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8]
    const results = await Promise.all(numbers.map((n) => line.request(toolCall('echo', { n }))))
    expect(results.map(textOf)).toEqual(numbers.map((n) => `{"n":${n}}`))
    expect(line.busy()).toBe(0)
  })

  test('progress comes to the call it belongs to', async () => {
    const { line } = at(name)
    const steps: unknown[][] = [[], []]
    const count = (at: number) =>
      line.request(toolCall('count', {}, { progress: (p) => steps[at]?.push(p['progress']) }))
    const results = await Promise.all([count(0), count(1)])
    expect(results.map(textOf)).toEqual(['3', '3'])
    expect(steps).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  test('a log message comes with its call', async () => {
    const { line } = at(name)
    const logged: Json[] = []
    const params = {
      name: 'talk',
      arguments: {},
      _meta: { 'io.modelcontextprotocol/logLevel': 'debug' },
    }
    await line.request(asked('tools/call', params, { logged: (message) => logged.push(message) }))
    expect(logged).toMatchObject([{ level: 'info', data: 'I talk.' }])
  })
})

describe.each(CELLS)('$name, bad ends', ({ name, remembers }) => {
  test('a cancelled call ends at once, and the server hears of it', async () => {
    const { line, server } = at(name)
    const caller = new AbortController()
    const sent = Promise.withResolvers<void>()
    const { signal } = caller
    const call = line.request(toolCall('hang', {}, { signal, sent: sent.resolve }))
    await sent.promise
    if (server !== undefined) {
      await vi.waitFor(() => expect(server?.seen.calls).toContain('hang'), { timeout: 5_000 })
    }
    caller.abort()
    await expect(call).rejects.toMatchObject({ kind: 'cancelled', sent: true })
    expect(line.busy()).toBe(0)
    if (!remembers) return
    await vi.waitFor(
      async () => expect(textOf(await line.request(toolCall('cancelled')))).toBe('1'),
      { timeout: 5_000 },
    )
  })

  test('an error of the protocol comes as it is', async () => {
    const { line } = at(name)
    const call = line.request(toolCall('refuse'))
    await expect(call).rejects.toMatchObject({
      name: 'UpstreamFault',
      code: -32_050,
      data: { why: 'fixture' },
    })
    await expect(call).rejects.toThrow('Not today.')
    await expect(line.request(asked('no/such'))).rejects.toMatchObject({ code: -32_601 })
  })
})

describe.each(CELLS)('$name, questions', ({ name, era, remembers }) => {
  test.runIf(era === 'legacy' && remembers)('a question reaches the caller', async () => {
    const { line } = at(name)
    const questions: string[] = []
    const ask = async (method: string, params: Json) => {
      questions.push(`${method} ${String(params['message'])}`)
      return { action: 'accept', content: { colour: 'red' } }
    }
    const capabilities = { elicitation: {} }
    const result = await line.request(toolCall('ask', {}, { capabilities, ask }))
    expect(textOf(result)).toBe('["accept","red"]')
    expect(questions).toEqual(['elicitation/create Which colour?'])
    const later = await line.request(toolCall('ask_later', {}, { capabilities, ask }))
    expect(textOf(later)).toBe('["accept","red"]')
  })

  test.runIf(era === 'legacy' && remembers)(
    'a question to a caller that cannot answer is refused',
    async () => {
      const { line } = at(name)
      const ask = async () => ({ action: 'accept' })
      const unable = line.request(toolCall('ask', {}, { capabilities: { sampling: {} }, ask }))
      await expect(unable).rejects.toMatchObject({ code: -32_601 })
      const deaf = line.request(toolCall('ask', {}, { capabilities: { elicitation: {} } }))
      await expect(deaf).rejects.toMatchObject({ code: -32_601 })
    },
  )

  test.runIf(era === 'modern')('a question comes as a result, its answer as a retry', async () => {
    const { line } = at(name)
    const capabilities = { elicitation: {} }
    const half = await line.request(toolCall('ask', {}, { capabilities }))
    expect(half).toMatchObject({
      resultType: 'input_required',
      inputRequests: { colour: { method: 'elicitation/create' } },
      requestState: 'half-way',
    })
    const inputResponses = { colour: { action: 'accept', content: { colour: 'red' } } }
    const params = { name: 'ask', arguments: {}, inputResponses, requestState: 'half-way' }
    const whole = await line.request(asked('tools/call', params, { capabilities }))
    expect(whole['resultType']).toBe('complete')
    expect(textOf(whole)).toContain('"red"')
  })
})

describe.each(CELLS)('$name, changes', ({ name, remembers }) => {
  test.runIf(remembers)('a changed list and an updated resource are told', async () => {
    const { line } = at(name)
    const heard: string[] = []
    const stop = line.onNotice((method, params) => {
      heard.push([method, params['uri']].filter(Boolean).join(' '))
    })
    await line.watch(['test://one'])
    // Over Streamable HTTP the stream for notices opens beside the calls: asked until it is there.
    await vi.waitFor(
      async () => {
        await line.request(toolCall('change'))
        await line.request(toolCall('touch', { uri: 'test://one' }))
        await vi.waitFor(() => expect(new Set(heard).size).toBe(2), { timeout: 300 })
      },
      { timeout: 5_000 },
    )
    expect(new Set(heard)).toEqual(
      new Set(['notifications/tools/list_changed', 'notifications/resources/updated test://one']),
    )
    stop()
    await line.watch([])
  })
})
