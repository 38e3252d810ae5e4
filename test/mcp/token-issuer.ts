import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider'

// An issuer of tokens for servers of tools, on this machine. It rotates refresh tokens and takes a
// second use of one for theft.

/** What an issuer does otherwise than usual. */
export type TokenIssuerOptions = Readonly<{
  /** Seconds that access tokens live. */
  lifeS?: number
  registration?: boolean
  /** Reads documents of clients through this. */
  documents?: (url: string) => Promise<Response>
  /** Changes what it says of itself. */
  says?: (metadata: Record<string, unknown>) => Record<string, unknown>
  refreshTokens?: boolean
  /** Milliseconds until it answers requests for tokens. */
  slowMs?: number
  path?: string
}>

type AskedThere = Readonly<{ path: string; body: string; authorization: string | undefined }>

/** A running issuer of tokens. */
export type TokenIssuer = Readonly<{
  issuer: string
  asked: readonly AskedThere[]
  /** How often a refresh token was shown. */
  refreshes(): number
  /** Every token that was given out. */
  tokens(): readonly string[]
  /** Follows an address as the browser of somebody who agrees; gives where it is sent back. */
  visit(address: string): Promise<URL>
  /** Tells what a token is good for at a resource; `null`: nothing. */
  check(token: string, resource: string): Promise<readonly string[] | null>
  /** Ends every access token that is out. */
  endAccess(): void
  /** Ends everything that anybody was granted. */
  endGrants(): void
  /** Registers a client by hand. */
  addClient(client: Readonly<{ clientId: string; secret: string; redirectUri: string }>): void
  /** Answers requests for tokens with this status until it is taken back with `null`. */
  fail(status: number | null): void
  stop(): Promise<void>
}>

const SCOPES = 'files:read files:write'

const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It listens on a port.')
  return address.port
}

/** Starts an issuer of tokens. */
export const startTokenIssuer = async (options: TokenIssuerOptions = {}): Promise<TokenIssuer> => {
  const { says = (metadata) => metadata, path = '' } = options
  let handle = (_: IncomingMessage, res: ServerResponse): void => void res.end()
  const server = createServer((req, res) => handle(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${portOf(server)}`
  const issuer = `${origin}${path}`
  const kept: Kept = new Map()
  const provider = providerOf(issuer, kept, options)
  provider.silent = true
  const callback = provider.callback()
  const asked: AskedThere[] = []
  const given = new Set<string>()
  const ended = new Set<string>()
  let failing: number | null = null
  provider.on('access_token.saved', ({ jti }) => given.add(jti))
  provider.on('refresh_token.saved', ({ jti }) => given.add(jti))
  handle = (req, res) => {
    const own = req.url ?? '/'
    const inner = own.startsWith(path) ? own.slice(path.length) || '/' : own
    const [, uid] = /^\/interaction\/([\w-]+)/.exec(inner) ?? []
    if (uid !== undefined) {
      finish(provider, req, res).catch((error: unknown) => res.destroy(new Error(String(error))))
      return
    }
    // Both documents have the same content; only the form for its path is there.
    if (own.includes('/.well-known/o')) {
      const isHere = own === `/.well-known/openid-configuration${path}`
      if (!isHere) return void res.writeHead(404).end()
      metadataOf(origin, path, callback)
        .then((metadata) => {
          res.writeHead(200, { 'content-type': 'application/json' })
          res.end(JSON.stringify(says(metadata)))
        })
        .catch(() => res.destroy())
      return
    }
    const answer = () => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        asked.push({ path: inner, body, authorization: req.headers.authorization })
      })
      if (inner === '/token' && failing !== null) return void res.writeHead(failing).end()
      req.url = inner
      Promise.resolve(callback(req, res)).catch(() => res.destroy())
    }
    if (inner === '/token' && options.slowMs) setTimeout(answer, options.slowMs)
    else answer()
  }
  return {
    issuer,
    asked,
    refreshes: () => asked.filter(({ body }) => body.includes('grant_type=refresh_token')).length,
    tokens: () => [...given],
    visit: follow,
    async check(token, resource) {
      if (ended.has(token)) return null
      const found = await provider.AccessToken.find(token)
      if (!found || [found.aud].flat()[0] !== resource) return null
      return (found.scope ?? '').split(' ')
    },
    endAccess() {
      for (const token of given) ended.add(token)
    },
    endGrants() {
      for (const name of kept.keys()) if (/^(Grant|RefreshToken)\//.test(name)) kept.delete(name)
      for (const token of given) ended.add(token)
    },
    addClient({ clientId, secret, redirectUri }) {
      kept.set(`Client/${clientId}`, {
        ...{ client_id: clientId, client_secret: secret, redirect_uris: [redirectUri] },
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        application_type: 'native',
      })
    },
    fail(status) {
      failing = status
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

type Callback = ReturnType<Provider['callback']>

/** Asks the library itself what it says; it knows its addresses by the requests it gets. */
const metadataOf = (
  origin: string,
  path: string,
  callback: Callback,
): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const inner = createServer((req, res) => {
      req.headers.host = new URL(origin).host
      Promise.resolve(callback(req, res)).catch(reject)
    })
    inner.listen(0, '127.0.0.1', () => {
      fetch(`http://127.0.0.1:${portOf(inner)}/.well-known/openid-configuration`)
        .then((answer) => answer.json())
        .then((read: unknown) => {
          const metadata: Record<string, unknown> = {}
          for (const [name, value] of Object.entries(Object(read))) {
            const isOwn = typeof value === 'string' && value.startsWith(`${origin}/`)
            const isIn = isOwn && path !== '' && !value.startsWith(`${origin}${path}`)
            metadata[name] = isIn ? `${origin}${path}${value.slice(origin.length)}` : value
          }
          inner.closeAllConnections()
          inner.close(() => resolve(metadata))
        })
        .catch(reject)
    })
  })

