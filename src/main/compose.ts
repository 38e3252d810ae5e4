import type pg from 'pg'
import { accessSource } from '../identity/room.ts'
import type { Happened } from '../kernel/event.ts'
import { assert } from '../kernel/assert.ts'
import type { Hall } from '../kernel/hall.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import { type Batch, type Feed, ledgerFeed } from '../platform/ledger/feed.ts'
import type { LedgerEvent } from '../platform/ledger/ledger.ts'
import { type Lease, leaseOf } from '../platform/ledger/lease.ts'
import { snapshotLines } from '../platform/ledger/line-stream.ts'
import { liveReaders } from '../platform/ledger/live.ts'
import type { Log } from '../platform/log.ts'
import { type Pipeline, pipeline } from '../platform/pipeline/pipeline.ts'
import { reactionRunner } from '../platform/ledger/reactions.ts'
import type { Room } from '../platform/room.ts'
import { BATCH_ROWS, sealBatch } from '../platform/ledger/sequencer.ts'
import { type Waiters, waiters } from '../platform/pipeline/waiters.ts'
import { type Engine, LOOK_MS, startEngine } from './engine.ts'
import { offered } from './offered.ts'
import { projectDirectory } from './project-directory.ts'

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
  /** Gives the refusal of every write while the database can take none. */
  closed: () => Refusal | null
}>

/** The composed house: what doors need, and its life. */
export type House = Readonly<{
  hall: Hall
  pipeline: Pipeline
  feed: Feed
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
  const fresh = () => options.alone || performance.now() - heard < LOOK_MS
  const access = accessSource({ database, now, fresh })
  const projects = projectDirectory(database)
  const waiting = waiters()
  const feed = ledgerFeed(database, failed)
  const accessListeners = new Set<(orgId: string) => void>()
  let engine: Engine | undefined

  const forget = (orgId: string, names: readonly string[]) => {
    line.stir(orgId)
    projects.forget(orgId, names)
    if (!names.some((name) => name.startsWith('identity.'))) return
    access.forget(orgId, names)
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
    access: { rightsOf: access.rightsOf, projectId: projects.projectId },
    now,
    log,
    waiters: waiting,
    closed: options.closed,
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
  })

  feed.listen(({ orgId, events }) => {
    heard = performance.now()
    forget(
      orgId,
      events.map((event) => event.name),
    )
    wakeWaiters(rooms, waiting, { orgId, events })
  })

  const operations = rooms.flatMap((room) => room.operations)
  const streams = new Map(rooms.flatMap((room) => Object.entries(room.streams ?? {})))
  const live = liveReaders({
    database,
    feed,
    rooms,
    rightsOf: access.rightsOf,
    failed,
  })
  const hall: Hall = {
    operations: operations.filter((operation) => !operation.internal),
    prompts: rooms.flatMap((room) => room.prompts ?? []),
    authenticate: access.authenticate,
    async offers(actor) {
      const rights = await access.rightsOf(actor)
      return offered(hall.operations, actor, rights)
    },
    run: line.run,
    lines(operation, output, { orgId }) {
      const open = streams.get(operation.name)
      assert(open, `${operation.name} opens a stream`)
      return snapshotLines(database, orgId, (sql) => open({ sql, orgId }, output))
    },
    live,
    onAccessChange(listener) {
      accessListeners.add(listener)
      return () => accessListeners.delete(listener)
    },
    readiness: options.readiness,
    now,
    log: (level, text, fields) => log[level](text, fields),
  }

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
        looked() {
          heard = performance.now()
        },
        hints: options.hints,
        failed,
      })
    },
    async stop() {
      waiting.stop()
      await engine?.stop()
      await access.flush().catch(() => {})
    },
  }
}
