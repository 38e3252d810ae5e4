import type { Line, LineEnd } from './line.ts'
import { LineFailure } from './line.ts'

// Lines that callers share. Whoever needs one takes it by its key; that it was closed meanwhile,
// that it is being opened, that its server is dead, they learn nothing of or at once.

/** What a pool of lines is made with. */
export type LinePoolOptions = Readonly<{
  open: (key: string) => Promise<Line>
  /** Milliseconds after which a line is closed that nobody uses. */
  idleMs: number
  /** How often a server may crash in how many milliseconds before it is left alone. */
  crashes?: Readonly<{ most: number; windowMs: number }>
  now: () => number
}>

/** Open lines by key. */
export type LinePool = Readonly<{
  /** Gives the line of a key, opened where there is none; throws at once while it cannot be. */
  take(key: string): Promise<Line>
  /** Lines that are open. */
  size(): number
  /** Lines that somebody listens to. */
  watched(): number
  /** Forgets failures and crashes: whoever comes next tries at once. */
  forgive(): void
  stop(): Promise<void>
}>

type Entry = {
  opening: Promise<Line> | null
  line: Line | null
  usedAt: number
  isWatched: boolean
  timer: NodeJS.Timeout | undefined
  failures: number
  failure: Error | null
  /** Until when nobody tries again. */
  restsUntil: number
  crashedAt: readonly number[]
}

const CRASHES = { most: 5, windowMs: 600_000 } as const
const REST_MS = 1_000
const REST_MS_MAX = 60_000
const ENTRIES_MAX = 512

/** Opens a pool. */
export const linePool = (options: LinePoolOptions): LinePool => {
  const { open, idleMs, now, crashes = CRASHES } = options
  const entries = new Map<string, Entry>()
  let stopped = false

  const close = async (entry: Entry) => {
    const { line } = entry
    clearTimeout(entry.timer)
    entry.line = null
    await line?.close().catch(() => {})
  }
  const watchIdle = (entry: Entry) => {
    const leftMs = entry.usedAt + idleMs - now()
    const look = () => {
      const { line } = entry
      if (line === null) return
      if (line.busy() > 0 || entry.isWatched) entry.usedAt = now()
      if (now() - entry.usedAt < idleMs) return watchIdle(entry)
      close(entry).catch(() => {})
    }
    entry.timer = setTimeout(look, Math.max(1, leftMs)).unref()
  }
  const ended = (entry: Entry, line: Line, { why }: LineEnd) => {
    if (entry.line === line) {
      entry.line = null
      clearTimeout(entry.timer)
    }
    if (isCrash(why)) entry.crashedAt = [...recent(entry), now()].slice(-crashes.most)
  }
  const recent = ({ crashedAt }: Entry) => crashedAt.filter((at) => now() - at < crashes.windowMs)
  const refusal = (entry: Entry): Error | null => {
    if (recent(entry).length >= crashes.most) {
      const message = 'The program crashed too often; it is left alone for some minutes.'
      return new LineFailure('crashed', message, { sent: false })
    }
    return now() < entry.restsUntil ? entry.failure : null
  }
  const failed = (entry: Entry, error: unknown): Error => {
    const failure = unsent(error)
    const restMs = Math.min(REST_MS * 2 ** entry.failures, REST_MS_MAX)
    const wishedMs = failure instanceof LineFailure ? (failure.retryAfterMs ?? 0) : 0
    entry.failures += 1
    entry.failure = failure
    entry.restsUntil = now() + Math.max(restMs, wishedMs)
    if (failure instanceof LineFailure && failure.kind === 'crashed') {
      entry.crashedAt = [...recent(entry), now()].slice(-crashes.most)
    }
    return failure
  }
  const begin = async (key: string, entry: Entry): Promise<Line> => {
    let line: Line
    try {
      line = await open(key)
    } catch (error) {
      throw failed(entry, error)
    }
    entry.failures = 0
    entry.failure = null
    const kept: Line = {
      ...line,
      async watch(uris) {
        entry.isWatched = uris.length > 0
        await line.watch(uris)
      },
    }
    entry.line = kept
    entry.isWatched = false
    entry.usedAt = now()
    line.closed.then((end) => ended(entry, kept, end)).catch(() => {})
    if (stopped) {
      await close(entry)
      throw poolStopped()
    }
    watchIdle(entry)
    return kept
  }
  /** Makes room: forgets what is closed and rested, then closes what was unused the longest. */
  const makeRoom = async () => {
    for (const [key, entry] of entries) {
      const isEmpty = entry.line === null && entry.opening === null
      if (isEmpty && refusal(entry) === null) entries.delete(key)
    }
    if (entries.size < ENTRIES_MAX) return
    const [oldest] = [...entries]
      .filter(([, { line, opening }]) => opening === null && (line === null || line.busy() === 0))
      .sort(([, a], [, b]) => a.usedAt - b.usedAt)
    if (oldest === undefined) {
      throw new LineFailure('away', 'Too many lines to servers are open.', { sent: false })
    }
    entries.delete(oldest[0])
    await close(oldest[1])
  }
  return {
    async take(key) {
      if (stopped) throw poolStopped()
      const known = entries.get(key)
      if (known === undefined && entries.size >= ENTRIES_MAX) await makeRoom()
      const entry = entries.get(key) ?? newEntry()
      entries.set(key, entry)
      entry.usedAt = now()
      if (entry.line !== null) return entry.line
      if (entry.opening !== null) return entry.opening
      const refused = refusal(entry)
      if (refused !== null) throw refused
      entry.opening = begin(key, entry).finally(() => {
        entry.opening = null
      })
      return entry.opening
    },
    forgive() {
      const fresh = { failures: 0, failure: null, restsUntil: 0, crashedAt: [] }
      for (const entry of entries.values()) Object.assign(entry, fresh)
    },
    size: () => [...entries.values()].filter(({ line }) => line !== null).length,
    watched: () =>
      [...entries.values()].filter(({ line, isWatched }) => line !== null && isWatched).length,
    async stop() {
      stopped = true
      const all = [...entries.values()]
      await Promise.all(
        all.map(async ({ opening }) => {
          await opening?.catch(() => {})
        }),
      )
      await Promise.all(all.map(close))
      entries.clear()
    },
  }
}

const newEntry = (): Entry => ({
  opening: null,
  line: null,
  usedAt: 0,
  isWatched: false,
  timer: undefined,
  failures: 0,
  failure: null,
  restsUntil: 0,
  crashedAt: [],
})

// The words that lines end with; a server that a session was lost at did not crash.
const isCrash = (why: string): boolean => why.startsWith('crashed') || why.startsWith('too_large')

/** Whatever became of the opening: of the request that needed the line no byte has left. */
const unsent = (error: unknown): Error => {
  if (!(error instanceof LineFailure)) {
    return error instanceof Error ? error : new LineFailure('away', 'No line.', { sent: false })
  }
  const { kind, message, retryAfterMs, challenge, status, cause } = error
  return new LineFailure(kind, message, { retryAfterMs, challenge, status, cause, sent: false })
}

const poolStopped = (): LineFailure =>
  new LineFailure('away', 'The hub is stopping.', { sent: false })
