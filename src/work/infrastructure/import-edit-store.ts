import type { Ground } from '../../platform/room.ts'
import { at, json } from '../../platform/sql.ts'
import type { ImportStore, Recounted, StandingTask } from '../application/transfer-ports.ts'
import type { Edge } from '../domain/task-link.ts'
import { pieces, timed } from './import-rows.ts'

/** Gating edges that a repeated import looks at; above that the search would refuse anyway. */
const EDGES_MAX = 500_000

type Edits = Pick<
  ImportStore,
  | 'lockTasks'
  | 'standing'
  | 'comments'
  | 'graph'
  | 'changeTasks'
  | 'recount'
  | 'removeEdges'
  | 'removeComments'
  | 'outsideWaiters'
  | 'existing'
>

/** What a repeated import reads and changes of tasks that it brought before. */
export const importEdits = ({ sql, orgId }: Ground): Edits => ({
  async lockTasks(projectId) {
    // Blockers elsewhere too: nobody may close one between the count and its use.
    await sql`
      select from work.task t
       where t.org_id = ${orgId}
         and (t.project_id = ${projectId} or t.id in (
               select d.to_id from work.dependency d
                 join work.task w on w.org_id = d.org_id and w.id = d.task_id
                where d.org_id = ${orgId} and d.kind = 'blocks' and w.project_id = ${projectId}))
       order by t.id for update`
  },

  standing: (projectId, taskIds) => sql<StandingTask>`
    select t.id, p.key || '-' || t.number as key, t.version, t.title, t.body, t.type,
           t.column_id as "columnId", t.category, t.priority, t.rank, t.estimate,
           t.assignee_id as "assigneeId", t.labels, t.accept, t.blocked_reason as flag,
           t.parent_id as "parentId", t.created_at as "createdAt", t.started_at as "startedAt",
           t.completed_at as "completedAt", t.archived_at as "archivedAt",
           exists (select from work.lease l where l.org_id = ${orgId} and l.task_id = t.id) as held
      from work.task t join work.project p on p.org_id = t.org_id and p.id = t.project_id
     where t.org_id = ${orgId} and t.project_id = ${projectId}
       and t.id = any(${taskIds}::uuid[])`,

  async comments(ids) {
    const rows = await sql<{ id: string; body: string }>`
      select id, body from work.comment where org_id = ${orgId} and id = any(${ids}::uuid[])`
    return new Map(rows.map(({ id, body }) => [id, body]))
  },

  existing: (taskIds) => sql<Edge>`
    select task_id as "taskId", kind, to_id as "toId" from work.dependency
     where org_id = ${orgId}
       and (task_id = any(${taskIds}::uuid[]) or to_id = any(${taskIds}::uuid[]))`,

  async graph() {
    const [edges, parents] = await Promise.all([
      sql<Edge>`
        select task_id as "taskId", kind, to_id as "toId" from work.dependency
         where org_id = ${orgId} and kind = 'blocks' limit ${EDGES_MAX}`,
      sql<{ child: string; parent: string }>`
        select id as child, parent_id as parent from work.task
         where org_id = ${orgId} and parent_id is not null limit ${EDGES_MAX}`,
    ])
    return { edges, parents }
  },

  async changeTasks(tasks, now) {
    for (const piece of pieces(tasks)) {
      await sql`
        update work.task t
           set version = n.version, title = n.title, body = n.body, type = n.type,
               column_id = n."columnId", category = n.category, priority = n.priority,
               estimate = n.estimate, assignee_id = n."assigneeId", labels = n.labels,
               accept = n.accept, blocked_reason = n.flag, parent_id = n."parentId",
               created_at = n."createdAt", started_at = n."startedAt",
               completed_at = n."completedAt", archived_at = n."archivedAt",
               updated_at = ${at(now)}::timestamptz,
               progress = case when n.category = 'completed' then 100
                               when t.category = 'completed' then 0 else t.progress end
          from jsonb_to_recordset(${json(piece.map(timed))}::jsonb) as n
            (id uuid, version bigint, title text, body text, type text, "columnId" uuid,
             category text, priority smallint, estimate integer, "assigneeId" uuid,
             labels text[], accept jsonb, flag text, "parentId" uuid, "createdAt" timestamptz,
             "startedAt" timestamptz, "completedAt" timestamptz, "archivedAt" timestamptz)
         where t.org_id = ${orgId} and t.id = n.id`
    }
  },

  async removeEdges(edges) {
    await sql`
      delete from work.dependency d
       using unnest(${edges.map((edge) => edge.taskId)}::uuid[],
                    ${edges.map((edge) => edge.kind)}::text[],
                    ${edges.map((edge) => edge.toId)}::uuid[]) as e (task_id, kind, to_id)
       where d.org_id = ${orgId} and d.task_id = e.task_id and d.kind = e.kind
         and d.to_id = e.to_id`
  },

  async removeComments(ids) {
    await sql`delete from work.comment where org_id = ${orgId} and id = any(${ids}::uuid[])`
  },

  outsideWaiters: (projectId, taskIds) => sql<{ taskId: string; toId: string }>`
    select d.task_id as "taskId", d.to_id as "toId" from work.dependency d
      join work.task w on w.org_id = d.org_id and w.id = d.task_id
     where d.org_id = ${orgId} and d.to_id = any(${taskIds}::uuid[]) and d.kind = 'blocks'
       and w.project_id <> ${projectId}`,

  recount: (projectId) => sql<Recounted>`
    with recursive live as (
      select t.id, t.parent_id, t.blocked_reason is not null as flagged,
             t.category not in ('completed', 'canceled') as open,
             t.open_blockers, t.held_above, t.open_children, t.depth,
             (select count(*)::integer from work.dependency d
                join work.task b on b.org_id = d.org_id and b.id = d.to_id
               where d.org_id = ${orgId} and d.task_id = t.id and d.kind = 'blocks'
                 and b.category not in ('completed', 'canceled')) as blockers,
             (select count(*)::integer from work.task c
               where c.org_id = ${orgId} and c.parent_id = t.id
                 and c.category not in ('completed', 'canceled')) as children
        from work.task t where t.org_id = ${orgId} and t.project_id = ${projectId}),
    tree as (
      select id, 0 as depth, 0 as above, open and (flagged or blockers > 0) as holds
        from live where parent_id is null
      union all
      select l.id, u.depth + 1, u.above + u.holds::integer,
             l.open and (l.flagged or l.blockers > 0)
        from live l join tree u on l.parent_id = u.id)
    update work.task t
       set open_blockers = l.blockers, held_above = u.above, open_children = l.children,
           depth = u.depth
      from live l, tree u, work.project p
     where t.org_id = ${orgId} and t.id = l.id and u.id = l.id
       and p.org_id = ${orgId} and p.id = t.project_id
       and (l.open_blockers, l.held_above, l.open_children, l.depth)
           is distinct from (l.blockers, u.above, l.children, u.depth)
    returning t.id, p.key || '-' || t.number as key, t.ready,
              l.blockers - l.open_blockers as blockers, u.above - l.held_above as above,
              l.children - l.open_children as children`,
})
