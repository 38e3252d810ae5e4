import { rateOf } from '../../platform/limits/gcra.ts'
import { memoryLimits } from '../../platform/limits/memory-limits.ts'
import type { Line } from '../../platform/mcp/line.ts'
import { WATCHED_MAX } from '../../platform/mcp/listening.ts'
import type { Watches, Watching } from '../application/hub-ports.ts'
import type { Json } from '../application/hub-records.ts'
import { settingsOf } from '../domain/upstream.ts'

// Who listens to a hub listens to many servers. One stream per server and credential serves
// everybody; what comes on it goes to those who watch the resource it is about.

/** Milliseconds before a broken watch is opened again; doubled up to the second. */
const REOPEN_MS = 1_000
const REOPEN_MS_MAX = 300_000

/** Milliseconds between looks whether a program runs that nobody starts to listen to it. */
const LOOK_MS = 500

/** What watches stand on. */
export type WatchGround = Readonly<{
  /** Gives the line of a server; null where a program would have to be started for it. */
  line: (orgId: string, watching: Watching) => Promise<Line | null>
  /** Hears that a server's lists may be others: it is asked again. */
  changed: (orgId: string, watching: Watching) => void
}>

/** The watches of a process, for every organisation. */
export type AllWatches = Readonly<{
  of(orgId: string): Watches
  /** Tells that the catalogue of an organisation may be another one. */
  tell(orgId: string): void
  stop(): void
}>

type Entry = {
  readonly watchers: Set<Watching>
  line: Line | null
  mute: () => void
  timer: NodeJS.Timeout | undefined
  pauseMs: number
  isOpening: boolean
  isOver: boolean
}

/** Makes the watches of a process. */
export const serverWatches = (ground: WatchGround): AllWatches => {
  const entries = new Map<string, Entry>()
  const listeners = new Map<string, Set<() => void>>()

  const watched = (entry: Entry) => {
    const uris = new Set([...entry.watchers].flatMap(({ uris: own }) => own))
    // A server that cannot be subscribed to is heard as far as it speaks by itself.
    entry.line?.watch([...uris].slice(0, WATCHED_MAX)).catch(() => {})
  }
  const hear =
    (orgId: string, entry: Entry) =>
    (method: string, { uri }: Json) => {
      if (method === 'notifications/resources/updated' && typeof uri === 'string') {
        for (const one of entry.watchers) if (one.uris.includes(uri)) one.updated(uri)
      } else if (method.endsWith('/list_changed')) {
        const [first] = entry.watchers
        if (first) ground.changed(orgId, first)
      }
    }
  const open = async (orgId: string, entry: Entry): Promise<void> => {
    const first = [...entry.watchers].find(({ uris }) => uris.length > 0) ?? firstOf(entry)
    if (entry.isOver || entry.isOpening || first === undefined) return
    entry.isOpening = true
    try {
      const line = await ground.line(orgId, first).finally(() => {
        entry.isOpening = false
      })
      if (entry.isOver) return
      if (line === null) return again(orgId, entry, LOOK_MS)
      entry.line = line
      entry.pauseMs = REOPEN_MS
      entry.mute = line.onNotice(hear(orgId, entry))
      watched(entry)
      const { why } = await line.closed
      entry.mute()
      entry.line = null
      // What happened meanwhile nobody has heard; where nobody used it, nothing has.
      const now = firstOf(entry)
      if (now && !entry.isOver && why !== 'closed') ground.changed(orgId, now)
    } catch {
      // It is away: asked again later, as everything else that is away.
    }
    again(orgId, entry, entry.pauseMs)
    entry.pauseMs = Math.min(entry.pauseMs * 2, REOPEN_MS_MAX)
  }
  const again = (orgId: string, entry: Entry, ms: number) => {
    if (entry.isOver) return
    entry.timer = setTimeout(() => {
      open(orgId, entry).catch(() => {})
    }, ms).unref()
  }
  const close = (key: string, entry: Entry) => {
    entry.isOver = true
    entries.delete(key)
    clearTimeout(entry.timer)
    entry.mute()
    entry.line?.watch([]).catch(() => {})
  }
  return {
    of: (orgId) => ({
      server(watching) {
        const key = keyOf(orgId, watching)
        const known = entries.get(key)
        const entry = known ?? newEntry()
        entries.set(key, entry)
        entry.watchers.add(watching)
        // A program is started for whoever watches its resources.
        const isResting = entry.line === null && !entry.isOpening && watching.uris.length > 0
        if (known === undefined || isResting) {
          clearTimeout(entry.timer)
          open(orgId, entry).catch(() => {})
        } else watched(entry)
        return () => {
          if (!entry.watchers.delete(watching)) return
          if (entry.watchers.size === 0) close(key, entry)
          else watched(entry)
        }
      },
      catalogue(changed) {
        const own = listeners.get(orgId) ?? new Set<() => void>()
        listeners.set(orgId, own.add(changed))
        return () => {
          own.delete(changed)
          if (own.size === 0) listeners.delete(orgId)
        }
      },
    }),
    tell(orgId) {
      for (const changed of listeners.get(orgId) ?? []) changed()
    },
    stop() {
      for (const [key, entry] of entries) close(key, entry)
      listeners.clear()
    },
  }
}

/** One stream for everybody under one credential; a program's own users share nothing. */
const keyOf = (orgId: string, { upstream, connection, call }: Watching): string => {
  const own = upstream.kind === 'stdio' ? call.actor.id : ''
  const credential = `${connection?.id ?? '-'}@${connection?.version ?? 0}`
  return `${orgId}/${upstream.id}/${credential}/${own}/${settingsOf(upstream)}`
}

const firstOf = ({ watchers }: Entry): Watching | undefined => [...watchers][0]

const newEntry = (): Entry => ({
  ...{ watchers: new Set(), line: null, mute() {}, timer: undefined },
  ...{ pauseMs: REOPEN_MS, isOpening: false, isOver: false },
})

/** How often a server that says that its lists changed is asked: ten times, then twice a minute. */
const REFRESHES = rateOf(10, 300_000, 10)
const SERVERS_MAX = 5_000

type Refreshing = Readonly<{
  now: () => number
  refresh: (orgId: string, slug: string) => Promise<void>
}>

/** Makes what asks a server again that says that its lists changed; not as often as it likes. */
export const refresher = ({ now, refresh }: Refreshing): WatchGround['changed'] => {
  const limits = memoryLimits(SERVERS_MAX)
  const busy = new Set<string>()
  return (orgId, { upstream: { id, slug } }) => {
    const key = `${orgId}/${id}`
    if (busy.has(key) || !limits.take(key, REFRESHES, { cost: 1, now: now() }).ok) return
    busy.add(key)
    // What cannot be asked now is asked by the clock.
    refresh(orgId, slug)
      .catch(() => {})
      .finally(() => busy.delete(key))
  }
}
