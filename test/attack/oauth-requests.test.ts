import { beforeAll, describe, expect, test } from 'vitest'
import { authUrl, BACK, bodyOf, form, proof, publish, signedIn } from './oauth-flow.ts'
import { openWorld, type World } from './oauth-world.ts'

let world: World

const NATIVE = 'https://native.example/client.json'
const { challenge } = proof()

beforeAll(async () => {
  world = await openWorld()
  publish(world)
  publish(
    world,
    {
      redirect_uris: [
        'http://127.0.0.1/callback',
        'http://localhost/callback',
        'app://back.example',
      ],
    },
    NATIVE,
  )
})

type Params = Parameters<typeof authUrl>[2]

/** Asks for access and gives how the client is told, or that it is not told at all. */
const asked = async (params: Params) => {
  const browser = await signedIn(world)
  const heard = await browser.get(authUrl(world, challenge, params))
  const { location = '' } = heard.headers
  if (location.startsWith('/oauth/interaction/')) return { status: heard.status, begun: true }
  if (location === '') return { status: heard.status, error: bodyOf(heard)['error'], begun: false }
  const url = new URL(location)
  // A client that asked for tokens in the address hears the answer behind its hash.
  const said = [...url.searchParams, ...new URLSearchParams(url.hash.slice(1))]
  const { error, iss, state, code } = Object.fromEntries(said)
  return { status: heard.status, to: `${url.origin}${url.pathname}`, error, iss, state, code }
}

const REDIRECTS: readonly (readonly [why: string, redirect: string | undefined])[] = [
  ['another path', 'https://client.example/callback2'],
  ['a longer path', `${BACK}/more`],
  ['a prefix of the path', 'https://client.example/call'],
  ['a query', `${BACK}?next=https://evil.example`],
  ['a fragment', `${BACK}#here`],
  ['a user in front of the host', 'https://evil.example@client.example/callback'],
  ['the host as a user', 'https://client.example@evil.example/callback'],
  ['the host as a beginning', 'https://client.example.evil.example/callback'],
  ['another scheme', 'http://client.example/callback'],
  ['another port', 'https://client.example:8443/callback'],
  ['a port on a host that is no loopback', 'https://client.example:443/callback/'],
  ['other letters', 'https://CLIENT.example/callback'],
  ['a path that climbs', 'https://client.example/x/../callback'],
  ['an encoded path', 'https://client.example/%63allback'],
  ['a script', 'javascript:alert(1)'],
  ['data', 'data:text/html,hello'],
  ['nothing', ''],
  ['none at all', undefined],
]

describe('a redirect that the client did not register', () => {
  test.each(REDIRECTS)('%s leads nowhere', async (_, redirect) => {
    const told = await asked({ redirect_uri: redirect })
    expect(told).toMatchObject({ status: 400, begun: false })
    expect(told.to).toBeUndefined()
  })

  test('given twice leads nowhere', async () => {
    const told = await asked({ redirect_uri: [BACK, 'https://evil.example/'] })
    expect(told).toMatchObject({ status: 400, begun: false })
  })
})

const LOOPBACKS: readonly (readonly [redirect: string, begun: boolean])[] = [
  ['http://127.0.0.1:49152/callback', true],
  ['http://localhost:1024/callback', true],
  ['http://localhost/callback', true],
  ['app://back.example', true],
  ['http://127.0.0.1:49152/other', false],
  ['https://127.0.0.1:49152/callback', false],
  ['http://127.0.0.2:49152/callback', false],
  ['http://[::1]:49152/callback', false],
  ['http://localhost.evil.example:80/callback', false],
  ['http://127.0.0.1.evil.example/callback', false],
  ['http://user@127.0.0.1:49152/callback', false],
  ['http://127.0.0.1:49152/callback#x', false],
  ['app://back.example.evil', false],
  ['app://back.example/more', false],
]

