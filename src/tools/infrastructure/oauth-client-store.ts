import type { Keyring } from '../../platform/keyring/keyring.ts'
import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, part } from '../../platform/sql.ts'
import type { OauthClientStore, Prepared } from '../application/oauth-ports.ts'
import type { Call } from '../../kernel/operation.ts'
import type { KeptClient } from '../domain/oauth-client.ts'
import { oauthSecretStore } from './oauth-secret-store.ts'

/** Clients of one organisation: each server may have an issuer of its own, and some two. */
const CLIENTS_MAX = 500

const COLUMNS = part`
  c.id, c.issuer, c.kind, c.client_id as "clientId", c.auth_method as "authMethod",
  c.secret_id as "secretId", c.redirect_uri as "redirectUri", c.expires_at as "expiresAt",
  c.created_by as "createdBy", c.created_at as "createdAt", c.version`

/** Finds a client by its name at an issuer. */
export const clientNamed = async (
  { sql, orgId }: Ground,
  { issuer, clientId }: Readonly<{ issuer: string; clientId: string }>,
): Promise<KeptClient | null> => {
  const row = await sql.maybe<KeptClient>`
    select ${COLUMNS} from tools.oauth_client c
     where c.org_id = ${orgId} and c.issuer = ${issuer} and c.client_id = ${clientId}`
  return row ?? null
}

type New = Omit<KeptClient, 'id' | 'secretId' | 'createdBy' | 'createdAt' | 'version'> &
  Readonly<{ secret: Prepared | null }>

/** Keeps as whom the hub appears at issuers. */
export const oauthClientStore = (ground: Ground, keyring: () => Keyring): OauthClientStore => {
  const { sql, orgId } = ground
  const secrets = oauthSecretStore(ground, keyring)
  const save = async (client: New, call: Call): Promise<KeptClient> => {
    const before = await clientNamed(ground, client)
    const { secret, ...rest } = client
    const kept: KeptClient = {
      ...rest,
      id: before?.id ?? call.newId(),
      secretId: secret === null ? null : call.newId(),
      ...{ createdBy: call.actor.id, createdAt: Math.trunc(call.now) },
      version: (before?.version ?? 0) + 1,
    }
    const { id, secretId } = kept
    await secrets.removeOf(id)
    if (secret !== null && secretId !== null) {
      const place = { id: secretId, ownerId: id, kind: 'client' as const, version: 1 }
      await secrets.put(place, secret, call.now)
    }
    await sql`
      insert into tools.oauth_client
        (org_id, id, issuer, kind, client_id, auth_method, secret_id, redirect_uri, expires_at,
         created_by, created_at, version)
      values (${orgId}, ${id}, ${kept.issuer}, ${kept.kind}, ${kept.clientId}, ${kept.authMethod},
              ${secretId}, ${kept.redirectUri}, ${atOrNull(kept.expiresAt)}, ${kept.createdBy},
              ${at(kept.createdAt)}, ${kept.version})
      on conflict (org_id, issuer, client_id) do update
         set kind = excluded.kind, auth_method = excluded.auth_method,
             secret_id = excluded.secret_id, redirect_uri = excluded.redirect_uri,
             expires_at = excluded.expires_at, created_by = excluded.created_by,
             created_at = excluded.created_at, version = excluded.version`
    return kept
  }
  const removeWhere = async (which: ReturnType<typeof part>): Promise<void> => {
    // Two statements on purpose: the secrets of a client are found by it.
    await sql`
      delete from tools.oauth_secret
       where org_id = ${orgId} and owner_id in (
         select c.id from tools.oauth_client c where c.org_id = ${orgId} and ${which})`
    await sql`delete from tools.oauth_client c where c.org_id = ${orgId} and ${which}`
  }
  return {
    list: () => sql<KeptClient>`
      select ${COLUMNS} from tools.oauth_client c
       where c.org_id = ${orgId} order by c.issuer collate "C", c.created_at, c.id
       limit ${CLIENTS_MAX}`,
    async of(issuer) {
      const row = await sql.maybe<KeptClient>`
        select ${COLUMNS} from tools.oauth_client c
         where c.org_id = ${orgId} and c.issuer = ${issuer}
         order by (c.kind = 'given') desc, c.created_at desc, c.id desc limit 1`
      return row ?? null
    },
    async give(client, call) {
      const { issuer, clientId } = client
      await removeWhere(
        part`c.issuer = ${issuer} and c.kind = 'given' and c.client_id <> ${clientId}`,
      )
      return save({ ...client, kind: 'given', expiresAt: null }, call)
    },
    keep: (client, call) => save({ ...client, kind: 'registered' }, call),
    remove: (issuer) => removeWhere(part`c.issuer = ${issuer}`),
  }
}
