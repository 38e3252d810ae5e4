import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Message, Turn } from './chaos-tools.ts'
import { answer, errorOf, event, EVENTS, json, JSON_TYPE, note, TOOLS } from './chaos-tools.ts'

// A server over HTTP that misbehaves in the way that the name of the called tool says. The
// handshake of its era works, so that a line can be opened.

/** A server that does harm, on 127.0.0.1. */
export type ChaosServer = Readonly<{
  url: string
  /** Requests that came in: their methods of JSON-RPC, or of HTTP where there is no body. */
  heard: readonly string[]
  /** Headers and messages that came in. */
  taken: readonly Taken[]
  /** Bytes that went out, over all connections. */
  written(): number
  /** Answers that are not finished. */
  open(): number
  /** Sends a message on the stream that belongs to no request; tells whether there is one. */
  push(message: object): boolean
  /** Writes on that stream. */
  pushRaw(text: string): void
  /** Sets what the handshake is answered with, instead of what it should. */
  answerHandshakeWith(status: number, body: object | string, headers?: HeaderTexts): void
  /** Ends the stream that belongs to no request. */
  endStream(): void
  stop(): Promise<void>
}>

type HeaderTexts = Readonly<Record<string, string>>
type Taken = Readonly<{ headers: IncomingMessage['headers']; message: Message; url: string }>

/** Starts one; its era is what its handshake speaks. */
export const chaosServer = async (era: 'modern' | 'legacy'): Promise<ChaosServer> => {
  const heard: string[] = []
  const taken: Taken[] = []
  const sockets = new Set<Socket>()
  const unfinished = new Set<ServerResponse>()
  let closedBytes = 0
  let stream: ServerResponse | null = null
  let streamFor: unknown = null
  let handshake: Readonly<{ status: number; body: string; headers: HeaderTexts }> | null = null
  const resumable = new Map<string, number | string>()

  const handshakes: Readonly<Record<string, (turn: Turn) => void>> = {
    'server/discover': ({ res, id }) => {
      if (era === 'legacy') return json(res, errorOf(id, -32_601, 'Method not found'), 400)
      const capabilities = { tools: { listChanged: true }, resources: { subscribe: true } }
      const result = { supportedVersions: ['2026-07-28'], capabilities, resultType: 'complete' }
      json(res, JSON.stringify({ jsonrpc: '2.0', id, result }))
    },
    initialize: ({ res, id }) => {
      if (era === 'modern') return json(res, errorOf(id, -32_022, 'Old'), 400)
      const result = {
        protocolVersion: '2025-06-18',
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'chaos', version: '0' },
      }
      res.writeHead(200, { ...JSON_TYPE, 'mcp-session-id': 'session-1' })
      res.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    },
    'subscriptions/listen': ({ res, id }) => {
      res.writeHead(200, EVENTS)
      const meta = { 'io.modelcontextprotocol/subscriptionId': id }
      res.write(note('notifications/subscriptions/acknowledged', { _meta: meta }))
      stream = res
      streamFor = id
    },
  }
  const onPost = (req: IncomingMessage, res: ServerResponse, body: string) => {
    const message: Message = JSON.parse(body)
    const { id, method = '', params } = message
    heard.push(method === '' ? 'answer' : method)
    taken.push({ headers: req.headers, message, url: req.url ?? '' })
    if (id === undefined || method === '') return void res.writeHead(202).end()
    const turn = { res, id, message }
    const opening = handshakes[method]
    if (opening !== undefined && handshake !== null && method !== 'subscriptions/listen') {
      const headers = { ...JSON_TYPE, ...handshake.headers }
      return void res.writeHead(handshake.status, headers).end(handshake.body)
    }
    if (opening !== undefined) return opening(turn)
    const tool = TOOLS[String(params?.['name'])]
    if (params?.['name'] === 'resumed') resumable.set('mark-1', id)
    if (tool === undefined) json(res, errorOf(id, -32_602, 'Unknown tool'))
    else tool(turn)
  }
  const onGet = (req: IncomingMessage, res: ServerResponse) => {
    heard.push(req.method ?? '')
    taken.push({ headers: req.headers, message: {}, url: req.url ?? '' })
    if (req.method !== 'GET') return void res.writeHead(200).end()
    res.writeHead(200, EVENTS).flushHeaders()
    const id = resumable.get(String(req.headers['last-event-id']))
    if (id !== undefined) return void res.end(event(answer(id, 'the rest')))
    stream = res
  }
  const server = createServer((req, res) => {
    unfinished.add(res)
    res.once('close', () => unfinished.delete(res))
    if (req.method !== 'POST') return onGet(req, res)
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => onPost(req, res, Buffer.concat(chunks).toString()))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      closedBytes += socket.bytesWritten
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    heard,
    taken,
    written: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, closedBytes),
    open: () => unfinished.size,
    push(message) {
      if (stream === null || stream.destroyed) return false
      const meta = { 'io.modelcontextprotocol/subscriptionId': streamFor }
      const stamped = era === 'modern' ? { params: { _meta: meta } } : {}
      return stream.write(event(JSON.stringify({ jsonrpc: '2.0', ...stamped, ...message })))
    },
    pushRaw: (text) => void stream?.write(text),
    answerHandshakeWith(status, body, headers = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      handshake = { status, body: text, headers }
    },
    endStream: () => void stream?.end(),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
