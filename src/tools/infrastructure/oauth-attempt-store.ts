import type { Actor } from '../../kernel/actor.ts'
import type { Keyring } from '../../platform/keyring/keyring.ts'
import { sealedColumn } from '../../platform/keyring/sealed-column.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part, type Sql } from '../../platform/sql.ts'
import type { Attempt } from '../application/oauth-ports.ts'

const FIELD = 'oauth_verifier'
/** Attempts that one look forgets. */
const FORGOTTEN_MAX = 1_000
/** Organisations that one look of the schedule finds. */
const ORGS_MAX = 100

/** The words that codes are bound to, as a rotation of keys moves them. */
export const oauthAttemptSource = sealedColumn('tools.oauth_attempt', {
  field: FIELD,
  table: part`tools.oauth_attempt`,
  key: part`id`,
  sealed: part`sealed`,
})

type Row = Omit<Attempt, 'verifier'> & Readonly<{ sealed: string }>

/** Keeps who is on the way to an issuer. */
export const oauthAttemptStore = ({ sql, orgId }: Ground, keyring: () => Keyring) => {
  const placeOf = (id: string) => ({ orgId, secret: id, field: FIELD, version: 1 })
  return {
    async add(one: Attempt): Promise<void> {
      const sealed = await keyring().seal(sql, placeOf(one.id), Buffer.from(one.verifier))
      await sql`
        insert into tools.oauth_attempt
          (org_id, id, upstream_id, principal_id, credential_id, owner_id, state_sha256, sealed,
           issuer, names_itself, token_endpoint, revocation_endpoint, client_kind, client_id,
           redirect_uri, resource, scopes, expires_at)
        values (${orgId}, ${one.id}, ${one.upstreamId}, ${one.principalId}, ${one.credentialId},
                ${one.ownerId}, ${one.stateSha256}, ${sealed}, ${one.issuer}, ${one.namesItself},
                ${one.tokenEndpoint}, ${one.revocationEndpoint}, ${one.clientKind},
                ${one.clientId}, ${one.redirectUri}, ${one.resource}, ${one.scopes}::text[],
                ${at(one.expiresAt)})`
    },
    /** Takes the attempt of somebody in one statement: whoever else asks finds none. */
    async take(state: Uint8Array, actor: Actor, now: number): Promise<Attempt | null> {
      const row = await sql.maybe<Row>`
        update tools.oauth_attempt t set used_at = ${at(now)}
         where t.org_id = ${orgId} and t.state_sha256 = ${state} and t.used_at is null
           and t.expires_at > ${at(now)} and t.principal_id = ${actor.id}
           and (t.credential_id is null or t.credential_id = ${actor.credentialId ?? null})
        returning t.id, t.upstream_id as "upstreamId", t.principal_id as "principalId",
                  t.credential_id as "credentialId", t.owner_id as "ownerId",
                  t.state_sha256 as "stateSha256", t.sealed, t.issuer,
                  t.names_itself as "namesItself", t.token_endpoint as "tokenEndpoint",
                  t.revocation_endpoint as "revocationEndpoint", t.client_kind as "clientKind",
                  t.client_id as "clientId", t.redirect_uri as "redirectUri", t.resource,
                  t.scopes, t.expires_at as "expiresAt"`
      if (row === undefined) return null
      const { sealed, ...rest } = row
      const plain = await keyring().open(sql, placeOf(row.id), sealed)
      return { ...rest, verifier: Buffer.from(plain).toString('utf8') }
    },
    async forget(now: number): Promise<number> {
      const gone = await sql`
        delete from tools.oauth_attempt
         where org_id = ${orgId} and id in (
           select t.id from tools.oauth_attempt t
            where t.org_id = ${orgId} and t.expires_at < ${at(now)} limit ${FORGOTTEN_MAX})
        returning id`
      return gone.length
    },
  }
}

/** Finds the organisations with attempts that are over. */
export const orgsWithOldAttempts = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct org_id as "orgId" from tools.oauth_attempt
     where expires_at < ${at(now)} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}
