import { AsyncLocalStorage } from 'node:async_hooks'
import { LRUCache } from 'lru-cache'
import type { Call } from '../../kernel/operation.ts'
import type { Refusal } from '../../kernel/refusal.ts'
import { LineFailure } from '../../platform/mcp/line.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { Connection } from '../application/hub-records.ts'
import { ScopeMissed } from '../application/oauth-events.ts'
import { accountOver, otherPlace, scopesMissing } from '../application/oauth-refusals.ts'
import { bearerChallenge } from '../domain/oauth-challenge.ts'
import { freshnessOf } from '../domain/oauth-grant.ts'
import { covers } from '../domain/oauth-metadata.ts'
import type { Upstream } from '../domain/upstream.ts'
import { REMEMBER_MS } from './keyring-adapter.ts'
import { oauthGrantStore } from './oauth-grant-store.ts'
import {
  type AccountPlace,
  type HeldToken,
  heldToken,
  type RenewalGround,
  renewedToken,
  turnConnection,
} from './oauth-renewal.ts'
import { writing } from './oauth-writes.ts'

// The tokens that this process holds open. A line asks for the headers of every request, so a
// token can be renewed under an open line: it is neither closed nor opened again for that.

/** Tokens that a process holds at a time. */
const HELD_MAX = 5_000
/** Milliseconds after which a token that is in use is hidden in logs anew. */
const HIDE_AGAIN_MS = REMEMBER_MS / 3

/** Gives the headers of a request, with the token that is good now. */
export type TokenHeaders = () => Promise<Readonly<Record<string, string>>>

/** The tokens of this process. */
export type AccountTokens = Readonly<{
  /**
   * Opens the token of a line's connection, under its call and lease; `null` where the connection
   * does not stand on an account at an issuer.
   */
  open(wish: CallUnder, address: string): Promise<TokenHeaders | null>
  /**
   * Does something under a connection. Where the server does not take its credential, the token
   * is renewed and it is done again, once: a server that says so has not done anything.
   */
  using<T>(wish: CallUnder, act: () => Promise<T>): Promise<T>
  /** Forgets the tokens of an organisation: a connection is another one. */
  forget(orgId: string): void
  stop(): Promise<void>
}>

/** What tokens stand on. */
export type TokenGround = Omit<RenewalGround, 'stopping'> &
  Readonly<{ scrubber: Pick<Scrubber, 'remember'> }>

/** A call and the connection under which it is made. */
export type CallUnder = Readonly<{
  upstream: Upstream
  connection: Connection | null
  call: Call
  tool: string | null
  leaseId: string | null
}>

type Used = { version: number }

