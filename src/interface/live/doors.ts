import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Hall } from '../../kernel/hall.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { OwnAddress } from '../guard.ts'
import type { Shown } from '../session-cookie.ts'
import type { Exchange } from '../http/answer.ts'
import { pathOf } from '../http/answer.ts'
import { rawAnswer, turnAwayForeign } from '../http/front.ts'
import type { FlatHeaders } from '../http/headers.ts'
import { mistake, problem } from '../http/problem.ts'
import { traceOf } from '../http/trace.ts'
import { connections } from './connections.ts'
import type { LiveLimits } from './limits.ts'
import { LIVE_LIMITS } from './limits.ts'
import { CLOSE, serveSocket } from './socket.ts'
import { serveStream, wishOf } from './stream.ts'

/** The doors through which events leave while they happen. */
export type LiveDoors = Readonly<{
  /** Answers `GET /v1/stream`; refuses before the first byte or not at all. */
  stream(exchange: Exchange): Promise<void>
  /** Answers a request to upgrade: `/v1/ws` and nothing else. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Tells every reader that the hub closes. */
  close(): void
  /** Cuts the sockets that are still open. */
  cut(): void
}>

/** What live doors need from the server. */
export type LiveOptions = Readonly<{
  hall: Hall
  own: OwnAddress
  headers: FlatHeaders
  limits: Partial<LiveLimits> | undefined
  /** Finds what a request shows of who it is. */
  shown(req: IncomingMessage): Shown
}>

const MESSAGE_BYTES_MAX = 4096

const notASocket = () => {
  const message = 'This is no request for a WebSocket of version 13; see RFC 6455.'
  return mistake('platform.upgrade_not_valid', message)
}

/** Makes the live doors. */
export const liveDoors = ({ hall, own, headers, limits: given, shown }: LiveOptions): LiveDoors => {
  const limits = { ...LIVE_LIMITS, ...given }
  const open = connections(hall, limits)
  const kept = [...headers, 'cache-control', 'no-store']
  const ground = { hall, headers, limits, open, shown }
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  })
  const refuseUpgrade = (socket: Duplex, req: IncomingMessage, thrown: unknown): void =>
    rawAnswer(socket, problem(thrown, { trace: traceOf(req), headers: kept }))
  // Left alone, the library would answer in words and headers of its own.
  sockets.on('wsClientError', (_, socket, req) => refuseUpgrade(socket, req, notASocket()))
  const strangers = new Set<Duplex>()
  let isClosed = false
  const guestOf = (req: IncomingMessage) => {
    const url = req.url ?? '/'
    const foreign = turnAwayForeign(req, own)
    if (foreign !== null) throw foreign
    if (pathOf(url) !== '/v1/ws') {
      const message = 'There is no socket here; use /v1/ws.'
      throw refuse('not_found', 'platform.no_such_route', message)
    }
    if (isClosed) throw refuse('unavailable', 'platform.closing', 'The hub is closing.')
    const shown = ground.shown(req)
    if (shown.credential === undefined && strangers.size >= limits.strangersMax) {
      const message = 'Too many sockets wait for their key; try again in a moment.'
      throw refuse('too_many', 'platform.too_many_sockets', message)
    }
    return { shown, wish: wishOf(url) }
  }
  return {
    stream: (exchange) => serveStream(exchange, ground),
    upgrade(req, socket, head) {
      socket.on('error', () => socket.destroy())
      try {
        const guest = guestOf(req)
        if (guest.shown.credential === undefined) strangers.add(socket)
        const known = (): void => void strangers.delete(socket)
        socket.once('close', known)
        sockets.handleUpgrade(req, socket, head, (ws) => {
          serveSocket(ws, { ...guest, known }, ground)
        })
      } catch (thrown) {
        refuseUpgrade(socket, req, thrown)
      }
    },
    close() {
      isClosed = true
      open.close()
      for (const ws of sockets.clients) ws.close(CLOSE.closing)
    },
    cut() {
      for (const ws of sockets.clients) ws.terminate()
    },
  }
}
