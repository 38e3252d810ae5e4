import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type {
  QueuedRow,
  TriedRow,
  WorkerRecord,
  WorkerRow,
  WorkerStore,
} from '../application/crew-ports.ts'
import { inSight } from './crew-store.ts'

/** Workers that a list tells of. */
const WORKERS_MAX = 500
/** Keys of running tasks that a line names. */
const KEYS_SHOWN = 5
const QUEUE_SHOWN = 20
const RECENT_SHOWN = 10

const WELL = part`a.outcome in ('done', 'review')`
// What was given back, taken away or parked says nothing about how well somebody works.
const TOLD = part`a.outcome in ('done', 'review', 'failed', 'expired')`

type Running = Readonly<{ id: string; keys: readonly string[]; running: number }>
type Queued = Readonly<{ id: string; queued: number }>
type Tried = Readonly<{ id: string; attempts: number; succeeded: number; lastAt: number }>

/** Reads who works: what they hold, what waits for them, and how it went lately. */
export const workerStore = ({ sql, orgId }: Ground): WorkerStore => ({
  async all({ visible, since }) {
    const [holding, waiting, trying] = await Promise.all([
      sql<Running>`
        select l.holder_id as id, count(*)::int as running,
               (array_agg(p.key || '-' || t.number order by l.claimed_at))[1:${KEYS_SHOWN}::int]
                 as keys
          from work.lease l
          join work.task t on t.org_id = l.org_id and t.id = l.task_id
          join work.project p on p.org_id = l.org_id and p.id = l.project_id
         where l.org_id = ${orgId} and ${inSight(part`l.project_id`, visible)}
         group by l.holder_id order by l.holder_id limit ${WORKERS_MAX}`,
      sql<Queued>`
        select t.for_id as id, count(*)::int as queued
          from work.task t
         where t.org_id = ${orgId} and t.ready and t.for_id is not null
           and ${inSight(part`t.project_id`, visible)}
         group by t.for_id order by t.for_id limit ${WORKERS_MAX}`,
      sql<Tried>`
        select a.holder_id as id, (count(*) filter (where ${TOLD}))::int as attempts,
               (count(*) filter (where ${WELL}))::int as succeeded,
               max(coalesce(a.ended_at, a.started_at)) as "lastAt"
          from work.attempt a
          join work.task t on t.org_id = a.org_id and t.id = a.task_id
         where a.org_id = ${orgId} and a.started_at >= ${at(since)}::timestamptz
           and ${inSight(part`t.project_id`, visible)}
         group by a.holder_id order by a.holder_id limit ${WORKERS_MAX}`,
    ])
    return joined(holding, waiting, trying)
  },

  async one(id, { visible, since }): Promise<WorkerRecord> {
    const meant = part`
      t.org_id = ${orgId} and t.for_id = ${id}::uuid and t.ready and t.for_id is not null
      and ${inSight(part`t.project_id`, visible)}`
    const tried = part`
      work.attempt a
      join work.task t on t.org_id = a.org_id and t.id = a.task_id
      join work.project p on p.org_id = t.org_id and p.id = t.project_id
     where a.org_id = ${orgId} and a.holder_id = ${id}::uuid
       and ${inSight(part`t.project_id`, visible)}`
    const [queue, counted, outcomes, recent] = await Promise.all([
      sql<QueuedRow>`
        select p.key || '-' || t.number as key, t.title, c.name as "column", t.category, t.priority
          from work.task t
          join work.project p on p.org_id = t.org_id and p.id = t.project_id
          join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
         where ${meant}
         order by t.lane, t.priority, t.rank, t.number limit ${QUEUE_SHOWN}`,
      sql.one<{ queued: number }>`select count(*)::int as queued from work.task t where ${meant}`,
      sql<WorkerRecord['outcomes'][number]>`
        select a.outcome, count(*)::int as count from ${tried}
           and a.started_at >= ${at(since)}::timestamptz and a.outcome is not null
         group by a.outcome order by count(*) desc, a.outcome`,
      sql<TriedRow>`
        select p.key || '-' || t.number as key, t.title, a.number, a.started_at as "startedAt",
               a.ended_at as "endedAt", a.outcome, a.summary from ${tried}
         order by a.started_at desc, a.task_id, a.number desc limit ${RECENT_SHOWN}`,
    ])
    return { queue, queued: counted.queued, outcomes, recent }
  },
})

const NOBODY: Omit<WorkerRow, 'id'> = {
  keys: [],
  running: 0,
  queued: 0,
  attempts: 0,
  succeeded: 0,
  lastAt: null,
}

const joined = (
  ...lists: readonly (readonly (Partial<WorkerRow> & Readonly<{ id: string }>)[])[]
): readonly WorkerRow[] => {
  const all = new Map<string, WorkerRow>()
  for (const row of lists.flat()) {
    all.set(row.id, { ...NOBODY, ...all.get(row.id), ...row })
  }
  return [...all.values()]
}