/** Makes the tokens of this process. */
export const accountTokens = (given: TokenGround): AccountTokens => {
  const stopper = new AbortController()
  const ground: RenewalGround = { ...given, stopping: stopper.signal }
  const { now, scrubber } = given
  const held = new LRUCache<string, HeldToken>({ max: HELD_MAX })
  const hiddenAt = new LRUCache<string, number>({ max: HELD_MAX })
  const flights = new Map<string, Promise<HeldToken>>()
  const used = new AsyncLocalStorage<Used>()

  const hold = (key: string, token: HeldToken): HeldToken => {
    const known = held.get(key)
    if (known === undefined || known.version <= token.version) held.set(key, token)
    scrubber.remember(token.access, REMEMBER_MS)
    hiddenAt.set(key, now())
    return held.get(key) ?? token
  }
  /** Gives a token newer than a stale one; all who ask meanwhile wait for the same renewal. */
  const renew = async (place: AccountPlace, stale: number): Promise<HeldToken> => {
    const key = keyOf(place)
    for (;;) {
      const known = held.get(key)
      if (known !== undefined && known.version > stale) return known
      const flight = flights.get(key) ?? fly(place, stale)
      const token = await flight
      if (token.version > stale) return token
    }
  }
  const fly = (place: AccountPlace, stale: number): Promise<HeldToken> => {
    const key = keyOf(place)
    const flight = renewedToken(ground, place, stale)
      .then((token) => hold(key, token))
      .finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
  const current = async (place: AccountPlace): Promise<HeldToken> => {
    const key = keyOf(place)
    const known = held.get(key)
    if (known === undefined) return renew(place, 0)
    const freshness = freshnessOf(known, now())
    if (freshness === 'over') return renew(place, known.version)
    // It is still good: nobody has to wait for the next one.
    if (freshness === 'ageing' && known.isRenewable) {
      renew(place, known.version).catch(() => {})
    }
    if ((hiddenAt.get(key) ?? 0) < now() - HIDE_AGAIN_MS) hold(key, known)
    return known
  }
  const open = async (wish: CallUnder, address: string): Promise<TokenHeaders | null> => {
    const { connection, upstream, call, tool, leaseId } = wish
    if (connection === null) return null
    const { orgId } = call.actor
    const place = { orgId, connectionId: connection.id }
    const sql = given.database.read(orgId)
    const grant = await oauthGrantStore({ sql, orgId }).live(connection.id)
    if (grant === null) return null
    // Where it is for was said when it was granted; the address of a server may change after.
    if (!covers(grant.resource, address)) throw otherPlace(upstream.slug)
    const purpose = { kind: 'egress' as const, host: new URL(address).host }
    const use = { purpose: tool === null ? purpose : { ...purpose, tool }, lease: leaseId, call }
    await given.vault.use({ id: grant.accessId }, use, async (secret) => {
      hold(keyOf(place), heldToken(grant, secret))
    })
    return async () => {
      const { access, version } = await current(place)
      const store = used.getStore()
      if (store) store.version = version
      return { authorization: `Bearer ${access}` }
    }
  }
  const over = async (wish: CallUnder, connection: Connection): Promise<Refusal> => {
    await turnConnection(given, wish.call, connection)
    const { slug } = wish.upstream
    return accountOver(slug, given.pageOf(slug))
  }
  /** After a 401: gets another token; false where there can be none. */
  const renewAfter = async (wish: CallUnder, connection: Connection, version: number) => {
    const { orgId } = wish.call.actor
    const place = { orgId, connectionId: connection.id }
    const sql = given.database.read(orgId)
    if ((await oauthGrantStore({ sql, orgId }).live(connection.id)) === null) return false
    await renew(place, version > 0 ? version : (held.get(keyOf(place))?.version ?? 0))
    return true
  }
  return {
    open,
    async using(wish, act) {
      const { connection } = wish
      if (connection === null) return act()
      const store: Used = { version: 0 }
      try {
        return await used.run(store, act)
      } catch (error) {
        if (!(error instanceof LineFailure)) throw error
        if (error.kind === 'forbidden') throw (await fellShort(given, wish, error)) ?? error
        if (error.kind !== 'unauthorized') throw error
        if (!(await renewAfter(wish, connection, store.version))) {
          throw await over(wish, connection)
        }
      }
      try {
        return await used.run({ version: 0 }, act)
      } catch (again) {
        const isOver = again instanceof LineFailure && again.kind === 'unauthorized'
        throw isOver ? await over(wish, connection) : again
      }
    },
    forget(orgId) {
      for (const key of held.keys()) if (key.startsWith(`${orgId}/`)) held.delete(key)
    },
    async stop() {
      stopper.abort()
      await Promise.allSettled(flights.values())
      held.clear()
    },
  }
}

const keyOf = ({ orgId, connectionId }: AccountPlace): string => `${orgId}/${connectionId}`

/** Notes what a server wants more of an account than was granted; `null` where it is not that. */
const fellShort = async (
  ground: TokenGround,
  { connection, upstream, call }: CallUnder,
  { challenge }: LineFailure,
): Promise<Refusal | null> => {
  const said = bearerChallenge(challenge)
  if (said?.error !== 'insufficient_scope' || connection === null) return null
  const { id: connectionId, upstreamId } = connection
  const { orgId } = call.actor
  const scopes = [...said.scopes]
  await writing(ground, { call, act: 'tools.note_scopes' }, async (sql, emit) => {
    if (await oauthGrantStore({ sql, orgId }).want(connectionId, scopes)) {
      emit(ScopeMissed({ connectionId, upstreamId, scopes }))
    }
  })
  return scopesMissing(upstream.slug, { scopes, url: ground.pageOf(upstream.slug) })
}
