import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, part, type Sql } from '../../platform/sql.ts'
import type { Grant } from '../domain/oauth-grant.ts'
import { RENEW_LEASE_MS, RENEW_REST_MS } from '../domain/oauth-grant.ts'
import { SCOPES_MAX } from '../domain/oauth-challenge.ts'

/** Organisations that one look of the schedule finds. */
const ORGS_MAX = 100

const COLUMNS = part`
  g.connection_id as "connectionId", g.upstream_id as "upstreamId", g.issuer,
  g.token_endpoint as "tokenEndpoint", g.revocation_endpoint as "revocationEndpoint",
  g.client_kind as "clientKind", g.client_id as "clientId", g.resource, g.scopes, g.wanted,
  g.access_id as "accessId", g.refresh_id as "refreshId", g.issued_at as "issuedAt",
  g.expires_at as "expiresAt", g.version`

/** A grant with the connection that it stands for. */
export type LiveGrant = Grant &
  Readonly<{ slug: string; state: 'ready' | 'needs_connect'; connectionVersion: number }>

/** Which renewal of a grant. */
export type Renewal = Readonly<{ connectionId: string; version: number; holder: string }>

/** Keeps what was granted to connections. */
export const oauthGrantStore = ({ sql, orgId }: Ground) => ({
  /** Finds the grant of a connection as long as the connection stands on it. */
  async live(connectionId: string): Promise<LiveGrant | null> {
    const row = await sql.maybe<LiveGrant>`
      select ${COLUMNS}, u.slug, c.state, c.version as "connectionVersion"
        from tools.oauth_grant g
        join tools.connection c
          on c.org_id = g.org_id and c.id = g.connection_id and c.secret_id = g.access_id
        join tools.upstream u on u.org_id = c.org_id and u.id = c.upstream_id
       where g.org_id = ${orgId} and g.connection_id = ${connectionId}`
    return row ?? null
  },
  async of(connectionId: string): Promise<Grant | null> {
    const row = await sql.maybe<Grant>`
      select ${COLUMNS} from tools.oauth_grant g
       where g.org_id = ${orgId} and g.connection_id = ${connectionId}`
    return row ?? null
  },
  /** Keeps a grant in place of the one before; its version goes on rising. */
  async put(one: Omit<Grant, 'version'>): Promise<number> {
    const { version } = await sql.one<{ version: number }>`
      insert into tools.oauth_grant as g
        (org_id, connection_id, upstream_id, issuer, token_endpoint, revocation_endpoint,
         client_kind, client_id, resource, scopes, wanted, access_id, refresh_id, issued_at,
         expires_at, version)
      values (${orgId}, ${one.connectionId}, ${one.upstreamId}, ${one.issuer},
              ${one.tokenEndpoint}, ${one.revocationEndpoint}, ${one.clientKind}, ${one.clientId},
              ${one.resource}, ${one.scopes}::text[], ${one.wanted}::text[], ${one.accessId},
              ${one.refreshId}, ${at(one.issuedAt)}, ${atOrNull(one.expiresAt)}, 1)
      on conflict (org_id, connection_id) do update
         set issuer = excluded.issuer, token_endpoint = excluded.token_endpoint,
             revocation_endpoint = excluded.revocation_endpoint,
             client_kind = excluded.client_kind, client_id = excluded.client_id,
             resource = excluded.resource, scopes = excluded.scopes, wanted = excluded.wanted,
             access_id = excluded.access_id, refresh_id = excluded.refresh_id,
             issued_at = excluded.issued_at, expires_at = excluded.expires_at,
             lease_holder = null, lease_until = null, version = g.version + 1
      returning g.version`
    return version
  },
  /** Takes the sole right to renew a token for a while; false where somebody else has it. */
  async lease({ connectionId, version, holder }: Renewal, now: number): Promise<boolean> {
    const taken = await sql`
      update tools.oauth_grant
         set lease_holder = ${holder}, lease_until = ${at(now + RENEW_LEASE_MS)}
       where org_id = ${orgId} and connection_id = ${connectionId} and version = ${version}
         and (lease_until is null or lease_until <= ${at(now)})
      returning connection_id`
    return taken.length > 0
  },
  /** Gives the right back after a failure; nobody tries for a while. */
  async rest({ connectionId, version, holder }: Renewal, now: number): Promise<void> {
    await sql`
      update tools.oauth_grant
         set lease_holder = null, lease_until = ${at(now + RENEW_REST_MS)}
       where org_id = ${orgId} and connection_id = ${connectionId} and version = ${version}
         and lease_holder = ${holder}`
  },
  /**
   * Keeps that a token was renewed; false where the grant is another one by now. That the right
   * to renew ran out meanwhile does not matter: what came last from the issuer is what counts.
   */
  async renewed(
    { connectionId, version }: Omit<Renewal, 'holder'>,
    next: Pick<Grant, 'refreshId' | 'scopes' | 'issuedAt' | 'expiresAt'>,
  ): Promise<boolean> {
    const saved = await sql`
      update tools.oauth_grant
         set refresh_id = ${next.refreshId}, scopes = ${next.scopes}::text[],
             issued_at = ${at(next.issuedAt)}, expires_at = ${atOrNull(next.expiresAt)},
             lease_holder = null, lease_until = null, version = version + 1
       where org_id = ${orgId} and connection_id = ${connectionId} and version = ${version}
      returning connection_id`
    return saved.length > 0
  },
  /** Notes what a call was refused for; false where it is known. */
  async want(connectionId: string, scopes: readonly string[]): Promise<boolean> {
    const noted = await sql`
      update tools.oauth_grant
         set wanted = (select array_agg(distinct w)
                         from unnest(wanted || ${scopes}::text[]) as w)
       where org_id = ${orgId} and connection_id = ${connectionId}
         and not wanted @> ${scopes}::text[]
         and cardinality(wanted) + cardinality(${scopes}::text[]) <= ${SCOPES_MAX}
      returning connection_id`
    return noted.length > 0
  },
  /** Lists grants whose connections are gone, or stand on something else. */
  orphans: (limit: number) => sql<Grant>`
    select ${COLUMNS} from tools.oauth_grant g
     where g.org_id = ${orgId} and ${IS_ORPHAN} order by g.connection_id limit ${limit}`,
  /** Removes one of them; false where its connection stands on it again. */
  async remove({ connectionId, version }: Pick<Grant, 'connectionId' | 'version'>) {
    const gone = await sql`
      delete from tools.oauth_grant g
       where g.org_id = ${orgId} and g.connection_id = ${connectionId}
         and g.version = ${version} and ${IS_ORPHAN}
      returning g.connection_id`
    return gone.length > 0
  },
})

const IS_ORPHAN = part`
  not exists (
    select 1 from tools.connection c
     where c.org_id = g.org_id and c.id = g.connection_id and c.secret_id = g.access_id)`

/** Finds the organisations with tokens of connections that are gone. */
export const orgsWithOrphanGrants = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct g.org_id as "orgId" from tools.oauth_grant g
     where ${IS_ORPHAN} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}
