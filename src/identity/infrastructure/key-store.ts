import { notFound } from '../../kernel/refusal.ts'
import type { Database } from '../../platform/database.ts'
import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, part } from '../../platform/sql.ts'
import type { Key, KeyStore } from '../application/ports.ts'

const COLUMNS = part`
  k.id, k.principal_id as "principalId", k.name, k.prefix, k.scopes,
  k.project_ids as "projectIds", k.expires_at as "expiresAt", k.revoked_at as "revokedAt",
  k.last_used_at as "lastUsedAt", k.created_by as "createdBy", k.created_at as "createdAt",
  k.addresses, k.replaced_by as "replacedBy"`

/** Keeps keys: their hash, never their text. */
export const keyStore = ({ sql, orgId }: Ground): KeyStore => ({
  async add(key, secretSha256) {
    await sql`
      insert into identity.api_key
        (org_id, id, principal_id, name, secret_sha256, prefix, scopes, project_ids, addresses,
         expires_at, created_by, created_at)
      values (${orgId}, ${key.id}, ${key.principalId}, ${key.name}, ${secretSha256},
              ${key.prefix}, ${key.scopes}::text[], ${key.projectIds}::uuid[],
              ${key.addresses ?? null}::text[], ${atOrNull(key.expiresAt)}::timestamptz,
              ${key.createdBy}, ${at(key.createdAt)})`
  },
  async get(id) {
    const key = await sql.maybe<Key>`
      select ${COLUMNS} from identity.api_key k where k.org_id = ${orgId} and k.id = ${id}`
    if (!key) throw notFound('This key')
    return key
  },
  async list({ ofPrincipal, principalId, after, limit }) {
    const wanted = part`
      k.org_id = ${orgId} and (${ofPrincipal}::uuid is null or k.principal_id in (
        select id from identity.principal
         where org_id = ${orgId} and (id = ${ofPrincipal} or responsible_id = ${ofPrincipal})))
      and (${principalId}::uuid is null or k.principal_id = ${principalId})`
    const [rows, [counted]] = await Promise.all([
      sql<Key & { handle: string }>`
        select ${COLUMNS}, p.handle
          from identity.api_key k
          join identity.principal p on p.org_id = k.org_id and p.id = k.principal_id
         where ${wanted} and (${after}::uuid is null or k.id < ${after})
         order by k.id desc
         limit ${limit}`,
      sql<{ total: number }>`select count(*) as total from identity.api_key k where ${wanted}`,
    ])
    return { rows, total: counted?.total ?? 0 }
  },
  async revoke(id, now) {
    const [revoked] = await sql`
      update identity.api_key set revoked_at = ${at(now)}
       where org_id = ${orgId} and id = ${id} and revoked_at is null
      returning id`
    return revoked !== undefined
  },
  async replace(id, { by, endsAt, now }) {
    const [replaced] = await sql`
      update identity.api_key set replaced_by = ${by}, expires_at = ${at(endsAt)}
       where org_id = ${orgId} and id = ${id} and revoked_at is null and replaced_by is null
         and (expires_at is null or expires_at > ${at(now)})
      returning id`
    return replaced !== undefined
  },
  async successor(id, now) {
    const found = await sql.maybe<{ prefix: string }>`
      with recursive line as (
        select k.replaced_by as id from identity.api_key k
         where k.org_id = ${orgId} and k.id = ${id}
        union all
        select k.replaced_by from identity.api_key k
          join line on line.id = k.id
         where k.org_id = ${orgId})
      select k.prefix from identity.api_key k
        join line on line.id = k.id
       where k.org_id = ${orgId} and k.revoked_at is null
         and (k.expires_at is null or k.expires_at > ${at(now)})
       order by k.id desc
       limit 1`
    return found?.prefix ?? null
  },
  organisation: () => sql.one<{ tag: string; slug: string; name: string }>`
    select tag, slug, name from identity.org_directory where org_id = ${orgId}`,
})

/** Notes when keys of one organisation were last used. */
export const noteUse = (
  database: Database,
  orgId: string,
  used: readonly Readonly<{ keyId: string; at: number }>[],
): Promise<void> =>
  database.write(orgId, async (sql) => {
    await sql`
      update identity.api_key k
         set last_used_at = u.at
        from unnest(${used.map(({ keyId }) => keyId)}::uuid[],
                    ${used.map((use) => at(use.at))}::timestamptz[]) as u (id, at)
       where k.org_id = ${orgId} and k.id = u.id
         and (k.last_used_at is null or k.last_used_at < u.at)`
    return { value: undefined, tail: [] }
  })
