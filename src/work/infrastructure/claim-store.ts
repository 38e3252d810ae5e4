import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, part, type Sql } from '../../platform/sql.ts'
import { isHalted } from './halt-store.ts'
import type { Claimed, ClaimStore, ClaimWish } from '../application/claim-ports.ts'

type ClaimRow = Claimed & {
  picked: string | null
  seatFull: boolean
  columnFull: boolean
  projectFull: boolean
}

/**
 * The claim: one statement that picks the best eligible task, takes a place under every limit that
 * exists, moves the task, raises its fence and writes lease and attempt. Two claims never get the
 * same row (`skip locked`), and a limit's counter is rechecked on the row it locks.
 */
export const claimStore = ({ sql, orgId }: Ground): ClaimStore => ({
  async projectsByBest(wish) {
    const rows = await sql<{ projectId: string }>`
      select p.id as "projectId"
        from work.project p
        cross join lateral (
          select t.lane, t.priority, t.rank, t.number
            from work.task t
           where t.org_id = ${orgId} and t.project_id = p.id and t.ready and t.for_id is null
             and ${eligible(wish, orgId)}
           order by t.lane, t.priority, t.rank, t.number limit 1) best
       where p.org_id = ${orgId} and p.archived_at is null
         and p.id = any(${wish.projectIds}::uuid[])
       order by best.lane, best.priority, best.rank, best.number limit 20`
    const own = await sql<{ projectId: string }>`
      select t.project_id as "projectId"
        from work.task t
       where t.org_id = ${orgId} and t.for_id = ${wish.me} and t.ready and t.for_id is not null
         and t.project_id = any(${wish.projectIds}::uuid[]) and ${eligible(wish, orgId)}
       order by t.lane, t.priority, t.rank, t.number limit 1`
    return [...new Set([...own, ...rows].map((row) => row.projectId))]
  },

  async claim(wish, projectId) {
    const row = await claimOne(sql, orgId, { wish, projectId })
    if (!row || row.picked === null) return { kind: 'none' }
    if (row.taskId !== null) return { kind: 'claimed', claimed: row }
    const { seatFull, columnFull, projectFull } = row
    await givePlacesBack(sql, orgId, { row, wish, projectId })
    return { kind: 'full', seat: seatFull, column: columnFull, project: projectFull }
  },

  async peek(wish, projectId) {
    const [best] = await sql<{ number: number }>`
      select t.number from work.task t
       where t.org_id = ${orgId} and t.project_id = ${projectId} and t.ready
         and (t.for_id is null or t.for_id = ${wish.me})
         and ${wanted(wish)} and ${eligible(wish, orgId)}
       order by t.for_id is null, t.lane, t.priority, t.rank, t.number limit 1`
    return best?.number ?? null
  },
})

const wanted = ({ number }: ClaimWish) =>
  number === null ? part`true` : part`t.number = ${number}`

/** Returns the places that a claim took before it met a full limit; their rows are ours. */
const givePlacesBack = async (
  sql: Sql,
  orgId: string,
  { row, wish, projectId }: { row: ClaimRow; wish: ClaimWish; projectId: string },
) => {
  if (!row.seatFull && wish.seatMax !== null) {
    await sql`update work.seat set used = used - 1
               where org_id = ${orgId} and principal_id = ${wish.me}`
  }
  if (!row.columnFull) {
    await sql`update work.board_column c set wip_used = c.wip_used - 1
               where c.org_id = ${orgId} and c.wip_limit is not null and c.id = (
                 select g.id from work.board_column g
                  where g.org_id = ${orgId} and g.project_id = ${projectId}
                    and g.category = 'started' order by g.role is not null, g.position limit 1)`
  }
  if (!row.projectFull) {
    await sql`update work.project set wip_used = wip_used - 1
               where org_id = ${orgId} and id = ${projectId} and wip_limit is not null`
  }
}

// "not in" and not "<> all (array(..))": of the latter the planner believes that it lets nobody
// through, and then scans the table instead of walking the index (measured: 25 ms, not 0.1).
const eligible = (wish: ClaimWish, orgId: string) => part`
  (${wish.forever} or not ${isHalted(orgId)})
  and (select p.archived_at is null from work.project p
    where p.org_id = ${orgId} and p.id = t.project_id)
  and (t.hold_until is null or t.hold_until <= ${at(wish.now)}::timestamptz)
  and (t.skills = '{}' or t.skills <@ ${wish.skills}::text[])
  and t.branch_id not in (
    select b.branch_id from work.branch_agent b where b.org_id = ${orgId}
     group by b.branch_id having not bool_or(b.principal_id = ${wish.me}))
  and (${wish.branch}::text is null or t.branch_id in (
    select b.id from work.branch b
     where b.org_id = ${orgId} and b.project_id = t.project_id and b.name = ${wish.branch}))`

