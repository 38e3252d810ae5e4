import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../../kernel/actor.ts'
import type { Hall } from '../../kernel/hall.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Exchange } from '../http/answer.ts'
import type { FlatHeaders } from '../http/headers.ts'
import type { Shown } from '../session-cookie.ts'
import type { Connections } from './connections.ts'
import type { Cursor } from './cursor.ts'
import { readCursor } from './cursor.ts'
import { feed } from './feed.ts'
import type { LiveLimits } from './limits.ts'
import { outlet } from './outlet.ts'
import type { Wanted } from './project-filter.ts'
import { projectFilter } from './project-filter.ts'
import { SSE } from './wire.ts'

/** What live doors are made of. */
export type LiveGround = Readonly<{
  /** Finds what a request shows of who it is. */
  shown(req: IncomingMessage): Shown
  hall: Hall
  headers: FlatHeaders
  limits: LiveLimits
  open: Connections
}>

/** Where a reader wants to start and what it wants to see. */
export type Wish = Readonly<{ after: Cursor | null | undefined; wanted: Wanted }>

const NAMES: ReadonlySet<string> = new Set(['after', 'project'])

/** Reads a reader's wish out of the address; an unknown name is refused. */
export const wishOf = (url: string): Wish => {
  const params = new URL(url, 'http://hub').searchParams
  for (const field of params.keys()) {
    if (NAMES.has(field)) continue
    const message = `${field} is not known here; use after or project.`
    throw refuse('invalid', 'platform.field_not_valid', message, { field })
  }
  return { after: wishedCursor(params.get('after')), wanted: projectFilter(params.get('project')) }
}

/** Reads a wished cursor: none asks for the head, an unreadable one for a fresh start. */
export const wishedCursor = (text: string | null | undefined): Cursor | null | undefined =>
  text === null || text === undefined ? undefined : readCursor(text)

// How long the last bytes of an ended stream may take before its socket is cut.
const LINGER_MS = 5000
const CUT_MS = 250

/** Answers `GET /v1/stream`: the sealed events a reader may see, as server-sent events. */
export const serveStream = async (exchange: Exchange, ground: LiveGround): Promise<void> => {
  const { req, res } = exchange
  const { hall, limits, open } = ground
  const url = req.url ?? '/'
  const shown = ground.shown(req)
  const actor = await hall.authenticate(shown.credential, shown.presented)
  const wish = wishOf(url)
  const { mark } = await hall.offers(actor)
  const leave = hall.openStream(actor)
  if (res.destroyed) return leave()
  const lastId = req.headers['last-event-id']
  const after = typeof lastId === 'string' && lastId !== '' ? wishedCursor(lastId) : wish.after
  beginStream(res, ground.headers)
  const events = feed({
    reader: hall.live(actor),
    wire: SSE,
    outlet: outlet(pipeOf(res), limits),
    wanted: wish.wanted,
    drainMs: limits.drainMs,
    drop: (thrown) => {
      logDrop(hall, actor, thrown)
      res.destroy()
    },
  })
  const cut = (): void => {
    events.stop()
    endSoon(res, CUT_MS)
  }
  const remove = open.add({ actor, shown, mark, cut, beat: events.beat, purge: events.purge })
  res.once('close', () => {
    leave()
    remove()
    events.stop()
  })
  res.on('error', () => {}) // The close that follows says all there is to say.
  events.start(after)
}

/** Writes one line about a connection that the hub itself had to drop. */
export const logDrop = (hall: Hall, actor: Actor, thrown: unknown): void => {
  const error = thrown instanceof Error ? thrown.message : String(thrown)
  hall.log('warn', 'A live connection was dropped.', { door: 'live', actor: actor.id, error })
}

const beginStream = (res: ServerResponse, headers: FlatHeaders): void => {
  res.writeHead(200, [
    ...headers,
    'content-type',
    'text/event-stream; charset=utf-8',
    'cache-control',
    'no-store, no-transform',
    'x-accel-buffering',
    'no',
  ])
  res.flushHeaders()
}

const pipeOf = (res: ServerResponse) => ({
  write(text: string, taken: () => void): void {
    if (!res.writableEnded) res.write(text, taken)
  },
  end: () => endSoon(res, LINGER_MS),
})

const endSoon = (res: ServerResponse, ms: number): void => {
  res.end()
  const timer = setTimeout(() => res.destroy(), ms)
  timer.unref()
  res.once('close', () => clearTimeout(timer))
}
