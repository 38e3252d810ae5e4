import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import type { DoorOptions } from '../src/interface/mcp/ground.ts'
import { mcpDoor } from '../src/interface/mcp/door.ts'
import type { DoorHall } from './door-hall.ts'
import { doorHall } from './door-hall.ts'

/** What came back over the wire. */
export type Reply = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>

/** A request as tests write it down. */
export type Sent = Readonly<{
  method?: string
  path?: string
  headers?: Readonly<Record<string, string>>
  body?: string | Buffer | undefined
  /** Headers to leave out. */
  without?: readonly string[]
}>

/** A door on a socket of its own. */
export type TestDoor = DoorHall &
  Readonly<{
    url: string
    port: number
    send(sent: Sent): Promise<Reply>
    stop(): Promise<void>
  }>

const KEY = new Uint8Array(32).fill(7)

/** Opens a door over a hall; two doors over one hall are two processes of one hub. */
export const openDoor = async (
  given: Partial<DoorOptions> = {},
  turned: DoorHall = doorHall(),
): Promise<TestDoor> => {
  let port = 0
  const door = mcpDoor({
    hall: turned.hall,
    version: '0.1.0',
    port: () => port,
    sessionKey: KEY,
    toolAbout: { sprint: 'List or start sprints.' },
    keySources: {
      project: {
        operation: 'work.find_keys',
        input: (start) => ({ start }),
        keys: (output) => (Array.isArray(output) ? output.map(String) : []),
        listed: true,
      },
    },
    ...given,
  })
  const server = createServer((req, res) => {
    if (door.handles(req.url ?? '')) door.handle(req, res)
    else res.writeHead(404).end('elsewhere')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    ...turned,
    url: `http://127.0.0.1:${port}/agent/mcp`,
    port,
    send: (sent) => sendTo(port, sent),
    async stop() {
      await door.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const sendTo = (port: number, sent: Sent): Promise<Reply> => {
  const { method = 'POST', path = '/agent/mcp', headers = {}, body, without = [] } = sent
  const all: Record<string, string> = {
    authorization: 'Bearer good-key',
    ...(method === 'POST' && { 'content-type': 'application/json' }),
    ...headers,
  }
  for (const name of without) delete all[name]
  return new Promise((resolve, reject) => {
    const req = request({ port, host: '127.0.0.1', method, path, headers: all }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text })
      })
    })
    req.on('error', reject)
    req.end(body)
  })
}

/** Writes a modern request with everything it needs. */
export const modern = (
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  more: Readonly<{ id?: unknown; meta?: object; headers?: Record<string, string> }> = {},
): Sent => {
  const { id = 1, meta = {}, headers = {} } = more
  const named = params['name'] ?? params['uri']
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    ...meta,
  }
  return {
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof named === 'string' && { 'mcp-name': named }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: envelope } }),
  }
}
