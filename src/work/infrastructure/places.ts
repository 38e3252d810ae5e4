import type { Ground } from '../../platform/room.ts'
import type { Sql } from '../../platform/sql.ts'

type PlaceRow = Readonly<{
  tier: 'project' | 'branch' | 'task'
  at: string
  title: string
  projectId: string
  branchId: string | null
  taskIds: readonly string[]
}>

type TaskRow = Readonly<{
  id: string
  parentId: string | null
  projectId: string
  branchId: string
  state: 'open' | 'completed' | 'canceled'
  progress: number
  estimate: number | null
  objectiveId: string | null
}>

const PLACE = /^([A-Z][A-Z0-9]{1,9})(?:-([0-9]+)|\/(.+))?$/

/** Finds places by name, and tells whose hands they are in: what the room of context asks. */
export const workPlaces = ({ sql, orgId }: Ground) => ({
  async find(at: string): Promise<PlaceRow | null> {
    const [, key = '', number, branch] = PLACE.exec(at) ?? []
    const found =
      number === undefined
        ? await findWide(sql, orgId, { key, branch: branch ?? null })
        : await findTask(sql, orgId, { key, number: Number(number) })
    return found ?? null
  },
  async holds(principalId: string, taskId: string): Promise<boolean> {
    const row = await sql.maybe`
      select task_id from work.lease
       where org_id = ${orgId} and task_id = ${taskId} and holder_id = ${principalId}`
    return row !== undefined
  },
  async assigned(principalId: string, branchId: string): Promise<boolean> {
    const row = await sql.maybe`
      select branch_id from work.branch_agent
       where org_id = ${orgId} and branch_id = ${branchId} and principal_id = ${principalId}`
    return row !== undefined
  },
  async held(principalId: string): Promise<readonly string[]> {
    const rows = await sql<{ key: string }>`
      select p.key || '-' || t.number as key
        from work.lease l
        join work.task t on t.org_id = l.org_id and t.id = l.task_id
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where l.org_id = ${orgId} and l.holder_id = ${principalId}
       order by l.claimed_at desc limit 20`
    return rows.map(({ key }) => key)
  },
  tasksOf: (of: Readonly<{ projectIds: readonly string[]; objectiveIds: readonly string[] }>) =>
    sql<TaskRow>`
      select id, parent_id as "parentId", project_id as "projectId", branch_id as "branchId",
             case category when 'completed' then 'completed' when 'canceled' then 'canceled'
                           else 'open' end as state,
             progress, estimate, objective_id as "objectiveId"
        from work.task
       where org_id = ${orgId}
         and (project_id = any(${of.projectIds}::uuid[])
              or project_id in (
                select project_id from work.task
                 where org_id = ${orgId} and objective_id = any(${of.objectiveIds}::uuid[])))`,
  named: (ids: readonly string[]) =>
    sql<Readonly<{ id: string; at: string; title: string }>>`
      select id, key as at, name as title from work.project
       where org_id = ${orgId} and id = any(${ids}::uuid[])
      union all
      select b.id, p.key || '/' || b.name, b.name
        from work.branch b
        join work.project p on p.org_id = b.org_id and p.id = b.project_id
       where b.org_id = ${orgId} and b.id = any(${ids}::uuid[])
      union all
      select t.id, p.key || '-' || t.number, t.title
        from work.task t
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where t.org_id = ${orgId} and t.id = any(${ids}::uuid[])`,
})

const findTask = (sql: Sql, orgId: string, at: Readonly<{ key: string; number: number }>) =>
  sql.maybe<PlaceRow>`
    with recursive one as (
      select t.id, t.parent_id, t.title, t.number, t.project_id, t.branch_id, p.key
        from work.project_key k
        join work.project p on p.org_id = k.org_id and p.id = k.project_id
        join work.task t on t.org_id = k.org_id and t.project_id = k.project_id
       where k.org_id = ${orgId} and k.key = ${at.key} and t.number = ${at.number}),
    up as (
      select id, parent_id, 0 as height from one
      union all
      select t.id, t.parent_id, up.height + 1 from work.task t join up on t.id = up.parent_id
       where t.org_id = ${orgId} and up.height < 20)
    select 'task' as tier, key || '-' || number as at, title, project_id as "projectId",
           branch_id as "branchId",
           (select array_agg(up.id order by height desc) from up) as "taskIds"
      from one`

const findWide = (sql: Sql, orgId: string, at: Readonly<{ key: string; branch: string | null }>) =>
  sql.maybe<PlaceRow>`
    select case when b.id is null then 'project' else 'branch' end as tier,
           p.key || coalesce('/' || b.name, '') as at, coalesce(b.name, p.name) as title,
           p.id as "projectId", b.id as "branchId", '{}'::uuid[] as "taskIds"
      from work.project_key k
      join work.project p on p.org_id = k.org_id and p.id = k.project_id
      left join work.branch b
        on b.org_id = p.org_id and b.project_id = p.id and b.name = ${at.branch}::text
     where k.org_id = ${orgId} and k.key = ${at.key}
       and (${at.branch}::text is null or b.id is not null)`
