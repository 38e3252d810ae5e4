import { setTimeout as pause } from 'node:timers/promises'
import type { Happened } from '../../kernel/event.ts'
import type { Call } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Keyring } from '../../platform/keyring/keyring.ts'
import type { Sql } from '../../platform/sql.ts'
import { TokenRenewed } from '../application/oauth-events.ts'
import type { Prepared, Tokens } from '../application/oauth-ports.ts'
import { accountOver, tokenAway } from '../application/oauth-refusals.ts'
import type { Vault } from '../contract.ts'
import { endOf, freshnessOf } from '../domain/oauth-grant.ts'
import { ConnectionTurned } from '../events.ts'
import { clientNamed } from './oauth-client-store.ts'
import { type LiveGrant, oauthGrantStore, type Renewal } from './oauth-grant-store.ts'
import { type Issuers, IssuerSaysNo, type IssuerTerms } from './oauth-issuer.ts'
import { oauthSecretStore } from './oauth-secret-store.ts'
import { type WriteGround, writing } from './oauth-writes.ts'

// A token is renewed once, however many callers and processes find that it is over: whoever turns
// the row's lease over asks the issuer, with no transaction open, and writes what came with the
// version it read; all others wait for that version to rise and read again. Issuers take a second
// use of the same refresh token for theft.

/** Milliseconds between two looks of those who wait. */
const LOOK_MS = 100
/** Milliseconds that they wait at most. */
const WAIT_MS = 20_000

/** A connection by its place. */
export type AccountPlace = Readonly<{ orgId: string; connectionId: string }>

/** A token that this process holds, open. */
export type HeldToken = Readonly<{
  version: number
  access: string
  issuedAt: number
  expiresAt: number | null
  isRenewable: boolean
}>

/** What renewing stands on. */
export type RenewalGround = WriteGround &
  Readonly<{
    keyring: () => Keyring
    vault: Vault
    issuers: Issuers
    /** Makes calls of the hub's own. */
    hubCall: (orgId: string) => Call
    prepare: (orgId: string, value: string) => Promise<Prepared>
    /** The address of the hub's page of a server. */
    pageOf: (slug: string) => string
    stopping: AbortSignal
  }>

/** Gives a token that is newer than one that is not good enough; renews it where nobody has. */
export const renewedToken = async (
  ground: RenewalGround,
  place: AccountPlace,
  stale: number,
): Promise<HeldToken> => {
  const { database, now } = ground
  const { orgId, connectionId } = place
  const until = now() + WAIT_MS
  for (;;) {
    const grants = oauthGrantStore({ sql: database.read(orgId), orgId })
    const grant = await grants.live(connectionId)
    if (grant === null) throw accountOver('This server', ground.pageOf(''))
    if (grant.state !== 'ready') throw accountOver(grant.slug, ground.pageOf(grant.slug))
    const isNewer = grant.version > stale && freshnessOf(grant, now()) !== 'over'
    if (isNewer) return openToken(ground, place, grant)
    if (grant.refreshId === null) throw await turned(ground, orgId, grant)
    const holder = ground.hubCall(orgId).newId()
    const renewal: Renewal = { connectionId, version: grant.version, holder }
    if (await leased(ground, orgId, renewal)) {
      const token = await renew(ground, { orgId, grant, renewal, refreshId: grant.refreshId })
      if (token !== null) return token
    } else {
      if (now() >= until) throw tokenAway(grant.slug)
      await pause(LOOK_MS, undefined, { signal: ground.stopping })
    }
  }
}

const leased = (ground: RenewalGround, orgId: string, renewal: Renewal): Promise<boolean> =>
  ground.database.write(orgId, async (sql) => ({
    value: await oauthGrantStore({ sql, orgId }).lease(renewal, ground.now()),
    tail: [],
  }))

/** Opens the token of a grant for the hub itself: another process has renewed it. */
const openToken = (
  { vault, hubCall }: RenewalGround,
  { orgId }: AccountPlace,
  grant: LiveGrant,
): Promise<HeldToken> => {
  const purpose = { kind: 'egress' as const, host: new URL(grant.resource).host }
  const use = { purpose, lease: null, call: hubCall(orgId) }
  return vault.use({ id: grant.accessId }, use, async (secret) => heldToken(grant, secret))
}

/** Gives the open token of a grant. */
export const heldToken = (
  grant: Pick<LiveGrant, 'version' | 'issuedAt' | 'expiresAt' | 'refreshId'>,
  secret: Uint8Array,
): HeldToken => {
  const { version, issuedAt, expiresAt, refreshId } = grant
  const access = Buffer.from(secret).toString('utf8')
  return { version, access, issuedAt, expiresAt, isRenewable: refreshId !== null }
}

type Renewing = Readonly<{
  orgId: string
  grant: LiveGrant
  renewal: Renewal
  refreshId: string
}>

/** Renews under the lease; `null` where the grant became another one meanwhile. */
const renew = async (ground: RenewalGround, renewing: Renewing): Promise<HeldToken | null> => {
  const { orgId, grant, renewal } = renewing
  try {
    const tokens = await askIssuer(ground, renewing)
    return await keepRenewed(ground, renewing, tokens)
  } catch (error) {
    if (error instanceof IssuerSaysNo && error.isFinal) throw await turned(ground, orgId, grant)
    await ground.database.write(orgId, async (sql) => {
      await oauthGrantStore({ sql, orgId }).rest(renewal, ground.now())
      return { value: undefined, tail: [] }
    })
    if (error instanceof IssuerSaysNo || error instanceof Refusal) throw tokenAway(grant.slug)
    throw error
  }
}

