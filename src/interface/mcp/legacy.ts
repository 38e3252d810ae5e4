import type { DoorOptions, Exchange, Ground, Visitor } from './ground.ts'
import { LEGACY_VERSIONS } from './legacy-server.ts'
import type { Session, Sessions } from './legacy-sessions.ts'
import { makeSessions } from './legacy-sessions.ts'
import { watch } from './watch.ts'
import type { Message } from './protocol.ts'
import { badRequest, CODES, Fault } from './protocol.ts'
import { replyEmpty, replyThrown } from './reply.ts'
import { sessionNotFound } from './session-id.ts'

/** The eras with sessions: revisions up to 2025-11-25, spoken by the official library. */
export type Legacy = Readonly<{
  /** Takes a message, or the GET or DELETE of a session. */
  handle(exchange: Exchange, visitor: Visitor, message: Message | null): void
  close(): Promise<void>
}>

const QUEUE_BYTES_MAX = 256 * 1024

/** Makes the legacy leg. */
export const makeLegacy = (ground: Ground, options: DoorOptions): Legacy => {
  const sessions = makeSessions(ground, options)
  return {
    handle(exchange, visitor, message) {
      const { trace } = visitor
      serve(ground, sessions, { exchange, visitor, message }).catch((thrown: unknown) =>
        replyThrown(exchange, thrown, { hall: ground.hall, trace, id: message?.id }),
      )
    },
    close: () => sessions.close(),
  }
}

type Asked = Readonly<{ exchange: Exchange; visitor: Visitor; message: Message | null }>

const serve = async (ground: Ground, sessions: Sessions, asked: Asked): Promise<void> => {
  const { exchange, visitor, message } = asked
  const { req } = exchange
  if (message?.method === 'initialize' && message.id !== undefined) {
    const session = await sessions.begin(visitor, message)
    return pass(session, asked)
  }
  const id = req.headers['mcp-session-id']
  if (typeof id !== 'string' || id === '') {
    throw badRequest(CODES.server, 'The Mcp-Session-Id header is missing; start with initialize.')
  }
  checkVersion(req.headers['mcp-protocol-version'])
  const session = await sessions.find(visitor, id)
  if (req.method === 'DELETE') {
    await sessions.end(id)
    return replyEmpty(exchange, 200)
  }
  if (req.method === 'GET') listenOn(ground, session, asked)
  return pass(session, asked)
}

const checkVersion = (version: string | readonly string[] | undefined): void => {
  if (version === undefined || LEGACY_VERSIONS.includes(String(version).trim())) return
  const supported = LEGACY_VERSIONS
  throw badRequest(CODES.server, 'Unsupported protocol version', { supported })
}

const listenOn = (ground: Ground, session: Session, { exchange, visitor }: Asked): void => {
  const { server, seat } = session
  const { hall } = ground
  const tell = (sent: Promise<void>) =>
    sent.catch((error: unknown) => {
      hall.log('info', 'mcp: a change was not delivered', { error: String(error) })
    })
  const stop = watch(ground, visitor, {
    uris: () => seat.uris,
    heard: {
      updated: (uri) => void tell(server.sendResourceUpdated({ uri })),
      toolsChanged: () => void tell(server.sendToolListChanged()),
      promptsChanged: () => void tell(server.sendPromptListChanged()),
      resourcesChanged: () => void tell(server.sendResourceListChanged()),
      revoked: () => exchange.res.destroy(),
    },
  })
  session.streams += 1
  seat.urisChanged = stop.again
  exchange.res.once('close', () => {
    session.streams -= 1
    seat.urisChanged = undefined
    stop()
  })
}

/** Hands a request to the session's transport and its response to the client. */
const pass = async (session: Session, asked: Asked): Promise<void> => {
  const { exchange, visitor, message } = asked
  const { res, req, security } = exchange
  const response = await session.take(visitor, message, req.method ?? 'POST')
  if (response.status >= 400) throw faultOfStatus(response.status)
  if (res.destroyed) return void response.body?.cancel()
  response.headers.set('cache-control', 'no-store, no-transform')
  res.writeHead(response.status, [...security, ...[...response.headers].flat()])
  if (response.body === null) return void res.end()
  res.flushHeaders()
  await pump(response.body, exchange)
}

const pump = async (body: ReadableStream<Uint8Array>, { res }: Exchange): Promise<void> => {
  const reader = body.getReader()
  // A client that goes away ends its stream, not the work behind it.
  res.once('close', () => void reader.cancel())
  for (;;) {
    const { done, value } = await reader.read()
    if (done || res.destroyed) break
    res.write(value)
    if (res.writableLength > QUEUE_BYTES_MAX) res.destroy()
  }
  res.end()
}

// The library's own error bodies may hold the text of a failure: each status gets our sentence.
const faultOfStatus = (status: number): Fault => {
  if (status === 404) return sessionNotFound()
  if (status === 409) {
    return new Fault({ status, code: CODES.server }, 'This session has its stream already.')
  }
  if (status < 500)
    return new Fault({ status, code: CODES.request }, 'This is not a valid message.')
  return new Fault({ status: 500, code: CODES.internal }, 'Something went wrong on our side.')
}
