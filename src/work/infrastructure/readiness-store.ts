import { notFound } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import type { ReadinessFacts, ReadinessStore } from '../application/save-ports.ts'
import { partsOfKey } from '../domain/key.ts'
import { isHalted } from './halt-store.ts'

/** Keys that one reason names at most. */
const KEYS_MAX = 20

type Row = Omit<ReadinessFacts, 'goal'> &
  Readonly<{ goalName: string | null; goalFull: boolean | null }>

/** The facts behind "why is this not ready". */
export const readinessStore = ({ sql, orgId }: Ground): ReadinessStore => ({
  async facts(key, me) {
    const { project, number } = partsOfKey(key)
    const row = await sql.maybe<Row>`
      with recursive it as (
        select t.id, t.project_id, t.parent_id from work.task t
          join work.project_key k on k.org_id = t.org_id and k.project_id = t.project_id
         where t.org_id = ${orgId} and k.key = ${project} and t.number = ${number}),
      up as (
        select u.id, u.parent_id, u.number, u.category, u.open_blockers, u.blocked_reason
          from work.task u join it on u.id = it.parent_id where u.org_id = ${orgId}
        union all
        select u.id, u.parent_id, u.number, u.category, u.open_blockers, u.blocked_reason
          from work.task u join up on u.id = up.parent_id where u.org_id = ${orgId}),
      goal as (
        select c.name,
               c.wip_hard and c.wip_limit is not null and c.wip_used >= c.wip_limit as is_full
          from work.board_column c join it on c.project_id = it.project_id
         where c.org_id = ${orgId} and c.category = 'started'
         order by c.role is not null, c.position limit 1)
      select t.id as "taskId", p.key || '-' || t.number as key, t.project_id as "projectId",
             c.name as "column", t.category,
             t.archived_at is not null or p.archived_at is not null as archived,
             t.blocked_reason as blocked, t.open_blockers as "openBlockers",
             t.held_above as "heldAbove", t.open_children as "openChildren",
             t.hold_until as "holdUntil", t.for_id as "forId", t.skills,
             l.holder_id as "holderId", b.name as branch,
             coalesce((select not bool_or(a.principal_id = ${me}) from work.branch_agent a
                        where a.org_id = ${orgId} and a.branch_id = t.branch_id), false)
               as "branchClosed",
             ${isHalted(orgId)} as halted,
             array(select op.key || '-' || o.number from work.dependency d
                     join work.task o on o.org_id = d.org_id and o.id = d.to_id
                     join work.project op on op.org_id = o.org_id and op.id = o.project_id
                    where d.org_id = ${orgId} and d.task_id = t.id and d.kind = 'blocks'
                      and o.category not in ('completed', 'canceled')
                    order by o.rank, o.number limit ${KEYS_MAX}) as blockers,
             array(select p.key || '-' || up.number from up
                    where up.category not in ('completed', 'canceled')
                      and (up.open_blockers > 0 or up.blocked_reason is not null)
                    limit ${KEYS_MAX}) as above,
             array(select p.key || '-' || ch.number from work.task ch
                    where ch.org_id = ${orgId} and ch.parent_id = t.id
                      and ch.category not in ('completed', 'canceled')
                    order by ch.rank, ch.number limit ${KEYS_MAX}) as children,
             coalesce((select s.used from work.seat s
                        where s.org_id = ${orgId} and s.principal_id = ${me}), 0) as "seatsUsed",
             (select name from goal) as "goalName", (select is_full from goal) as "goalFull",
             p.wip_limit is not null and p.wip_used >= p.wip_limit as "projectFull"
        from it
        join work.task t on t.org_id = ${orgId} and t.id = it.id
        join work.project p on p.org_id = ${orgId} and p.id = t.project_id
        join work.branch b on b.org_id = ${orgId} and b.id = t.branch_id
        join work.board_column c on c.org_id = ${orgId} and c.id = t.column_id
        left join work.lease l on l.org_id = ${orgId} and l.task_id = t.id`
    if (!row) throw notFound(key)
    const { goalName, goalFull, ...facts } = row
    const goal = goalName === null ? null : { name: goalName, full: goalFull === true }
    return { ...facts, goal }
  },
})
