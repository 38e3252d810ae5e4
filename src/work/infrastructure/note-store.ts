import type { Ground } from '../../platform/room.ts'
import { at, json } from '../../platform/sql.ts'
import type { NoteStore } from '../application/ports.ts'

/** What holders say about their work, and what they are told in return. */
export const noteStore = ({ sql, orgId }: Ground): NoteStore => ({
  async comment({ id, taskId, authorId, body, now }) {
    await sql`
      insert into work.comment (org_id, id, task_id, author_id, body, created_at)
      values (${orgId}, ${id}, ${taskId}, ${authorId}, ${body}, ${at(now)})`
  },

  async progress(taskId, progress, now) {
    const row = await sql.one<{ version: number }>`
      update work.task
         set progress = ${progress}, version = version + 1, updated_at = ${at(now)}
       where org_id = ${orgId} and id = ${taskId} returning version`
    return row.version
  },

  async status(taskId, column, now) {
    const goals = await sql<{ id: string; name: string }>`
      select c.id, c.name from work.board_column c
        join work.task t on t.org_id = c.org_id and t.project_id = c.project_id
       where c.org_id = ${orgId} and t.id = ${taskId} and c.category = 'started'
       order by c.position`
    const goal = goals.find(({ name }) => name.toLowerCase() === column.toLowerCase())
    if (!goal) return { kind: 'refused', allowed: goals.map(({ name }) => name) }
    const row = await sql.one<{ version: number; from: string }>`
      with old as (
        select t.column_id, c.name from work.task t
          join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
         where t.org_id = ${orgId} and t.id = ${taskId} for update of t),
      counts as (
        update work.board_column c
           set wip_used = c.wip_used + (c.id = ${goal.id})::int - (c.id = o.column_id)::int
          from old o
         where c.org_id = ${orgId} and c.id in (${goal.id}, o.column_id)
           and o.column_id <> ${goal.id} and c.wip_limit is not null)
      update work.task t
         set column_id = ${goal.id}, updated_at = ${at(now)},
             version = t.version + (o.column_id <> ${goal.id})::int
        from old o where t.org_id = ${orgId} and t.id = ${taskId}
      returning t.version, o.name as "from"`
    return { kind: 'moved', ...row, to: goal.name }
  },

  async usage(taskId, attempt, usage) {
    await sql`
      update work.attempt set usage = coalesce(usage, '[]'::jsonb) || ${json([usage])}::jsonb
       where org_id = ${orgId} and task_id = ${taskId} and number = ${attempt}`
  },

  answers: (me) => sql`
    update work.question set told = true
     where org_id = ${orgId} and asked_by = ${me} and not told and answer is not null
    returning number, answer`,
})
