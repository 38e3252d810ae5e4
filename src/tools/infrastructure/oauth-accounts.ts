import { createHash } from 'node:crypto'
import type { Call } from '../../kernel/operation.ts'
import { notFound, Refusal } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { part, type Sql } from '../../platform/sql.ts'
import type { Connection } from '../application/hub-records.ts'
import { TokenEnded } from '../application/oauth-events.ts'
import type { Attempt, Oauth, Prepared, Tokens } from '../application/oauth-ports.ts'
import { accountRefused } from '../application/oauth-refusals.ts'
import { markedText, registrationOf } from '../domain/oauth-client.ts'
import { endOf, type Grant } from '../domain/oauth-grant.ts'
import { ConnectionMade } from '../events.ts'
import { connectionStore } from './connection-store.ts'
import { oauthAttemptStore } from './oauth-attempt-store.ts'
import { oauthClientStore } from './oauth-client-store.ts'
import { issuanceOf, type OauthFetch } from './oauth-discovery.ts'
import { oauthGrantStore } from './oauth-grant-store.ts'
import { journeyAddress } from './oauth-issuer.ts'
import { type RenewalGround, termsOf } from './oauth-renewal.ts'
import { oauthSecretStore } from './oauth-secret-store.ts'
import { writing } from './oauth-writes.ts'

/** What accounts stand on. */
export type AccountGround = Omit<RenewalGround, 'stopping'> &
  Readonly<{
    fetch: OauthFetch
    /** The address of the hub. */
    address: () => string
  }>

const MARK_CHARS = 22

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Makes what operations on accounts need; `own` is the ground of the caller. */
export const oauthAccounts = (ground: AccountGround, own: Ground): Oauth => {
  const { keyring, issuers, fetch, address } = ground
  const { orgId } = own
  const markOf = (issuer: string) =>
    digestOf(markedText(orgId, issuer)).toString('base64url').slice(0, MARK_CHARS)
  return {
    clients: oauthClientStore(own, keyring),
    find: (upstream, preferred) => issuanceOf(fetch, upstream, preferred),
    address,
    markOf,
    prepare: (value) => ground.prepare(orgId, value),
    stateSha256: digestOf,
    journeyAddress: (journey) =>
      journeyAddress(journey, (text) => digestOf(text).toString('base64url')),
    grantOf: (connectionId) => oauthGrantStore(own).of(connectionId),
    addAttempt: (attempt) => oauthAttemptStore(own, keyring).add(attempt),
    forgetAttempts: (now) => oauthAttemptStore(own, keyring).forget(now),
    async register(facts) {
      const { registrationEndpoint: endpoint } = facts
      if (endpoint === null) throw accountRefused('its issuer registers nobody')
      const wish = registrationOf(address(), markOf(facts.issuer), facts)
      const { clientId, authMethod, secret, expiresAtS } = await issuers.register(endpoint, wish)
      return {
        ...{ clientId, authMethod },
        secret: secret === null ? null : await ground.prepare(orgId, secret),
        expiresAt: expiresAtS === null ? null : Math.trunc(expiresAtS * 1_000),
      }
    },
    takeAttempt: (state, call) =>
      writing(ground, { call, act: 'tools.finish_account' }, (sql) =>
        oauthAttemptStore({ sql, orgId }, keyring).take(digestOf(state), call.actor, ground.now()),
      ),
    exchange: (attempt, answer, call) => exchange(ground, { attempt, answer, call }),
    async keepAccount({ attempt, upstream, tokens }, call) {
      const access = await ground.prepare(orgId, tokens.access)
      const refresh = tokens.refresh === null ? null : await ground.prepare(orgId, tokens.refresh)
      return writing(ground, { call, act: 'tools.finish_account' }, (sql, emit) =>
        keep(
          { sql, orgId },
          { ground, attempt, upstreamId: upstream.id, tokens, access, refresh, call, emit },
        ),
      )
    },
    async endAccounts(call, limit) {
      const orphans = await oauthGrantStore(own).orphans(limit)
      // Together: an issuer that does not answer keeps nobody else's tokens alive.
      await Promise.all(orphans.map((grant) => end(ground, { orgId, grant, call })))
      return orphans.length
    },
  }
}

type Exchange = Readonly<{
  attempt: Attempt
  answer: Readonly<{ code: string; state: string; iss: string | null }>
  call: Call
}>

const exchange = async (
  ground: AccountGround,
  { attempt, answer, call }: Exchange,
): Promise<Tokens> => {
  const { orgId } = call.actor
  const { code, state, iss } = answer
  await ground.prepare(orgId, code)
  // The hub itself shows who it is: whoever comes back has no part in its secret.
  const terms = await termsOf(ground, { orgId, grant: attempt, call: ground.hubCall(orgId) })
  if (terms === null) throw accountRefused('the hub is not registered there any more')
  // Made anew of what was read, so that nothing else of the answer reaches the library.
  const callback = new URL(attempt.redirectUri)
  callback.searchParams.set('state', state)
  callback.searchParams.set('code', code)
  if (iss !== null) callback.searchParams.set('iss', iss)
  const { verifier, resource } = attempt
  return ground.issuers.exchange(terms, { callback: callback.href, state, verifier, resource })
}

