import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import type { CallToolResult } from '@modelcontextprotocol/server'
import { createMcpHandler, ProtocolError, Server } from '@modelcontextprotocol/server'

// A server of tools for the page to show: one tool for each thing that a page has to draw, and
// one that does what it can to be more than drawn.

/** A server with the tools of these tests, on 127.0.0.1. */
export type NotebookServer = Readonly<{
  url: string
  /** Arguments of the calls of `note`, oldest first. */
  notes: readonly unknown[]
  /** Answers everything with an error of the server, or no longer. */
  breakDown(isBroken: boolean): void
  /** Describes `note` in other words from now on. */
  describe(text: string): void
  /** Counts calls of `wait` that have not ended. */
  waits(): number
  /** Lets calls of `wait` end. */
  release(): void
  stop(): Promise<void>
}>

/** What a hostile server writes: markup, marks of direction, what has no width, a long word. */
export const HOSTILE =
  '<script>window.pwned = 1</script><img src="https://evil.example/x.png" onerror="pwned=2">' +
  ' [click](https://evil.example/) \u202egnp.exe\u202c zero\u200b\u200bwidth ' +
  `\u{e0048}\u{e0049} ${'W'.repeat(300)}`

// One red pixel, and ten seconds of silence.
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const SOUND_BYTES = 80_000
const silence = (): string => {
  const wave = Buffer.alloc(44 + SOUND_BYTES)
  wave.write('RIFF\0\0\0\0WAVEfmt ', 'latin1')
  wave.writeUInt32LE(36 + SOUND_BYTES, 4)
  wave.writeUInt32LE(16, 16)
  wave.writeUInt16LE(1, 20)
  wave.writeUInt16LE(1, 22)
  wave.writeUInt32LE(8000, 24)
  wave.writeUInt32LE(8000, 28)
  wave.writeUInt16LE(1, 32)
  wave.writeUInt16LE(8, 34)
  wave.write('data', 36, 'latin1')
  wave.writeUInt32LE(SOUND_BYTES, 40)
  return wave.fill(128, 44).toString('base64')
}

const NOTE_SCHEMA = {
  type: 'object' as const,
  properties: {
    title: { type: 'string', description: 'What it is called.' },
    stars: { type: 'integer', minimum: 1, maximum: 5, description: 'How good it is.' },
    pinned: { type: 'boolean', default: false },
    colour: { enum: ['red', 'green', 'blue'] },
    labels: { type: 'array', items: { type: 'string', maxLength: 20 } },
    place: {
      type: 'object',
      properties: {
        room: { type: 'string' },
        shelf: { type: 'object', properties: { number: { type: 'integer' } } },
      },
      required: ['room'],
    },
    extra: { description: 'Whatever else there is.' },
  },
  required: ['title', 'stars'],
}
const NOTHING = { type: 'object' as const, properties: {} }
const READS = { readOnlyHint: true, openWorldHint: false }

const toolsOf = (about: string) => [
  {
    name: 'note',
    title: 'Keep a note',
    description: about,
    inputSchema: NOTE_SCHEMA,
    annotations: { openWorldHint: false },
  },
  {
    name: 'gallery',
    description: 'Gives a picture, a sound, a file and a link.',
    inputSchema: NOTHING,
    annotations: READS,
  },
  { name: 'hostile', description: HOSTILE, inputSchema: NOTHING, annotations: READS },
  {
    name: 'sorry',
    description: 'Fails in its own words.',
    inputSchema: NOTHING,
    annotations: READS,
  },
  {
    name: 'wait',
    description: 'Works until it is let go.',
    inputSchema: NOTHING,
    annotations: READS,
  },
  {
    name: 'wipe',
    description: 'Deletes every note there is.',
    inputSchema: NOTHING,
    annotations: { destructiveHint: true, openWorldHint: false },
  },
]

const gallery = (): CallToolResult => ({
  content: [
    { type: 'text', text: 'All that fits into a result:' },
    { type: 'image', data: PIXEL, mimeType: 'image/png' },
    { type: 'image', data: Buffer.from('<svg/>').toString('base64'), mimeType: 'image/svg+xml' },
    { type: 'audio', data: silence(), mimeType: 'audio/wav' },
    {
      type: 'resource',
      resource: { uri: 'note://1', mimeType: 'text/plain', text: 'Milk, bread, two bells.' },
    },
    {
      type: 'resource_link',
      uri: 'https://evil.example/list?all=1',
      name: 'list',
      description: 'A link that a server made.',
    },
  ],
})

const hostile = (): CallToolResult => ({
  content: [{ type: 'text', text: `${HOSTILE}\n${'A line of many. '.repeat(12_500)}The end.` }],
  structuredContent: { '<b>key</b>': HOSTILE, deep: { deeper: { deepest: [1] } } },
})

/** Starts one. */
export const notebookServer = async (): Promise<NotebookServer> => {
  const notes: unknown[] = []
  const waiting = new Set<() => void>()
  let about = 'Keeps a note in the notebook of the hall.'
  let isBroken = false
  const answers: Readonly<
    Record<string, (args: unknown, signal: AbortSignal) => Promise<CallToolResult>>
  > = {
    async note(args) {
      notes.push(args)
      return { content: [{ type: 'text', text: JSON.stringify({ kept: args }) }] }
    },
    gallery: async () => gallery(),
    hostile: async () => hostile(),
    sorry: async () => ({
      content: [{ type: 'text', text: 'The notebook is locked.' }],
      isError: true,
    }),
    async wait(_args, signal) {
      await new Promise<void>((resolve) => {
        waiting.add(resolve)
        signal.addEventListener('abort', () => resolve())
      }).finally(() => waiting.clear())
      return { content: [{ type: 'text', text: 'Let go.' }] }
    },
    async wipe() {
      notes.splice(0)
      return { content: [{ type: 'text', text: 'All gone.' }] }
    },
  }
  const made = (): Server => {
    const server = new Server(
      { name: 'notebook', version: '1.2.3' },
      { capabilities: { tools: {} } },
    )
    server.setRequestHandler('tools/list', () => ({ tools: toolsOf(about) }))
    server.setRequestHandler('tools/call', ({ params }, { mcpReq }) => {
      const answer = answers[params.name]
      if (answer === undefined) throw new ProtocolError(-32_602, 'Unknown tool')
      return answer(params.arguments ?? {}, mcpReq.signal)
    })
    return server
  }
  const node = toNodeHandler(createMcpHandler(made, { legacy: 'reject' }))
  const http = createServer((req, res) => {
    if (isBroken) res.writeHead(500).end()
    else {
      const request = Object.assign(req, { method: req.method ?? '', url: req.url ?? '' })
      node(request, res).catch((error: unknown) => res.destroy(new Error(String(error))))
    }
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    notes,
    breakDown: (next) => void (isBroken = next),
    describe: (text) => void (about = text),
    waits: () => waiting.size,
    release() {
      for (const go of waiting) go()
    },
    async stop() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