type Kept = Map<string, AdapterPayload>

/** Keeps what the library wants kept, for one issuer. */
const shelf = (kept: Kept, kind: string): Adapter => {
  const key = (id: string) => `${kind}/${id}`
  const by = (field: 'uid' | 'userCode', value: string) =>
    [...kept].find(([name, one]) => name.startsWith(`${kind}/`) && one[field] === value)?.[1]
  return {
    find: async (id) => kept.get(key(id)),
    findByUid: async (uid) => by('uid', uid),
    findByUserCode: async (userCode) => by('userCode', userCode),
    async upsert(id, payload) {
      kept.set(key(id), payload)
    },
    async consume(id) {
      const one = kept.get(key(id))
      if (one) kept.set(key(id), { ...one, consumed: Math.floor(Date.now() / 1_000) })
    },
    async destroy(id) {
      kept.delete(key(id))
    },
    async revokeByGrantId(grantId) {
      for (const [name, one] of kept) if (one.grantId === grantId) kept.delete(name)
    },
  }
}

const SIGNING_KEY = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
  ...{ use: 'sig', alg: 'ES256', kid: 'test' },
}

const providerOf = (issuer: string, kept: Kept, options: TokenIssuerOptions) =>
  new Provider(issuer, {
    adapter: (kind) => shelf(kept, kind),
    jwks: { keys: [SIGNING_KEY] },
    ttl: {
      Interaction: 600,
      Grant: 86_400,
      Session: 600,
      AccessToken: 3_600,
      RefreshToken: 86_400,
    },
    cookies: { keys: ['keys-of-a-test-issuer'] },
    scopes: ['offline_access'],
    claims: { openid: ['sub'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    subjectTypes: ['public'],
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: options.registration ?? true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => '',
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({
          scope: SCOPES,
          audience: resource,
          accessTokenTTL: options.lifeS ?? 3_600,
          accessTokenFormat: 'opaque',
        }),
      },
      ...(options.documents && {
        clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      }),
    },
    fetch: (to) => (options.documents ?? fetch)(new Request(to).url),
    interactions: {
      url: (_, { uid }) => `${new URL(issuer).pathname.replace(/\/$/, '')}/interaction/${uid}`,
    },
    issueRefreshToken: async (_, client) =>
      (options.refreshTokens ?? true) && client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    renderError(ctx, out) {
      ctx.type = 'json'
      ctx.body = out
    },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  })

/** Signs the visitor in and agrees to what is asked, in one step. */
const finish = async (
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> => {
  const details = await provider.interactionDetails(req, res)
  const { client_id: clientId, scope, resource } = details.params
  const grant = new provider.Grant({ accountId: 'ada', clientId: String(clientId) })
  grant.addOIDCScope('openid offline_access')
  const asked = typeof scope === 'string' ? scope : SCOPES
  if (typeof resource === 'string') grant.addResourceScope(resource, asked)
  const grantId = await grant.save()
  const result = { login: { accountId: 'ada' }, consent: { grantId } }
  await provider.interactionFinished(req, res, { ...details.lastSubmission, ...result })
}

const HOPS_MAX = 10

/** Goes from redirect to redirect with a jar of cookies, until it would reach the hub. */
const follow = async (address: string): Promise<URL> => {
  const jar = new Map<string, string>()
  let url = new URL(address)
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    const next = answer.headers.get('location')
    if (next === null) {
      throw new Error(
        `The issuer answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`,
      )
    }
    url = new URL(next, url)
    if (url.pathname.startsWith('/connect/')) return url
  }
  throw new Error('The issuer sends in circles.')
}
