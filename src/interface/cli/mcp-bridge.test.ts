import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import path from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterEach, beforeEach, expect, test } from 'vitest'

const META = 'io.modelcontextprotocol/'
const WAIT_MS_MAX = 8_000

type Json = Record<string, unknown>
type Heard = { headers: IncomingMessage['headers']; url: string; body: Request }
type Request = { id: number; method: string; params: Json & { _meta: Json } }
type Answerer = (request: Request, res: ServerResponse) => void

let server: Server
let url: string
let heard: Heard[]
let streams: ServerResponse[]
let clients: Client[]
let onCall: Answerer

const result = (request: Request, res: ServerResponse, value: Json): void => {
  const body = { jsonrpc: '2.0', id: request.id, result: { resultType: 'complete', ...value } }
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const startStream = (res: ServerResponse): void => {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.flushHeaders()
}

const tell = (res: ServerResponse, message: Json): void => {
  res.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`)
}

const text = (said: string): Json => ({ content: [{ type: 'text', text: said }] })

const ANSWERS: Readonly<Record<string, Answerer>> = {
  'server/discover': (request, res) =>
    result(request, res, {
      supportedVersions: ['2026-07-28'],
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true },
        extensions: { 'x/y': {} },
      },
      instructions: 'Claim, work, finish.',
      ttlMs: 300_000,
      cacheScope: 'private',
    }),
  'tools/list': (request, res) =>
    result(request, res, {
      tools: [{ name: 'work_next', description: 'Next.', inputSchema: { type: 'object' } }],
      ttlMs: 60_000,
      cacheScope: 'private',
    }),
  'tools/call': (request, res) => onCall(request, res),
  'resources/read': (request, res) =>
    result(request, res, {
      contents: [{ uri: String(request.params['uri']), text: 'body' }],
      ttlMs: 0,
      cacheScope: 'private',
    }),
  'subscriptions/listen': (_, res) => {
    startStream(res)
    streams.push(res)
  },
}

beforeEach(async () => {
  heard = []
  streams = []
  clients = []
  onCall = (request, res) => result(request, res, text('GH-1 doing'))
  server = createServer((req, res) => {
    const hear = (raw: string) => {
      const body: Request = JSON.parse(raw)
      heard.push({ headers: req.headers, url: req.url ?? '', body })
      ANSWERS[body.method]?.(body, res)
    }
    readAll(req).then(hear, () => res.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
})

afterEach(async () => {
  for (const client of clients) await client.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const RUN = path.join(import.meta.dirname, 'run.ts')

/** A program that is nothing but the command line, as `main` will start it. */
const program = (address: string): string => `
  import { runCli } from ${JSON.stringify(RUN)}
  process.exitCode = await runCli({
    argv: ['mcp', '--profile', 'lean'],
    env: {
      home: '/nonexistent', userHome: '/nonexistent', cwd: '/', url: ${JSON.stringify(address)},
      key: 'guild_a_test', noColor: true, tty: { stdin: false, stdout: false, stderr: false },
      nodePath: process.execPath, nodeVersion: process.version, cliPath: '/nonexistent',
    },
    operations: [], serve: async () => 0, signals: process,
    stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, version: '1.2.3',
  })`

const connected = async (mode: 'modern' | 'legacy', address = url) => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--input-type=module', '-e', program(address)],
  })
  const versionNegotiation = mode === 'legacy' ? { mode } : { mode: { pin: '2026-07-28' } }
  const client = new Client(
    { name: 'tester', version: '9.9.9' },
    { versionNegotiation, capabilities: { elicitation: { form: {} } } },
  )
  clients.push(client)
  await client.connect(transport)
  return { client, transport }
}

const until = async (fact: () => boolean, what: string): Promise<void> => {
  const deadline = Date.now() + WAIT_MS_MAX
  while (!fact()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const posted = (method: string): readonly Heard[] =>
  heard.filter(({ body }) => body.method === method)

test.each(['modern', 'legacy'] as const)(
  'a %s client lists and calls by modern posts',
  async (era) => {
    const { client } = await connected(era)
    expect(client.getInstructions()).toBe('Claim, work, finish.')
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['work_next'])
    const answer = await client.callTool({ name: 'work_next', arguments: { project: 'GH' } })
    expect(answer.content).toEqual([{ type: 'text', text: 'GH-1 doing' }])
    expect(answer).not.toHaveProperty('ttlMs')
    const [call] = posted('tools/call')
    expect(call?.url).toBe('/agent/mcp/p/lean')
    expect(call?.headers).toMatchObject({
      authorization: 'Bearer guild_a_test',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'work_next',
    })
    expect(call?.body.params).toMatchObject({ name: 'work_next', arguments: { project: 'GH' } })
    const { _meta: meta } = call?.body.params ?? { _meta: {} }
    expect(meta[`${META}protocolVersion`]).toBe('2026-07-28')
    expect(meta[`${META}clientInfo`]).toMatchObject({ name: 'tester' })
    expect(meta[`${META}clientCapabilities`]).toMatchObject({ elicitation: { form: {} } })
    expect(meta['guildhall/key']).toMatch(/^[0-9a-f-]{36}$/)
  },
)

test.each(['modern', 'legacy'] as const)('progress reaches a %s client', async (era) => {
  onCall = (request, res) => {
    startStream(res)
    const { progressToken } = request.params['_meta']
    const params = { progressToken, progress: 1, total: 2 }
    tell(res, { method: 'notifications/progress', params })
    tell(res, { id: request.id, result: { resultType: 'complete', ...text('late') } })
    res.end()
  }
  const { client } = await connected(era)
  const seen: number[] = []
  const onprogress = ({ progress }: { progress: number }) => void seen.push(progress)
  await client.callTool({ name: 'work_next' }, { onprogress })
  // The client hands notifications on by itself; the result may overtake them there.
  await expect.poll(() => seen).toEqual([1])
})

test.each(['modern', 'legacy'] as const)(
  'a question of the hub is put to a %s client',
  async (era) => {
    onCall = (request, res) => {
      const { inputResponses, requestState } = request.params
      if (inputResponses !== undefined) {
        result(request, res, text(`${String(requestState)} ${JSON.stringify(inputResponses)}`))
        return
      }
      const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } }
      const params = { mode: 'form', message: 'Who?', requestedSchema }
      const inputRequests = { who: { method: 'elicitation/create', params } }
      result(request, res, { resultType: 'input_required', inputRequests, requestState: 'sealed' })
    }
    const { client } = await connected(era)
    client.setRequestHandler('elicitation/create', () => ({
      action: 'accept' as const,
      content: { name: 'ana' },
    }))
    const answer = await client.callTool({ name: 'work_next' })
    expect(JSON.stringify(answer.content)).toMatch(/sealed .*who.*accept.*ana/)
  },
)

test('an error of the hub arrives with its code, its sentence and its data', async () => {
  onCall = ({ id }, res) => {
    const error = { code: -32_602, message: 'Unknown tool: nope', data: { tool: 'nope' } }
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ jsonrpc: '2.0', id, error }))
  }
  const { client } = await connected('modern')
  await expect(client.callTool({ name: 'nope' })).rejects.toMatchObject({
    code: -32_602,
    data: { tool: 'nope' },
    message: expect.stringContaining('Unknown tool: nope'),
  })
})

test('a call whose connection broke is sent once more under the same key', async () => {
  onCall = (request, res) => {
    if (posted('tools/call').length === 1) res.destroy()
    else result(request, res, text('found'))
  }
  const { client } = await connected('modern')
  expect((await client.callTool({ name: 'work_next' })).content).toEqual(text('found')['content'])
  const keys = posted('tools/call').map(({ body }) => body.params['_meta']['guildhall/key'])
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
})

test('a cancelled call ends the post', async () => {
  let closed = false
  onCall = (_, res) => {
    res.on('close', () => {
      closed = true
    })
  }
  const { client } = await connected('modern')
  const aborted = new AbortController()
  const call = client.callTool({ name: 'work_next' }, { signal: aborted.signal })
  await until(() => posted('tools/call').length === 1, 'the hub has the call')
  aborted.abort()
  await expect(call).rejects.toThrow(/abort/i)
  await until(() => closed, 'the post is cut')
})

test('one listen at the hub feeds all changes to a legacy client', async () => {
  const { client } = await connected('legacy')
  const seen: string[] = []
  client.setNotificationHandler('notifications/tools/list_changed', () => void seen.push('tools'))
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    seen.push(params.uri)
  })
  await client.subscribeResource({ uri: 'guildhall://task/GH-1' })
  const wanted = { toolsListChanged: true, resourceSubscriptions: ['guildhall://task/GH-1'] }
  await until(
    () =>
      posted('subscriptions/listen').some(
        ({ body }) => JSON.stringify(body.params['notifications']) === JSON.stringify(wanted),
      ),
    'the hub is listened to for the resource',
  )
  await until(() => streams.length === posted('subscriptions/listen').length, 'the stream is open')
  const stream = streams.at(-1)
  if (!stream) throw new Error('There is no stream.')
  const meta = { _meta: { [`${META}subscriptionId`]: 1 } }
  tell(stream, { method: 'notifications/tools/list_changed', params: meta })
  const uri = 'guildhall://task/GH-1'
  tell(stream, { method: 'notifications/resources/updated', params: { uri, ...meta } })
  await until(() => seen.length === 2, 'both changes arrived')
  expect(seen).toEqual(['tools', uri])
})

test('names beyond ASCII travel encoded in the header', async () => {
  const { client } = await connected('modern')
  await client.readResource({ uri: 'guildhall://task/é' })
  const encoded = Buffer.from('guildhall://task/é').toString('base64')
  expect(posted('resources/read')[0]?.headers['mcp-name']).toBe(`=?base64?${encoded}?=`)
})

test('a hub that is away is named in the answer, and the bridge ends with its client', async () => {
  await new Promise((resolve) => server.close(resolve))
  const sentence = `Guildhall is not running at ${url}: npx guildhall start.`
  await expect(connected('legacy')).rejects.toThrow(sentence)
}, 20_000)

test('the end of stdin ends the bridge', async () => {
  const { client, transport } = await connected('legacy')
  const { pid } = transport
  await client.close()
  await until(() => !isAlive(pid), 'the process is gone')
})

const isAlive = (pid: number | null): boolean => {
  try {
    return pid !== null && process.kill(pid, 0)
  } catch {
    return false
  }
}
