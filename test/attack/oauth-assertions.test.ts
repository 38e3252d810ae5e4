import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { bodyOf, codeFor, publish, redeem } from './oauth-flow.ts'
import { openWorld, type World } from './oauth-world.ts'

let world: World

const KEYS = 'https://signing.example/keys.json'
const SIGNING = 'https://signing.example/client.json'
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
let key: Awaited<ReturnType<typeof generateKeyPair>>

beforeAll(async () => {
  world = await openWorld()
  key = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(key.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  world.pages.set(KEYS, () => Response.json({ keys: [jwk] }))
  const more = {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    token_endpoint_auth_signing_alg: 'RS256',
    jwks_uri: KEYS,
  }
  publish(world, more, SIGNING)
})

type Claims = Readonly<Record<string, unknown>>
const now = () => Math.floor(Date.now() / 1_000)
const claims = (more: Claims = {}) => ({
  ...{ iss: SIGNING, sub: SIGNING, aud: `${world.home}/oauth`, jti: crypto.randomUUID() },
  ...{ iat: now(), exp: now() + 60, ...more },
})
const sign = (more: Claims = {}, header: object = {}, signer = key.privateKey) =>
  new SignJWT(claims(more)).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(signer)

const redeemWith = async (assertion: string | undefined, more: object = {}) => {
  const { code, verifier } = await codeFor(world, { auth: { client_id: SIGNING } })
  const signed = assertion && { client_assertion: assertion, client_assertion_type: TYPE }
  return redeem(world, { code, verifier }, { client_id: SIGNING, ...signed, ...more })
}

const long = () =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(0x20))
    },
  })

type Forged = readonly [why: string, make: () => Promise<string | undefined> | string | undefined]
const other = () => generateKeyPair('RS256', { extractable: true })
const FORGED: readonly Forged[] = [
  ['nothing', () => undefined],
  ['no signature', () => new UnsecuredJWT(claims()).encode()],
  [
    'no signature behind a real one’s name',
    async () => {
      const [, body] = (await sign()).split('.')
      const head = Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')
      return `${head}.${body}.`
    },
  ],
  [
    'a key it brings along',
    async () => {
      const own = await other()
      const jwk = await exportJWK(own.publicKey)
      return sign({}, { jwk }, own.privateKey)
    },
  ],
  [
    'the address of a key it brings along',
    async () => sign({}, { jku: 'https://evil.example/keys.json' }, (await other()).privateKey),
  ],
  ['another key', async () => sign({}, {}, (await other()).privateKey)],
  [
    'the public key as a shared one',
    async () => {
      const { n = '' } = await exportJWK(key.publicKey)
      return new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(new TextEncoder().encode(n))
    },
  ],
  ['another name', () => sign({ iss: 'https://claude.ai/x' })],
  ['another subject', () => sign({ sub: 'https://claude.ai/x' })],
  ['another server’s name', () => sign({ aud: 'https://other.example/oauth' })],
  ['no name of a server', () => sign({ aud: undefined })],
  ['what is over', () => sign({ iat: now() - 600, exp: now() - 300 })],
  ['what does not hold yet', () => sign({ nbf: now() + 600 })],
  ['no end', () => sign({ exp: undefined })],
  ['no name of its own', () => sign({ jti: undefined })],
]

describe('a client that signs its requests', () => {
  test('gets its tokens', async () => {
    const heard = await redeemWith(await sign())
    expect([heard.status, Object.keys(bodyOf(heard))]).toEqual([
      200,
      expect.arrayContaining(['access_token', 'refresh_token']),
    ])
  })

  test.each(FORGED)('with %s gets nothing', async (_, make) => {
    const heard = await redeemWith(await make())
    expect(heard.status).toBeGreaterThanOrEqual(400)
    expect(heard.status).toBeLessThan(500)
    expect(heard.text).not.toContain('access_token')
  })

  test('with the same words twice gets nothing the second time', async () => {
    const assertion = await sign()
    expect((await redeemWith(assertion)).status).toBe(200)
    expect((await redeemWith(assertion)).status).toBe(401)
  })

  test('whose keys have no end gets nothing', async () => {
    const client = 'https://endless.example/client.json'
    const keys = 'https://endless.example/keys.json'
    publish(world, { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: keys }, client)
    world.pages.set(keys, () => new Response(long()))
    const { code, verifier } = await codeFor(world, { auth: { client_id: client } })
    const assertion = await sign({ iss: client, sub: client })
    const fields = { client_assertion: assertion, client_assertion_type: TYPE }
    const heard = await redeem(world, { code, verifier }, { client_id: client, ...fields })
    expect(heard.status).toBeGreaterThanOrEqual(400)
    expect(heard.text).not.toContain('access_token')
  })
})
