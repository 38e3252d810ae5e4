import { never } from '../../kernel/assert.ts'
import type { Ground } from '../../platform/room.ts'
import { at, json, part, type Sql } from '../../platform/sql.ts'
import type { Claimed, Ended, Ending, HeldLease, LeaseStore } from '../application/claim-ports.ts'
import { partsOfKey } from '../domain/key.ts'
import { FAILURES_MAX } from '../domain/words.ts'
import { isToStop } from './halt-store.ts'

/**
 * Leases and their ends. Every write of a holder locks the lease first, then the task, then
 * counters: the order that keeps ends, take-overs and the sweeper from waiting in a circle.
 */
export const leaseStore = ({ sql, orgId }: Ground): LeaseStore => ({
  async lock(key) {
    const { project, number } = partsOfKey(key)
    const lease = await sql.maybe<HeldLease>`
      select l.task_id as "taskId", l.project_id as "projectId", ${number}::int as number, l.fence,
             l.holder_id as "holderId", l.attempt, l.lease_s as "leaseS",
             l.claimed_at as "claimedAt", l.expires_at as "expiresAt", l.renewals,
             l.noted_at_renewal as "notedAtRenewal", l.told,
             ${isToStop(orgId)} as stop
        from work.lease l
       where l.org_id = ${orgId} and l.task_id = (
         select t.id from work.task t join work.project_key k
             on k.org_id = t.org_id and k.project_id = t.project_id
          where t.org_id = ${orgId} and k.key = ${project} and t.number = ${number})
         for update`
    return lease ?? null
  },

  async renew(taskId, { now, leaseS, noted, told }) {
    const row = await sql.maybe<{ expiresAt: number | null }>`
      update work.lease
         set lease_s = ${leaseS}, renewals = renewals + 1,
             noted_at_renewal = case when ${noted} then renewals + 1 else noted_at_renewal end,
             expires_at = case when expires_at is null then null
                               else ${at(now + leaseS * 1000)}::timestamptz end,
             told = array(select distinct unnest(told || ${told}::text[]))
       where org_id = ${orgId} and task_id = ${taskId}
      returning expires_at as "expiresAt"`
    return row?.expiresAt ?? null
  },

  end: (ending) => endAttempt(sql, orgId, ending),

  async transfer(taskId, { holderId, leaseS, forever, now, outcome }) {
    const expires = forever ? null : at(now + leaseS * 1000)
    const row = await sql.maybe<Claimed & Readonly<{ assigneeId: string }>>`
      with before as (
        select * from work.lease where org_id = ${orgId} and task_id = ${taskId} for update),
      closed as (
        update work.attempt a set ended_at = ${at(now)}, outcome = ${outcome} from before b
         where a.org_id = ${orgId} and a.task_id = b.task_id and a.number = b.attempt),
      seat as (
        update work.seat s set used = s.used - 1 from before b
         where s.org_id = ${orgId} and s.principal_id = b.holder_id and s.used > 0),
      took as (
        update work.task t
           set fence = t.fence + 1, attempts = t.attempts + 1, version = t.version + 1,
               updated_at = ${at(now)}, assignee_id = coalesce(t.assignee_id, ${holderId}::uuid)
          from before b where t.org_id = ${orgId} and t.id = b.task_id
        returning t.*),
      leased as (
        update work.lease l
           set fence = k.fence, holder_id = ${holderId}, attempt = k.attempts, lease_s = ${leaseS},
               claimed_at = ${at(now)}, expires_at = ${expires}::timestamptz, renewals = 0,
               noted_at_renewal = 0, stop = false, told = '{}'
          from took k where l.org_id = ${orgId} and l.task_id = k.id),
      tried as (
        insert into work.attempt
          (org_id, task_id, number, holder_id, fence, from_column, started_at)
        select ${orgId}::uuid, k.id, k.attempts, ${holderId}::uuid, k.fence, b.from_column,
               ${at(now)}::timestamptz
          from took k, before b)
      select k.id as "taskId", k.project_id as "projectId", k.number, k.fence,
             k.attempts as attempt, k.version, c.name as "from", c.name as "to",
             k.branch_id as "branchId", k.parent_id as "parentId", k.assignee_id as "assigneeId"
        from took k join work.board_column c on c.org_id = k.org_id and c.id = k.column_id`
    return row ?? null
  },

  expired: (now, limit) => sql`
    select task_id as "taskId", fence from work.lease
     where org_id = ${orgId} and expires_at < ${at(now)}
     order by expires_at limit ${limit} for update skip locked`,

  held: (me) => sql`
    select p.key || '-' || t.number as key, l.fence, l.expires_at as "expiresAt"
      from work.lease l
      join work.task t on t.org_id = l.org_id and t.id = l.task_id
      join work.project p on p.org_id = l.org_id and p.id = l.project_id
     where l.org_id = ${orgId} and l.holder_id = ${me}
     order by l.claimed_at limit 20`,
})

const REST_FIRST_MS = 10_000
const REST_MAX_MS = 300_000

