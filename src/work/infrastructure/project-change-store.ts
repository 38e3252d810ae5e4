import { notFound, refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json } from '../../platform/sql.ts'
import type { LockedProject, ProjectChangeStore } from '../application/board-ports.ts'
import type { ProjectSettings } from '../application/ports.ts'
import type { ColumnPlan, ColumnState } from '../domain/columns.ts'

const SETTINGS: ProjectSettings = { review: 'optional', zone: 'UTC' }

type ProjectRow = Omit<LockedProject, 'settings'> & Readonly<{ settings: Partial<ProjectSettings> }>

/** Changes of projects, their columns and branches; the project's row is locked first. */
export const projectChangeStore = ({ sql, orgId }: Ground): ProjectChangeStore => ({
  async lock(key) {
    const row = await sql.maybe<ProjectRow>`
      select p.id, p.key, p.name, p.settings, p.wip_limit as "wipLimit",
             p.archived_at is not null as archived, p.version
        from work.project p
        join work.project_key k on k.org_id = p.org_id and k.project_id = p.id
       where p.org_id = ${orgId} and k.key = ${key} for update of p`
    if (!row) throw notFound(key)
    return { ...row, settings: { ...SETTINGS, ...row.settings } }
  },

  // A claim counts itself only where it sees a limit, so none may be under way while one is set:
  // whoever counted beside it would miss it. The lock is short, and limits change rarely.
  async holdBoard() {
    await sql`lock table work.task in share row exclusive mode`
  },

  async save(project, { name, settings, wipLimit, archivedAt }) {
    const row = await sql.one<{ version: number }>`
      update work.project p
         set name = ${name}, settings = p.settings || ${json(settings)}::jsonb,
             wip_limit = ${wipLimit}, archived_at = ${atOrNull(archivedAt)},
             version = p.version + 1,
             wip_used = case when ${wipLimit}::int is null then 0 else (
               select count(*) from work.task t
                where t.org_id = ${orgId} and t.project_id = p.id and t.category = 'started') end
       where p.org_id = ${orgId} and p.id = ${project.id}
      returning p.version`
    return row.version
  },

  async rename(project, key) {
    const [taken] = await sql<{ projectId: string }>`
      select project_id as "projectId" from work.project_key
       where org_id = ${orgId} and key = ${key}`
    if (taken && taken.projectId !== project.id) {
      const message = `The key ${key} belongs to another project; choose another.`
      throw refuse('conflict', 'work.project_key_taken', message, { key })
    }
    if (!taken) {
      await sql`
        insert into work.project_key (org_id, key, project_id)
        values (${orgId}, ${key}, ${project.id})`
    }
    await sql`
      update work.project set key = ${key} where org_id = ${orgId} and id = ${project.id}`
  },

  async touch(projectId) {
    const row = await sql.one<{ version: number }>`
      update work.project set version = version + 1
       where org_id = ${orgId} and id = ${projectId} returning version`
    return row.version
  },

  columns: (projectId) => sql<ColumnState>`
    select c.id, c.name, c.category, c.role, c.wip_limit as "limit", c.wip_hard as hard,
           (select count(*)::int from work.task t
             where t.org_id = ${orgId} and t.column_id = c.id) as tasks,
           (select count(*)::int from work.lease l
             where l.org_id = ${orgId} and l.from_column = c.id) as leases
      from work.board_column c
     where c.org_id = ${orgId} and c.project_id = ${projectId}
     order by c.position limit 100`,

  saveColumns: (projectId, plan) => saveColumns({ sql, orgId }, projectId, plan),

  async running(projectId) {
    const row = await sql.one<{ running: number }>`
      select count(*)::int as running from work.lease
       where org_id = ${orgId} and project_id = ${projectId}`
    return row.running
  },

  async branch(projectId, name) {
    const row = await sql.maybe<{ id: string; name: string; archived: boolean; open: number }>`
      select b.id, b.name, b.archived_at is not null as archived,
             (select count(*)::int from work.task t
               where t.org_id = ${orgId} and t.branch_id = b.id and t.archived_at is null
                 and t.category not in ('completed', 'canceled')) as open
        from work.branch b
       where b.org_id = ${orgId} and b.project_id = ${projectId} and b.name = ${name}`
    return row ?? null
  },

  async addBranch({ id, projectId, name, now }) {
    await sql`
      insert into work.branch (org_id, id, project_id, name, version, created_at)
      values (${orgId}, ${id}, ${projectId}, ${name}, 1, ${at(now)})`
  },

  async saveBranch({ id, name, archivedAt }) {
    await sql`
      update work.branch
         set name = ${name}, archived_at = ${atOrNull(archivedAt)}, version = version + 1
       where org_id = ${orgId} and id = ${id}`
  },

  async assign(branchId, principalId, on) {
    const rows = on
      ? await sql`
          insert into work.branch_agent (org_id, branch_id, principal_id)
          values (${orgId}, ${branchId}, ${principalId}) on conflict do nothing
          returning branch_id`
      : await sql`
          delete from work.branch_agent
           where org_id = ${orgId} and branch_id = ${branchId} and principal_id = ${principalId}
          returning branch_id`
    return rows.length > 0
  },
})

/**
 * Writes columns as planned. Names are unique, so those that stay get a name of their id first:
 * two columns may swap theirs. Attempts that began in a removed column are told to have begun in
 * the one that stands in for it.
 */
const saveColumns = async ({ sql, orgId }: Ground, projectId: string, plan: ColumnPlan) => {
  await sql`
    update work.board_column set name = id::text
     where org_id = ${orgId} and project_id = ${projectId}`
  const rows = plan.columns.map((column, position) => ({ ...column, position }))
  await sql`
    insert into work.board_column as b
      (org_id, id, project_id, name, category, position, role, wip_limit, wip_hard, wip_used)
    select ${orgId}::uuid, c.id, ${projectId}::uuid, c.name, c.category, c.position, c.role,
           c."limit", c.hard, case when c."limit" is null then 0 else (
             select count(*) from work.task t
              where t.org_id = ${orgId} and t.column_id = c.id) end
      from jsonb_to_recordset(${json(rows)}::jsonb) as c (
        id uuid, name text, category text, position integer, role text, "limit" integer,
        hard boolean)
    on conflict (org_id, id) do update
       set name = excluded.name, category = excluded.category, position = excluded.position,
           role = excluded.role, wip_limit = excluded.wip_limit, wip_hard = excluded.wip_hard,
           wip_used = excluded.wip_used`
  const gone = plan.removed.map(({ id }) => id)
  if (gone.length > 0) {
    await sql`
      update work.attempt a set from_column = r.instead_id
        from unnest(${gone}::uuid[], ${plan.removed.map(({ insteadId }) => insteadId)}::uuid[])
          as r (id, instead_id)
       where a.org_id = ${orgId} and a.from_column = r.id`
    await sql`
      delete from work.board_column where org_id = ${orgId} and id = any(${gone}::uuid[])`
  }
}
