import type { Ground } from '../../platform/room.ts'
import { at, json, part, type Query, query, type Sql } from '../../platform/sql.ts'
import type { ParkedCall } from '../application/hub-records.ts'
import type { ParkedStore } from '../application/hub-stores.ts'

const COLUMNS = part`
  p.call_id as "callId", p.call_at as "callAt", p.approval_id as "approvalId", p.actor, p.args,
  p.args_sha256 as "argsSha256", p.fields, p.state, p.expires_at as "expiresAt"`

/** Calls that wait for an approval, or for their turn after it. */
export const parkedStore = ({ sql, orgId }: Ground): ParkedStore => ({
  async add(one) {
    await sql`
      insert into tools.parked_call
        (org_id, call_id, call_at, approval_id, actor, args, args_sha256, fields, state,
         expires_at)
      values (${orgId}, ${one.callId}, ${at(one.callAt)}, ${one.approvalId},
              ${json(one.actor)}::jsonb, ${json(one.args)}::jsonb, ${one.argsSha256},
              ${one.fields}::text[], ${one.state}, ${at(one.expiresAt)})`
  },
  async of(callId) {
    const row = await sql.maybe<ParkedCall>`
      select ${COLUMNS} from tools.parked_call p
       where p.org_id = ${orgId} and p.call_id = ${callId}`
    return row ?? null
  },
  async ofApproval(approvalId) {
    const row = await sql.maybe<ParkedCall>`
      select ${COLUMNS} from tools.parked_call p
       where p.org_id = ${orgId} and p.approval_id = ${approvalId}`
    return row ?? null
  },
  over: (now, limit) => sql<ParkedCall>`
    select ${COLUMNS} from tools.parked_call p
     where p.org_id = ${orgId} and p.state = 'ready' and p.expires_at <= ${at(now)}
     order by p.expires_at, p.call_id limit ${limit}`,
  async release(approvalId) {
    const rows = await sql`
      update tools.parked_call set state = 'ready'
       where org_id = ${orgId} and approval_id = ${approvalId} and state = 'waiting'
      returning call_id`
    return rows.length > 0
  },
  async take(callId, { now, expiresAt }) {
    const rows = await sql`
      update tools.parked_call
         set state = 'sent', sent_at = ${at(now)}, expires_at = ${at(expiresAt)}
       where org_id = ${orgId} and call_id = ${callId} and state = 'ready'
      returning call_id`
    return rows.length > 0
  },
  async close(callIds) {
    await sql`${closing(orgId, callIds)}`
  },
})

const closing = (orgId: string, callIds: readonly string[]) => part`
  update tools.parked_call set state = 'done', args = '{}'::jsonb, actor = '{}'::jsonb
   where org_id = ${orgId} and call_id = any(${callIds}::uuid[])`

/** Forgets what calls were about that wait no more; travels with a commit. */
export const closeParked = (orgId: string, callIds: readonly string[]): Query =>
  query`${closing(orgId, callIds)}`

/** Calls that one look of the schedule takes up. */
const READY_MAX = 256

/** Finds calls that may go: by whom they are made, and which. */
export const readyCalls = (sql: Sql, now: number) => sql<
  Readonly<{ orgId: string; actor: Readonly<Record<string, unknown>>; number: number }>
>`
  select p.org_id as "orgId", p.actor, c.number
    from tools.parked_call p
    join tools.call c on c.org_id = p.org_id and c.id = p.call_id and c.at = p.call_at
   where p.state = 'ready' and p.expires_at > ${at(now)}
   order by p.expires_at limit ${READY_MAX}`
