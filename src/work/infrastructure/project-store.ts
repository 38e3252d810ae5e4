import { notFound, refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at, json } from '../../platform/sql.ts'
import type { NewProject, ProjectSettings, ProjectStore } from '../application/ports.ts'
import type { Category } from '../domain/words.ts'

const SETTINGS: ProjectSettings = { review: 'optional', zone: 'UTC' }

type ProjectRow = Readonly<{
  id: string
  key: string
  name: string
  wipLimit: number | null
  archived: boolean
  version: number
  open: number
}>

type ColumnRow = Readonly<{
  name: string
  category: Category
  role: 'review' | null
  limit: number | null
  hard: boolean
}>

/** Projects with their keys, columns and branches. */
export const projectStore = ({ sql, orgId }: Ground): ProjectStore => {
  const whole = async (row: ProjectRow) => {
    const [columns, branches] = await Promise.all([
      sql<ColumnRow>`
        select name, category, role, wip_limit as "limit", wip_hard as hard
          from work.board_column where org_id = ${orgId} and project_id = ${row.id}
         order by position limit 100`,
      sql<{ name: string }>`
        select name from work.branch
         where org_id = ${orgId} and project_id = ${row.id} and archived_at is null
         order by created_at, name limit 100`,
    ])
    return { ...row, columns: [...columns], branches: branches.map((branch) => branch.name) }
  }

  return {
    async find(key) {
      const row = await sql.maybe<{ id: string; key: string; settings: Partial<ProjectSettings> }>`
        select p.id, p.key, p.settings from work.project_key k
          join work.project p on p.org_id = k.org_id and p.id = k.project_id
         where k.org_id = ${orgId} and k.key = ${key}`
      return row ? { ...row, settings: { ...SETTINGS, ...row.settings } } : null
    },

    async settings(key) {
      const row = await sql.one<{ settings: Partial<ProjectSettings>; hasReview: boolean }>`
        select p.settings, exists (
                 select from work.board_column c
                  where c.org_id = ${orgId} and c.project_id = p.id and c.role = 'review'
               ) as "hasReview"
          from work.project_key k
          join work.project p on p.org_id = k.org_id and p.id = k.project_id
         where k.org_id = ${orgId} and k.key = ${key}`
      return { ...SETTINGS, ...row.settings, hasReview: row.hasReview }
    },

    open: (visible) => sql`
      select id, key from work.project
       where org_id = ${orgId} and archived_at is null
         and (${visible === null} or id = any(${visible ?? []}::uuid[]))
       order by key limit 500`,

    async create(project) {
      const { id, key, name, settings, now } = project
      const taken = await sql`
        select from work.project_key where org_id = ${orgId} and key = ${key}`
      if (taken.length > 0) {
        const message = `The key ${key} belongs to another project; choose another.`
        throw refuse('conflict', 'work.project_key_taken', message, { key })
      }
      await sql`
        insert into work.project (org_id, id, key, name, settings, next_number, version, created_at)
        values (${orgId}, ${id}, ${key}, ${name}, ${json(settings)}, 1, 1, ${at(now)})`
      await Promise.all([
        sql`insert into work.project_key (org_id, key, project_id)
            values (${orgId}, ${key}, ${id})`,
        sql`insert into work.branch (org_id, id, project_id, name, version, created_at)
            values (${orgId}, ${project.branchId}, ${id}, 'main', 1, ${at(now)})`,
        insertColumns({ sql, orgId }, project),
      ])
    },

    async view(key) {
      const row = await sql.maybe<ProjectRow>`
        select p.id, p.key, p.name, p.wip_limit as "wipLimit",
               p.archived_at is not null as archived, p.version,
               (select count(*)::int from work.task t
                 where t.org_id = ${orgId} and t.project_id = p.id and t.archived_at is null
                   and t.category not in ('completed', 'canceled')) as open
          from work.project_key k
          join work.project p on p.org_id = k.org_id and p.id = k.project_id
         where k.org_id = ${orgId} and k.key = ${key}`
      if (!row) throw notFound(key)
      return whole(row)
    },

    async list(visible, archived) {
      const rows = await sql<ProjectRow>`
        select p.id, p.key, p.name, p.wip_limit as "wipLimit",
               p.archived_at is not null as archived, p.version,
               (select count(*)::int from work.task t
                 where t.org_id = ${orgId} and t.project_id = p.id and t.archived_at is null
                   and t.category not in ('completed', 'canceled')) as open
          from work.project p
         where p.org_id = ${orgId} and (${archived} or p.archived_at is null)
           and (${visible === null} or p.id = any(${visible ?? []}::uuid[]))
         order by p.key limit 100`
      return Promise.all(rows.map(whole))
    },
  }
}

const insertColumns = ({ sql, orgId }: Ground, { id, columns }: NewProject) => {
  const rows = columns.map((column, position) => ({ ...column, position }))
  return sql`
  insert into work.board_column (org_id, id, project_id, name, category, position, role)
  select ${orgId}::uuid, c.id, ${id}::uuid, c.name, c.category, c.position, c.role
    from jsonb_to_recordset(${json(rows)}::jsonb)
      as c (id uuid, name text, category text, position integer, role text)`
}
