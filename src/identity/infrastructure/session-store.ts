import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Session, SessionStore } from '../application/sign-in-ports.ts'
import { SESSION_IDLE_MS } from '../domain/session.ts'

const COLUMNS = part`
  s.id, s.principal_id as "principalId", s.stage, s.epoch, s.amr, s.auth_time as "authTime",
  s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt",
  s.agent, s.address`

/** Sessions of an account that let in: of its epoch, not ended, not idle for too long. */
const inForce = (orgId: string, now: number) => part`
  s.org_id = ${orgId} and s.revoked_at is null and s.expires_at > ${at(now)}
  and s.last_seen_at > ${at(now - SESSION_IDLE_MS)}
  and s.epoch = (select epoch from identity.principal
                  where org_id = ${orgId} and id = s.principal_id)`

/** Keeps sessions of browsers: the hash of their secret, never their text. */
export const sessionStore = ({ sql, orgId }: Ground): SessionStore => ({
  async add(session, secretSha256) {
    await sql`
      insert into identity.session
        (org_id, id, principal_id, secret_sha256, stage, epoch, amr, auth_time, created_at,
         last_seen_at, expires_at, tries, agent, address)
      values (${orgId}, ${session.id}, ${session.principalId}, ${secretSha256}, ${session.stage},
              ${session.epoch}, ${session.amr}::text[], ${at(session.authTime)},
              ${at(session.createdAt)}, ${at(session.lastSeenAt)}, ${at(session.expiresAt)}, 0,
              ${session.agent}, ${session.address})`
  },
  async get(id, now) {
    const found = await sql.maybe<Session>`
      select ${COLUMNS} from identity.session s where s.id = ${id} and ${inForce(orgId, now)}`
    return found ?? null
  },
  async change(id, { secretSha256, stage, epoch, amr, authTime, expiresAt }) {
    const [changed] = await sql`
      update identity.session
         set secret_sha256 = ${secretSha256}, stage = ${stage}, epoch = ${epoch},
             amr = ${amr}::text[], auth_time = ${at(authTime)}, expires_at = ${at(expiresAt)},
             tries = 0
       where org_id = ${orgId} and id = ${id} and revoked_at is null
      returning id`
    return changed !== undefined
  },
  listOf: (principalId, now) => sql<Session>`
    select ${COLUMNS} from identity.session s
     where s.principal_id = ${principalId} and ${inForce(orgId, now)}
     order by s.last_seen_at desc, s.id limit 100`,
  async revoke(id, now) {
    const [revoked] = await sql`
      update identity.session set revoked_at = ${at(now)}
       where org_id = ${orgId} and id = ${id} and revoked_at is null
      returning id`
    return revoked !== undefined
  },
  async revokeAll(principalId, { id, now }) {
    await sql`
      update identity.session set revoked_at = ${at(now)}
       where org_id = ${orgId} and principal_id = ${principalId} and revoked_at is null
         and (${id}::uuid is null or id <> ${id})`
  },
  async revokeOldest(principalId, { count, now }) {
    const ended = await sql<{ id: string }>`
      update identity.session set revoked_at = ${at(now)}
       where org_id = ${orgId} and id in (
         select s.id from identity.session s
          where s.principal_id = ${principalId} and ${inForce(orgId, now)}
          order by s.created_at desc, s.id desc offset ${count})
      returning id`
    return ended.map((session) => session.id)
  },
})
