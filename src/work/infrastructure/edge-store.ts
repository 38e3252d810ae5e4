import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import type { EdgeStore, KeyedEdge } from '../application/save-ports.ts'
import type { Edge } from '../domain/task-link.ts'
import type { Graph } from '../domain/dependency-graph.ts'

/** Dependencies and parents as one graph. */
export const edgeStore = ({ sql, orgId }: Ground): EdgeStore => ({
  async lockGraph() {
    await sql`
      insert into work.graph as g (org_id, changes) values (${orgId}, 1)
      on conflict (org_id) do update set changes = g.changes + 1`
  },

  of: (taskIds) => sql<KeyedEdge>`
    select d.task_id as "taskId", d.kind, d.to_id as "toId", tp.key || '-' || t.number as key,
           op.key || '-' || o.number as "toKey"
      from work.dependency d
      join work.task t on t.org_id = d.org_id and t.id = d.task_id
      join work.project tp on tp.org_id = t.org_id and tp.id = t.project_id
      join work.task o on o.org_id = d.org_id and o.id = d.to_id
      join work.project op on op.org_id = o.org_id and op.id = o.project_id
     where d.org_id = ${orgId}
       and (d.task_id = any(${taskIds}::uuid[])
            or (d.to_id = any(${taskIds}::uuid[]) and d.kind = 'relates'))`,

  async add(edges, now) {
    await sql`
      insert into work.dependency (org_id, task_id, kind, to_id, created_at)
      select ${orgId}::uuid, n.task_id, n.kind, n.to_id, ${at(now)}::timestamptz
        from unnest(${edges.map((edge) => edge.taskId)}::uuid[],
                    ${edges.map((edge) => edge.kind)}::text[],
                    ${edges.map((edge) => edge.toId)}::uuid[]) as n (task_id, kind, to_id)`
  },

  async remove(edges: readonly Edge[]) {
    await sql`
      delete from work.dependency d
       using unnest(${edges.map((edge) => edge.taskId)}::uuid[],
                    ${edges.map((edge) => edge.kind)}::text[],
                    ${edges.map((edge) => edge.toId)}::uuid[]) as n (task_id, kind, to_id)
       where d.org_id = ${orgId} and d.task_id = n.task_id and d.kind = n.kind
         and d.to_id = n.to_id`
  },

  async reachable(heads, max) {
    // One row per arrow; a point that was reached before adds none, so circles end by themselves.
    const rows = await sql<{ id: string; side: 's' | 'e'; origin: string; arrow: string }>`
      with recursive reach as (
        select n.id, n.side, n.id as origin, 'head' as arrow
          from unnest(${heads.map(({ taskId }) => taskId)}::uuid[],
                      ${heads.map(({ side }) => (side === 'start' ? 's' : 'e'))}::text[])
            as n (id, side)
        union
        select x.id, x.side, r.id, x.arrow
          from reach r
          cross join lateral (
            select r.id, 'e' as side, 'own' as arrow where r.side = 's'
            union all
            select c.id, 's', 'down' from work.task c
             where c.org_id = ${orgId} and c.parent_id = r.id and r.side = 's'
            union all
            select d.task_id, 's', 'wait' from work.dependency d
             where d.org_id = ${orgId} and d.to_id = r.id and d.kind = 'blocks' and r.side = 'e'
            union all
            select t.parent_id, 'e', 'up' from work.task t
             where t.org_id = ${orgId} and t.id = r.id and r.side = 'e'
               and t.parent_id is not null) x)
      select id, side, origin, arrow from reach limit ${max}`
    const waits: Graph['waits'][number][] = []
    const members = new Map<string, string>()
    for (const { id, origin, arrow } of rows) {
      if (arrow === 'wait') waits.push({ waiter: id, blocker: origin })
      if (arrow === 'down') members.set(id, origin)
      if (arrow === 'up') members.set(origin, id)
    }
    return { waits, members: [...members].map(([child, parent]) => ({ child, parent })) }
  },

  async keys(taskIds) {
    const rows = await sql<{ id: string; key: string }>`
      select t.id, p.key || '-' || t.number as key from work.task t
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where t.org_id = ${orgId} and t.id = any(${taskIds}::uuid[])`
    return new Map(rows.map((row) => [row.id, row.key]))
  },

  async isHeldAbove(taskId, me) {
    const rows = await sql`
      with recursive up as (
        select t.id, t.parent_id from work.task t
         where t.org_id = ${orgId} and t.id = ${taskId}
        union
        select t.id, t.parent_id from work.task t join up on t.id = up.parent_id
         where t.org_id = ${orgId})
      select from work.lease l
       where l.org_id = ${orgId} and l.task_id in (select id from up) and l.holder_id = ${me}
       limit 1`
    return rows.length > 0
  },

  async height(taskId) {
    const { height } = await sql.one<{ height: number }>`
      with recursive down as (
        select t.id, 0 as level from work.task t where t.org_id = ${orgId} and t.id = ${taskId}
        union all
        select t.id, down.level + 1 from work.task t join down on t.parent_id = down.id
         where t.org_id = ${orgId} and down.level < 20)
      select max(level)::int as height from down`
    return height
  },
})
