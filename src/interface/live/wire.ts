import type { LiveEvent } from '../../kernel/hall.ts'

/** How live messages are spelled on one kind of connection. */
export type Wire = Readonly<{
  events(cursor: string, json: string): string
  position(cursor: string): string
  /** Tells the reader to read everything anew: its place is unknown, or it was too slow. */
  reset(cursor: string): string
  /** Tells the reader that its rights changed: what it keeps may no longer be its to see. */
  purge(): string
  /** A sign of life, where the connection has none of its own. */
  beat: string | null
}>

const PURGE = '{"scope":"all"}'

/** Server-sent events. */
export const SSE: Wire = {
  events: (cursor, json) => `id: ${cursor}\ndata: ${json}\n\n`,
  position: (cursor) => `event: pos\nid: ${cursor}\ndata: "${cursor}"\n\n`,
  reset: (cursor) => `event: reset\nid: ${cursor}\ndata: {}\n\n`,
  purge: () => `event: purge\ndata: ${PURGE}\n\n`,
  beat: ': still here\n\n',
}

/** JSON messages of a WebSocket, which has its own pings. */
export const MESSAGES: Wire = {
  events: (cursor, json) => `{"id":"${cursor}","events":${json}}`,
  position: (cursor) => `{"pos":"${cursor}"}`,
  reset: (cursor) => `{"reset":true,"pos":"${cursor}"}`,
  purge: () => `{"purge":${PURGE}}`,
  beat: null,
}

// A thousand readers of one event share one text of it.
const texts = new WeakMap<LiveEvent, string>()

/** One message's worth of events: their JSON array, how many they are, and where they end. */
export type Message = Readonly<{ json: string; count: number; pos: number }>

// A message stays small enough to be judged and to be sent at once.
const MESSAGE_EVENTS_MAX = 200
const MESSAGE_CHARS_MAX = 256 * 1024

/** Cuts events into messages. */
export function* messagesOf(events: readonly LiveEvent[]): Generator<Message> {
  let parts: string[] = []
  let chars = 0
  for (const [at, event] of events.entries()) {
    const text = textOf(event)
    parts.push(text)
    chars += text.length
    const isFull = parts.length >= MESSAGE_EVENTS_MAX || chars >= MESSAGE_CHARS_MAX
    if (!isFull && at + 1 < events.length) continue
    yield { json: `[${parts.join(',')}]`, count: parts.length, pos: event.pos }
    parts = []
    chars = 0
  }
}

const textOf = (event: LiveEvent): string => {
  const known = texts.get(event)
  if (known !== undefined) return known
  const { pos, name, id, version, actor, at, data } = event
  const text = JSON.stringify({ pos, name, id, version, actor, at, data })
  texts.set(event, text)
  return text
}
