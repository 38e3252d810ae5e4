import { beforeAll, describe, expect, test } from 'vitest'
import {
  BACK,
  bodyOf,
  callMcp,
  CLIENT,
  codeFor,
  form,
  proof,
  publish,
  redeem,
  tokensFor,
} from './oauth-flow.ts'
import { openWorld, textIn, type World } from './oauth-world.ts'

let world: World

const OTHER = 'https://other.example/client.json'

beforeAll(async () => {
  world = await openWorld()
  publish(world)
  publish(world, {}, OTHER)
})

const errorOf = (heard: Awaited<ReturnType<typeof redeem>>) => bodyOf(heard)['error']

describe('a code', () => {
  test('comes back with the state of the client and the name of this server', async () => {
    const { back } = await codeFor(world, { auth: { state: 'a b&c' } })
    expect(`${back.origin}${back.pathname}`).toBe(BACK)
    expect(back.searchParams.get('state')).toBe('a b&c')
    expect(back.searchParams.get('iss')).toBe(`${world.home}/oauth`)
    expect(back.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
  })

  test('that is redeemed twice gives nothing, and takes back what it gave', async () => {
    const tokens = await tokensFor(world)
    expect((await callMcp(world, tokens.access)).status).toBe(200)
    const again = await redeem(world, tokens)
    expect([again.status, errorOf(again)]).toEqual([400, 'invalid_grant'])
    expect((await callMcp(world, tokens.access)).status).toBe(401)
    const later = await form(world, '/oauth/token', {
      ...{ grant_type: 'refresh_token', refresh_token: tokens.refresh, client_id: CLIENT },
    })
    expect(errorOf(later)).toBe('invalid_grant')
    expect(await world.ledger()).toContainEqual(
      expect.objectContaining({
        name: 'identity.consent_ended',
        data: expect.objectContaining({ why: 'replayed' }),
      }),
    )
  })

  test('that twenty redeem at once gives tokens to one', async () => {
    const { code, verifier } = await codeFor(world)
    const all = await Promise.all(
      Array.from({ length: 20 }, () => redeem(world, { code, verifier })),
    )
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(all.filter(({ status }) => status === 400)).toHaveLength(19)
    expect(all.filter((heard) => heard.status === 400).map(errorOf)).toEqual(
      Array.from({ length: 19 }, () => 'invalid_grant'),
    )
  })

  test('is over after a minute', async () => {
    const { code, verifier } = await codeFor(world)
    world.turn(61_000)
    const heard = await redeem(world, { code, verifier })
    expect([heard.status, errorOf(heard)]).toEqual([400, 'invalid_grant'])
  })
})

describe('a code', () => {
  type More = Parameters<typeof redeem>[2]
  const WRONG: readonly (readonly [why: string, more: More, error: string])[] = [
    ['without its proof', { code_verifier: undefined }, 'invalid_grant'],
    ['with another proof', { code_verifier: proof().verifier }, 'invalid_grant'],
    ['with a short proof', { code_verifier: 'short' }, 'invalid_request'],
    ['with an empty proof', { code_verifier: '' }, 'invalid_grant'],
    ['without its redirect', { redirect_uri: undefined }, 'invalid_request'],
    ['with another redirect', { redirect_uri: 'https://client.example/other' }, 'invalid_grant'],
    ['by another client', { client_id: OTHER }, 'invalid_grant'],
    ['by the command line', { client_id: 'guildhall-cli' }, 'invalid_request'],
    ['by nobody', { client_id: undefined }, 'invalid_request'],
    ['for another resource', { resource: 'https://evil.example/mcp' }, 'invalid_target'],
    [
      'as a device',
      { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' },
      'invalid_request',
    ],
    ['as a password', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['as credentials of a client', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    ['with two codes', { code: ['a', 'b'] }, 'invalid_request'],
  ]

  test.each(WRONG)('redeemed %s gives nothing', async (_, more, error) => {
    const { code, verifier } = await codeFor(world)
    const heard = await redeem(world, { code, verifier }, more)
    expect(heard.status).toBeGreaterThanOrEqual(400)
    expect(heard.status).toBeLessThan(500)
    expect(errorOf(heard)).toBe(error)
    expect(heard.text).not.toContain('access_token')
  })

  test('redeemed with a secret that no client has gives nothing', async () => {
    const { code, verifier } = await codeFor(world)
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier }
    const basic = Buffer.from(`${encodeURIComponent(CLIENT)}:secret`).toString('base64')
    const heard = await form(
      world,
      '/oauth/token',
      { ...fields, redirect_uri: BACK },
      { authorization: `Basic ${basic}` },
    )
    expect([heard.status, errorOf(heard)]).toEqual([401, 'invalid_client'])
  })

  test('for the API gives nothing for it', async () => {
    const { code, verifier } = await codeFor(world)
    const heard = await redeem(world, { code, verifier }, { resource: `${world.home}/v1` })
    expect(errorOf(heard)).toBe('invalid_target')
  })
})

describe('what the hub keeps', () => {
  test('holds no code, token, cookie or user code', async () => {
    const { code, verifier, browser } = await codeFor(world)
    const tokens = bodyOf(await redeem(world, { code, verifier }))
    const device = bodyOf(
      await form(world, '/oauth/device/auth', {
        ...{ client_id: 'guildhall-cli', resource: `${world.home}/v1` },
      }),
    )
    const kept = await world.database.system(
      (sql) => sql<{ text: string }>`select i::text as text from identity.oauth_item i`,
    )
    const all = kept.map(({ text }) => text).join('\n')
    const secrets = [
      ...[code, verifier, textIn(tokens, 'access_token'), textIn(tokens, 'refresh_token')],
      ...[textIn(device, 'device_code'), textIn(device, 'user_code')],
      textIn(device, 'user_code').replace('-', ''),
      ...[...browser.jar].map(([, { value }]) => value),
    ]
    expect(kept.length).toBeGreaterThan(4)
    for (const secret of secrets) expect(all).not.toContain(secret)
  })

  test('is sealed where it signs, and made once', async () => {
    const rows = await world.database.system(
      (sql) => sql<{ sealed: string }>`select sealed from identity.oauth_key`,
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.sealed).toMatch(/^v1\.a256gcm\./)
  })

  test('is forgotten when it is over', async () => {
    const { code, verifier } = await codeFor(world)
    await redeem(world, { code, verifier })
    world.turn(200 * 86_400_000)
    const operation = world.house.pipeline.operations.get('identity.forget_oauth')
    expect(operation).toBeDefined()
    if (!operation) return
    const { systemActor } = await import('../../src/kernel/actor.ts')
    const hub = systemActor('00000000-0000-7000-8000-000000000000')
    await world.house.pipeline.run(operation, {}, { actor: hub, door: 'job' })
    const [left] = await world.database.system(
      (sql) => sql<{ count: number }>`
        select count(*) as count from identity.oauth_item where model <> 'Client'`,
    )
    expect(left?.count).toBe(0)
  })
})
