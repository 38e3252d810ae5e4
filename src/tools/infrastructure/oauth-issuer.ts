import type * as Library from 'openid-client'
import type { ClientAuth, CustomFetch } from 'openid-client'
import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Journey, Tokens } from '../application/oauth-ports.ts'
import { accountRefused } from '../application/oauth-refusals.ts'
import { OFFLINE } from '../domain/oauth-metadata.ts'
import {
  CLIENT_AUTH_METHODS,
  type ClientAuthMethod,
  type registrationOf,
} from '../domain/oauth-client.ts'
import { scopesIn } from '../domain/oauth-challenge.ts'
import type { OauthFetch } from './oauth-discovery.ts'

/** Seconds for one request to an issuer. */
const TIMEOUT_S = 10
const TOKEN_CHARS_MAX = 16_384

/** An issuer, and as whom the hub speaks to it. */
export type IssuerTerms = Readonly<{
  issuer: string
  namesItself: boolean
  tokenEndpoint: string
  revocationEndpoint: string | null
  clientId: string
  authMethod: ClientAuthMethod
  secret: string | null
}>

/** Why an issuer gave no token: it will not again, or it is away. */
export class IssuerSaysNo extends Error {
  readonly isFinal: boolean

  constructor(isFinal: boolean) {
    super('The issuer gave no token.')
    this.name = 'IssuerSaysNo'
    this.isFinal = isFinal
  }
}

/** Speaks with issuers; every request goes out by the one way. */
export type Issuers = Readonly<{
  exchange(
    terms: IssuerTerms,
    answer: Readonly<{ callback: string; state: string; verifier: string; resource: string }>,
  ): Promise<Tokens>
  /** Throws `IssuerSaysNo`. */
  refresh(terms: IssuerTerms, ask: Readonly<{ token: string; resource: string }>): Promise<Tokens>
  /** Gives a token back; tells whether the issuer took it. */
  revoke(
    terms: IssuerTerms,
    token: string,
    kind: 'access_token' | 'refresh_token',
  ): Promise<boolean>
  register(endpoint: string, wish: ReturnType<typeof registrationOf>): Promise<RegisteredAs>
}>

/** What an issuer answered to a registration. */
export type RegisteredAs = Readonly<{
  clientId: string
  authMethod: ClientAuthMethod
  secret: string | null
  expiresAtS: number | null
}>

/** Makes the client of issuers. */
export const issuersOver = (fetch: OauthFetch): Issuers => {
  const goOut: CustomFetch = (url, { method, headers, body, signal }) =>
    fetch(url, { method, headers, body: body ?? null, signal: signal ?? null, redirect: 'manual' })
  const configOf = async (terms: IssuerTerms) => {
    const lib = await import('openid-client')
    const server = {
      issuer: terms.issuer,
      token_endpoint: terms.tokenEndpoint,
      authorization_response_iss_parameter_supported: terms.namesItself,
      ...(terms.revocationEndpoint !== null && { revocation_endpoint: terms.revocationEndpoint }),
    }
    const config = new lib.Configuration(server, terms.clientId, undefined, authOf(lib, terms))
    config[lib.customFetch] = goOut
    config.timeout = TIMEOUT_S
    if (terms.issuer.startsWith('http:')) plainOf(lib)(config)
    return { lib, config }
  }
  return {
    async exchange(terms, { callback, state, verifier, resource }) {
      const { lib, config } = await configOf(terms)
      try {
        const checks = { expectedState: state, pkceCodeVerifier: verifier }
        return tokensOf(
          await lib.authorizationCodeGrant(config, new URL(callback), checks, { resource }),
        )
      } catch (error) {
        if (error instanceof Refusal) throw error
        throw accountRefused('its issuer did not take the answer')
      }
    },
    async refresh(terms, { token, resource }) {
      const { lib, config } = await configOf(terms)
      try {
        return tokensOf(await lib.refreshTokenGrant(config, token, { resource }))
      } catch (error) {
        throw new IssuerSaysNo(isFinal(lib, error))
      }
    },
    async revoke(terms, token, kind) {
      if (terms.revocationEndpoint === null) return false
      const { lib, config } = await configOf(terms)
      try {
        await lib.tokenRevocation(config, token, { token_type_hint: kind })
        return true
      } catch {
        // Best effort: the token is destroyed here, and ends there by itself.
        return false
      }
    },
    register: (endpoint, wish) => register(fetch, endpoint, wish),
  }
}

