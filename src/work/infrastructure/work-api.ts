import type { Ground } from '../../platform/room.ts'
import type { WorkApi } from '../contract.ts'

/** Projects that lists of one organisation are narrowed down to at most. */
const PROJECTS_MAX = 10_000

/** Answers what other rooms may ask of this one. */
export const workApi = ({ sql, orgId }: Ground): WorkApi => ({
  async projectIds(keys) {
    const rows = await sql<{ key: string; id: string }>`
      select key, project_id as id from work.project_key
       where org_id = ${orgId} and key = any(${keys}::text[])`
    return new Map(rows.map(({ key, id }) => [key, id]))
  },
  async allProjectIds() {
    const rows = await sql<{ id: string }>`
      select id from work.project where org_id = ${orgId} order by id limit ${PROJECTS_MAX}`
    return rows.map(({ id }) => id)
  },
  async projectKeys(ids) {
    const rows = await sql<{ key: string; id: string }>`
      select key, id from work.project where org_id = ${orgId} and id = any(${ids}::uuid[])`
    return new Map(rows.map(({ key, id }) => [id, key]))
  },
})
