import type { Ground } from '../../platform/room.ts'
import { at, type Sql } from '../../platform/sql.ts'
import type { EndedLease, LeaseStore } from '../application/ports.ts'

/** Organisations that one look of the schedule takes up. */
const ORGS_MAX = 100

/** Leases of tools; the same word as the claims of work, and another table. */
export const leaseStore = ({ sql, orgId }: Ground): LeaseStore => ({
  async countOpen(principalId, now) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from tools.lease
       where org_id = ${orgId} and principal_id = ${principalId} and ended_at is null
         and expires_at > ${at(now)}`
    return count
  },
  async ofClaim({ principalId, taskId, fence, connection, tool, now }) {
    const rows = await sql<{ id: string }>`
      select id from tools.lease
       where org_id = ${orgId} and task_id = ${taskId} and ended_at is null and fence = ${fence}
         and principal_id = ${principalId} and connection = ${connection}
         and ${tool}::text = any(tools) and expires_at > ${at(now)} and calls < calls_max
       order by expires_at desc limit 1`
    return rows[0]?.id ?? null
  },
  async add(lease) {
    await sql`
      insert into tools.lease
        (org_id, id, principal_id, on_behalf_of, task_id, fence, connection, tools, calls_max,
         calls, taken_at, expires_at)
      values (${orgId}, ${lease.id}, ${lease.principalId}, ${lease.onBehalfOf}, ${lease.taskId},
              ${lease.fence}, ${lease.connection}, ${lease.tools}::text[], ${lease.callsMax}, 0,
              ${at(lease.takenAt)}, ${at(lease.expiresAt)})`
  },
  async count({ id, principalId, tool, now }) {
    const row = await sql.maybe<{ left: number }>`
      update tools.lease set calls = calls + 1
       where org_id = ${orgId} and id = ${id} and principal_id = ${principalId}
         and ended_at is null and expires_at > ${at(now)} and calls < calls_max
         and (${tool}::text is null or ${tool}::text = any(tools))
      returning calls_max - calls as left`
    return row ?? null
  },
  endOfClaim: (taskId, last, now) => sql<EndedLease>`
    update tools.lease set ended_at = ${at(now)}
     where org_id = ${orgId} and task_id = ${taskId} and fence <= ${last} and ended_at is null
    returning id, task_id as "taskId", calls`,
  endOverdue: (now, limit) => sql<EndedLease>`
    with over as materialized (
      select id from tools.lease
       where org_id = ${orgId} and ended_at is null and expires_at <= ${at(now)}
       order by expires_at limit ${limit}
         for update skip locked)
    update tools.lease l set ended_at = ${at(now)}
      from over
     where l.org_id = ${orgId} and l.id = over.id
    returning l.id, l.task_id as "taskId", l.calls`,
})

/** Tells that no lease is in force in an organisation. */
export const noLeases = async ({ sql, orgId }: Ground): Promise<boolean> => {
  const [one] = await sql`
    select id from tools.lease where org_id = ${orgId} and ended_at is null limit 1`
  return one === undefined
}

/** Finds organisations with leases whose time is over. */
export const orgsWithOverdueLeases = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct org_id as "orgId" from tools.lease
     where ended_at is null and expires_at <= ${at(now)} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}
