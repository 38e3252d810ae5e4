import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import type { TaskSaveStore } from '../application/save-ports.ts'

/** Moves of tasks between columns, and the places under the limits of running work. */
export const taskPlaceStore = ({
  sql,
  orgId,
}: Ground): Pick<TaskSaveStore, 'place' | 'leave' | 'enter'> => ({
  place: ({ taskId, columnId, category, rank, assigneeId, progress, now }) => sql.one`
    update work.task
       set column_id = ${columnId}, category = ${category}, rank = ${rank},
           assignee_id = ${assigneeId}, progress = ${progress}, version = version + 1,
           updated_at = ${at(now)},
           started_at = case when ${category} = 'started'
                             then coalesce(started_at, ${at(now)}::timestamptz)
                             else started_at end,
           completed_at = case when ${category} not in ('completed', 'canceled') then null
                               when category in ('completed', 'canceled') then completed_at
                               else ${at(now)}::timestamptz end
     where org_id = ${orgId} and id = ${taskId}
    returning version, ready`,

  async leave(projectId, columnId, alsoProject) {
    await sql`
      update work.board_column set wip_used = wip_used - 1
       where org_id = ${orgId} and id = ${columnId} and wip_limit is not null`
    if (!alsoProject) return
    await sql`
      update work.project set wip_used = wip_used - 1
       where org_id = ${orgId} and id = ${projectId} and wip_limit is not null`
  },

  async enter(projectId, columnId, alsoProject) {
    // The limits are read on the rows that the update locks: two moves never take one place.
    const column = await sql.one<{ isFull: boolean }>`
      with limited as (
        select id, wip_hard and wip_used >= wip_limit as is_full from work.board_column
         where org_id = ${orgId} and id = ${columnId} and wip_limit is not null for update),
      counted as (
        update work.board_column c set wip_used = c.wip_used + 1 from limited l
         where c.org_id = ${orgId} and c.id = l.id and not l.is_full)
      select coalesce(bool_or(is_full), false) as "isFull" from limited`
    if (column.isFull) return 'column'
    if (!alsoProject) return null
    const project = await sql.one<{ isFull: boolean }>`
      with limited as (
        select id, wip_used >= wip_limit as is_full from work.project
         where org_id = ${orgId} and id = ${projectId} and wip_limit is not null for update),
      counted as (
        update work.project p set wip_used = p.wip_used + 1 from limited l
         where p.org_id = ${orgId} and p.id = l.id and not l.is_full)
      select coalesce(bool_or(is_full), false) as "isFull" from limited`
    return project.isFull ? 'project' : null
  },
})
