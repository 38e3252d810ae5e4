import { timingSafeEqual } from 'node:crypto'
import type { Actor, Stage } from '../../kernel/actor.ts'
import type { Database } from '../../platform/database.ts'
import { at } from '../../platform/sql.ts'
import { sha256 } from '../application/mint-key.ts'
import type { PrincipalKind } from '../domain/principal.ts'
import { SESSION_IDLE_MS, type SessionParts } from '../domain/session.ts'
import type { Found } from './found.ts'

type SessionRow = Readonly<{
  principalId: string
  kind: PrincipalKind
  handle: string
  epoch: number
  secret: Buffer
  stage: Stage | null
  amr: readonly string[]
  authTime: number
  lastSeenAt: number
  expiresAt: number
}>

/** Finds a session that lets in: its secret fits, it has not ended, and its person is active. */
export const findSession = async (
  database: Database,
  orgId: string,
  asked: Readonly<{ parts: SessionParts; now: number }>,
): Promise<Found | null> => {
  const { parts, now } = asked
  const row = await database.read(orgId).maybe<SessionRow>`
    select p.id as "principalId", p.kind, p.handle, p.epoch, s.secret_sha256 as "secret", s.stage,
           s.amr, s.auth_time as "authTime", s.last_seen_at as "lastSeenAt",
           s.expires_at as "expiresAt"
      from identity.session s
      join identity.principal p on p.org_id = s.org_id and p.id = s.principal_id
     where s.org_id = ${orgId} and s.id = ${parts.id} and s.revoked_at is null
       and s.epoch = p.epoch and p.status = 'active' and s.expires_at > ${at(now)}
       and s.last_seen_at > ${at(now - SESSION_IDLE_MS)}`
  if (!row || !timingSafeEqual(row.secret, sha256(Buffer.from(parts.secret)))) return null
  const actor: Actor = {
    orgId,
    id: row.principalId,
    kind: row.kind,
    handle: row.handle,
    via: 'session',
    credentialId: parts.id,
    ...(row.stage && { stage: row.stage }),
    authTime: row.authTime,
    amr: row.amr,
    scopes: null,
    projects: null,
    epoch: row.epoch,
  }
  const idle = { ms: SESSION_IDLE_MS, seenAt: row.lastSeenAt }
  return { actor, use: { kind: 'session', id: parts.id }, expiresAt: row.expiresAt, idle }
}

/** Notes when sessions of one organisation were last used. */
export const noteSessions = (
  database: Database,
  orgId: string,
  used: readonly Readonly<{ id: string; at: number }>[],
): Promise<void> =>
  database.write(orgId, async (sql) => {
    await sql`
      update identity.session s
         set last_seen_at = u.at
        from unnest(${used.map(({ id }) => id)}::uuid[],
                    ${used.map((use) => at(use.at))}::timestamptz[]) as u (id, at)
       where s.org_id = ${orgId} and s.id = u.id and s.last_seen_at < u.at`
    return { value: undefined, tail: [] }
  })
