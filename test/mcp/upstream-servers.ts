import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import * as firstHttp from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { firstLineServer } from './first-line-server.ts'
import type { Seen } from './fixture-words.ts'
import { secondLineServer } from './second-line-server.ts'

/** A server to be an upstream in tests, on 127.0.0.1. */
export type UpstreamServer = Readonly<{
  url: string
  seen: Seen
  /** What came in, oldest first. */
  requests: readonly Readonly<{ method: string; headers: IncomingMessage['headers'] }>[]
  /** Streams that are open now. */
  streams(): number
  /** Breaks every connection, as a network does. */
  breakAll(): void
  /** Forgets all sessions, as a restart does. */
  forget(): void
  stop(): Promise<void>
}>

type Handle = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/** The scripts that are servers over stdio. */
export const STDIO_SCRIPTS = {
  legacy: fileURLToPath(new URL('first-line-stdio.ts', import.meta.url)),
  modern: fileURLToPath(new URL('second-line-stdio.ts', import.meta.url)),
  chaos: fileURLToPath(new URL('chaos-stdio.ts', import.meta.url)),
} as const

/** Starts a server of the stateless era; `dual` serves the eras before, too. */
export const modernServer = async (legacy: 'dual' | 'modern_only' = 'modern_only') => {
  const seen: Seen = { cancelled: 0, calls: [] }
  const handler = createMcpHandler(() => secondLineServer(seen, () => handler.notify), {
    legacy: legacy === 'dual' ? 'stateless' : 'reject',
  })
  const node = toNodeHandler(handler)
  return serve({
    seen,
    path: '/mcp',
    forget() {},
    handle: (req, res) =>
      node(Object.assign(req, { method: req.method ?? '', url: req.url ?? '' }), res),
  })
}

/** Starts a server of the era with sessions, over Streamable HTTP. */
export const sessionServer = async (): Promise<UpstreamServer> => {
  const seen: Seen = { cancelled: 0, calls: [] }
  const sessions = new Map<string, firstHttp.StreamableHTTPServerTransport>()
  const handle: Handle = async (req, res) => {
    const id = String(req.headers['mcp-session-id'] ?? '')
    const known = sessions.get(id)
    if (known !== undefined) return known.handleRequest(req, res)
    if (id !== '') {
      res.writeHead(404, { 'content-type': 'application/json' })
      const error = { code: -32_001, message: 'Session not found' }
      res.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }))
      return
    }
    const transport = new firstHttp.StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void sessions.set(session, transport),
      onsessionclosed: (session) => void sessions.delete(session),
    })
    await firstLineServer(seen).connect(transport)
    await transport.handleRequest(req, res)
  }
  return serve({ seen, path: '/mcp', forget: () => sessions.clear(), handle })
}

/** Starts a server of the era with sessions that has none: a new one for every request. */
export const statelessServer = async (): Promise<UpstreamServer> => {
  const seen: Seen = { cancelled: 0, calls: [] }
  const handle: Handle = async (req, res) => {
    if (req.method !== 'POST') {
      res.writeHead(405).end()
      return
    }
    const transport = new firstHttp.StreamableHTTPServerTransport({})
    await firstLineServer(seen).connect(transport)
    await transport.handleRequest(req, res)
  }
  return serve({ seen, path: '/mcp', forget() {}, handle })
}

/** Starts a server of the first revision: HTTP+SSE. */
export const sseServer = async (): Promise<UpstreamServer> => {
  const seen: Seen = { cancelled: 0, calls: [] }
  const sessions = new Map<string, SSEServerTransport>()
  const handle: Handle = async (req, res) => {
    if (req.method === 'GET') {
      const transport = new SSEServerTransport('/messages', res)
      sessions.set(transport.sessionId, transport)
      await firstLineServer(seen).connect(transport)
      return
    }
    const id = new URL(req.url ?? '', 'http://here').searchParams.get('sessionId') ?? ''
    const known = sessions.get(id)
    if (known === undefined) res.writeHead(404).end('no such session')
    else await known.handlePostMessage(req, res)
  }
  return serve({ seen, path: '/sse', forget: () => sessions.clear(), handle })
}

type Served = Readonly<{ seen: Seen; path: string; handle: Handle; forget(): void }>

const serve = async ({ seen, path, handle, forget }: Served): Promise<UpstreamServer> => {
  const requests: { method: string; headers: IncomingMessage['headers'] }[] = []
  const open = new Set<ServerResponse>()
  const server = createServer((req, res) => {
    requests.push({ method: req.method ?? '', headers: req.headers })
    open.add(res)
    res.once('close', () => open.delete(res))
    handle(req, res).catch((error: unknown) => res.destroy(new Error(String(error))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}${path}`,
    seen,
    requests,
    streams: () => open.size,
    breakAll: () => server.closeAllConnections(),
    forget,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