/** Takes a place under every limit that exists: seat, column, project; says which one is full. */
const places = (wish: ClaimWish, projectId: string, orgId: string) => part`
    seat as (
      insert into work.seat as s (org_id, principal_id, used)
      select ${orgId}::uuid, ${wish.me}::uuid, 1 from pick where ${wish.seatMax}::int is not null
      on conflict (org_id, principal_id) do update set used = s.used + 1
       where s.used < ${wish.seatMax}::int
      returning 1),
    area as (
      update work.board_column c set wip_used = c.wip_used + 1
       where c.org_id = ${orgId} and c.id = (select id from goal) and c.wip_limit is not null
         and (c.wip_used < c.wip_limit or not c.wip_hard) and exists (select from pick)
      returning 1),
    whole as (
      update work.project p set wip_used = p.wip_used + 1
       where p.org_id = ${orgId} and p.id = ${projectId} and p.wip_limit is not null
         and p.wip_used < p.wip_limit and exists (select from pick)
      returning 1),
    fit as (
      select (${wish.seatMax}::int is not null and not exists (select from seat)) as seat_full,
             (exists (select from goal where wip_limit is not null)
               and not exists (select from area)) as column_full,
             (exists (select from work.project p where p.org_id = ${orgId} and p.id = ${projectId}
                       and p.wip_limit is not null)
               and not exists (select from whole)) as project_full)`

const claimOne = (
  sql: Sql,
  orgId: string,
  { wish, projectId }: { wish: ClaimWish; projectId: string },
) => sql.maybe<ClaimRow>`
    with mine as (
      select t.id, t.column_id from work.task t
       where t.org_id = ${orgId} and t.for_id = ${wish.me} and t.ready and t.for_id is not null
         and t.project_id = ${projectId} and ${wanted(wish)} and ${eligible(wish, orgId)}
       order by t.lane, t.priority, t.rank, t.number limit 1 for update skip locked),
    pool as (
      select t.id, t.column_id from work.task t
       where t.org_id = ${orgId} and t.project_id = ${projectId} and t.ready and t.for_id is null
         and not exists (select from mine) and ${wanted(wish)} and ${eligible(wish, orgId)}
       order by t.lane, t.priority, t.rank, t.number limit 1 for update skip locked),
    pick as (select * from mine union all select * from pool),
    goal as (
      select c.id, c.name, c.wip_limit from work.board_column c
       where c.org_id = ${orgId} and c.project_id = ${projectId} and c.category = 'started'
       order by c.role is not null, c.position limit 1),
    ${places(wish, projectId, orgId)},
    took as (
      update work.task t
         set column_id = g.id, category = 'started', fence = t.fence + 1,
             attempts = t.attempts + 1, version = t.version + 1, updated_at = ${at(wish.now)},
             started_at = coalesce(t.started_at, ${at(wish.now)})
        from pick, goal g, fit f
       where t.org_id = ${orgId} and t.id = pick.id
         and not f.seat_full and not f.column_full and not f.project_full
      returning t.id, t.number, t.fence, t.attempts, t.version, t.branch_id, t.parent_id),
    leased as (
      insert into work.lease (org_id, task_id, project_id, fence, holder_id, attempt, lease_s,
                              from_column, claimed_at, expires_at)
      select ${orgId}::uuid, k.id, ${projectId}::uuid, k.fence, ${wish.me}::uuid, k.attempts,
             ${wish.leaseS}::int, pick.column_id, ${at(wish.now)}::timestamptz,
             ${expiry(wish)}::timestamptz
        from took k, pick),
    tried as (
      insert into work.attempt (org_id, task_id, number, holder_id, fence, from_column, started_at)
      select ${orgId}::uuid, k.id, k.attempts, ${wish.me}::uuid, k.fence, pick.column_id,
             ${at(wish.now)}::timestamptz
        from took k, pick)
    select (select id from pick) as picked, k.id as "taskId", ${projectId}::uuid as "projectId",
           k.number, k.fence, k.attempts as attempt, k.version, k.branch_id as "branchId",
           k.parent_id as "parentId",
           (select c.name from work.board_column c
             where c.org_id = ${orgId} and c.id = (select column_id from pick)) as "from",
           (select name from goal) as "to",
           f.seat_full as "seatFull", f.column_full as "columnFull", f.project_full as "projectFull"
      from fit f left join took k on true`

const expiry = ({ now, leaseS, forever }: ClaimWish) =>
  atOrNull(forever ? null : now + leaseS * 1000)
