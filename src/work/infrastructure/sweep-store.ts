import { at, type Sql } from '../../platform/sql.ts'

const ORGS_MAX = 100

/** Finds organisations with leases whose time is over. */
export const orgsWithExpired = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct org_id as "orgId" from work.lease
     where expires_at < ${at(now)} limit ${ORGS_MAX}`
  return rows.map((row) => row.orgId)
}