/** Says in SQL which column an ending leads to. */
const goalOf = ({ place }: Ending, orgId: string) => {
  const first = (where: ReturnType<typeof part>) => part`
    select c.id, c.category, c.name from work.board_column c, held h
     where c.org_id = ${orgId} and c.project_id = h.project_id and ${where}
     order by c.position limit 1`
  switch (place) {
    case 'completed':
      return first(part`c.category = 'completed'`)
    case 'canceled':
      // A board that was imported may have no such column; then what is over is completed.
      return first(part`c.id = (
        select d.id from work.board_column d
         where d.org_id = ${orgId} and d.project_id = h.project_id
           and d.category in ('canceled', 'completed')
         order by d.category, d.position limit 1)`)
    case 'review':
      return first(part`c.role = 'review'`)
    case 'from':
      return first(part`c.id = h.from_column`)
    case 'stay':
      return first(part`c.id = (select t.column_id from work.task t
                                 where t.org_id = ${orgId} and t.id = h.task_id)`)
    default:
      return never(place)
  }
}

const endAttempt = async (sql: Sql, orgId: string, ending: Ending): Promise<Ended | null> => {
  const { taskId, fence, outcome, flag, summary, evidence, usage, now } = ending
  const failures =
    ending.failures === 'keep'
      ? part`t.failures`
      : ending.failures === 'reset'
        ? part`0`
        : part`t.failures + 1`
  const rest = ending.rest
    ? part`${at(now)}::timestamptz
           + least(${REST_MAX_MS}, ${REST_FIRST_MS} * 2 ^ least(t.failures, 20))
           * interval '1 millisecond'`
    : part`t.hold_until`
  const delegate =
    ending.delegate === undefined ? part`t.delegate_id` : part`${ending.delegate}::uuid`
  // A task that failed too often waits for a person; done, review and canceled need none.
  const tooOften = `${FAILURES_MAX} attempts failed`
  const ended = await sql.maybe<Ended>`
    with held as (
      delete from work.lease
       where org_id = ${orgId} and task_id = ${taskId} and fence = ${fence} returning *),
    goal as (${goalOf(ending, orgId)}),
    old as (
      select t.id, t.column_id, t.blocked_reason, t.open_blockers from work.task t, held h
       where t.org_id = ${orgId} and t.id = h.task_id for update),
    moved as (
      update work.task t
         set column_id = g.id, category = g.category, fence = t.fence + 1, version = t.version + 1,
             updated_at = ${at(now)}, failures = ${failures}, hold_until = ${rest},
             delegate_id = ${delegate},
             progress = case when g.category = 'completed' then 100 else t.progress end,
             completed_at = case when g.category in ('completed', 'canceled')
                                 then ${at(now)}::timestamptz else null end,
             blocked_reason = coalesce(${flag}::text,
               case when ${ending.failures === 'raise'} and t.failures + 1 >= ${FAILURES_MAX}
                    then ${tooOften} else t.blocked_reason end)
        from held h, goal g, old o
       where t.org_id = ${orgId} and t.id = h.task_id and o.id = t.id
      returning t.*),
    closed as (
      update work.attempt a
         set ended_at = ${at(now)}, outcome = ${outcome}, summary = ${summary},
             evidence = ${evidence}, usage = ${usage === null ? null : json(usage)}::jsonb
        from held h where a.org_id = ${orgId} and a.task_id = h.task_id and a.number = h.attempt),
    seat as (
      update work.seat s set used = s.used - 1 from held h
       where s.org_id = ${orgId} and s.principal_id = h.holder_id and s.used > 0),
    area as (
      update work.board_column c
         set wip_used = c.wip_used + (c.id = m.column_id)::int - (c.id = o.column_id)::int
        from moved m, old o
       where c.org_id = ${orgId} and c.id in (m.column_id, o.column_id)
         and m.column_id <> o.column_id and c.category = 'started' and c.wip_limit is not null),
    whole as (
      update work.project p set wip_used = p.wip_used - 1 from moved m
       where p.org_id = ${orgId} and p.id = m.project_id and p.wip_limit is not null
         and m.category <> 'started')
    select m.id as "taskId", p.key || '-' || m.number as key, m.project_id as "projectId",
           m.parent_id as "parentId", m.version, m.fence, h.attempt, h.holder_id as "holderId",
           (select c.name from work.board_column c
             where c.org_id = ${orgId} and c.id = o.column_id) as "from",
           g.name as "to", m.category, m.failures, m.hold_until as "holdUntil",
           m.blocked_reason as blocked, m.ready, m.delegate_id as "delegateId",
           (m.category not in ('completed', 'canceled')
             and (m.open_blockers > 0 or m.blocked_reason is not null))::int
           - (o.blocked_reason is not null or o.open_blockers > 0)::int as holds
      from moved m cross join held h cross join old o cross join goal g
      join work.project p on p.org_id = m.org_id and p.id = m.project_id`
  return ended ?? null
}
