import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { Provider } from '../../src/identity/domain/provider.ts'
import { issuerClient } from '../../src/identity/infrastructure/oidc-client.ts'

// Who somebody is, an issuer says in an ID token. A forged one comes from whoever can answer in the
// issuer's place: it is believed by its signature only, and never for another client, issuer, time
// or sign-in than this one.

const ISSUER = 'https://login.example.net'
const CLIENT = 'guildhall-1'
const CALLBACK = 'https://hall.example.org/sign-in/callback'
const TIES = { state: 'state-1', nonce: 'nonce-1', verifier: 'v'.repeat(43) }
const PROVIDER: Provider = {
  id: '00000000-0000-7000-8000-0000000000c1',
  key: 'corp',
  kind: 'oidc',
  name: 'Corp',
  issuer: ISSUER,
  clientId: CLIENT,
  domains: [],
  version: 1,
}

type Pair = Awaited<ReturnType<typeof generateKeyPair>>
let own: Pair
let other: Pair
beforeAll(async () => {
  own = await generateKeyPair('RS256', { extractable: true })
  other = await generateKeyPair('RS256', { extractable: true })
})

const now = () => Math.floor(Date.now() / 1_000)
type Claims = Readonly<Record<string, unknown>>
const claims = (more: Claims = {}): JWTPayload => ({
  ...{ iss: ISSUER, aud: CLIENT, sub: 'ada-1', nonce: TIES.nonce },
  ...{ iat: now(), exp: now() + 300, email: 'ada@example.org', email_verified: true },
  ...more,
})
const sign = (more: Claims = {}, header: object = {}, key = own.privateKey) =>
  new SignJWT(claims(more)).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key)

/** Asks who came back, where the issuer answers with this ID token. */
const asked = async (idToken: string | undefined, metadata: object = {}) => {
  const visited: string[] = []
  const answers: Record<string, unknown> = {
    '/.well-known/openid-configuration': {
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/auth`,
      token_endpoint: `${ISSUER}/token`,
      jwks_uri: `${ISSUER}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      ...metadata,
    },
    '/keys': {
      keys: [{ ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }],
    },
    '/token': {
      ...{ access_token: 'opaque-1', token_type: 'bearer', expires_in: 60 },
      ...(idToken !== undefined && { id_token: idToken }),
    },
  }
  const client = issuerClient({
    fetch: async (input) => {
      const { origin, pathname } = new URL(input instanceof Request ? input.url : input)
      visited.push(origin)
      return Response.json(answers[pathname] ?? {}, { status: answers[pathname] ? 200 : 404 })
    },
  })
  const terms = { provider: PROVIDER, clientSecret: () => 'secret-of-the-client' }
  const callback = `${CALLBACK}?code=code-1&state=${TIES.state}`
  try {
    const who = await client.claims(terms, { callback, ...TIES })
    return { who: who.subject, visited }
  } catch (error) {
    return { who: error instanceof Error ? Reflect.get(error, 'code') : null, visited }
  }
}

const REFUSED = 'identity.external_sign_in_failed'

test('an ID token of the issuer says who came', async () => {
  expect((await asked(await sign())).who).toBe('ada-1')
})

type Forged = readonly [why: string, make: () => Promise<string | undefined> | string | undefined]
const parts = async () => (await sign()).split('.')
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const FORGED: readonly Forged[] = [
  ['that is missing', () => undefined],
  ['that is no token', () => 'x.y.z'],
  ['for another client', () => sign({ aud: 'guildhall-2' })],
  ['for two clients, in the name of the other', () => sign({ aud: [CLIENT, 'x'], azp: 'x' })],
  ['of another issuer', () => sign({ iss: 'https://evil.test' })],
  ['of an issuer that only begins alike', () => sign({ iss: `${ISSUER}.evil.test` })],
  ['of an issuer with a slash more', () => sign({ iss: `${ISSUER}/` })],
  ['of another sign-in', () => sign({ nonce: 'nonce-2' })],
  ['of no sign-in', () => sign({ nonce: undefined })],
  ['that is over', () => sign({ iat: now() - 7_200, exp: now() - 3_600 })],
  ['that begins later', () => sign({ nbf: now() + 3_600 })],
  ['without an end', () => sign({ exp: undefined })],
  ['about nobody', () => sign({ sub: '' })],
  ['without a signature', () => new UnsecuredJWT(claims()).encode()],
  [
    'whose signature was taken off',
    async () => {
      const [, body] = await parts()
      return `${encoded({ alg: 'none', kid: 'one' })}.${body}.`
    },
  ],
  [
    'whose body was changed',
    async () => {
      const [head, , signature] = await parts()
      return `${head}.${encoded(claims({ sub: 'eve-1' }))}.${signature}`
    },
  ],
  ['signed by somebody else', () => sign({}, {}, other.privateKey)],
  [
    'that brings its own key',
    async () => sign({}, { jwk: await exportJWK(other.publicKey) }, other.privateKey),
  ],
  ['that names its own keys', () => sign({}, { jku: 'https://evil.test/keys' }, other.privateKey)],
  ['that names its own chain', () => sign({}, { x5u: 'https://evil.test/x' }, other.privateKey)],
  ['of an unknown key', () => sign({}, { kid: 'two' }, other.privateKey)],
  [
    'with the public key as a shared secret',
    async () => {
      const shared = new TextEncoder().encode(JSON.stringify(await exportJWK(own.publicKey)))
      return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(shared)
    },
  ],
]

test.each(FORGED)('an ID token %s lets nobody in', async (_, make) => {
  const { who, visited } = await asked(await make())
  expect(who).toBe(REFUSED)
  // Nothing in a token sends the hub anywhere.
  expect(new Set(visited)).toEqual(new Set([ISSUER]))
})

test.each([
  ['names another issuer', { issuer: 'https://evil.test' }],
  ['names an issuer with a slash more', { issuer: `${ISSUER}/` }],
  ['names no issuer', { issuer: undefined }],
])('metadata that %s is not believed', async (_, metadata) => {
  expect((await asked(await sign(), metadata)).who).toBe(REFUSED)
})
