import { assert } from '../../kernel/assert.ts'
import type { Database } from '../database.ts'
import type { Lease } from '../ledger/lease.ts'
import { at, type Sql } from '../sql.ts'
import {
  hashesOf,
  keepCheckpoint,
  type KeptCheckpoint,
  newestCheckpoint,
  treeBefore,
} from './checkpoint-store.ts'
import { epochOf } from './epochs.ts'
import { originOf, signNote } from '../ledger/note.ts'
import type { Signer } from './signing-keys.ts'
import { type Outgoing, outgoing, type Sink } from './sinks.ts'
import { growingTree } from '../ledger/tree.ts'

/** How long, and how many events long, the end of a ledger may stay unsigned. */
export const UNSIGNED = { ms: 60_000, events: 10_000 } as const
const TICK_MS = 5_000

/** What the checkpoints of a hub are made with. */
export type CheckpointOptions = Readonly<{
  database: Database
  signer: Signer
  sinks: readonly Sink[]
  now: () => number
  failed: (error: unknown) => void
  /** Only the process that holds it signs; left out: there is no other. */
  lease?: Pick<Lease, 'hold'>
  /** Tells whether an organisation's ledger must not be signed: it contradicts what was signed. */
  closed?: (orgId: string) => boolean
}>

/** The job that signs the ends of all ledgers and copies the notes out of the database. */
export type Checkpoints = Readonly<{
  /** Signs an organisation's ledger as it is now, however fresh the last checkpoint is. */
  sign(orgId: string): Promise<void>
  /** Signs every ledger that has grown: before a backup, and at the end. */
  signAll(): Promise<void>
  /** Signs what is due, and tries again what waits for a sink. */
  turn(): Promise<void>
  facts(): Readonly<{ signed: number; waiting: number; sinkFailures: number }>
  stop(): Promise<void>
}>

type Due = Readonly<{ orgId: string; pos: number }>

/** Starts to sign: every 60 s or 10,000 events, at month ends, and at the end. */
export const startCheckpoints = (options: CheckpointOptions): Checkpoints => {
  const { database, now, failed } = options
  const lines = options.sinks.map((sink) => outgoing(sink, failed))
  const isClosed = options.closed ?? (() => false)
  let signed = 0
  let last: Promise<void> = Promise.resolve()

  const signOrgs = async (find: (sql: Sql) => Promise<readonly Due[]>) => {
    if (options.lease && (await options.lease.hold()) === null) return
    const due = (await database.system(find)).filter(({ orgId }) => !isClosed(orgId))
    if (due.length === 0) return
    await options.signer.refresh()
    for (const { orgId, pos } of due) {
      // One ledger that cannot be signed must not leave the others unsigned.
      await signOne(options, lines, { orgId, pos }).then((count) => {
        signed += count
      }, failed)
    }
  }
  /** Runs one after the other: two at once would sign the same entries twice. */
  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const next = last.then(task)
    last = next.catch(() => {})
    return next
  }
  const signAll = () => inTurn(() => signOrgs((sql) => grownSince(sql, null)))
  const turn = () => inTurn(() => signOrgs((sql) => grownSince(sql, now())))
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    turn()
      .catch(failed)
      .finally(() => {
        busy = false
      })
  }, TICK_MS)
  inTurn(() => resend(database, lines, isClosed)).catch(failed)
  return {
    sign: (orgId) => inTurn(() => signOrgs((sql) => grownSince(sql, null, orgId))),
    signAll,
    async turn() {
      await turn()
      for (const line of lines) await line.flush()
    },
    facts: () => ({
      signed,
      waiting: lines.reduce((sum, line) => sum + line.waiting(), 0),
      sinkFailures: lines.reduce((sum, line) => sum + line.failures(), 0),
    }),
    async stop() {
      clearInterval(timer)
      await signAll().catch(failed)
      for (const line of lines) await line.stop()
    },
  }
}

