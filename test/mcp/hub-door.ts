import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mcpDoor } from '../../src/interface/mcp/door.ts'
import { KEY_SOURCES } from '../../src/main/key-sources.ts'
import { NATIVE_OPERATIONS } from '../../src/main/native-operations.ts'
import { TOOL_ABOUT } from '../../src/main/tool-about.ts'
import { bench } from '../bench.ts'

type Bench = Awaited<ReturnType<typeof bench>>

/** A hub on a socket, with a bench to arrange what is behind it. */
export type HubDoor = Bench &
  Readonly<{
    port: number
    /** The address of a profile. */
    at(profile: string): string
    stop(): Promise<void>
  }>

const KEY = new Uint8Array(32).fill(9)

/** Rules under which nobody is asked before a call. */
export const UNASKED = { approval: 'never', egress: 'internal' } as const

type Handle = (req: IncomingMessage, res: ServerResponse) => void

const listen = async (handle: Handle) => {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Opens the MCP door of a bench. */
export const openHubDoor = async (taskAfterMs?: number): Promise<HubDoor> => {
  const made = await bench()
  let port = 0
  const door = mcpDoor({
    hall: made.house.hall,
    version: '0.1.0',
    port: () => port,
    sessionKey: KEY,
    toolAbout: TOOL_ABOUT,
    keySources: KEY_SOURCES,
    native: NATIVE_OPERATIONS,
    ...(taskAfterMs !== undefined && { taskAfterMs }),
  })
  const server = await listen((req, res) => door.handle(req, res))
  port = server.port
  return {
    ...made,
    port,
    at: (profile) => `http://127.0.0.1:${port}/agent/mcp/p/${profile}`,
    async stop() {
      await door.close()
      await server.stop()
    },
  }
}

/**
 * Opens a way to a hub for clients that cannot show a key. It adds the key, and puts the hub's own
 * name where its own was used: a foreign name stays, so that the hub can turn it away.
 */
export const openRelay = async (to: string, key: string) => {
  const { host, pathname, port: target } = new URL(to)
  let own = ''
  const server = await listen((req, res) => {
    const headers = { ...req.headers, authorization: `Bearer ${key}` }
    if (headers.host === own) headers.host = host
    if (headers.origin === `http://${own}`) headers.origin = `http://${host}`
    const options = { port: target, host: '127.0.0.1', path: pathname, method: req.method, headers }
    const on = request(options, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    on.on('error', () => res.destroy())
    res.on('close', () => on.destroy())
    req.pipe(on)
  })
  own = `127.0.0.1:${server.port}`
  return { url: `http://${own}/mcp`, stop: server.stop }
}