const askIssuer = async (
  ground: RenewalGround,
  { orgId, grant, refreshId }: Renewing,
): Promise<Tokens> => {
  const call = ground.hubCall(orgId)
  const terms = await termsOf(ground, { orgId, grant, call })
  if (terms === null) throw new IssuerSaysNo(true)
  const use = { purpose: purposeAt(grant), lease: null, call }
  return ground.vault.use({ id: refreshId }, use, (secret) => {
    const token = Buffer.from(secret).toString('utf8')
    return ground.issuers.refresh(terms, { token, resource: grant.resource })
  })
}

const purposeAt = ({ tokenEndpoint }: Pick<LiveGrant, 'tokenEndpoint'>) => ({
  kind: 'egress' as const,
  host: new URL(tokenEndpoint).host,
})

/** What names an issuer and the hub there. */
export type Appearance = Pick<
  LiveGrant,
  'issuer' | 'tokenEndpoint' | 'revocationEndpoint' | 'clientKind' | 'clientId'
> &
  Readonly<{ namesItself?: boolean }>

/** Finds out how the hub appears at the issuer of a grant; `null` where it is not known there. */
export const termsOf = async (
  { database, vault }: Pick<RenewalGround, 'database' | 'vault'>,
  { orgId, grant, call }: Readonly<{ orgId: string; grant: Appearance; call: Call }>,
): Promise<IssuerTerms | null> => {
  const { issuer, tokenEndpoint, revocationEndpoint, clientId, namesItself = false } = grant
  const terms = { issuer, namesItself, tokenEndpoint, revocationEndpoint, clientId }
  if (grant.clientKind === 'document') return { ...terms, authMethod: 'none', secret: null }
  const client = await clientNamed({ sql: database.read(orgId), orgId }, { issuer, clientId })
  if (client === null) return null
  const { authMethod, secretId } = client
  if (secretId === null) return { ...terms, authMethod, secret: null }
  const use = { purpose: purposeAt(grant), lease: null, call }
  const secret = await vault.use({ id: secretId }, use, async (bytes) =>
    Buffer.from(bytes).toString('utf8'),
  )
  return { ...terms, authMethod, secret }
}

/** Writes what came from the issuer, if the grant is still the one that was read. */
const keepRenewed = async (
  ground: RenewalGround,
  { orgId, grant, refreshId }: Renewing,
  tokens: Tokens,
): Promise<HeldToken | null> => {
  const { prepare, keyring, hubCall } = ground
  const access = await prepare(orgId, tokens.access)
  const refresh = tokens.refresh === null ? null : await prepare(orgId, tokens.refresh)
  const call = hubCall(orgId)
  const issuedAt = Math.trunc(call.now)
  const expiresAt = endOf(issuedAt, tokens.expiresInS)
  const version = grant.version + 1
  const { connectionId, upstreamId, issuer, accessId } = grant
  const kept = await writing(ground, { call, act: 'tools.renew_token' }, async (sql, emit) => {
    const next = { refreshId, scopes: tokens.scopes ?? grant.scopes, issuedAt, expiresAt }
    if (!(await oauthGrantStore({ sql, orgId }).renewed(grant, next))) return false
    const secrets = oauthSecretStore({ sql, orgId }, keyring)
    const place = { ownerId: connectionId, version }
    await secrets.put({ ...place, id: accessId, kind: 'access' }, access, call.now)
    // Issuers that do not rotate give none: the one that was used stays good.
    if (refresh !== null) {
      await secrets.put({ ...place, id: refreshId, kind: 'refresh' }, refresh, call.now)
    }
    emit(TokenRenewed({ connectionId, upstreamId, issuer, expiresAt, version }))
    return true
  })
  const token = { version, access: tokens.access, issuedAt, expiresAt, isRenewable: true }
  return kept ? token : null
}

/** Marks a connection whose account is over, if it still is; gives what callers are told. */
const turned = async (ground: RenewalGround, orgId: string, grant: LiveGrant): Promise<Refusal> => {
  const { connectionId: id, upstreamId, connectionVersion: version, slug } = grant
  await turnConnection(ground, ground.hubCall(orgId), { id, upstreamId, version })
  return accountOver(slug, ground.pageOf(slug))
}

/** Marks a connection as one that somebody has to connect again; once, and not a newer one. */
export const turnConnection = (
  ground: WriteGround,
  call: Call,
  connection: Readonly<{ id: string; upstreamId: string; version: number }>,
): Promise<void> =>
  writing(ground, { call, act: 'tools.turn_connection' }, (sql, emit) =>
    turn(sql, { orgId: call.actor.orgId, connection, emit }),
  )

type Turning = Readonly<{
  orgId: string
  connection: Readonly<{ id: string; upstreamId: string; version: number }>
  emit: (one: Happened) => void
}>

const turn = async (sql: Sql, { orgId, connection, emit }: Turning): Promise<void> => {
  const { id, upstreamId, version } = connection
  const rows = await sql`
    update tools.connection set state = 'needs_connect', version = version + 1
     where org_id = ${orgId} and id = ${id} and version = ${version} and state = 'ready'
    returning id`
  if (rows.length === 0) return
  const state = 'needs_connect' as const
  emit(ConnectionTurned({ connectionId: id, upstreamId, state, version: version + 1 }))
}
