// `guildhall mcp`: an MCP server on stdio whose every request becomes one modern POST to the hub.
// The SDK speaks either era to the client; the hub sees only the modern one, under the key.
import { randomUUID } from 'node:crypto'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type JSONRPCMessage,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerCapabilities,
  type ServerContext,
  type Transport,
} from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'
import {
  ask,
  type Discovered,
  discover,
  envelope,
  isJson,
  type Json,
  META,
  type Target,
} from './bridge-wire.ts'
import type { Session } from './session.ts'

const KEY_META = 'guildhall/key'

const LISTEN_WAIT_MS = 500
const LISTEN_WAIT_MS_MAX = 15_000
const URIS_MAX = 100

type BridgeGround = Readonly<{
  stdin: Readable
  stdout: Writable
  signal: AbortSignal
  version: string
}> &
  Pick<Session, 'print'>

type Bridge = {
  readonly target: Target
  readonly signal: AbortSignal
  readonly version: string
  hub: Discovered | undefined
  server: Server | undefined
  nextId: number
  /** What the client wants to hear of; the hub listen is opened anew when it changes. */
  readonly uris: Set<string>
  listening: AbortController | undefined
  /** Hears of faults nobody waits for; only `--verbose` shows them. */
  readonly report: (error: Error) => void
}

/** Runs the bridge until stdin ends or the signal aborts. */
export const runBridge = async (target: Target, ground: BridgeGround): Promise<void> => {
  const { stdin, stdout, signal, version, print } = ground
  const ended = new AbortController()
  const all = AbortSignal.any([signal, ended.signal])
  const bridge: Bridge = {
    target,
    signal: all,
    version,
    hub: undefined,
    server: undefined,
    nextId: 1,
    uris: new Set(),
    listening: undefined,
    report: (error) => print.detail(error.message),
  }
  const transport = gate(new StdioServerTransport(stdin, stdout), bridge, () => ended.abort())
  const handle = serveStdio(() => serverOf(bridge), {
    transport,
    onerror: bridge.report,
  })
  if (!all.aborted) {
    await new Promise<void>((resolve) => all.addEventListener('abort', () => resolve()))
  }
  await handle.close()
}

/**
 * Stands between the wire and the SDK: before a connection opens, the hub is asked what it offers,
 * and a hub that is away is answered with our sentence while the client may still try again.
 */
const gate = (wire: Transport, bridge: Bridge, ended: () => void): Transport => {
  let queue = Promise.resolve()
  const gated: Transport = {
    start: () => wire.start(),
    send: (message, options) => wire.send(message, options),
    close: () => wire.close(),
  }
  const pass = async (message: JSONRPCMessage): Promise<void> => {
    const method = 'method' in message ? message.method : undefined
    if (bridge.hub === undefined && method !== undefined && 'id' in message) {
      try {
        bridge.hub = await discover(bridge.target, bridge)
      } catch (error) {
        await wire.send({ jsonrpc: '2.0', id: message.id, error: errorOf(error) })
        return
      }
    }
    watch(message, bridge)
    gated.onmessage?.(message)
  }
  wire.onmessage = (message) => {
    queue = queue
      .then(() => pass(message))
      .catch((error: unknown) => gated.onerror?.(asError(error)))
  }
  wire.onerror = (error) => gated.onerror?.(error)
  wire.onclose = () => {
    ended()
    gated.onclose?.()
  }
  return gated
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))

const errorOf = (thrown: unknown): { code: number; message: string; data?: unknown } =>
  thrown instanceof ProtocolError
    ? { code: thrown.code, message: thrown.message, data: thrown.data }
    : { code: ProtocolErrorCode.InternalError, message: 'The bridge failed: guildhall doctor.' }

/** Looks at what the client subscribes to; the SDK answers, the hub is listened to for it. */
const watch = (message: JSONRPCMessage, bridge: Bridge): void => {
  if (!('method' in message)) return
  const { method } = message
  const params: unknown = message.params
  if (method === 'notifications/initialized') return listen(bridge)
  if (method !== 'subscriptions/listen' || !isJson(params)) return
  const wanted = params['notifications']
  const uris = isJson(wanted) ? wanted['resourceSubscriptions'] : undefined
  for (const uri of Array.isArray(uris) ? uris : []) {
    if (typeof uri === 'string' && bridge.uris.size < URIS_MAX) bridge.uris.add(uri)
  }
  listen(bridge)
}

const Params = z.looseObject({})

const serverOf = (bridge: Bridge): Server => {
  const { hub, version } = bridge
  const capabilities = hub?.capabilities ?? {}
  const options = hub?.instructions === undefined ? {} : { instructions: hub.instructions }
  const server = new Server({ name: 'guildhall', version }, { capabilities, ...options })
  for (const method of methodsOf(capabilities)) {
    server.setRequestHandler(method, { params: Params }, (params, context) =>
      forward(bridge, { server, method, params, context }),
    )
  }
  if (capabilities.resources?.subscribe) withSubscriptions(server, bridge)
  bridge.server = server
  return server
}

