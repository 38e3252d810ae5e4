import type * as Oidc from 'oidc-provider'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { assert } from '../../kernel/assert.ts'
import { Refusal, retryAfterS } from '../../kernel/refusal.ts'
import { CLI_CLIENT, CONSENT_MS, type OauthResource } from '../application/oauth-words.ts'
import { OAUTH_SCOPES } from '../domain/scope.ts'
import type { AdapterGround } from './oauth-adapter.ts'
import { oauthAdapter } from './oauth-adapter.ts'
import { CLIENT_BYTES_MAX, KEYS_BYTES_MAX } from './oauth-client-fetch.ts'
import type { OauthKeys } from './oauth-key-store.ts'

/** Seconds that things of the protocol live. */
export const TTL_S = {
  code: 60,
  access: 600,
  device: 600,
  interaction: 1_800,
  refreshIdle: 30 * 86_400,
  grant: CONSENT_MS / 1_000,
} as const

/** The scope that stands for everything its person may do; the command line's. */
export const FULL_SCOPE = 'full'

/** The protocol's library, loaded when it is first needed. */
export type Library = typeof Oidc
type Provider = InstanceType<Library['Provider']>

/** What one issuer is made of. */
export type ProviderParts = Readonly<{
  /** The hub's address as people see it, without a path. */
  home: string
  keys: OauthKeys
  cookieName: string
  adapter: AdapterGround
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Lets clients register themselves. */
  registration: boolean
  /** Tells whether an account, and the consent behind a grant, still stand. */
  stands: (account: string, consentId: string | undefined) => Promise<boolean>
  /** Counts a client that is looked up for the first time; refuses too many. */
  newClient: (ctx: KoaContextWithOIDC | undefined) => Promise<boolean>
  log: (level: 'warn' | 'error', line: string, fields: Record<string, unknown>) => void
}>

/** The addresses that tokens of an issuer can be made for. */
export const resourceOf = (home: string, resource: OauthResource): string => `${home}/${resource}`

/** Makes the authorization server of one address of the hub. */
export const makeProvider = (library: Library, parts: ProviderParts): Provider => {
  const { home, log } = parts
  const provider = new library.Provider(`${home}/oauth`, configurationOf(library, parts))
  // The hub speaks plain HTTP behind its proxies; the mount says which address was asked.
  provider.proxy = true
  // It would write on the console; what it cannot answer belongs into the hub's log.
  provider.silent = true
  provider.use(async (ctx, next) => {
    await next().catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : 'No error.'
      log('error', 'The OAuth server could not answer.', { error: text })
      throw error
    })
    for (const name of Object.keys(ctx.response.headers)) {
      // No page of another site has anything to ask here.
      if (name.toLowerCase().startsWith('access-control-')) ctx.remove(name)
    }
    const body: unknown = ctx.body
    if (typeof body === 'object' && body !== null) ctx.body = { ...body, ...ours(home, body) }
  })
  provider.on('server_error', (ctx, error) => {
    if (!(error instanceof Refusal)) {
      log('error', 'The OAuth server met a bug.', { error: error.stack ?? error.message })
      return
    }
    // The library knows no refusals of ours: a limit that was reached, a database that is away.
    ctx.status = error.kind === 'too_many' ? 429 : 503
    ctx.set('retry-after', String(Math.ceil(retryAfterS(error) ?? RETRY_S)))
    ctx.body = { error: 'temporarily_unavailable', error_description: error.message }
  })
  return provider
}

/** What some of the library's answers say otherwise here. */
const ours = (home: string, body: object): Record<string, unknown> => {
  if ('verification_uri' in body && 'user_code' in body) {
    const code = new URLSearchParams({ user_code: String(body.user_code) })
    return {
      verification_uri: `${home}/device`,
      verification_uri_complete: `${home}/device?${code.toString()}`,
      interval: 5,
    }
  }
  return 'authorization_endpoint' in body
    ? { scopes_supported: [...OAUTH_SCOPES, 'offline_access'] }
    : {}
}

const configurationOf = (library: Library, parts: ProviderParts): Configuration => ({
  adapter: oauthAdapter(parts.adapter),
  clients: [
    {
      client_id: CLI_CLIENT,
      client_name: 'Guildhall command line',
      application_type: 'native',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'none',
    },
  ],
  clientDefaults: {
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: 'ES256',
  },
  clientAuthMethods: ['none', 'private_key_jwt'],
  enabledJWA: {
    clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
    idTokenSigningAlgValues: ['ES256'],
  },
  responseTypes: ['code'],
  scopes: ['offline_access'],
  subjectTypes: ['public'],
  jwks: { keys: [jwkOf(parts.keys)] },
  cookies: cookiesOf(parts),
  pkce: { required: () => true },
  allowOmittingSingleRegisteredRedirectUri: false,
  clientBasedCORS: () => false,
  fetch: parts.fetch,
  fetchResponseBodyLimits: {
    'client_id metadata document': CLIENT_BYTES_MAX,
    jwks_uri: KEYS_BYTES_MAX,
    sector_identifier_uri: 1,
  },
  routes: {
    authorization: '/auth',
    code_verification: '/device',
    device_authorization: '/device/auth',
    jwks: '/jwks',
    registration: '/register',
    revocation: '/revoke',
    token: '/token',
  },
  ...lives(),
  ...people(parts),
  features: featuresOf(library, parts),
  renderError: (ctx, out, error) => {
    ctx.type = 'application/problem+json'
    const title = error instanceof Refusal ? error.message : (out.error_description ?? NOT_VALID)
    ctx.body = { type: `/problems/identity.oauth_${out.error}`, title, ...out }
  },
})

