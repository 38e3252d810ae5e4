import type { RawData, WebSocket } from 'ws'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { isRecord } from '../http/input.ts'
import type { Shown } from '../session-cookie.ts'
import type { Connection, Cut } from './connections.ts'
import type { Feed } from './feed.ts'
import { feed } from './feed.ts'
import { outlet } from './outlet.ts'
import type { LiveGround, Wish } from './stream.ts'
import { logDrop, wishedCursor } from './stream.ts'
import { MESSAGES } from './wire.ts'

/** Codes with which the hub closes a socket. */
export const CLOSE = {
  come_back: 1012,
  closing: 1001,
  done: 1000,
  bug: 1011,
  bad_message: 4400,
  signed_out: 4401,
  too_many: 4429,
} as const

type Message = Readonly<{ key?: string; after?: string }>

/** What one socket came with: a credential in its headers, if any, and its wish. */
export type Guest = Readonly<{
  shown: Shown
  wish: Wish
  /** Called once, when the socket has said who it is or is gone. */
  known(): void
}>

/** Serves one WebSocket: the first message says who reads, later ones move its cursor. */
export const serveSocket = (socket: WebSocket, guest: Guest, ground: LiveGround): void => {
  let events: Feed | null = null
  let isOpening = false
  const refuse = (thrown: unknown): void => {
    const isOurs = thrown instanceof Refusal
    if (!isOurs) ground.hall.log('error', 'A live connection met a bug.', bugOf(thrown))
    socket.close(isOurs ? codeOf(thrown) : CLOSE.bug, isOurs ? thrown.code : 'platform.unexpected')
  }
  const settle = (): void => {
    clearTimeout(patience)
    guest.known()
  }
  const signIn = (shown: Shown, after: Wish['after']): void => {
    isOpening = true
    settle()
    open(socket, { shown, wish: { ...guest.wish, after }, ground })
      .then((opened) => (events = opened))
      .catch(refuse)
  }
  const patience = setTimeout(
    () => socket.close(CLOSE.signed_out, 'platform.key_awaited'),
    ground.limits.signInMs,
  )
  socket.on('error', () => socket.terminate())
  socket.once('close', settle)
  socket.on('message', (data, isBinary) => {
    const message = isBinary ? null : readMessage(data)
    if (message === null) return socket.close(CLOSE.bad_message, 'platform.message_not_valid')
    const after = message.after === undefined ? guest.wish.after : wishedCursor(message.after)
    if (events !== null) {
      if (message.after !== undefined) events.start(after)
    } else if (!isOpening)
      signIn({ credential: message.key, presented: guest.shown.presented }, after)
  })
  if (guest.shown.credential !== undefined) signIn(guest.shown, guest.wish.after)
}

type Entrance = Readonly<{ shown: Shown; wish: Wish; ground: LiveGround }>

const open = async (socket: WebSocket, { shown, wish, ground }: Entrance): Promise<Feed | null> => {
  const { hall, limits, open: register } = ground
  const actor = await hall.authenticate(shown.credential, shown.presented)
  const { mark } = await hall.offers(actor)
  const leave = hall.openStream(actor)
  if (socket.readyState !== socket.OPEN) {
    leave()
    return null
  }
  const events = feed({
    reader: hall.live(actor),
    wire: MESSAGES,
    outlet: outlet(pipeOf(socket), limits),
    wanted: wish.wanted,
    drainMs: limits.drainMs,
    drop: (thrown) => {
      logDrop(hall, actor, thrown)
      socket.close(CLOSE.come_back)
    },
  })
  const remove = register.add(connectionOf(socket, { events, actor, shown, mark }))
  socket.once('close', () => {
    leave()
    remove()
    events.stop()
  })
  events.start(wish.after)
  return events
}

type Opened = Readonly<{ events: Feed; actor: Actor; shown: Shown; mark: string }>

const connectionOf = (socket: WebSocket, { events, ...who }: Opened): Connection => {
  let isAlive = true
  socket.on('pong', () => (isAlive = true))
  return {
    ...who,
    purge: events.purge,
    beat() {
      if (!isAlive) return socket.terminate()
      isAlive = false
      socket.ping()
      events.beat()
    },
    cut(why: Cut) {
      events.stop()
      socket.close(CLOSE[why], `platform.${why}`)
    },
  }
}

const pipeOf = (socket: WebSocket) => ({
  write: (text: string, taken: () => void): void => socket.send(text, () => taken()),
  end: () => socket.close(CLOSE.done),
})

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data))).toString('utf8')

const readMessage = (data: RawData): Message | null => {
  try {
    const message: unknown = JSON.parse(textOf(data))
    if (!isRecord(message)) return null
    const { key, after, ...unknown } = message
    if (Object.keys(unknown).length > 0) return null
    if (key !== undefined && typeof key !== 'string') return null
    if (after !== undefined && typeof after !== 'string') return null
    return { ...(key !== undefined && { key }), ...(after !== undefined && { after }) }
  } catch {
    return null // Not JSON: the same answer as for a wrong message.
  }
}

const codeOf = ({ kind }: Refusal): number => {
  if (kind === 'too_many') return CLOSE.too_many
  if (kind === 'unavailable') return CLOSE.come_back
  return kind === 'unauthenticated' ? CLOSE.signed_out : CLOSE.bad_message
}

const bugOf = (thrown: unknown) => ({
  door: 'live',
  error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
})