/** Finds ledgers that have grown behind their last checkpoint; with `now`, only those in need. */
const grownSince = (sql: Sql, now: number | null, orgId: string | null = null) => sql<Due>`
  select h.org_id as "orgId", h.pos
    from platform.ledger_head h
    left join lateral (
      select c.size, c.at from platform.ledger_checkpoint c
       where c.org_id = h.org_id and c.epoch = (
         select coalesce(max(e.epoch), 1) from platform.ledger_epoch e
          where e.org_id = h.org_id and e.accepted_at is not null)
       order by c.size desc limit 1) last on true
   where h.pos > coalesce(last.size, 0)
     and (${orgId}::uuid is null or h.org_id = ${orgId})
     and (${now === null} or last.at is null
       or last.at <= ${at((now ?? 0) - UNSIGNED.ms)}
       or h.pos - last.size >= ${UNSIGNED.events})`

/** Sends the newest note of each ledger again: a sink may have missed it when the hub went down. */
const resend = async (
  database: Database,
  lines: readonly Outgoing[],
  isClosed: (orgId: string) => boolean,
): Promise<void> => {
  if (lines.length === 0) return
  const heads = await database.system(
    (sql) => sql<Due>`select org_id as "orgId", pos from platform.ledger_head`,
  )
  for (const { orgId, pos } of heads) {
    if (isClosed(orgId)) continue
    const note = await database.system((sql) => newestCheckpoint(sql, orgId, pos))
    if (note) for (const line of lines) line.add(orgId, note)
  }
}

/** Signs one ledger up to a position, and at the end of the month before where it has passed. */
const signOne = async (
  { database, signer, now }: CheckpointOptions,
  lines: readonly Outgoing[],
  { orgId, pos }: Due,
): Promise<number> => {
  const made = await database.system(async (sql) => {
    const base = await treeBefore(sql, orgId, pos)
    const epoch = await epochOf(sql, orgId)
    const origin = originOf(signer.hubId, orgId, epoch)
    const tree = growingTree(base)
    let before = base.checkpoint?.keys ?? Buffer.alloc(0)
    const kept: KeptCheckpoint[] = []
    for (const size of await stopsOf(sql, orgId, { from: base, pos, now: now() })) {
      for await (const hash of hashesOf(sql, orgId, { after: tree.size(), upTo: size })) {
        tree.add(hash)
      }
      // A ledger with a hole is not signed; its verification says where the hole is.
      assert(tree.size() === size, `the ledger ${orgId} is whole up to ${size}`)
      const keys = signer.keysAfter(before)
      before = Buffer.concat(keys.map(({ publicKey }) => publicKey))
      const note = signNote({ origin, size, root: tree.root() }, keys)
      const frontier = tree.frontier()
      const checkpoint = { epoch, size, frontier, note, keys: before, at: now() }
      if (await keepCheckpoint(sql, orgId, checkpoint)) kept.push(checkpoint)
    }
    return kept
  })
  // Only what is committed leaves: a note of something that never was would close the ledger.
  for (const { epoch, size, note } of made) {
    for (const line of lines) line.add(orgId, { epoch, size, note })
  }
  return made.length
}

type From = Readonly<{ size: number; checkpoint: KeptCheckpoint | null }>

/** Events may be sealed with a moment of the month before for this long after its end. */
const LATE_MS = 3_600_000

/** Lists the sizes to sign: the end, and before it the last event of each month that is over. */
const stopsOf = async (
  sql: Sql,
  orgId: string,
  { from, pos, now }: Readonly<{ from: From; pos: number; now: number }>,
): Promise<readonly number[]> => {
  const today = new Date(now)
  const month = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1)
  if (from.checkpoint && from.checkpoint.at >= month + LATE_MS) return [pos]
  const ends = await sql<{ end: number }>`
    select max(pos) as "end" from platform.ledger
     where org_id = ${orgId} and pos > ${from.size} and pos <= ${pos} and at < ${at(month)}
     group by date_trunc('month', at at time zone 'UTC') order by 1`
  return [...new Set([...ends.map(({ end }) => end), pos])]
}
