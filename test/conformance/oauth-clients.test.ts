import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import type {
  OAuthClientProvider,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  authUrl,
  begin,
  bodyOf,
  callMcp,
  consent,
  form,
  goOn,
  proof,
  publish,
  refresh,
  signedIn,
} from '../attack/oauth-flow.ts'
import { openWorld, textIn, type World } from '../attack/oauth-world.ts'

// Clients as people have them: the official library end to end, and what others send, step by
// step, as their makers document it or as it was seen on the wire.

let world: World

beforeAll(async () => {
  world = await openWorld()
})

const ABOUT = { name: 'conformance', version: '1' }
const LOCAL = 'https://native.example/client.json'
const LOCAL_BACK = 'http://127.0.0.1:49152/callback'

/** A client's memory, and the person who is sent to the browser: they allow some scopes. */
const memory = (scopes: readonly string[]) => {
  const saved = { verifier: '', back: new URL('http://nowhere.invalid') }
  const kept: { tokens?: StoredOAuthTokens; asked: URL[] } = { asked: [] }
  let allowed = scopes
  let client: StoredOAuthClientInformation | undefined
  let discovery: Parameters<NonNullable<OAuthClientProvider['saveDiscoveryState']>>[0] | undefined
  const provider: OAuthClientProvider = {
    redirectUrl: LOCAL_BACK,
    clientMetadataUrl: LOCAL,
    clientMetadata: {
      client_name: 'Native',
      redirect_uris: [LOCAL_BACK],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => client,
    saveClientInformation(information) {
      client = information
    },
    state: () => 'state-of-the-client',
    tokens: () => kept.tokens,
    saveTokens(tokens) {
      kept.tokens = tokens
    },
    saveCodeVerifier(verifier) {
      saved.verifier = verifier
    },
    codeVerifier: () => saved.verifier,
    discoveryState: () => discovery,
    saveDiscoveryState(state) {
      discovery = state
    },
    async redirectToAuthorization(url) {
      kept.asked.push(url)
      const browser = await signedIn(world)
      const uid = await begin(world, browser, `${url.pathname}${url.search}`)
      await consent(browser, uid, { scopes: allowed })
      saved.back = await goOn(browser, uid)
    },
  }
  const allow = (more: readonly string[]) => {
    allowed = more
  }
  return { provider, saved, kept, allow }
}

const MODES = { stateless: { pin: '2026-07-28' }, sessions: 'legacy' } as const

describe('the official client', () => {
  test.each(['stateless', 'sessions'] as const)('signs in by itself: %s', async (mode) => {
    publish(world, { redirect_uris: ['http://127.0.0.1/callback'] }, LOCAL)
    const { provider, saved, kept } = memory(['work:read', 'work:write', 'context:write'])
    const address = new URL(`${world.home}/mcp`)
    const open = () => new StreamableHTTPClientTransport(address, { authProvider: provider })
    const options = { versionNegotiation: { mode: MODES[mode] } }
    const first = open()
    await expect(new Client(ABOUT, options).connect(first)).rejects.toThrow(UnauthorizedError)
    expect(kept.asked).toHaveLength(1)
    expect(kept.asked[0]?.searchParams.get('resource')).toBe(`${world.home}/mcp`)
    expect(kept.asked[0]?.searchParams.get('scope')).toContain('work:read work:write context:write')
    expect(saved.back.searchParams.get('state')).toBe('state-of-the-client')
    await first.finishAuth(saved.back.searchParams)
    const client = new Client(ABOUT, options)
    await client.connect(open())
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toContain('task_find')
    const said = await client.callTool({ name: 'task_find', arguments: {} })
    expect(said.isError ?? false).toBe(false)
    world.turn(601_000)
    // The token is over: the library renews it without asking anybody.
    await client.listTools()
    expect(kept.asked).toHaveLength(1)
    await client.close()
  })

  test('asks for more when a call needs it', async () => {
    publish(world, { redirect_uris: ['http://127.0.0.1/callback'] }, LOCAL)
    const { provider, saved, kept, allow } = memory(['work:read'])
    const address = new URL(`${world.home}/mcp`)
    const open = () => new StreamableHTTPClientTransport(address, { authProvider: provider })
    const options = { versionNegotiation: { mode: MODES.stateless } }
    const first = open()
    await expect(new Client(ABOUT, options).connect(first)).rejects.toThrow(UnauthorizedError)
    await first.finishAuth(saved.back.searchParams)
    const second = open()
    const client = new Client(ABOUT, options)
    await client.connect(second)
    allow(['work:read', 'work:write'])
    const call = { name: 'work_next', arguments: { wait_s: 0 } }
    await expect(client.callTool(call)).rejects.toThrow(UnauthorizedError)
    expect(kept.asked).toHaveLength(2)
    expect(kept.asked[1]?.searchParams.get('scope')).toContain('work:write')
    await second.finishAuth(saved.back.searchParams)
    expect((await client.callTool(call)).isError ?? false).toBe(false)
    await client.close()
  })

  test('does not believe an answer in another server’s name', async () => {
    publish(world, { redirect_uris: ['http://127.0.0.1/callback'] }, LOCAL)
    const { provider, saved } = memory(['work:read'])
    const transport = new StreamableHTTPClientTransport(new URL(`${world.home}/mcp`), {
      authProvider: provider,
    })
    await expect(new Client(ABOUT).connect(transport)).rejects.toThrow(UnauthorizedError)
    const mixed = new URLSearchParams(saved.back.searchParams)
    mixed.set('iss', 'https://evil.example/oauth')
    await expect(transport.finishAuth(mixed)).rejects.toThrow(/iss/i)
  })
})

type Known = Readonly<{
  client: string
  id: string
  name: string
  redirect: string
  isLocal: boolean
  /** Where it looks for the server first; what it asks for. */
  metadata: string
  scope: string | undefined
  more?: Readonly<Record<string, string>>
  signs?: boolean
}>

const OAUTH = '/.well-known/oauth-authorization-server/oauth'
const OPENID = '/oauth/.well-known/openid-configuration'

const KNOWN: readonly Known[] = [
  {
    client: 'Claude',
    id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    name: 'Claude',
    redirect: 'https://claude.ai/api/mcp/auth_callback',
    isLocal: false,
    metadata: OAUTH,
    scope: 'work:read work:write context:write offline_access',
    more: { prompt: 'consent' },
  },
  {
    client: 'Claude Code',
    id: 'https://claude.ai/oauth/claude-code-client-metadata',
    name: 'Claude Code',
    redirect: 'http://localhost:58135/callback',
    isLocal: true,
    metadata: OAUTH,
    scope: 'work:read work:write context:write offline_access',
    more: { prompt: 'consent' },
  },
  {
    client: 'ChatGPT',
    id: 'https://chatgpt.com/oauth/client.json',
    name: 'ChatGPT',
    redirect: 'https://chatgpt.com/connector_platform_oauth_redirect',
    isLocal: false,
    metadata: OPENID,
    scope: 'work:read work:write context:write memory:read memory:write tools:call',
    signs: true,
  },
  {
    client: 'Codex',
    id: 'https://chatgpt.com/oauth/codex/client.json',
    name: 'Codex',
    redirect: 'http://127.0.0.1:37819/callback',
    isLocal: true,
    metadata: OAUTH,
    scope: undefined,
  },
  {
    client: 'Cursor',
    id: 'https://cursor.com/oauth/mcp-client.json',
    name: 'Cursor',
    redirect: 'cursor://anysphere.cursor-mcp/oauth/callback',
    isLocal: true,
    metadata: OAUTH,
    scope: 'work:read work:write',
  },
  {
    client: 'VS Code',
    id: 'https://vscode.dev/oauth/client-metadata.json',
    name: 'Visual Studio Code',
    redirect: 'http://127.0.0.1:33418/',
    isLocal: true,
    metadata: OAUTH,
    scope: 'work:read work:write',
  },
  {
    client: 'VS Code when its port is taken',
    id: 'https://vscode.dev/oauth/client-metadata.json',
    name: 'Visual Studio Code',
    redirect: 'http://127.0.0.1:59656/',
    isLocal: true,
    metadata: OAUTH,
    scope: 'work:read work:write',
  },
  {
    client: 'VS Code in a browser',
    id: 'https://vscode.dev/oauth/client-metadata.json',
    name: 'Visual Studio Code',
    redirect: 'https://vscode.dev/redirect',
    isLocal: false,
    metadata: OAUTH,
    scope: 'work:read work:write',
  },
]

const signer = async () => {
  const key = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(key.publicKey)), kid: 'a', alg: 'RS256', use: 'sig' }
  world.pages.set('https://chatgpt.com/oauth/jwks.json', () => Response.json({ keys: [jwk] }))
  return (id: string, aud: string) =>
    new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid: 'a' })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(aud)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(key.privateKey)
}