// Called deprecated by its authors so that it stands out. It is for issuers on the administrator's
// own network, which have to be named in a setting; the way out holds every call against that.
// oxlint-disable-next-line typescript/no-deprecated
const plainOf = (lib: typeof Library) => lib.allowInsecureRequests

const authOf = (lib: typeof Library, { authMethod, secret }: IssuerTerms): ClientAuth => {
  if (authMethod === 'none') return lib.None()
  assert(secret !== null, 'a client that shows a secret has one')
  return authMethod === 'client_secret_post'
    ? lib.ClientSecretPost(secret)
    : lib.ClientSecretBasic(secret)
}

const Token = z
  .string()
  .min(1)
  .max(TOKEN_CHARS_MAX)
  .regex(/^[\x21-\x7e]+$/)
const Answer = z.looseObject({
  access_token: Token,
  token_type: z.string().regex(/^bearer$/i),
  refresh_token: Token.optional(),
  expires_in: z.number().optional(),
  scope: z.string().max(20_000).optional(),
})

const tokensOf = (given: unknown): Tokens => {
  const { access_token, refresh_token, expires_in, scope } = Answer.parse(given)
  return {
    access: access_token,
    refresh: refresh_token ?? null,
    expiresInS: expires_in ?? null,
    scopes: scope === undefined ? null : scopesIn(scope),
  }
}

/** What an issuer says once and for all; anything else may be over in a minute. */
const FINAL = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client', 'invalid_target'])

const isFinal = (lib: typeof Library, error: unknown): boolean => {
  if (error instanceof lib.ResponseBodyError) return FINAL.has(error.error)
  // That is how a client is refused that shows its secret in the header.
  return error instanceof lib.WWWAuthenticateChallengeError && error.status === 401
}

const Client = z.looseObject({
  client_id: z.string().min(1).max(2_000),
  client_secret: z.string().min(1).max(TOKEN_CHARS_MAX).optional(),
  client_secret_expires_at: z.number().optional(),
  token_endpoint_auth_method: z.string().optional(),
})

const register = async (
  fetch: OauthFetch,
  endpoint: string,
  wish: ReturnType<typeof registrationOf>,
): Promise<RegisteredAs> => {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(wish),
    redirect: 'manual',
  })
  const text = await answer.text()
  const read = answer.ok ? Client.safeParse(parsed(text)) : null
  if (!read?.success) throw accountRefused('its issuer did not register the hub')
  const { client_id, client_secret, client_secret_expires_at, token_endpoint_auth_method } =
    read.data
  const given = token_endpoint_auth_method ?? wish.token_endpoint_auth_method
  const method = CLIENT_AUTH_METHODS.find((one) => one === given)
  const isWhole = method === 'none' || client_secret !== undefined
  if (method === undefined || !isWhole)
    throw accountRefused('its issuer wants another kind of client')
  const ends = client_secret_expires_at ?? 0
  return {
    clientId: client_id,
    authMethod: method,
    secret: method === 'none' ? null : (client_secret ?? null),
    expiresAtS: ends > 0 ? ends : null,
  }
}

const parsed = (text: string): unknown => {
  try {
    const read: unknown = JSON.parse(text)
    return read
  } catch {
    return null
  }
}

/** Writes the address that a browser is sent to. */
export const journeyAddress = (
  { authorizationEndpoint, state, verifier, ...journey }: Journey,
  sha256: (text: string) => string,
): string => {
  const url = new URL(authorizationEndpoint)
  const words = {
    response_type: 'code',
    client_id: journey.clientId,
    redirect_uri: journey.redirectUri,
    state,
    code_challenge: sha256(verifier),
    code_challenge_method: 'S256',
    resource: journey.resource,
    ...(journey.scopes.length > 0 && { scope: journey.scopes.join(' ') }),
    // Issuers of OpenID give a token to renew others with only where people are asked for it.
    ...(journey.scopes.includes(OFFLINE) && { prompt: 'consent' }),
  }
  for (const [name, value] of Object.entries(words)) url.searchParams.set(name, value)
  return url.href
}
