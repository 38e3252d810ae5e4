import type { Ground } from '../../platform/room.ts'
import type { UndoRow, UndoStore } from '../application/transfer-ports.ts'

/** Finds what an import brought and nobody touched, and takes it away again. */
export const undoStore = ({ sql, orgId }: Ground): UndoStore => ({
  rows: (projectId, source) => sql<UndoRow>`
    select l.external_id as "externalId", t.id as "taskId", p.key || '-' || t.number as key,
           t.version, t.parent_id as "parentId",
           t.version = (l.kept ->> 'version')::bigint
             and t.attempts = 0
             and not exists (select from work.lease e
                              where e.org_id = ${orgId} and e.task_id = t.id)
             and not exists (select from work.question q
                              where q.org_id = ${orgId} and q.task_id = t.id)
             and not exists (select from work.comment c
                              where c.org_id = ${orgId} and c.task_id = t.id
                                and c.id::text not in (
                                  select k.value ->> 'id' from jsonb_each(l.kept -> 'comments') k))
             as untouched,
           array(select c.id::text from work.task c
                  where c.org_id = ${orgId} and c.parent_id = t.id) as children,
           array(select case when d.task_id = t.id then d.to_id else d.task_id end::text
                   from work.dependency d
                  where d.org_id = ${orgId} and (d.task_id = t.id or d.to_id = t.id)) as joined
      from work.import_link l
      join work.task t on t.org_id = l.org_id and t.id = l.task_id
      join work.project p on p.org_id = t.org_id and p.id = t.project_id
     where l.org_id = ${orgId} and l.project_id = ${projectId} and l.source = ${source}
     order by t.number`,

  async remove(taskIds) {
    // One after the other: each of these names the tasks, and tasks may go only when nobody does.
    await sql`
      delete from work.import_link
       where org_id = ${orgId} and task_id = any(${taskIds}::uuid[])`
    await sql`
      delete from work.comment where org_id = ${orgId} and task_id = any(${taskIds}::uuid[])`
    await sql`
      delete from work.dependency
       where org_id = ${orgId}
         and (task_id = any(${taskIds}::uuid[]) or to_id = any(${taskIds}::uuid[]))`
    await sql`delete from work.task where org_id = ${orgId} and id = any(${taskIds}::uuid[])`
  },
})
