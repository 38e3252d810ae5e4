import type pg from 'pg'
import { accessSource, addressGate, type FindToken } from '../identity/room.ts'
import { strangerIn } from '../kernel/actor.ts'
import type { Happened } from '../kernel/event.ts'
import type { Hall } from '../kernel/hall.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { type Batch, type Feed, ledgerFeed } from '../platform/ledger/feed.ts'
import type { LedgerEvent } from '../platform/ledger/ledger.ts'
import { type Lease, leaseOf } from '../platform/ledger/lease.ts'
import type { Log } from '../platform/log.ts'
import { type Pipeline, pipeline } from '../platform/pipeline/pipeline.ts'
import { reactionRunner } from '../platform/ledger/reactions.ts'
import { endPresence, showPresence } from '../platform/presence.ts'
import type { Room } from '../platform/room.ts'
import { BATCH_ROWS, sealBatch } from '../platform/ledger/sequencer.ts'
import type { Scrubber } from '../platform/scrub/scrubber.ts'
import { refusals } from '../platform/pipeline/refusals.ts'
import type { Limits } from '../platform/limits/limits.ts'
import { type Waiters, waiters } from '../platform/pipeline/waiters.ts'
import { type Engine, startEngine } from './engine.ts'
import { hallOf } from './hall.ts'
import { projectDirectory } from './project-directory.ts'

// What is remembered of keys and rights counts for as long as the ledger was read within this time:
// a revocation on another hub holds here within a second.
const FRESH_MS = 1_000

/** What a house is built from. */
export type HouseOptions = Readonly<{
  database: Database
  rooms: readonly Room[]
  clock: Clock
  log: Log
  /** Names this process among the hubs of its database. */
  holder: string
  /** No other hub can be on this database: a dead owner's leases are taken over at once. */
  alone: boolean
  readiness: Hall['readiness']
  /** How to hear from other hubs of this server at once; left out where there are none. */
  hints?: pg.ClientConfig
  /** Gives the refusal of a write where the database or the organisation can take none. */
  closed: (orgId: string, operation: string) => Refusal | null
  /** Hears of every event, sealed here or elsewhere. */
  heard?: (orgId: string, names: readonly string[]) => Promise<void>
  /** Counts calls against limits. */
  limits: Limits
  /** Marks inputs that are kept for repeated calls; left out: a bare hash. */
  mark?: (orgId: string, bytes: Uint8Array) => Promise<string>
  /** Takes secrets out of what leaves: events, and the words of refusals. */
  scrubber?: Scrubber
  /** Hears how many hubs share the database, and its limits. */
  hubs?: (count: number) => void
  /** Finds tokens of the hub's OAuth server; left out: there is none. */
  findToken?: FindToken
}>

/** The composed house: what doors need, and its life. */
export type House = Readonly<{
  hall: Hall
  pipeline: Pipeline
  feed: Feed
  /** Tells whether the ledger was read within the last second: what is remembered counts. */
  fresh(): boolean
  /** Hears of what was committed beside the pipeline: caches are emptied, sealing begins. */
  committed(orgId: string, happened: readonly Happened[]): void
  /** Seals what is committed and runs the reactions to it; for tests and for the last batch. */
  settle(): Promise<void>
  /** Starts sequencer, schedules, reactions and the watch over other hubs. */
  start(): Promise<void>
  stop(): Promise<void>
}>

/** Wakes the long polls that an event may have something for, as the rooms say. */
const wakeWaiters = (
  rooms: readonly Room[],
  waiting: Waiters,
  { orgId, events }: Pick<Batch, 'orgId' | 'events'>,
) => {
  for (const room of rooms) {
    for (const { topic, count } of events.flatMap((event) => room.wakes?.(event) ?? [])) {
      waiting.wake(`${orgId}/${topic}`, count)
    }
  }
}