test.each(LOOPBACKS)('a program on this computer comes back at %s: %s', async (redirect, begun) => {
  const told = await asked({ client_id: NATIVE, redirect_uri: redirect })
  expect(told.begun ?? false).toBe(begun)
})

type Wrong = readonly [why: string, params: Params, error: string]

const REFUSED: readonly Wrong[] = [
  [
    'no proof key',
    { code_challenge: undefined, code_challenge_method: undefined },
    'invalid_request',
  ],
  ['a plain proof key', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['a proof key without its method', { code_challenge_method: undefined }, 'invalid_request'],
  ['a method without a proof key', { code_challenge: undefined }, 'invalid_request'],
  ['a short proof key', { code_challenge: 'short' }, 'invalid_request'],
  ['a token in the address', { response_type: 'token' }, 'unsupported_response_type'],
  ['an identity in the address', { response_type: 'id_token' }, 'unsupported_response_type'],
  ['both at once', { response_type: 'code id_token' }, 'unsupported_response_type'],
  ['no answer', { response_type: 'none' }, 'unsupported_response_type'],
  ['no resource', { resource: undefined }, 'invalid_target'],
  ['a foreign resource', { resource: 'https://other.example/mcp' }, 'invalid_target'],
  ['a resource that begins alike', { resource: 'http://127.0.0.1:1/mcp' }, 'invalid_target'],
  ['a request in a token', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  ['a request elsewhere', { request_uri: 'https://evil.example/r' }, 'request_uri_not_supported'],
  ['no page', { prompt: 'none' }, 'login_required'],
]

describe('a request for access', () => {
  test.each(REFUSED)(
    'with %s is refused, and the client hears from whom',
    async (_, params, error) => {
      const told = await asked(params)
      expect(told).toMatchObject({ to: BACK, error, state: 'state-1', iss: `${world.home}/oauth` })
      expect(told.code).toBeUndefined()
    },
  )

  test('for the API is refused to a client that is not the command line', async () => {
    expect(await asked({ resource: `${world.home}/v1` })).toMatchObject({ error: 'invalid_target' })
  })

  test('for two resources is refused', async () => {
    const resource = [`${world.home}/mcp`, `${world.home}/v1`]
    expect(await asked({ resource })).toMatchObject({ error: 'invalid_target' })
  })

  test('for the resource of the keys is refused', async () => {
    const resource = `${world.home}/agent/mcp`
    expect(await asked({ resource })).toMatchObject({ error: 'invalid_target' })
  })

  test('with two values where one belongs is refused', async () => {
    expect(await asked({ state: ['a', 'b'] })).toMatchObject({ error: 'invalid_request' })
  })

  test('of nobody is refused without a redirect', async () => {
    const told = await asked({ client_id: 'guildhall-nobody' })
    expect(told).toMatchObject({ status: 400, error: 'invalid_client', begun: false })
  })

  test('of the command line is refused: it has no redirect', async () => {
    const told = await asked({ client_id: 'guildhall-cli', redirect_uri: 'http://127.0.0.1/cb' })
    expect(told).toMatchObject({ status: 400, begun: false })
  })

  test('that names no scope we have is asked with the first ones', async () => {
    expect(await asked({ scope: undefined })).toMatchObject({ begun: true })
    expect(await asked({ scope: 'openid everything' })).toMatchObject({ begun: true })
  })
})

describe('an address below /oauth', () => {
  const ADDRESSES: readonly (readonly [method: string, path: string, status: number])[] = [
    ['GET', '/oauth', 404],
    ['GET', '/oauth/', 404],
    ['GET', '/oauth/me', 404],
    ['POST', '/oauth/token/introspection', 404],
    ['POST', '/oauth/register', 404],
    ['POST', '/oauth/request', 404],
    ['GET', '/oauth/session/end', 404],
    ['POST', '/oauth/session/end/confirm', 404],
    ['POST', '/oauth/device', 404],
    ['GET', '/oauth/interaction/abcdefghijklmnopqrstu/abort', 404],
    ['POST', '/oauth/interaction/abcdefghijklmnopqrstu/go', 405],
    ['GET', '/oauth/token', 405],
    ['POST', '/oauth/auth', 405],
    ['OPTIONS', '/oauth/token', 405],
    ['GET', '/.well-known/oauth-protected-resource', 404],
    ['GET', '/.well-known/oauth-protected-resource/agent/mcp', 404],
    ['GET', '/.well-known/oauth-protected-resource/v1', 404],
    ['GET', '/.well-known/oauth-authorization-server', 404],
    ['GET', '/.well-known/oauth-authorization-server/agent/mcp', 404],
    ['GET', '/.well-known/openid-configuration', 404],
    ['GET', '/.well-known/openid-configuration/oauth', 404],
  ]

  test.each(ADDRESSES)(
    '%s %s answers %i with a problem, never with a page',
    async (method, path, status) => {
      const { host } = new URL(world.home)
      const heard = await world.wire.send({ method, path, headers: { host, accept: 'text/html' } })
      expect(heard.status).toBe(status)
      expect(heard.headers['content-type']).toContain('application/problem+json')
    },
  )
})

describe('an address below /oauth', () => {
  test('tells what it is, and only what is true', async () => {
    const { host } = new URL(world.home)
    const ask = async (path: string) =>
      bodyOf(await world.wire.send({ method: 'GET', path, headers: { host } }))
    const server = await ask('/.well-known/oauth-authorization-server/oauth')
    expect(server).toMatchObject({
      issuer: `${world.home}/oauth`,
      authorization_endpoint: `${world.home}/oauth/auth`,
      token_endpoint: `${world.home}/oauth/token`,
      revocation_endpoint: `${world.home}/oauth/revoke`,
      device_authorization_endpoint: `${world.home}/oauth/device/auth`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    })
    expect(server['registration_endpoint']).toBeUndefined()
    expect(server['userinfo_endpoint']).toBeUndefined()
    expect(server['introspection_endpoint']).toBeUndefined()
    expect(await ask('/oauth/.well-known/openid-configuration')).toEqual(server)
    expect(await ask('/.well-known/oauth-protected-resource/mcp')).toMatchObject({
      resource: `${world.home}/mcp`,
      authorization_servers: [`${world.home}/oauth`],
      bearer_methods_supported: ['header'],
    })
  })

  test('lets no page of another site read anything', async () => {
    const { host } = new URL(world.home)
    for (const path of ['/oauth/jwks', '/oauth/.well-known/openid-configuration']) {
      const plain = await world.wire.send({ method: 'GET', path, headers: { host } })
      expect(plain.status).toBe(200)
      expect(plain.headers['access-control-allow-origin']).toBeUndefined()
      const headers = { host, origin: 'https://evil.example' }
      const foreign = await world.wire.send({ method: 'GET', path, headers })
      expect(foreign.status).toBe(403)
    }
  })

  test('shows no private part of its key', async () => {
    const { host } = new URL(world.home)
    const heard = await world.wire.send({ method: 'GET', path: '/oauth/jwks', headers: { host } })
    expect(heard.text).toContain('"kty":"EC"')
    expect(heard.text).not.toContain('"d"')
  })

  test('carries the headers of every page', async () => {
    const browser = await signedIn(world)
    for (const path of [
      '/oauth/jwks',
      authUrl(world, challenge),
      authUrl(world, challenge, { client_id: 'x' }),
    ]) {
      const heard = await browser.get(path)
      expect(heard.headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(heard.headers['x-content-type-options']).toBe('nosniff')
      expect(heard.headers['referrer-policy']).toBe('no-referrer')
    }
  })

  test('registers nobody where the hub did not switch it on', async () => {
    const heard = await form(world, '/oauth/register', { redirect_uris: BACK })
    expect(heard.status).toBe(404)
  })
})