const NOT_VALID = 'This request for access is not valid; start it again in the program.'
const RETRY_S = 2

const jwkOf = ({ jwk }: OauthKeys) => {
  const { kty, crv, x, y, d, use, alg } = jwk
  assert(kty === 'EC' && crv === 'P-256' && alg === 'ES256', 'the key of the server is ES256')
  const text = (part: unknown) => (typeof part === 'string' ? part : '')
  return { kty, crv, alg, use: text(use), x: text(x), y: text(y), d: text(d) }
}

const cookiesOf = ({ home, cookieName, keys }: ProviderParts): Configuration['cookies'] => {
  const secure = home.startsWith('https:')
  // The prefix makes browsers refuse the cookie from a page that is not encrypted.
  const name = `${secure ? '__Secure-' : ''}${cookieName}-oauth`
  const shared = { httpOnly: true, sameSite: 'lax', secure, signed: true, overwrite: true } as const
  return {
    keys: keys.cookies,
    names: { session: name, interaction: `${name}-request`, resume: `${name}-resume` },
    long: { ...shared, path: '/oauth' },
    short: shared,
  }
}

const lives = (): Configuration => ({
  ttl: {
    AccessToken: TTL_S.access,
    AuthorizationCode: TTL_S.code,
    DeviceCode: TTL_S.device,
    Grant: TTL_S.grant,
    IdToken: TTL_S.access,
    Interaction: TTL_S.interaction,
    Session: TTL_S.interaction,
    RefreshToken(_, token) {
      const started = token.iiat ?? Math.floor(Date.now() / 1_000)
      const left = started + TTL_S.grant - Math.floor(Date.now() / 1_000)
      return Math.max(1, Math.min(TTL_S.refreshIdle, left))
    },
  },
  expiresWithSession: () => false,
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  // A program that gives any of its tokens back is done: the person's list should say so.
  revokeGrantPolicy: () => true,
})

const people = ({ stands }: ProviderParts): Configuration => ({
  interactions: { url: (_, { uid }) => `/oauth/interaction/${uid}/go` },
  async findAccount(_, accountId, token) {
    const consentId = token && 'grantId' in token ? token.grantId : undefined
    if (!(await stands(accountId, consentId))) return undefined
    return { accountId, claims: () => ({ sub: accountId }) }
  },
})

const featuresOf = (library: Library, parts: ProviderParts): Configuration['features'] => ({
  devInteractions: { enabled: false },
  userinfo: { enabled: false },
  introspection: { enabled: false },
  dPoP: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  registration: { enabled: parts.registration, issueRegistrationAccessToken: false },
  rpMetadataChoices: { enabled: true },
  revocation: {
    enabled: true,
    allowedPolicy: (_, client, token) => token.clientId === client.clientId,
  },
  deviceFlow: {
    enabled: true,
    charset: 'base-20',
    mask: '****-****',
    // Left alone, the library would keep the address and the browser of whoever asks.
    deviceInfo: () => ({}),
  },
  clientIdMetadataDocument: {
    enabled: true,
    ack: 'draft-02',
    allowFetch: (ctx) => parts.newClient(ctx),
    allowClient: () => true,
    cacheDuration: { min: 60, max: 86_400 },
  },
  resourceIndicators: {
    enabled: true,
    async defaultResource(_, __, oneOf) {
      // Of several granted ones none is meant; and none granted means that none was named.
      if (oneOf === undefined) throw new library.errors.InvalidTarget(NAME_ONE)
      return oneOf
    },
    useGrantedResource: () => true,
    getResourceServerInfo(ctx, indicator, client) {
      const of: OauthResource = client.clientId === CLI_CLIENT ? 'v1' : 'mcp'
      const { resource } = ctx.oidc.params ?? {}
      const several = Array.isArray(resource) && resource.length > 1
      if (several || indicator !== resourceOf(parts.home, of)) {
        throw new library.errors.InvalidTarget(NAME_ONE)
      }
      return {
        scope: of === 'v1' ? FULL_SCOPE : OAUTH_SCOPES.join(' '),
        audience: indicator,
        accessTokenFormat: 'opaque',
        accessTokenTTL: TTL_S.access,
      }
    },
  },
})

const NAME_ONE = 'name the one resource that the token is for, as its metadata says it'