/** Joins rooms, ground and pipeline: the only place that knows everybody. */
export const compose = (options: HouseOptions): House => {
  const { database, rooms, clock, log } = options
  const { now } = clock
  const failed = (error: unknown) =>
    log.error('Background work failed.', { error: error instanceof Error ? error.message : '?' })
  let heard = performance.now()
  const fresh = () => options.alone || performance.now() - heard < FRESH_MS
  const refused = refusals({ database, now })
  const { limits } = options
  const access = accessSource({
    database,
    now,
    fresh,
    ...(options.findToken && { findToken: options.findToken }),
    suspect: (address) => limits.refuseGuesser(address),
    refused(orgId, refusal, { address }) {
      const asked = { actor: strangerIn(orgId), door: 'http', address } as const
      refused.note(refusal, { operation: 'identity.authenticate', ...asked })
      limits.failed(address)
    },
  })
  const gate = addressGate({ database, fresh })
  const projects = projectDirectory(database)
  const waiting = waiters()
  const feed = ledgerFeed(database, failed)
  const accessListeners = new Set<(orgId: string) => void>()
  let engine: Engine | undefined

  const forget = (orgId: string, names: readonly string[]) => {
    line.stir(orgId)
    options.heard?.(orgId, names).catch(failed)
    projects.forget(orgId, names)
    if (!names.some((name) => name.startsWith('identity.'))) return
    access.forget(orgId, names)
    gate.forget(orgId)
    for (const listener of accessListeners) listener(orgId)
  }
  const committed = (orgId: string, happened: readonly Happened[]) => {
    forget(
      orgId,
      happened.map((event) => event.name),
    )
    engine?.wake()
  }
  const line: Pipeline = pipeline({
    database,
    rooms,
    access: {
      rightsOf: access.rightsOf,
      orgOf: access.orgOf,
      projectId: projects.projectId,
      projectIds: projects.projectIds,
    },
    take: limits.take,
    guard: (actor, address) => gate.check(actor, address, true),
    refusals: refused,
    now,
    log,
    waiters: waiting,
    closed: options.closed,
    ...(options.mark && { mark: options.mark }),
    ...(options.scrubber && { hide: options.scrubber.scrubFields }),
    committed,
  })
  const lease = (name: string): Lease =>
    leaseOf(database, { name, holder: options.holder, alone: options.alone })
  const sequencing = lease('sequencer')
  const reactions = reactionRunner({
    database,
    lease: lease('reactions'),
    rooms,
    now,
    committed,
    failed,
    isClosed: (orgId) => options.closed(orgId, 'reaction') !== null,
  })

  feed.listen(({ orgId, events }) => {
    forget(
      orgId,
      events.map((event) => event.name),
    )
    wakeWaiters(rooms, waiting, { orgId, events })
  })

  const hall = hallOf({ ...options, pipeline: line, access, gate, feed, accessListeners, failed })

  const sealOnce = async (): Promise<readonly LedgerEvent[]> => {
    const fence = await sequencing.hold()
    if (fence === null) return []
    const events = await database.system((sql) =>
      sealBatch(sql, { fence, limit: BATCH_ROWS, now: now() }),
    )
    feed.sealed(events)
    return events
  }

  return {
    hall,
    pipeline: line,
    feed,
    fresh,
    committed,
    async settle() {
      for (;;) {
        const sealed = await sealOnce()
        if (sealed.length === 0) return
        for (const orgId of new Set(sealed.map((event) => event.orgId))) await reactions.run(orgId)
      }
    },
    async start() {
      engine = await startEngine({
        database,
        rooms,
        clock,
        feed,
        reactions,
        pipeline: line,
        sequencing,
        scheduling: lease('scheduler'),
        flushKeys: () => access.flush(),
        flushRefusals: () => refused.flush(),
        looked(since) {
          heard = since
        },
        hints: options.hints,
        async present() {
          if (!options.alone) options.hubs?.(await showPresence(database, options.holder))
        },
        failed,
      })
    },
    async stop() {
      waiting.stop()
      await engine?.stop()
      if (engine && !options.alone) await endPresence(database, options.holder).catch(() => {})
      await access.flush().catch(() => {})
      await refused.flush(true).catch(() => {})
    },
  }
}
