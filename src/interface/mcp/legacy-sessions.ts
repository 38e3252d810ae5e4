import type { Server } from '@modelcontextprotocol/server'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import { assert } from '../../kernel/assert.ts'
import type { DoorOptions, EndedSessions, Ground, Visitor } from './ground.ts'
import type { Seat } from './legacy-server.ts'
import { LEGACY_VERSIONS, makeServer } from './legacy-server.ts'
import { makeNativeServer } from './native-legacy.ts'
import type { Json, Message } from './protocol.ts'
import { badParams, isJson } from './protocol.ts'
import type { SessionFacts } from './session-id.ts'
import { openSession, sealSession, sessionHash, sessionNotFound } from './session-id.ts'

const SESSIONS_MAX = 2_000
const SESSIONS_PER_ACTOR_MAX = 64
const IDLE_MS = 10 * 60_000
const SWEEP_MS = 60_000
const ENDED_MAX = 10_000

/** One live session: a server and a transport of its own. */
export type Session = {
  readonly facts: SessionFacts
  readonly server: Server
  readonly seat: Seat
  /** Streams that are open on it: one that listens is not idle. */
  streams: number
  usedAt: number
  take(visitor: Visitor, message: Message | null, method: string): Promise<Response>
  close(): Promise<void>
}

/** The sessions that live in this process, and the door to those that only their ids remember. */
export type Sessions = Readonly<{
  begin(visitor: Visitor, initialize: Message): Promise<Session>
  find(visitor: Visitor, id: string): Promise<Session>
  end(id: string): Promise<void>
  close(): Promise<void>
}>

/** Makes the keeper of sessions. */
export const makeSessions = (ground: Ground, options: DoorOptions): Sessions => {
  const { hall } = ground
  const { sessionKey, ended = endedHere() } = options
  // In the order of use: the first is the one that was left alone the longest.
  const live = new Map<string, Session>()
  const opening = new Map<string, Promise<Session>>()
  const drop = (id: string, session: Session) => {
    live.delete(id)
    session.close().catch((error: unknown) => {
      hall.log('warn', 'mcp: a session did not close', { error: String(error) })
    })
  }
  const keep = (id: string, session: Session) => {
    live.delete(id)
    live.set(id, session)
    session.usedAt = hall.now()
    for (const [oldId, old] of crowded(live, session)) drop(oldId, old)
  }
  const sweep = setInterval(() => {
    for (const [id, session] of live) {
      const isIdle = session.streams === 0 && hall.now() - session.usedAt > IDLE_MS
      if (isIdle) drop(id, session)
    }
  }, SWEEP_MS)
  sweep.unref()
  const reopen = async (id: string, facts: SessionFacts, visitor: Visitor) => {
    if (await ended.has(sessionHash(id))) throw sessionNotFound()
    const session = await openPair(ground, { id, facts, visitor })
    await replay(session, visitor)
    keep(id, session)
    return session
  }
  return {
    async begin(visitor, initialize) {
      const facts = factsOf(visitor, initialize, hall.now())
      const id = sealSession(sessionKey, facts)
      const session = await openPair(ground, { id, facts, visitor })
      keep(id, session)
      return session
    },
    async find(visitor, id) {
      const facts = live.get(id)?.facts ?? openSession(sessionKey, id, hall.now())
      if (facts === null || !isOwn(facts, visitor)) throw sessionNotFound()
      const known = live.get(id)
      if (known !== undefined) {
        keep(id, known)
        return known
      }
      const fresh = opening.get(id) ?? reopen(id, facts, visitor).finally(() => opening.delete(id))
      opening.set(id, fresh)
      return fresh
    },
    async end(id) {
      await ended.add(sessionHash(id))
      const session = live.get(id)
      if (session !== undefined) drop(id, session)
    },
    async close() {
      clearInterval(sweep)
      const sessions = [...live.values()]
      live.clear()
      await Promise.all(sessions.map((session) => session.close()))
    },
  }
}

const isOwn = ({ org, principal, epoch, hub }: SessionFacts, { actor, place }: Visitor): boolean =>
  org === actor.orgId && principal === actor.id && epoch === actor.epoch && hub === place.hub

/** Picks whom a new session pushes out: of its principal first, of all then. */
const crowded = (live: ReadonlyMap<string, Session>, { facts }: Session) => {
  const own = [...live].filter(([, other]) => other.facts.principal === facts.principal)
  const out = own.slice(0, Math.max(0, own.length - SESSIONS_PER_ACTOR_MAX))
  return out.length > 0 ? out : [...live].slice(0, Math.max(0, live.size - SESSIONS_MAX))
}

const factsOf = ({ actor, place }: Visitor, { params }: Message, now: number): SessionFacts => {
  const { protocolVersion, clientInfo, capabilities } = params
  if (typeof protocolVersion !== 'string' || !isJson(clientInfo) || !isJson(capabilities)) {
    throw badParams('initialize needs protocolVersion, clientInfo and capabilities.')
  }
  const [newest = ''] = LEGACY_VERSIONS
  const version = LEGACY_VERSIONS.includes(protocolVersion) ? protocolVersion : newest
  const client = { name: String(clientInfo['name']), version: String(clientInfo['version']) }
  return {
    org: actor.orgId,
    principal: actor.id,
    epoch: actor.epoch,
    version,
    capabilities: { ...capabilities },
    client,
    created: now,
    hub: place.hub,
  }
}

const openPair = async (
  ground: Ground,
  { id, facts, visitor: first }: Readonly<{ id: string; facts: SessionFacts; visitor: Visitor }>,
): Promise<Session> => {
  const visitors = new WeakMap<Request, Visitor>()
  const seat: Seat = {
    uris: new Set(),
    urisChanged: undefined,
    visitorOf(request) {
      const visitor = request && visitors.get(request)
      assert(visitor, 'every request of a session came through the door')
      return visitor
    },
  }
  const server =
    facts.hub === null
      ? makeServer(ground, seat)
      : await makeNativeServer(ground, { seat, facts, visitor: first })
  const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id })
  await server.connect(transport)
  return {
    facts,
    server,
    seat,
    streams: 0,
    usedAt: ground.hall.now(),
    take(visitor, message, method) {
      const request = requestOf(id, method)
      visitors.set(request, visitor)
      return transport.handleRequest(request, message === null ? {} : { parsedBody: message.body })
    },
    close: () => server.close(),
  }
}

// Clients send all kinds of `Accept`; the library wants both, so it hears both.
const requestOf = (id: string, method: string): Request =>
  new Request('http://guildhall.invalid/agent/mcp', {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-session-id': id,
    },
  })

/** Opens a session again as its client once did, without the client noticing. */
const replay = async (session: Session, visitor: Visitor): Promise<void> => {
  const { version, capabilities, client } = session.facts
  const params = { protocolVersion: version, capabilities, clientInfo: client }
  const first = await session.take(visitor, made('initialize', { params, id: 0 }), 'POST')
  assert(first.ok, 'a session that once began begins again')
  await first.text()
  await session.take(visitor, made('notifications/initialized', {}), 'POST')
}

const made = (method: string, more: Json): Message => ({
  method,
  params: {},
  id: undefined,
  meta: {},
  body: { jsonrpc: '2.0', method, ...more },
  isResponse: false,
})

const endedHere = (): EndedSessions => {
  const hashes = new Set<string>()
  return {
    has: (hash) => hashes.has(hash),
    add(hash) {
      hashes.add(hash)
      const [oldest] = hashes
      if (hashes.size > ENDED_MAX && oldest !== undefined) hashes.delete(oldest)
    },
  }
}
