import type { Api } from './api.ts'
import { Refused } from './api.ts'
import type { LiveEvent } from './event.ts'
import { type Message, sseParser } from './sse.ts'

/** How this page hears of changes right now. */
export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'offline'

/** What happened between two places of the stream: it may be nothing for this reader. */
export type Stretch = Readonly<{ prev: string; pos: string; events: readonly LiveEvent[] }>

/** Whoever hears what a connection brings. */
export type StreamEar = Readonly<{
  /** Hears how it stands, and when it is tried again: a moment as `Date.now()` counts. */
  state(state: LinkState, dueAt: number | null): void
  stretch(stretch: Stretch): void
  /**
   * Hears that everything is to be read anew, and from where the stream goes on. Called when it
   * follows from a place that has no link with what was read before: at a start without a cursor,
   * after a lost place, and when rights changed.
   */
  anew(pos: string): void
}>

/** What a connection is made of. */
export type ConnectionGround = Readonly<{
  api: Api
  /** A number from 0 to 1: pages that lost the hub together do not come back together. */
  random(): number
}> &
  StreamEar

// The hub gives a sign of life every 15 s; beyond this it is gone without a word.
const SILENCE_MS = 40_000
const PAUSE_MS_MIN = 500
const PAUSE_MS_MAX = 15_000
// So long without the hub, the chip says offline and no longer reconnecting.
const OFFLINE_AFTER = 4

type Run = {
  stopped: boolean
  /** Where to go on; `null` asks for the head. */
  cursor: string | null
  failures: number
  abort: AbortController
}

/** Keeps a stream open from a cursor on, until it is stopped: it comes back where it was. */
export const connect = (ground: ConnectionGround, cursor: string | null): (() => void) => {
  const run: Run = { stopped: false, cursor, failures: 0, abort: new AbortController() }
  // Both ways: what was open is given up when the network goes, and tried at once when it is back.
  const changed = (): void => run.abort.abort()
  window.addEventListener('online', changed)
  window.addEventListener('offline', changed)
  ground.state('connecting', null)
  keepOpen(ground, run).catch(() => ground.state('offline', null))
  return () => {
    run.stopped = true
    run.abort.abort()
    window.removeEventListener('online', changed)
    window.removeEventListener('offline', changed)
  }
}

const keepOpen = async (ground: ConnectionGround, run: Run): Promise<void> => {
  while (!run.stopped) {
    run.abort = new AbortController()
    const pauseMs = await once(ground, run).then(
      () => PAUSE_MS_MIN,
      (thrown: unknown) => refusedPause(thrown) ?? backoffMs(run.failures, ground.random()),
    )
    if (run.stopped) return
    run.failures++
    const isAway = !navigator.onLine || run.failures >= OFFLINE_AFTER
    ground.state(isAway ? 'offline' : 'reconnecting', Date.now() + pauseMs)
    run.abort = new AbortController()
    await sleep(pauseMs, run.abort.signal)
  }
}

const refusedPause = (thrown: unknown): number | null =>
  thrown instanceof Refused && thrown.retryAfterS !== null ? thrown.retryAfterS * 1000 : null

const backoffMs = (failures: number, random: number): number => {
  const full = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** failures)
  return full / 2 + (random * full) / 2
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

// Reads one connection to its end. A lost place ends in a reset: the next connection gives no
// cursor, starts at the head, and everything is read anew once the head is known.
const once = async (ground: ConnectionGround, run: Run): Promise<void> => {
  const { signal } = run.abort
  const headers = { accept: 'text/event-stream', ...lastId(run.cursor) }
  const answer = await ground.api.open('/stream', headers, signal)
  if (!answer.body) throw new Error('The stream has no body.')
  const parse = sseParser()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const timer = setTimeout(() => run.abort.abort(), SILENCE_MS)
    const { value, done } = await reader.read().finally(() => clearTimeout(timer))
    if (done) return
    for (const message of parse(value)) hear(ground, run, message)
    alive(ground, run)
  }
}

const lastId = (cursor: string | null) => (cursor === null ? {} : { 'last-event-id': cursor })

const alive = (ground: ConnectionGround, run: Run): void => {
  run.failures = 0
  if (!run.stopped) ground.state('live', null)
}

const hear = (ground: ConnectionGround, run: Run, { event, id, data }: Message): void => {
  if (run.stopped) return
  const prev = run.cursor
  // A lost place has a name, too: it is not where this reader goes on.
  run.cursor = event === 'reset' ? null : (id ?? prev)
  const pos = run.cursor
  if (pos === null) return
  if (prev === null || event === 'purge') ground.anew(pos)
  else if (id !== null)
    ground.stretch({ prev, pos, events: event === 'message' ? eventsIn(data) : [] })
}

const eventsIn = (data: string): readonly LiveEvent[] => {
  const list: unknown = JSON.parse(data)
  return Array.isArray(list) ? list.filter(isEvent) : []
}

const isEvent = (item: unknown): item is LiveEvent =>
  typeof item === 'object' && item !== null && 'name' in item && 'id' in item && 'data' in item
