import { timingSafeEqual } from 'node:crypto'
import type { Ground } from '../../platform/room.ts'
import { at, json, part } from '../../platform/sql.ts'
import { sha256 } from '../application/mint-key.ts'
import type { Invitation, LinkStore } from '../application/sign-in-ports.ts'
import type { Link } from '../domain/link.ts'

const COLUMNS = part`
  l.id, l.purpose, l.principal_id as "principalId", l.epoch, l.email, l.gives,
  l.created_by as "createdBy", l.created_at as "createdAt", l.expires_at as "expiresAt",
  l.used_at as "usedAt", l.withdrawn_at as "withdrawnAt"`

/** Keeps links: the hash of their secret, never their text. */
export const linkStore = ({ sql, orgId }: Ground): LinkStore => ({
  async add(link, secretSha256) {
    await sql`
      insert into identity.link
        (org_id, id, purpose, secret_sha256, principal_id, epoch, email, gives, created_by,
         created_at, expires_at)
      values (${orgId}, ${link.id}, ${link.purpose}, ${secretSha256}, ${link.principalId},
              ${link.epoch}, ${link.email}, ${link.gives && json(link.gives)}::jsonb,
              ${link.createdBy}, ${at(link.createdAt)}, ${at(link.expiresAt)})`
  },
  async find(id, secret) {
    const found = await sql.maybe<Link & { secret: Buffer }>`
      select ${COLUMNS}, l.secret_sha256 as "secret" from identity.link l
       where l.org_id = ${orgId} and l.id = ${id}`
    if (!found || !timingSafeEqual(found.secret, sha256(Buffer.from(secret)))) return null
    return found
  },
  async get(id) {
    const found = await sql.maybe<Link>`
      select ${COLUMNS} from identity.link l where l.org_id = ${orgId} and l.id = ${id}`
    return found ?? null
  },
  async use(id, now) {
    const [used] = await sql`
      update identity.link set used_at = ${at(now)}
       where org_id = ${orgId} and id = ${id} and used_at is null and withdrawn_at is null
      returning id`
    return used !== undefined
  },
  async withdraw(id, now) {
    const [withdrawn] = await sql`
      update identity.link set withdrawn_at = ${at(now)}
       where org_id = ${orgId} and id = ${id} and used_at is null and withdrawn_at is null
      returning id`
    return withdrawn !== undefined
  },
  async withdrawAll({ purpose, principalId = null, email = null }, now) {
    await sql`
      update identity.link set withdrawn_at = ${at(now)}
       where org_id = ${orgId} and purpose = ${purpose} and used_at is null
         and withdrawn_at is null
         and (principal_id = ${principalId}::uuid or lower(email) = lower(${email}::text))`
  },
  async invitations({ now, after, limit }) {
    const open = part`
      l.org_id = ${orgId} and l.purpose = 'invite' and l.used_at is null
      and l.withdrawn_at is null and l.expires_at > ${at(now)}`
    const [rows, [counted]] = await Promise.all([
      sql<Invitation>`
        select ${COLUMNS}, p.handle as "inviter"
          from identity.link l
          left join identity.principal p on p.org_id = l.org_id and p.id = l.created_by
         where ${open} and (${after}::uuid is null or l.id < ${after}::uuid)
         order by l.id desc limit ${limit}`,
      sql<{ total: number }>`select count(*) as total from identity.link l where ${open}`,
    ])
    return { rows, total: counted?.total ?? 0 }
  },
})
