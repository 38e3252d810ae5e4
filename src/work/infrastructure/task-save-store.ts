import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json, part } from '../../platform/sql.ts'
import type { NewTask, SavedTask, TaskSaveStore } from '../application/save-ports.ts'
import { partsOfKey } from '../domain/key.ts'
import { readTime } from './import-time.ts'
import { planStore } from './plan-store.ts'
import { savedColumns, savedTables } from './saved-rows.ts'
import { taskFactStore } from './task-fact-store.ts'
import { taskPlaceStore } from './task-place-store.ts'

/** Writes of whole tasks: lock, insert, update. */
export const taskSaveStore = (ground: Ground): TaskSaveStore => {
  const { sql, orgId } = ground
  const again = async (taskIds: readonly string[]) => {
    if (taskIds.length === 0) return new Map<string, SavedTask>()
    const rows = await sql<SavedTask>`
      select ${savedColumns} from ${savedTables}
       where t.org_id = ${orgId} and t.id = any(${taskIds}::uuid[])`
    return new Map(rows.map((row) => [row.taskId, row]))
  }

  const idsOf = async (keys: readonly string[]) => {
    const parts = keys.map(partsOfKey)
    const rows = await sql<{ key: string; id: string }>`
      select n.key || '-' || n.number as key, t.id
        from unnest(${parts.map(({ project }) => project)}::text[],
                    ${parts.map(({ number }) => number)}::int[]) as n (key, number)
        join work.project_key k on k.org_id = ${orgId} and k.key = n.key
        join work.task t on t.org_id = ${orgId} and t.project_id = k.project_id
                        and t.number = n.number`
    return new Map(rows.map((row) => [row.key, row.id]))
  }

  return {
    ...planStore(ground),
    ...taskFactStore(ground),
    ...taskPlaceStore(ground),
    again,

    async lock(keys, chains) {
      if (keys.length === 0) return new Map()
      const ids = await idsOf(keys)
      const all = [...ids.values()]
      const above = chains.flatMap((key) => ids.get(key) ?? [])
      await sql`
        select task_id from work.lease
         where org_id = ${orgId} and task_id = any(${all}::uuid[]) order by task_id for update`
      // Statements, not one: what is read behind the locks has to be what was committed last.
      await sql`
        with recursive up as (
          select t.id, t.parent_id from work.task t
           where t.org_id = ${orgId} and t.id = any(${above}::uuid[])
          union
          select t.id, t.parent_id from work.task t join up on t.id = up.parent_id
           where t.org_id = ${orgId})
        select t.id from work.task t
         where t.org_id = ${orgId}
           and (t.id = any(${all}::uuid[]) or t.id in (select id from up))
         order by t.id for update`
      const tasks = await again(all)
      return new Map(
        [...ids].flatMap(([key, id]): [string, SavedTask][] => {
          const task = tasks.get(id)
          return task ? [[key, task]] : []
        }),
      )
    },

    async insert(tasks, { me, now }) {
      if (tasks.length === 0) return
      await sql`
        insert into work.task
          (org_id, id, project_id, branch_id, number, parent_id, depth, type, title, body,
           column_id, category, priority, rank, estimate, assignee_id, delegate_id, skills, labels,
           sprint_id, lane, accept, due_at, hold_until, blocked_reason, progress, held_above,
           version, created_by, created_at, updated_at, started_at, completed_at, archived_at)
        select ${orgId}::uuid, n.id, n.project_id, n.branch_id, n.number, n.parent_id, n.depth,
               n.type, n.title, n.body, n.column_id, n.category, n.priority, n.rank, n.estimate,
               n.assignee_id, n.delegate_id,
               array(select jsonb_array_elements_text(n.skills)),
               array(select jsonb_array_elements_text(n.labels)),
               n.sprint_id, n.lane, n.accept, n.due_at, n.hold_until, n.blocked_reason,
               case when n.category = 'completed' then 100 else 0 end, n.held_above, 1,
               ${me}::uuid, ${at(now)}::timestamptz, ${at(now)}::timestamptz,
               case when n.category = 'started' then ${at(now)}::timestamptz end,
               case when n.category in ('completed', 'canceled') then ${at(now)}::timestamptz end,
               n.archived_at
          from jsonb_to_recordset(${json(tasks.map(rowOf))}::jsonb) as n
            (id uuid, project_id uuid, branch_id uuid, number integer, parent_id uuid,
             depth smallint, type text, title text, body text, column_id uuid, category text,
             priority smallint, rank text, estimate integer, assignee_id uuid, delegate_id uuid,
             skills jsonb, labels jsonb, sprint_id uuid, lane smallint, accept jsonb,
             due_at timestamptz, hold_until timestamptz, blocked_reason text, held_above integer,
             archived_at timestamptz)`
    },

    async update(taskId, fields, now) {
      const row = await sql.one<{ version: number }>`
        update work.task
           set type = ${fields.type}, title = ${fields.title}, body = ${fields.body},
               priority = ${fields.priority}, estimate = ${fields.estimate},
               assignee_id = ${fields.assigneeId}, delegate_id = ${fields.delegateId},
               skills = ${fields.skills}, labels = ${fields.labels},
               sprint_id = ${fields.sprintId}, lane = ${fields.lane},
               accept = ${json(fields.accept)}, due_at = ${atOrNull(fields.due)},
               hold_until = ${atOrNull(fields.holdUntil)}, blocked_reason = ${fields.blocked},
               failures = ${fields.failures}, archived_at = ${atOrNull(fields.archivedAt)},
               version = version + 1, updated_at = ${at(now)}
         where org_id = ${orgId} and id = ${taskId}
        returning version`
      return row.version
    },

    async plant({ taskId, parentId, branchId, deeper, above, now }) {
      const rows = await sql<{ id: string; key: string; ready: boolean; carried: boolean }>`
        with recursive down as (
          select t.id, t.branch_id from work.task t where t.org_id = ${orgId} and t.id = ${taskId}
          union all
          select t.id, t.branch_id from work.task t join down on t.parent_id = down.id
           where t.org_id = ${orgId}),
        locked as (
          select t.id from work.task t
           where t.org_id = ${orgId} and t.id in (select id from down) order by t.id for update)
        update work.task t
           set parent_id = case when t.id = ${taskId} then ${parentId}::uuid else t.parent_id end,
               depth = t.depth + ${deeper}::int, held_above = t.held_above + ${above}::int,
               branch_id = ${branchId},
               version = t.version
                 + (t.id <> ${taskId} and t.branch_id <> ${branchId}::uuid)::int,
               updated_at = case when t.branch_id <> ${branchId}::uuid
                                 then ${at(now)}::timestamptz else t.updated_at end
          from down d, locked l, work.project p
         where t.org_id = ${orgId} and t.id = d.id and l.id = t.id
           and p.org_id = ${orgId} and p.id = t.project_id
        returning t.id, p.key || '-' || t.number as key, t.ready,
                  t.id <> ${taskId} and d.branch_id <> ${branchId}::uuid as carried`
      const shifts =
        above === 0 ? [] : rows.map(({ id, key, ready }) => ({ id, key, ready, above }))
      return { carried: rows.filter(({ carried }) => carried).map(({ id }) => id), shifts }
    },

    async neighbour({ projectId, rank, side, except }) {
      const isBefore = side === 'before'
      const where = isBefore ? part`rank < ${rank}` : part`rank > ${rank}`
      const order = isBefore ? part`rank desc` : part`rank`
      const [row] = await sql<{ rank: string }>`
        select rank from work.task
         where org_id = ${orgId} and project_id = ${projectId} and id <> ${except} and ${where}
         order by ${order} limit 1`
      return row?.rank ?? null
    },

    async hasTried(taskId, me) {
      const rows = await sql`
        select from work.attempt
         where org_id = ${orgId} and task_id = ${taskId} and holder_id = ${me} limit 1`
      return rows.length > 0
    },

    moment(text, zone) {
      const read = readTime(text, zone)
      return read === null ? null : Date.parse(read)
    },
  }
}

const rowOf = (task: NewTask) => ({
  id: task.taskId,
  project_id: task.projectId,
  branch_id: task.branchId,
  number: task.number,
  parent_id: task.parentId,
  depth: task.depth,
  type: task.type,
  title: task.title,
  body: task.body,
  column_id: task.columnId,
  category: task.category,
  priority: task.priority,
  rank: task.rank,
  estimate: task.estimate,
  assignee_id: task.assigneeId,
  delegate_id: task.delegateId,
  skills: task.skills,
  labels: task.labels,
  sprint_id: task.sprintId,
  lane: task.lane,
  accept: task.accept,
  due_at: atOrNull(task.due),
  hold_until: atOrNull(task.holdUntil),
  blocked_reason: task.blocked,
  held_above: task.heldAbove,
  archived_at: atOrNull(task.archivedAt),
})