test.each(KNOWN)('$client connects without anything being fetched about it', async (known) => {
  const { id, redirect, signs = false } = known
  const { host } = new URL(world.home)
  const get = async (path: string) =>
    bodyOf(await world.wire.send({ method: 'GET', path, headers: { host } }))
  const first = await callMcp(world, undefined)
  const [, resource = ''] =
    /resource_metadata="([^"]+)"/.exec(first.headers['www-authenticate'] ?? '') ?? []
  const told = await get(new URL(resource).pathname)
  expect(told).toMatchObject({ authorization_servers: [`${world.home}/oauth`] })
  const server = await get(known.metadata)
  expect(server).toMatchObject({
    issuer: `${world.home}/oauth`,
    client_id_metadata_document_supported: true,
    token_endpoint_auth_methods_supported: expect.arrayContaining(['none']),
    code_challenge_methods_supported: ['S256'],
  })

  const { verifier, challenge } = proof()
  const browser = await signedIn(world)
  const asked = { client_id: id, redirect_uri: redirect, scope: known.scope, ...known.more }
  const uid = await begin(world, browser, authUrl(world, challenge, asked))
  expect(bodyOf(await browser.get(`/v1/oauth/consents/${uid}`))).toMatchObject({
    client: { name: known.name, host: new URL(id).host },
    redirect: { isLocal: known.isLocal },
    warning: known.isLocal ? expect.any(String) : null,
  })
  await consent(browser, uid)
  const back = await goOn(browser, uid)
  expect(back.href.startsWith(redirect)).toBe(true)
  expect(back.searchParams.get('iss')).toBe(`${world.home}/oauth`)

  const sign = signs ? await signer() : undefined
  const shown = async () => ({
    client_id: id,
    ...(sign && {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await sign(id, `${world.home}/oauth`),
    }),
  })
  const code = back.searchParams.get('code') ?? ''
  const given = await form(world, '/oauth/token', {
    ...{ grant_type: 'authorization_code', code, code_verifier: verifier },
    ...{ redirect_uri: redirect, resource: `${world.home}/mcp`, ...(await shown()) },
  })
  expect([given.status, given.text]).toEqual([200, expect.stringContaining('"Bearer"')])
  const tokens = bodyOf(given)
  expect((await callMcp(world, textIn(tokens, 'access_token'))).status).toBe(200)
  const more = await refresh(world, textIn(tokens, 'refresh_token'), await shown())
  expect(more.status).toBe(200)
  expect((await callMcp(world, textIn(bodyOf(more), 'access_token'))).status).toBe(200)
})

test('a client registers itself where the hub lets it', async () => {
  const open = await openWorld({ registration: true })
  const { host } = new URL(open.home)
  const sent = await open.wire.send({
    method: 'POST',
    path: '/oauth/register',
    headers: { host, 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Older',
      redirect_uris: ['http://localhost:8787/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
  })
  expect(sent.status).toBe(201)
  const id = textIn(bodyOf(sent), 'client_id')
  const { challenge } = proof()
  const browser = await signedIn(open)
  const redirect = 'http://localhost:8787/callback'
  const asked = { client_id: id, redirect_uri: redirect }
  const uid = await begin(open, browser, authUrl(open, challenge, asked))
  await consent(browser, uid)
  expect((await goOn(browser, uid)).searchParams.get('code')).not.toBeNull()
})
