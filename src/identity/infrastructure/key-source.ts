import { timingSafeEqual } from 'node:crypto'
import type { Actor } from '../../kernel/actor.ts'
import type { Database } from '../../platform/database.ts'
import { sha256 } from '../application/mint-key.ts'
import { type KeyParts, networksOf } from '../domain/key.ts'
import type { PrincipalKind } from '../domain/principal.ts'
import type { Found } from './found.ts'

type KeyRow = Readonly<{
  principalId: string
  kind: PrincipalKind
  handle: string
  epoch: number
  /** The person who answers for an agent. */
  behalf: string | null
  secret: Buffer
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
  addresses: readonly string[] | null
  expiresAt: number | null
}>

/** Finds a key that lets in: its secret fits, nobody has revoked it, and its holder is active. */
export const findKey = async (
  database: Database,
  orgId: string,
  parts: KeyParts,
): Promise<Found | null> => {
  const row = await database.read(orgId).maybe<KeyRow>`
    select p.id as "principalId", p.kind, p.handle, p.epoch,
           case p.kind when 'agent' then p.responsible_id end as "behalf",
           k.secret_sha256 as "secret", k.scopes, k.project_ids as "projectIds",
           k.addresses, k.expires_at as "expiresAt"
      from identity.api_key k
      join identity.principal p on p.org_id = k.org_id and p.id = k.principal_id
      left join identity.principal r on r.org_id = p.org_id and r.id = p.responsible_id
     where k.org_id = ${orgId} and k.id = ${parts.id} and k.revoked_at is null
       and p.status = 'active' and p.kind = ${parts.kind}
       and (p.kind <> 'agent' or coalesce(r.status, 'active') = 'active')`
  if (!row || !timingSafeEqual(row.secret, sha256(parts.secret))) return null
  const actor: Actor = {
    orgId,
    id: row.principalId,
    kind: row.kind,
    handle: row.handle,
    ...(row.behalf !== null && { onBehalfOf: row.behalf }),
    via: 'key',
    credentialId: parts.id,
    scopes: row.scopes && new Set(row.scopes),
    projects: row.projectIds && new Set(row.projectIds),
    epoch: row.epoch,
  }
  const { expiresAt, addresses } = row
  const networks = addresses && { networks: networksOf(addresses) }
  return { actor, use: { kind: 'key', id: parts.id }, expiresAt, ...networks }
}
