import type { Socket } from 'node:net'
import type * as undici from 'undici'
import type { Pool } from 'undici'
import type { Way } from './connector.ts'
import { pinnedConnector } from './connector.ts'

/** A pool of connections to one target at its checked addresses, held for one request. */
export type Line = Readonly<{ pool: Pool; release: () => void }>

/** The open lines of a hub. */
export type Lines = Readonly<{
  take(origin: string, way: Way): Promise<Line>
  stop(): Promise<void>
}>

type Entry = { readonly pool: Pool; users: number; timer: NodeJS.Timeout | null }

const IDLE_MS = 4_000
const LINES_MAX = 128
const CONNECTIONS_MAX = 64

/**
 * Keeps connections for a few seconds. A line is found by its addresses, and these were looked
 * up and checked for the very request that asks: reuse skips a handshake, never a check.
 */
export const openLines = (): Lines => {
  // Loaded with the first request: a hub that asks nobody does not pay for it.
  let library: Promise<typeof undici> | undefined
  const entries = new Map<string, Entry>()
  const sockets = new Set<Socket>()
  const drop = async (key: string, entry: Entry): Promise<void> => {
    if (entry.timer) clearTimeout(entry.timer)
    entries.delete(key)
    await entry.pool.destroy()
  }
  const release = (key: string, entry: Entry): void => {
    entry.users -= 1
    if (entry.users > 0) return
    const wait = entries.size > LINES_MAX ? 0 : IDLE_MS
    entry.timer = setTimeout(() => void drop(key, entry), wait).unref()
  }
  return {
    async take(origin, way) {
      library ??= import('undici')
      const { Pool } = await library
      const key = [origin, ...way.addresses].join(' ')
      const entry = entries.get(key) ?? {
        pool: new Pool(origin, poolOptions(way, sockets)),
        users: 0,
        timer: null,
      }
      entries.set(key, entry)
      if (entry.timer) clearTimeout(entry.timer)
      entry.users += 1
      let held = true
      return {
        pool: entry.pool,
        release() {
          if (held) release(key, entry)
          held = false
        },
      }
    },
    async stop() {
      await Promise.all([...entries].map(([key, entry]) => drop(key, entry)))
      for (const socket of sockets) socket.destroy(new Error('The hub stops.'))
    },
  }
}

const poolOptions = (way: Way, sockets: Set<Socket>): Pool.Options => ({
  connect: pinnedConnector(way, sockets),
  connections: CONNECTIONS_MAX,
  pipelining: 1,
  allowH2: false,
  keepAliveTimeout: IDLE_MS,
  keepAliveMaxTimeout: IDLE_MS, // The other side may ask for longer; it does not get it.
  headersTimeout: 0, // The deadline of the request is the only clock.
  bodyTimeout: 0,
})
