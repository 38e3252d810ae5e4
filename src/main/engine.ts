import type pg from 'pg'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import type { Feed } from '../platform/ledger/feed.ts'
import { openHintLine } from '../platform/hints.ts'
import type { Lease } from '../platform/ledger/lease.ts'
import type { LedgerEvent } from '../platform/ledger/ledger.ts'
import type { Pipeline } from '../platform/pipeline/pipeline.ts'
import type { Reactions } from '../platform/ledger/reactions.ts'
import { PRESENCE_MS } from '../platform/presence.ts'
import type { Room } from '../platform/room.ts'
import { startSchedules } from '../platform/schedules.ts'
import { IDLE_MS, startSequencer } from '../platform/ledger/sequencer.ts'

/** Milliseconds between looks at what other hubs have sealed. */
export const LOOK_MS = 500
const SWEEP_MS = 1_000
const CLOCK_MS = 60_000
const KEY_USE_MS = 5_000

/** What runs in the background of a hub is made of. */
export type EngineParts = Readonly<{
  database: Database
  rooms: readonly Room[]
  clock: Clock
  feed: Feed
  reactions: Reactions
  pipeline: Pipeline
  sequencing: Lease
  scheduling: Lease
  /** Writes down when keys were used. */
  flushKeys: () => Promise<void>
  /** Writes what was refused into the ledger. */
  flushRefusals: () => Promise<void>
  /** The ledger was read to the end it had at this moment of the steady clock. */
  looked: (since: number) => void
  hints: pg.ClientConfig | undefined
  /** Says that this process lives, where it is not the only one. */
  present: () => Promise<void>
  failed: (error: unknown) => void
}>

/** Everything that goes on by itself: sealing, reactions, schedules, the watch over other hubs. */
export type Engine = Readonly<{
  /** Something was committed: seal it now. */
  wake(): void
  stop(): Promise<void>
}>

/** Starts the engine; `stop` ends its parts in the other direction. */
export const startEngine = async (parts: EngineParts): Promise<Engine> => {
  const { database, clock, feed, reactions, failed } = parts
  const stops: (() => Promise<void> | void)[] = []
  const every = (ms: number, task: () => Promise<unknown>) => {
    const timer = setInterval(() => {
      task().catch(failed)
    }, ms)
    stops.push(() => clearInterval(timer))
  }
  const look = async () => {
    const since = performance.now()
    await feed.look()
    parts.looked(since)
  }

  await look()
  const tell = openHints(parts, look, stops)
  const sequencer = startSequencer({
    database,
    lease: parts.sequencing,
    now: clock.now,
    sealed(events: readonly LedgerEvent[]) {
      feed.sealed(events)
      tell()
    },
    failed,
    idleMs: parts.hints ? IDLE_MS.shared : IDLE_MS.alone,
  })
  stops.push(async () => {
    await sequencer.stop()
    await parts.sequencing.release().catch(failed)
  })
  stops.push(
    feed.listen((batch) => {
      reactions.react(batch).catch(failed)
    }),
  )
  const schedules = startSchedules({
    database,
    lease: parts.scheduling,
    pipeline: parts.pipeline,
    schedules: parts.rooms.flatMap((room) => room.schedules ?? []),
    now: clock.now,
    unsteady: () => clock.unsteady(),
    failed,
  })
  stops.push(() => schedules.stop())
  every(LOOK_MS, look)
  every(SWEEP_MS, () => reactions.sweep())
  every(CLOCK_MS, () => database.system((sql) => clock.correct(sql)))
  every(KEY_USE_MS, parts.flushKeys)
  every(SWEEP_MS, parts.flushRefusals)
  await parts.present()
  every(PRESENCE_MS, parts.present)
  return {
    wake: () => sequencer.wake(),
    async stop() {
      for (const stop of stops.splice(0).toReversed()) await stop()
    },
  }
}

/** Opens the line to other hubs where there can be any; gives the way to tell them. */
const openHints = (
  { database, hints, failed }: EngineParts,
  look: () => Promise<void>,
  stops: (() => Promise<void> | void)[],
): (() => void) => {
  if (!hints) return () => {}
  const heard = () => {
    look().catch(failed)
  }
  const line = openHintLine({ database, client: hints, heard, failed })
  stops.push(() => line.stop())
  return () => line.tell()
}
