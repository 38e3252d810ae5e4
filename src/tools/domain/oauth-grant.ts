import type { ClientKind } from './oauth-client.ts'

// Tokens of an account at an issuer, without the tokens: those are sealed elsewhere.

/** What the hub was granted for one connection. */
export type Grant = Readonly<{
  connectionId: string
  upstreamId: string
  issuer: string
  tokenEndpoint: string
  revocationEndpoint: string | null
  clientKind: ClientKind
  clientId: string
  /** Where the token may be sent. */
  resource: string
  scopes: readonly string[]
  /** What calls were refused for since. */
  wanted: readonly string[]
  /** Where the tokens are kept. */
  accessId: string
  refreshId: string | null
  issuedAt: number
  expiresAt: number | null
  /** Rises with each renewal. */
  version: number
}>

/** Milliseconds for which one process has the sole right to renew a token. */
export const RENEW_LEASE_MS = 30_000
/** Milliseconds after a renewal that failed before the next is tried. */
export const RENEW_REST_MS = 5_000
/** Milliseconds that somebody has to come back from an issuer. */
export const ATTEMPT_MS = 600_000

/** The part of a token's life after which it is renewed, in percent. */
const RENEW_AT_PERCENT = 80
/** Longest life of a token that is believed: a year. */
const LIFE_MS_MAX = 366 * 86_400_000

/** Gives when a token ends; `null` where its issuer does not say. */
export const endOf = (issuedAt: number, expiresInS: number | null): number | null => {
  if (expiresInS === null || !Number.isFinite(expiresInS)) return null
  return issuedAt + Math.min(Math.max(0, Math.trunc(expiresInS * 1_000)), LIFE_MS_MAX)
}

/** Where a token stands in its life. */
export type Freshness = 'fresh' | 'ageing' | 'over'

/** Tells where a token stands: an ageing one is still used while the next is fetched. */
export const freshnessOf = (
  { issuedAt, expiresAt }: Pick<Grant, 'issuedAt' | 'expiresAt'>,
  now: number,
): Freshness => {
  if (expiresAt === null) return 'fresh'
  if (now >= expiresAt) return 'over'
  const ageingFrom = issuedAt + ((expiresAt - issuedAt) * RENEW_AT_PERCENT) / 100
  return now >= ageingFrom ? 'ageing' : 'fresh'
}
