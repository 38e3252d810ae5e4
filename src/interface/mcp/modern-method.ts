import type { LRUCache } from 'lru-cache'
import type { Caller } from './call.ts'
import type { Exchange, Ground, Visitor } from './ground.ts'
import type { Listens } from './listen.ts'
import type { Json, Message } from './protocol.ts'
import { badParams } from './protocol.ts'

/** Milliseconds for which clients may keep what a server is, and what it lists. */
export const DISCOVER_TTL_MS = 300_000
export const LIST_TTL_MS = 60_000

/** What the methods of the stateless era work with. */
export type Context = Readonly<{
  ground: Ground
  serverInfo: Json
  /** What stands behind every result: who answers, and that the result is whole. */
  tail: string
  lists: LRUCache<string, string>
  /** Tasks whose reader has been to the page that they wait for. */
  visited: LRUCache<string, true>
  listens: Listens
}>

/** One request of the stateless era. */
export type Asked = Readonly<{ exchange: Exchange; visitor: Visitor; message: Message }>

/** A method gives the result as text, or answers by itself and gives `null`. */
export type Method = (context: Context, asked: Asked) => string | null | Promise<string | null>

/** Writes a result that is whole. */
export const withTail = (result: Json, tail: string): string =>
  `${JSON.stringify(result).slice(0, -1)},${tail}`

/** Refuses a cursor: lists come whole. */
export const noCursor = ({ params }: Message): void => {
  if (params['cursor'] !== undefined) {
    throw badParams('This list comes whole; leave the cursor out.')
  }
}

/** Gives whoever makes a request; with a signal only where something waits for it. */
export const callerOf = (
  { actor, trace, address }: Visitor,
  signal: AbortSignal | undefined,
): Caller => ({ actor, trace, address, signal })

/** Gives a signal that fires when the client goes away before the answer was written. */
export const closing = ({ res }: Exchange): AbortSignal => {
  const gone = new AbortController()
  // Not the close of the request: that one fires as soon as its body was read.
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  return gone.signal
}
