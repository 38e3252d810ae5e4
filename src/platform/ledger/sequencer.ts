import type { Database } from '../database.ts'
import type { LedgerEvent } from './ledger.ts'
import type { Lease } from './lease.ts'
import { at, type Sql } from '../sql.ts'

/** Outbox rows that one batch looks at; more may come along to keep a subject's order. */
export const BATCH_ROWS = 1_000

/** Rests between looks: short where other hubs commit too, long where all commits are our own. */
export const IDLE_MS = { shared: 25, alone: 1_000 } as const

/** How long commits gather for one batch: longer the more the batch before it had to seal. */
const GATHER_MS = 5
const GATHER_MS_MAX = 20
const OTHER_OWNER_MS = 500
const FAILED_MS = 200

/**
 * Moves committed outbox rows into the ledger: dense positions per organisation, versions of a
 * subject in order, each row sealed by the hash before it. One statement, so that a batch either
 * is in the ledger or still in the outbox. `own` makes a take-over wait for the batch under way.
 */
export const sealBatch = (
  sql: Sql,
  options: Readonly<{ fence: number; limit: number; now: number }>,
): Promise<readonly LedgerEvent[]> => sql<LedgerEvent>`
  with own as (
    select 1 from platform.lease where name = 'sequencer' and fence = ${options.fence} for update),
  pick as (
    select org_id, subject, subject_version, ord
      from platform.outbox join platform.ledger_head using (org_id)
     where exists (select from own) order by ord limit ${options.limit}),
  gone as (
    delete from platform.outbox o
     using (select org_id, subject, max(subject_version) as v, max(ord) as ord
              from pick group by 1, 2) p
     where o.org_id = p.org_id and o.subject = p.subject
       and (o.ord <= p.ord or o.subject_version between 1 and p.v)
    returning o.org_id, o.id, o.ord, o.name, o.subject, o.subject_version, o.actor,
      o.happened_at, o.data, o.digest),
  late as (
    select *, max(ord) over (partition by org_id, subject, subject_version = 0
             order by subject_version, ord, id rows unbounded preceding) as turn
      from gone),
  nums as (
    select *, row_number() over (partition by org_id
             order by turn, subject, subject_version, ord, id) as n
      from late),
  base as (
    select org_id, pos, at, hash from platform.ledger_head
     where org_id in (select org_id from gone) for update),
  done as (
    select n.*, b.pos + n.n as pos, greatest(b.at, ${at(options.now)}::timestamptz) as at,
           platform.chain(b.hash, b.pos + n.n, n.digest)
             over (partition by n.org_id order by n.n) as hash
      from nums n join base b using (org_id)),
  head as (
    update platform.ledger_head h set pos = d.pos, at = d.at, hash = d.hash
      from (select distinct on (org_id) * from done order by org_id, pos desc) d
     where h.org_id = d.org_id),
  sealed as (
    insert into platform.ledger
      (org_id, id, name, subject, subject_version, actor, happened_at, data, digest,
       pos, at, hash)
    select org_id, id, name, subject, subject_version, actor, happened_at, data, digest,
           pos, at, hash
      from done
    returning org_id, id, name, subject, subject_version, actor, happened_at, data, pos, at)
  select s.org_id as "orgId", s.id, s.name, s.subject, s.subject_version as "subjectVersion",
         s.actor, s.happened_at as "happenedAt", s.data, s.pos, s.at,
         coalesce((select jsonb_object_agg(p.part, p.body) from platform.event_private p
                    where p.org_id = s.org_id and p.event_id = s.id and p.at = s.happened_at),
                  '{}'::jsonb) as parts
    from sealed s order by s.org_id, s.pos`

/** The process that seals: wakes on commits, looks by itself now and then, stops cleanly. */
export type Sequencer = Readonly<{
  wake(): void
  /** Seals what is there now; for tests and for the last batch before the end. */
  drain(): Promise<void>
  stop(): Promise<void>
}>

type SequencerOptions = Readonly<{
  database: Database
  lease: Lease
  now: () => number
  /** Hears each sealed batch, in order. */
  sealed: (events: readonly LedgerEvent[]) => void
  failed: (error: unknown) => void
  /** Milliseconds until the next look where nobody woke us. */
  idleMs: number
}>

/** Starts the sequencer of this process; it works only while it holds the lease. */
export const startSequencer = (options: SequencerOptions): Sequencer => {
  const { lease, failed, idleMs } = options
  let stopped = false
  let woken = false
  let lastCount = 0
  let wake = () => {}

  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  /** Seals once; gives how long to rest when nobody wakes us. */
  const turn = async (): Promise<number> => {
    const told = woken
    woken = false
    const fence = await lease.hold()
    if (fence === null) return OTHER_OWNER_MS
    // Who was woken knows that something waits; who was not looks before it locks anything.
    if (!told && !(await hasWaiting(options))) return idleMs
    lastCount = await sealOnce(options, fence)
    return lastCount > 0 ? 0 : idleMs
  }

  const loop = async () => {
    while (!stopped) {
      const pause = await turn().catch((error: unknown) => {
        failed(error)
        return FAILED_MS
      })
      // While another owns the lease, commits of ours are its business: it looks by itself.
      if (pause === OTHER_OWNER_MS) woken = false
      if (pause > 0 && !woken && !stopped) {
        lastCount = 0
        await rest(pause)
      }
      // Commits that come close together share a batch: sealing each would cost as much as they do.
      const gatherMs = Math.min(GATHER_MS * Math.max(1, lastCount), GATHER_MS_MAX)
      if (woken && !stopped) await new Promise((resolve) => setTimeout(resolve, gatherMs))
    }
  }

  const running = loop()
  return {
    wake() {
      woken = true
      wake()
    },
    async drain() {
      const fence = await lease.hold()
      while (fence !== null && (await sealOnce(options, fence)) > 0) {
        // Each batch takes at most `BATCH_ROWS`; go on until the outbox is empty.
      }
    },
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}

const hasWaiting = async ({ database }: SequencerOptions): Promise<boolean> => {
  const waiting = await database.system((sql) => sql`select from platform.outbox limit 1`)
  return waiting.length > 0
}

const sealOnce = async (
  { database, now, sealed }: SequencerOptions,
  fence: number,
): Promise<number> => {
  const events = await database.system((sql) =>
    sealBatch(sql, { fence, limit: BATCH_ROWS, now: now() }),
  )
  if (events.length > 0) sealed(events)
  return events.length
}
