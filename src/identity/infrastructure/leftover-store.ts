import type { Ground } from '../../platform/room.ts'
import { at, type Sql } from '../../platform/sql.ts'
import type { LeftoverStore } from '../application/sign-in-ports.ts'

const DAY_MS = 86_400_000
const SESSIONS_KEPT_MS = 7 * DAY_MS
const LINKS_KEPT_MS = 30 * DAY_MS

/** Deletes sessions, links and challenges that nobody can use or wants to look up any more. */
export const leftoverStore = ({ sql, orgId }: Ground): LeftoverStore => ({
  async forget(now) {
    await Promise.all([
      sql`delete from identity.session
           where org_id = ${orgId} and expires_at < ${at(now - SESSIONS_KEPT_MS)}`,
      sql`delete from identity.link
           where org_id = ${orgId} and expires_at < ${at(now - LINKS_KEPT_MS)}`,
      sql`delete from identity.passkey_challenge
           where org_id = ${orgId} and expires_at < ${at(now)}`,
    ])
  },
})

/** Finds the organisations that have something to forget; runs across all of them. */
export const withLeftovers = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select org_id as "orgId" from identity.session
     where expires_at < ${at(now - SESSIONS_KEPT_MS)}
    union
    select org_id from identity.link where expires_at < ${at(now - LINKS_KEPT_MS)}
    union
    select org_id from identity.passkey_challenge where expires_at < ${at(now)}
     limit 1000`
  return rows.map(({ orgId }) => orgId)
}

/** Finds the organisations that have mails to send; runs across all of them. */
export const withMail = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct org_id as "orgId" from identity.mail
     where done_at is null and due_at <= ${at(now)} limit 1000`
  return rows.map(({ orgId }) => orgId)
}
