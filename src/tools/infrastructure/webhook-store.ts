import type { Ground } from '../../platform/room.ts'
import { at, json, part, type Sql } from '../../platform/sql.ts'
import type { Hook, HookStore, Maker, Named, Rule } from '../application/webhook-ports.ts'

type Row = Omit<Hook, 'maker'> &
  Readonly<{
    madeBy: string
    madeScopes: readonly string[] | null
    madeProjects: readonly string[] | null
  }>

const COLUMNS = part`
  id, project_id as "projectId", name, path, scheme, place, rule, active, made_by as "madeBy",
  made_scopes as "madeScopes", made_projects as "madeProjects", version,
  created_at as "createdAt"`

/** Reads who answers for a row. */
export const makerIn = ({ madeBy, madeScopes, madeProjects }: MadeRow): Maker => ({
  ...{ id: madeBy, scopes: madeScopes, projects: madeProjects },
})

type MadeRow = Pick<Row, 'madeBy' | 'madeScopes' | 'madeProjects'>

const hookIn = ({ madeBy, madeScopes, madeProjects, ...hook }: Row): Hook => ({
  ...hook,
  maker: makerIn({ madeBy, madeScopes, madeProjects }),
})

const ruleJson = (rule: Rule | null) => (rule === null ? null : json(rule))

/** Keeps webhooks. */
export const webhookStore = ({ sql, orgId }: Ground): HookStore => {
  const one = async (row: Promise<Row | undefined>): Promise<Hook | null> => {
    const got = await row
    return got === undefined ? null : hookIn(got)
  }
  const named = ({ name, projectId }: Named) =>
    part`name = ${name} and project_id is not distinct from ${projectId}::uuid`
  return {
    async count() {
      const { count } = await sql.one<{ count: number }>`
        select count(*)::int as count from tools.webhook where org_id = ${orgId}`
      return count
    },
    async add({ maker, ...hook }) {
      const added = await sql`
        insert into tools.webhook
          (org_id, id, project_id, name, path, scheme, place, rule, active, made_by, made_scopes,
           made_projects, version, created_at)
        values (${orgId}, ${hook.id}, ${hook.projectId}, ${hook.name}, ${hook.path},
                ${hook.scheme}, ${hook.place && json(hook.place)}::jsonb,
                ${ruleJson(hook.rule)}::jsonb, ${hook.active}, ${maker.id},
                ${maker.scopes}::text[], ${maker.projects}::uuid[], ${hook.version},
                ${at(hook.createdAt)})
        on conflict (org_id, project_id, name) do nothing
        returning id`
      return added.length > 0
    },
    find: (ref) =>
      one(sql.maybe<Row>`
        select ${COLUMNS} from tools.webhook where org_id = ${orgId} and ${named(ref)}`),
    lock: (ref) =>
      one(sql.maybe<Row>`
        select ${COLUMNS} from tools.webhook where org_id = ${orgId} and ${named(ref)}
           for update`),
    byId: (id) =>
      one(sql.maybe<Row>`
        select ${COLUMNS} from tools.webhook where org_id = ${orgId} and id = ${id}`),
    async save({ id, rule, active, maker, version }) {
      await sql`
        update tools.webhook
           set rule = ${ruleJson(rule)}::jsonb, active = ${active}, made_by = ${maker.id},
               made_scopes = ${maker.scopes}::text[], made_projects = ${maker.projects}::uuid[],
               version = ${version}
         where org_id = ${orgId} and id = ${id} and version = ${version - 1}`
    },
    async remove(id) {
      await sql`delete from tools.webhook where org_id = ${orgId} and id = ${id}`
    },
    async list({ projectId, visible, after, limit }) {
      const [name, id] = after ?? [null, null]
      const rows = await sql<Row>`
        select ${COLUMNS} from tools.webhook
         where org_id = ${orgId}
           and (${projectId}::uuid is null or project_id = ${projectId})
           and (${visible}::uuid[] is null or project_id = any(${visible}::uuid[]))
           and (${name}::text is null
                or (name collate "C", id::text) > (${name}::text collate "C", ${id}::text))
         order by name collate "C", id::text
         limit ${limit}`
      return rows.map(hookIn)
    },
  }
}

/** Finds whose webhook is called at a path; runs across organisations. */
export const hookAt = async (
  sql: Sql,
  path: string,
): Promise<Readonly<{ orgId: string; id: string }> | null> => {
  const row = await sql.maybe<{ orgId: string; id: string }>`
    select org_id as "orgId", id from tools.webhook where path = ${path} and active limit 1`
  return row ?? null
}
