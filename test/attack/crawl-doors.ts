import { randomBytes } from 'node:crypto'
import { problem } from '../../src/interface/http/problem.ts'
import { httpServer } from '../../src/interface/http/server.ts'
import { mcpDoor } from '../../src/interface/mcp/door.ts'
import { strangerIn } from '../../src/kernel/actor.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { KEY_SOURCES } from '../../src/main/key-sources.ts'
import { TOOL_ABOUT } from '../../src/main/tool-about.ts'
import type { House } from '../../src/main/compose.ts'
import { modern } from '../mcp-door.ts'
import { type Heard, type Wire, wireTo } from './wire.ts'

/** The trace of every call, so that answers to equal questions have equal bytes. */
export const TRACE = 'a'.repeat(32)
const TRACED = { traceparent: `00-${TRACE}-${'b'.repeat(16)}-01` }

/** The doors of a house on a socket. */
export type OpenDoors = Readonly<{ url: string; wire: Wire; close(): Promise<void> }>

/** Opens HTTP, live and MCP doors over a house. */
export const openDoors = async (house: House): Promise<OpenDoors> => {
  let port = 0
  const { hall } = house
  const mcp = mcpDoor({
    hall,
    version: '1.0.0',
    port: () => port,
    sessionKey: randomBytes(32),
    toolAbout: TOOL_ABOUT,
    keySources: KEY_SOURCES,
  })
  const http = httpServer({ hall, mcp, version: '1.0.0' })
  port = (await http.listen({ host: '127.0.0.1', port: 0 })).port
  const url = `http://127.0.0.1:${port}`
  const wire = wireTo(url)
  const close = async () => {
    wire.close()
    await mcp.close()
    await http.close(1_000)
  }
  return { url, wire, close }
}

/** Who calls: a key, and the actor that it stands for. */
export type Caller = Readonly<{ name: string; key: string }>

/** One way in. */
export type Door = Readonly<{
  name: string
  offers(operation: AnyOperation): boolean
  /** Names of fields that this way cannot do without. */
  needs(operation: AnyOperation): readonly string[]
  call(caller: Caller, operation: AnyOperation, input: Input): Promise<Heard>
}>

/** An input as doors take it. */
export type Input = Readonly<Record<string, unknown>>

/** Splits a route into method, path and parameters. */
export const routeOf = ({ http }: AnyOperation) => {
  const [method = 'GET', path = '/'] = (http ?? '').split(' ')
  const params = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  return { method, path: `/v1${path}`, params }
}

const hasRoute = ({ http, internal }: AnyOperation): boolean => http !== null && !internal
const hasTool = ({ mcp, internal }: AnyOperation): boolean => mcp !== null && !internal
const text = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** Writes a call of an operation as a request; `flat` puts all that it can into the address. */
export const httpRequest = (operation: AnyOperation, input: Input, flat = false) => {
  const { method, path: pattern, params } = routeOf(operation)
  const path = pattern.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(text(input[name] ?? '-')),
  )
  const rest = Object.entries(input).filter(([name]) => !params.includes(name))
  const isInAddress = (value: unknown): boolean =>
    method === 'GET' || method === 'DELETE' || (flat && typeof value !== 'object')
  const query = new URLSearchParams()
  const body: Record<string, unknown> = {}
  for (const [name, value] of rest) {
    if (!isInAddress(value)) body[name] = value
    else if (Array.isArray(value)) query.set(name, value.map(text).join(','))
    else query.set(name, text(value))
  }
  const search = query.size > 0 ? `?${query.toString()}` : ''
  const hasBody = method !== 'GET' && method !== 'DELETE'
  return { method, path: `${path}${search}`, ...(hasBody && { body: JSON.stringify(body) }) }
}

const httpDoor = (wire: Wire, name: 'http' | 'cli'): Door => ({
  name,
  offers: hasRoute,
  needs: (operation) => routeOf(operation).params,
  call({ key }, operation, input) {
    const wished = httpRequest(operation, input, name === 'cli')
    const headers = {
      ...TRACED,
      ...(key !== '' && { authorization: `Bearer ${key}` }),
      ...(wished.body !== undefined && { 'content-type': 'application/json' }),
    }
    return wire.send({ ...wished, headers })
  },
})

/** Writes a call of an operation as the arguments of its tool. */
export const toolCall = ({ mcp }: AnyOperation, input: Input) => {
  const [name = '', op] = (mcp ?? '').split(' ')
  return { name, arguments: op === undefined ? input : { op, ...input } }
}

const modernDoor = (wire: Wire): Door => ({
  name: 'mcp',
  offers: hasTool,
  needs: () => [],
  call({ key }, operation, input) {
    const meta = { 'guildhall/structured': true }
    const { headers, body } = modern('tools/call', toolCall(operation, input), { meta })
    const more = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...TRACED }
    return wire.send({
      method: 'POST',
      path: '/agent/mcp',
      headers: { ...headers, ...more },
      body,
    })
  },
})

/** Begins a session of the older protocol; gives its id. */
export const beginSession = async (wire: Wire, key: string): Promise<string> => {
  const clientInfo = { name: 'crawl', version: '1' }
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
  const { headers } = await sendLegacy(wire, { key, method: 'initialize', params })
  const id = String(headers['mcp-session-id'])
  await sendLegacy(wire, { key, session: id, method: 'notifications/initialized' })
  return id
}

type LegacyCall = Readonly<{ key: string; session?: string; method: string; params?: object }>

/** Sends one message of the older protocol. */
export const sendLegacy = (wire: Wire, { key, session, method, params }: LegacyCall) => {
  const isNotice = method.startsWith('notifications/')
  return wire.send({
    method: 'POST',
    path: '/agent/mcp',
    headers: {
      ...TRACED,
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session !== undefined && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...(!isNotice && { id: 1 }), method, params }),
  })
}

const legacyDoor = (wire: Wire): Door => {
  const sessions = new Map<string, Promise<string>>()
  return {
    name: 'mcp-legacy',
    offers: hasTool,
    needs: () => [],
    async call({ key }, operation, input) {
      const known = sessions.get(key) ?? beginSession(wire, key)
      sessions.set(key, known)
      const params = toolCall(operation, input)
      return sendLegacy(wire, { key, session: await known, method: 'tools/call', params })
    },
  }
}

const NOBODYS = '00000000-0000-7000-8000-000000000000'

/** A browser session that is fresh: it stands before the same hall, only its cookie is left out. */
const webDoor = ({ hall }: House): Door => ({
  name: 'web',
  offers: hasRoute,
  needs: (operation) => routeOf(operation).params,
  async call({ key }, operation, input) {
    try {
      const known = key === '' ? strangerIn(NOBODYS) : await hall.authenticate(key)
      const session = { via: 'session', authTime: hall.now(), amr: ['pwd', 'mfa'] } as const
      const actor = known.kind === 'person' ? { ...known, ...session } : known
      const answer = await hall.run(operation, input, { actor, door: 'web', trace: TRACE })
      const said = JSON.stringify([answer.output, answer.text()])
      return { status: 200, headers: {}, text: said }
    } catch (thrown) {
      const { status, body } = problem(thrown, { trace: TRACE, headers: [] })
      return { status, headers: {}, text: String(body) }
    }
  },
})

/** Every way in. */
export const doorsOf = (house: House, wire: Wire): readonly Door[] => [
  httpDoor(wire, 'http'),
  httpDoor(wire, 'cli'),
  webDoor(house),
  modernDoor(wire),
  legacyDoor(wire),
]
