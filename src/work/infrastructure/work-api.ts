import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import type { HeldClaim, WorkApi } from '../contract.ts'
import { partsOfKey } from '../domain/key.ts'

/** Projects that lists of one organisation are narrowed down to at most. */
const PROJECTS_MAX = 10_000
/** Claims of one principal that are told. */
const CLAIMS_MAX = 64

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
  async taskIds(keys) {
    const parts = keys.map(partsOfKey)
    const rows = await sql<{ key: string; id: string }>`
      select n.key || '-' || n.number as key, t.id
        from unnest(${parts.map(({ project }) => project)}::text[],
                    ${parts.map(({ number }) => number)}::int[]) as n (key, number)
        join work.project_key k on k.org_id = ${orgId} and k.key = n.key
        join work.task t
          on t.org_id = k.org_id and t.project_id = k.project_id and t.number = n.number`
    return new Map(rows.map(({ key, id }) => [key, id]))
  },
  heldClaims: (principalId, now) => sql<HeldClaim>`
    select l.task_id as "taskId", l.project_id as "projectId", p.key || '-' || t.number as key,
           l.fence
      from work.lease l
      join work.task t on t.org_id = l.org_id and t.id = l.task_id
      join work.project p on p.org_id = l.org_id and p.id = l.project_id
     where l.org_id = ${orgId} and l.holder_id = ${principalId}
       and (l.expires_at is null or l.expires_at > ${at(now)})
     order by l.claimed_at desc, l.task_id limit ${CLAIMS_MAX}`,
})