const methodsOf = ({ tools, prompts, resources, completions }: ServerCapabilities) => [
  ...(tools ? ['tools/list', 'tools/call'] : []),
  ...(prompts ? ['prompts/list', 'prompts/get'] : []),
  ...(resources ? ['resources/list', 'resources/templates/list', 'resources/read'] : []),
  ...(completions ? ['completion/complete'] : []),
]

// Older clients subscribe to one resource at a time; the hub listen carries them together.
const withSubscriptions = (server: Server, bridge: Bridge): void => {
  server.setRequestHandler('resources/subscribe', ({ params }) => {
    if (bridge.uris.size < URIS_MAX) bridge.uris.add(params.uri)
    listen(bridge)
    return {}
  })
  server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    bridge.uris.delete(params.uri)
    listen(bridge)
    return {}
  })
}

type Forwarded = Readonly<{ server: Server; method: string; params: Json; context: ServerContext }>

/** Sends one request of the client on to the hub and brings back its result. */
const forward = async (bridge: Bridge, forwarded: Forwarded): Promise<Record<string, unknown>> => {
  const { method, params, context } = forwarded
  const { mcpReq } = context
  const meta = isJson(params['_meta']) ? params['_meta'] : {}
  const state = mcpReq.requestState()
  const result = await ask(bridge.target, {
    id: bridge.nextId++,
    method,
    params: {
      ...params,
      // The SDK took the answers to earlier questions out of the parameters; the hub wants them.
      ...(mcpReq.inputResponses === undefined ? {} : { inputResponses: mcpReq.inputResponses }),
      ...(state === undefined ? {} : { requestState: state }),
      _meta: { ...meta, ...metaOf(bridge, forwarded) },
    },
    signal: AbortSignal.any([mcpReq.signal, bridge.signal]),
    onNotification: async (name, given) => {
      await mcpReq.notify({ method: name, params: { ...given } })
    },
  })
  return isModern(context) ? { ...result } : withoutModern(result)
}

const isModern = ({ mcpReq }: ServerContext): boolean => mcpReq.envelope !== undefined

// Words of the modern era that an older client has no use for; `resultType` steers the SDK's
// questions to older clients, so it stays where the hub asks something.
const withoutModern = (result: Json): Record<string, unknown> => {
  const { ttlMs: _ttl, cacheScope: _scope, resultType, ...rest } = result
  return resultType === 'input_required' ? { ...rest, resultType } : rest
}

const metaOf = (bridge: Bridge, { server, method, context }: Forwarded): Json => {
  const given: Json = { ...context.mcpReq.envelope }
  const level = given[META.level]
  const client = given[META.client] ?? server.getClientVersion()
  const capabilities = given[META.capabilities] ?? server.getClientCapabilities() ?? {}
  return {
    ...envelope(capabilities, bridge.version),
    ...(client === undefined ? {} : { [META.client]: client }),
    ...(level === undefined ? {} : { [META.level]: level }),
    ...(method === 'tools/call' ? { [KEY_META]: randomUUID() } : {}),
  }
}

/** Opens the one stream on which the hub reports changes, or opens it anew with other wishes. */
const listen = (bridge: Bridge): void => {
  bridge.listening?.abort()
  const listening = new AbortController()
  bridge.listening = listening
  const signal = AbortSignal.any([listening.signal, bridge.signal])
  keepListening(bridge, signal).catch((error: unknown) => bridge.report(asError(error)))
}

const keepListening = async (bridge: Bridge, signal: AbortSignal): Promise<void> => {
  const { capabilities } = bridge.hub ?? {}
  const notifications = {
    ...(capabilities?.tools?.listChanged ? { toolsListChanged: true } : {}),
    ...(capabilities?.prompts?.listChanged ? { promptsListChanged: true } : {}),
    ...(capabilities?.resources?.listChanged ? { resourcesListChanged: true } : {}),
    ...(bridge.uris.size > 0 ? { resourceSubscriptions: [...bridge.uris] } : {}),
  }
  if (Object.keys(notifications).length === 0) return
  const params = { notifications, _meta: envelope({}, bridge.version) }
  for (let wait = LISTEN_WAIT_MS; !signal.aborted; wait = Math.min(LISTEN_WAIT_MS_MAX, wait * 2)) {
    try {
      const id = bridge.nextId++
      const onNotification = (method: string, given: Json) => announce(bridge, method, given)
      await ask(bridge.target, {
        id,
        method: 'subscriptions/listen',
        params,
        signal,
        onNotification,
      })
    } catch {
      // The hub is away or has its fill: changes are then seen at the next list. Try again later.
    }
    await pause(wait, undefined, { signal }).catch(() => undefined)
  }
}

const CHANGES: ReadonlySet<string> = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
])

// The subscription id belongs to the bridge's own stream; the SDK adds those of the client.
const announce = async (bridge: Bridge, method: string, given: Json): Promise<void> => {
  if (!CHANGES.has(method)) return
  const { _meta: _own, ...params } = given
  await bridge.server?.notification({ method, params })
}