type Keeping = Readonly<{
  ground: AccountGround
  attempt: Attempt
  upstreamId: string
  tokens: Tokens
  access: Prepared
  refresh: Prepared | null
  call: Call
  emit: (one: ReturnType<typeof ConnectionMade>) => void
}>

const keep = async (own: Ground, keeping: Keeping): Promise<Connection> => {
  const { ground, attempt, upstreamId, tokens, access, refresh, call, emit } = keeping
  await nowDue(own.sql, own.orgId, upstreamId)
  const connections = connectionStore(own)
  const before = await connections.of(upstreamId, attempt.ownerId)
  const [accessId, refreshId] = [call.newId(), refresh === null ? null : call.newId()]
  const id = before?.id ?? call.newId()
  const made: Connection = {
    ...{ id, upstreamId, principalId: attempt.ownerId, secretId: accessId, state: 'ready' },
    account: before?.account ?? null,
    createdAt: before?.createdAt ?? Math.trunc(call.now),
    version: (before?.version ?? 0) + 1,
  }
  if (before === null) await connections.add({ ...made, createdBy: call.actor.id })
  else await connections.save(made)
  const issuedAt = Math.trunc(ground.now())
  const { issuer, tokenEndpoint, revocationEndpoint, clientKind, clientId, resource } = attempt
  const version = await oauthGrantStore(own).put({
    ...{ connectionId: id, upstreamId, issuer, tokenEndpoint, revocationEndpoint },
    ...{ clientKind, clientId, resource, accessId, refreshId, issuedAt, wanted: [] },
    scopes: tokens.scopes ?? attempt.scopes,
    expiresAt: endOf(issuedAt, tokens.expiresInS),
  })
  const secrets = oauthSecretStore(own, ground.keyring)
  await secrets.removeOf(id)
  const place = { ownerId: id, version }
  await secrets.put({ ...place, id: accessId, kind: 'access' }, access, call.now)
  if (refresh !== null && refreshId !== null) {
    await secrets.put({ ...place, id: refreshId, kind: 'refresh' }, refresh, call.now)
  }
  const about = { connectionId: id, upstreamId, principalId: attempt.ownerId }
  emit(ConnectionMade({ ...about, secretId: accessId, version: made.version }))
  return made
}

/** Has a server asked again what it offers, now that it can be; refuses where it is gone. */
const nowDue = async (sql: Sql, orgId: string, upstreamId: string): Promise<void> => {
  const rows = await sql`
    update tools.upstream u
       set tried_at = case when ${NOT_WELL} then null else u.tried_at end
     where u.org_id = ${orgId} and u.id = ${upstreamId}
    returning u.id`
  if (rows.length === 0) throw notFound('This server')
}

const NOT_WELL = part`(u.found_at is null or u.failure is not null)`

type Ending = Readonly<{ orgId: string; grant: Grant; call: Call }>

/** Gives tokens back, as far as their issuer takes them, and destroys them. */
const end = async (ground: AccountGround, { orgId, grant, call }: Ending): Promise<void> => {
  const isRevoked = await revoked(ground, { orgId, grant, call }).catch((error: unknown) => {
    // Best effort: what cannot be opened or told any more is destroyed all the same.
    if (error instanceof Refusal) return false
    throw error
  })
  const { connectionId, upstreamId, issuer } = grant
  await writing(ground, { call, act: 'tools.end_accounts' }, async (sql, emit) => {
    if (!(await oauthGrantStore({ sql, orgId }).remove(grant))) return
    await oauthSecretStore({ sql, orgId }, ground.keyring).removeOf(connectionId)
    const outcome = isRevoked ? ('revoked' as const) : ('not_revoked' as const)
    emit(TokenEnded({ connectionId, upstreamId, issuer, outcome }))
  })
}

const revoked = async (ground: AccountGround, { orgId, grant, call }: Ending): Promise<boolean> => {
  const { revocationEndpoint, refreshId, accessId } = grant
  if (revocationEndpoint === null) return false
  const terms = await termsOf(ground, { orgId, grant, call })
  if (terms === null) return false
  const purpose = { kind: 'egress' as const, host: new URL(revocationEndpoint).host }
  const giveBack = (id: string, kind: 'access_token' | 'refresh_token') =>
    ground.vault.use({ id }, { purpose, lease: null, call }, (secret) =>
      ground.issuers.revoke(terms, Buffer.from(secret).toString('utf8'), kind),
    )
  const first = refreshId === null ? true : await giveBack(refreshId, 'refresh_token')
  return (await giveBack(accessId, 'access_token')) && first
}
