import { setTimeout as delay } from 'node:timers/promises'
import type { LiveEvent, LivePage, LiveReader } from '../../kernel/hall.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Cursor } from './cursor.ts'
import { cursorText } from './cursor.ts'
import type { Outlet } from './outlet.ts'
import type { Wanted } from './project-filter.ts'
import type { Message, Wire } from './wire.ts'
import { messagesOf } from './wire.ts'

// How a reader loses nothing and sees nothing twice: it follows first and reads up afterwards.
// While it reads up, followed pages are not kept; they only say how far there is to go. When a
// read finds nothing new and nothing was announced beyond it, the follower takes over, in the
// same turn of the event loop.

/** What one reader's feed is made of. */
export type FeedGround = Readonly<{
  reader: LiveReader
  wire: Wire
  outlet: Outlet
  wanted: Wanted
  /** How long the reader may take to fetch one page while it catches up. */
  drainMs: number
  /** Ends the connection without a word, so that its reader comes back with its cursor. */
  drop(thrown: unknown): void
}>

/** The events of one reader, from a cursor on and then as they happen. */
export type Feed = Readonly<{
  /** Starts after a cursor, or at the head; `null` stands for a cursor that cannot be read. */
  start(from: Cursor | null | undefined): void
  /** Moves an idle reader's cursor on and gives a sign of life. */
  beat(): void
  purge(): void
  stop(): void
}>

type State = {
  mode: 'stopped' | 'catching' | 'live'
  /** Counts the starts: what an older start is still waiting for no longer matters. */
  run: number
  epoch: number
  pos: number
  /** The position the reader was last told. */
  told: number
  /** The furthest position announced while catching up. */
  announced: number
  unfollow: () => void
}

/** Makes the feed of one connection. */
export const feed = (ground: FeedGround): Feed => {
  const state: State = {
    mode: 'stopped',
    run: 0,
    epoch: 0,
    pos: 0,
    told: -1,
    announced: 0,
    unfollow: () => {},
  }
  const stop = (): void => {
    state.mode = 'stopped'
    state.run++
    state.unfollow()
    state.unfollow = () => {}
  }
  const guarded = (work: Promise<void>): void => {
    work.catch((thrown: unknown) => {
      stop()
      ground.drop(thrown)
    })
  }
  const steps = { ground, state, stop }
  return {
    stop,
    start(from) {
      stop()
      state.mode = 'catching'
      state.announced = 0
      state.unfollow = ground.reader.follow((page) => onPage(steps, page))
      guarded(begin(steps, from))
    },
    beat() {
      const { beat } = ground.wire
      if (beat !== null && state.mode !== 'stopped') put(steps, beat, 0)
      if (state.mode === 'live') guarded(moveOn(steps))
    },
    purge() {
      if (state.mode !== 'stopped') put(steps, ground.wire.purge(), 0)
    },
  }
}

// Together five seconds for a copy of the database to follow.
const LATE_READS_MAX = 100
const LATE_READ_MS = 50

type Steps = Readonly<{ ground: FeedGround; state: State; stop: () => void }>

const onPage = (steps: Steps, page: LivePage): void => {
  const { state } = steps
  if (state.mode === 'live') deliver(steps, page)
  else state.announced = Math.max(state.announced, page.pos)
}

const begin = async (steps: Steps, from: Cursor | null | undefined): Promise<void> => {
  const { ground, state } = steps
  const { run } = state
  const head = await ground.reader.head()
  if (run !== state.run) return
  state.epoch = head.epoch
  state.pos = head.pos
  if (from === null || (from && (from.epoch !== head.epoch || from.pos > head.pos))) {
    return reset(steps)
  }
  state.pos = from?.pos ?? head.pos
  tell(steps)
  if (state.pos >= Math.max(head.pos, state.announced)) state.mode = 'live'
  else await catchUp(steps)
}

const catchUp = async (steps: Steps): Promise<void> => {
  const { state } = steps
  const { run } = state
  for (let late = 0; ; ) {
    const { pos: before, announced } = state
    const page = await readOn(steps)
    if (run !== state.run) return
    if (page === null) return reset(steps)
    await handOver(steps, page)
    if (run !== state.run) return
    if (state.pos > before) continue
    if (state.announced <= before) {
      state.mode = 'live'
      return
    }
    // Announced while this read was under way: read again. Announced before it: a copy of the
    // database lags behind; it gets a moment.
    if (announced <= before) continue
    if (++late > LATE_READS_MAX) throw new Error('The ledger announced what it cannot read.')
    await delay(LATE_READ_MS)
    if (run !== state.run) return
  }
}

// A reader that catches up sets the pace: the next message waits until it took the last one.
const handOver = async (steps: Steps, page: LivePage): Promise<void> => {
  const { ground, state } = steps
  const { run } = state
  if (page.epoch !== state.epoch) return reset(steps)
  for (const message of messagesOf(freshOf(steps, page))) {
    const fetched = await ground.outlet.empty(ground.drainMs)
    if (run !== state.run) return
    if (!fetched) return reset(steps)
    if (!send(steps, message)) return
  }
  state.pos = Math.max(state.pos, page.pos)
}

// A cursor older than the ledger keeps is refused: the reader must start anew.
const readOn = async ({ ground, state }: Steps): Promise<LivePage | null> => {
  try {
    return await ground.reader.after(state.pos)
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.kind !== 'unavailable') return null
    throw thrown
  }
}

const deliver = (steps: Steps, page: LivePage): void => {
  const { state } = steps
  if (page.epoch !== state.epoch) return reset(steps)
  for (const message of messagesOf(freshOf(steps, page))) if (!send(steps, message)) return
  state.pos = Math.max(state.pos, page.pos)
}

const freshOf = ({ ground, state }: Steps, { events }: LivePage): readonly LiveEvent[] =>
  events.filter((event) => event.pos > state.pos && ground.wanted(event))

const send = (steps: Steps, { json, count, pos }: Message): boolean => {
  const { ground, state } = steps
  state.pos = pos
  state.told = pos
  return put(steps, ground.wire.events(cursorText(state), json), count)
}

// Batches without anything for this reader are not announced; the head tells of them.
const moveOn = async (steps: Steps): Promise<void> => {
  const { ground, state } = steps
  const { run } = state
  const head = await ground.reader.head()
  if (run !== state.run || state.mode !== 'live') return
  if (head.epoch !== state.epoch) return reset(steps)
  if (head.pos > state.pos) {
    state.mode = 'catching'
    state.announced = head.pos
    await catchUp(steps)
    if (run !== state.run) return
  }
  if (state.pos > state.told) tell(steps)
}

const tell = (steps: Steps): void => {
  const { ground, state } = steps
  state.told = state.pos
  put(steps, ground.wire.position(cursorText(state)), 0)
}

const put = (steps: Steps, text: string, events: number): boolean => {
  if (steps.ground.outlet.put(text, events)) return true
  reset(steps)
  return false
}

const reset = ({ ground, state, stop }: Steps): void => {
  stop()
  ground.outlet.finish(ground.wire.reset(cursorText(state)))
}
