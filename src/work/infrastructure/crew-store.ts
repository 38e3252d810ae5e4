import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type {
  CrewStore,
  DayCounts,
  RunningRow,
  Visible,
  WaitingRow,
} from '../application/crew-ports.ts'
import { FAILURES_MAX } from '../domain/words.ts'
import { isToStop } from './halt-store.ts'

/** Characters of a note that a line shows. */
const NOTE_CHARS_MAX = 300

/** Says in SQL that a project is among those somebody may see. */
export const inSight = (column: ReturnType<typeof part>, visible: Visible) =>
  part`(${visible === null} or ${column} = any(${visible ?? []}::uuid[]))`

/** Reads what is going on. Claimed tasks stand in started columns, whose tasks an index finds. */
export const crewStore = ({ sql, orgId }: Ground): CrewStore => ({
  async running({ visible, holderId, limit }) {
    const from = part`
      work.board_column c
      join work.task t on t.org_id = c.org_id and t.column_id = c.id
      join work.project p on p.org_id = t.org_id and p.id = t.project_id
      left join work.lease l on l.org_id = t.org_id and l.task_id = t.id
     where c.org_id = ${orgId} and c.category = 'started' and t.archived_at is null
       and (l.task_id is not null or (t.assignee_id is not null and c.role is null))
       and ${inSight(part`t.project_id`, visible)}
       and (${holderId}::uuid is null or coalesce(l.holder_id, t.assignee_id) = ${holderId}::uuid)`
    const [rows, counted] = await Promise.all([
      sql<RunningRow>`
        select p.key || '-' || t.number as key, t.title, c.name as "column",
               coalesce(l.holder_id, t.assignee_id) as "holderId",
               l.task_id is not null as claimed,
               coalesce(l.claimed_at, t.started_at, t.updated_at) as since, t.progress, l.attempt,
               l.expires_at as "leaseExpires",
               coalesce(${isToStop(orgId)}, false) as stop,
               n.body as note, n.created_at as "noteAt"
          from (select t.id from ${from}
                 order by l.task_id is null, coalesce(l.claimed_at, t.started_at), t.id
                 limit ${limit}) picked
          join work.task t on t.org_id = ${orgId} and t.id = picked.id
          join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
          join work.project p on p.org_id = t.org_id and p.id = t.project_id
          left join work.lease l on l.org_id = t.org_id and l.task_id = t.id
          left join lateral (
            select left(o.body, ${NOTE_CHARS_MAX}) as body, o.created_at from work.comment o
             where o.org_id = ${orgId} and o.task_id = t.id and o.author_id = l.holder_id
               and o.created_at >= l.claimed_at
             order by o.created_at desc, o.id desc limit 1) n on true
         order by l.task_id is null, coalesce(l.claimed_at, t.started_at), t.id`,
      sql.one<{ total: number }>`select count(*)::int as total from ${from}`,
    ])
    return { rows, total: counted.total }
  },

  async waiting({ visible, limit }) {
    const waits = part`
      select t.id, 'review' as kind
        from work.board_column c
        join work.task t on t.org_id = c.org_id and t.column_id = c.id
        left join work.lease l on l.org_id = t.org_id and l.task_id = t.id
       where c.org_id = ${orgId} and c.role = 'review' and l.task_id is null
         and t.archived_at is null and ${inSight(part`t.project_id`, visible)}
      union all
      select t.id, 'failed' from work.task t
       where t.org_id = ${orgId} and t.failures >= ${FAILURES_MAX}
         and t.blocked_reason is not null and t.category not in ('completed', 'canceled')
         and t.archived_at is null and ${inSight(part`t.project_id`, visible)}`
    const [rows, counted] = await Promise.all([
      sql<WaitingRow>`
        select w.kind, p.key || '-' || t.number as key, t.title, c.name as "column",
               t.assignee_id as "assigneeId", t.updated_at as since,
               (select left(a.summary, ${NOTE_CHARS_MAX}) from work.attempt a
                 where a.org_id = ${orgId} and a.task_id = t.id
                 order by a.number desc limit 1) as summary
          from (${waits}) w
          join work.task t on t.org_id = ${orgId} and t.id = w.id
          join work.project p on p.org_id = t.org_id and p.id = t.project_id
          join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
         order by w.kind, t.updated_at, t.id limit ${limit}`,
      sql.one<{ total: number }>`select count(*)::int as total from (${waits}) w`,
    ])
    return { rows, total: counted.total }
  },

  async day({ visible, since }) {
    const moment = part`${at(since)}::timestamptz`
    const [tasks, attempts] = await Promise.all([
      sql.one<Omit<DayCounts, 'failed'>>`
        select count(*) filter (where t.created_at >= ${moment})::int as created,
               count(*) filter (where t.started_at >= ${moment})::int as started,
               count(*) filter (where t.completed_at >= ${moment}
                                  and t.category = 'completed')::int as done
          from work.task t
         where t.org_id = ${orgId} and t.updated_at >= ${moment}
           and ${inSight(part`t.project_id`, visible)}`,
      sql.one<{ failed: number }>`
        select count(*)::int as failed
          from work.attempt a
          join work.task t on t.org_id = a.org_id and t.id = a.task_id
         where a.org_id = ${orgId} and a.ended_at >= ${moment}
           and a.outcome in ('failed', 'expired') and ${inSight(part`t.project_id`, visible)}`,
    ])
    return { ...tasks, ...attempts }
  },
})
