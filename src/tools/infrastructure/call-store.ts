import type { Ground } from '../../platform/room.ts'
import { at, part, type Sql } from '../../platform/sql.ts'
import type { Json } from '../application/hub-records.ts'
import type { CallStore } from '../application/hub-stores.ts'
import { type CallRecord, KEY_KEPT_MS, LOST_MS } from '../domain/call.ts'
import { CALL_COLUMNS } from './call-rows.ts'

/** Organisations that one look of the schedule takes up. */
const ORGS_MAX = 100
/** Rows that one round of forgetting takes. */
const FORGOTTEN_MAX = 1_000
/** Labels that one subject can have. */
const LABELS_MAX = 20

/** Reads the record of calls, and keeps what hangs on it for a while. */
export const callStore = ({ sql, orgId }: Ground): CallStore => ({
  async byNumber(number) {
    const row = await sql.maybe<CallRecord>`
      select ${CALL_COLUMNS} from tools.call c
       where c.org_id = ${orgId} and c.number = ${number}`
    return row ?? null
  },
  async byKey(principalId, key) {
    const row = await sql.maybe<CallRecord>`
      select ${CALL_COLUMNS} from tools.call c
       where c.org_id = ${orgId} and c.id = (
         select k.call_id from tools.call_key k
          where k.org_id = ${orgId} and k.principal_id = ${principalId} and k.key = ${key})`
    return row ?? null
  },
  list({ principalId, upstreamId, tool, visible, before, limit }) {
    const own = part`(${principalId}::uuid is null or c.principal_id = ${principalId})`
    return sql<CallRecord>`
      select ${CALL_COLUMNS} from tools.call c
       where c.org_id = ${orgId} and ${own}
         and (${upstreamId}::uuid is null or c.upstream_id = ${upstreamId})
         and (${tool}::text is null or c.tool = ${tool})
         and (${visible}::uuid[] is null or c.project_id = any(${visible}::uuid[]))
         and (${before}::bigint is null or c.number < ${before})
       order by c.number desc limit ${limit}`
  },
  async result(callId) {
    const row = await sql.maybe<{ body: Json }>`
      select r.body from tools.call_result r where r.org_id = ${orgId} and r.call_id = ${callId}`
    return row?.body ?? null
  },
  async labels({ principalId, since, taskIds }) {
    const rows = await sql<{ label: string }>`
      select distinct label from tools.label
       where org_id = ${orgId}
         and (subject_id = any(${taskIds}::uuid[])
              or (subject_id = ${principalId} and at >= ${at(since)}))
       order by label limit ${LABELS_MAX}`
    return new Set(rows.map(({ label }) => label))
  },
  async forget(now) {
    const [results, keys] = await Promise.all([
      sql`
        delete from tools.call_result
         where org_id = ${orgId} and call_id in (
           select r.call_id from tools.call_result r
            where r.org_id = ${orgId} and r.expires_at <= ${at(now)} limit ${FORGOTTEN_MAX})
        returning call_id`,
      sql`
        delete from tools.call_key
         where org_id = ${orgId} and (principal_id, key) in (
           select k.principal_id, k.key from tools.call_key k
            where k.org_id = ${orgId} and k.created_at <= ${at(now - KEY_KEPT_MS)}
            limit ${FORGOTTEN_MAX})
        returning key`,
    ])
    return results.length + keys.length
  },
})

/** Finds the organisations with calls, results or keys whose time is over. */
export const orgsWithOldCalls = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select org_id as "orgId" from tools.call_result where expires_at <= ${at(now)}
    union
    select org_id from tools.call_key where created_at <= ${at(now - KEY_KEPT_MS)}
    union
    select org_id from tools.call
     where state = 'begun' and at < ${at(now - LOST_MS)}
    union
    select org_id from tools.parked_call where state = 'ready' and expires_at <= ${at(now)}
     limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}
