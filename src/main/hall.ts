import type { AccessSource, AddressGate } from '../identity/room.ts'
import type { Actor } from '../kernel/actor.ts'
import { assert } from '../kernel/assert.ts'
import type { Hall } from '../kernel/hall.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database.ts'
import type { Feed } from '../platform/ledger/feed.ts'
import { snapshotLines } from '../platform/ledger/line-stream.ts'
import { liveReaders } from '../platform/ledger/live.ts'
import type { Limits } from '../platform/limits/limits.ts'
import type { Log } from '../platform/log.ts'
import { refuseUnfinished } from '../platform/pipeline/gate.ts'
import type { Pipeline } from '../platform/pipeline/pipeline.ts'
import type { Room } from '../platform/room.ts'
import { offered } from './offered.ts'

type HallParts = Readonly<{
  database: Database
  rooms: readonly Room[]
  clock: Clock
  log: Log
  readiness: Hall['readiness']
  limits: Limits
  gate: AddressGate
  pipeline: Pipeline
  access: AccessSource
  feed: Feed
  accessListeners: Set<(orgId: string) => void>
  failed: (error: unknown) => void
}>

/** Joins everything that doors may use of the house. */
export const hallOf = (parts: HallParts): Hall => {
  const { database, rooms, clock, log, access, pipeline, accessListeners } = parts
  const operations = rooms.flatMap((room) => room.operations)
  const streams = new Map(rooms.flatMap((room) => Object.entries(room.streams ?? {})))
  const { feed, failed } = parts
  const live = liveReaders({
    database,
    feed,
    rooms,
    rightsOf: access.rightsOf,
    now: clock.now,
    failed,
  })
  const hall: Hall = {
    operations: operations.filter((operation) => !operation.internal),
    prompts: rooms.flatMap((room) => room.prompts ?? []),
    authenticate(credential, presented) {
      const actor = access.authenticate(credential, presented)
      const pass = (known: Actor) => parts.gate.check(known, presented?.address)
      return actor instanceof Promise ? actor.then(pass) : pass(actor)
    },
    admit: parts.limits.admit,
    openStream(actor) {
      refuseUnfinished(actor)
      return parts.limits.openStream(actor)
    },
    async offers(actor) {
      const rights = await access.rightsOf(actor)
      return offered(hall.operations, actor, rights)
    },
    run: pipeline.run,
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
    readiness: parts.readiness,
    now: clock.now,
    log: (level, text, fields) => log[level](text, fields),
  }
  return hall
}
