import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { formatKey, parseKey } from '../../src/identity/domain/key.ts'
import { httpServer } from '../../src/interface/http/server.ts'
import { mcpDoor } from '../../src/interface/mcp/door.ts'
import { bench } from '../bench.ts'
import { people } from './sign-in-house.ts'
import { wireTo, type Wished } from './wire.ts'

// Keys as they come over the wire: in the wrong place, twice, from the wrong address, or not good
// any more. The doors stand on real sockets.

const TRACE = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
const closers: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closers.splice(0)) await close()
})

type Hall = Awaited<ReturnType<typeof bench>>['house']['hall']

/** Opens both doors; asks who one is with the headers given. */
const open = async (hall: Hall, trustedProxies: readonly string[] = []) => {
  let port = 0
  const mcp = mcpDoor({
    ...{ hall, version: '1.0.0', port: () => port, sessionKey: randomBytes(32) },
  })
  const http = httpServer({ hall, mcp, version: '1.0.0', trustedProxies })
  port = (await http.listen({ host: '127.0.0.1', port: 0 })).port
  const wire = wireTo(`http://127.0.0.1:${port}`)
  closers.push(async () => {
    wire.close()
    await mcp.close()
    await http.close(1_000)
  })
  const host = `127.0.0.1:${port}`
  return async (headers: Wished['headers'], path = '/v1/me') => {
    const all = { host, ...TRACE, ...headers }
    const { status, text, headers: said } = await wire.send({ method: 'GET', path, headers: all })
    const body: unknown = JSON.parse(text)
    const code = Object(body).code ?? Object(body).handle
    return { status, code, text, asks: said['www-authenticate'] }
  }
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

type Made = { id: string; key: string }

test('a key counts in one header, never in two, in the address, or as a cookie', async () => {
  const b = await bench()
  const ask = await open(b.house.hall)
  const key = b.ownerKey
  const cases = [
    [await ask(bearer(key)), 200, 'owner'],
    [await ask({ 'x-api-key': key }), 200, 'owner'],
    [await ask({ ...bearer(key), 'x-api-key': key }), 400, 'platform.two_credentials'],
    [await ask({}, `/v1/me?access_token=${key}`), 400, 'platform.key_in_address'],
    [await ask({}, `/v1/me?x=${key}`), 400, 'platform.key_in_address'],
    [await ask(bearer(key), `/v1/me?api_key=${key}`), 400, 'platform.key_in_address'],
    [await ask({ cookie: `guildhall=${key}` }), 401, 'identity.session_ended'],
    [await ask({ cookie: `key=${key}` }), 401, 'identity.key_missing'],
    [await ask({ authorization: `Basic ${key}` }), 401, 'identity.key_missing'],
    [await ask({ authorization: key }), 401, 'identity.key_missing'],
    [await ask({}), 401, 'identity.key_missing'],
  ] as const
  for (const [heard, status, code] of cases) expect(heard).toMatchObject({ status, code })
})

test('the cookie of a browser is no key', async () => {
  const hall = await people()
  const { session } = await hall.join('ada')
  const ask = await open(hall.hall)
  expect(await ask({ cookie: `guildhall=${session}` })).toMatchObject({ status: 200, code: 'ada' })
  for (const headers of [bearer(session), { 'x-api-key': session }]) {
    expect(await ask(headers)).toMatchObject({ status: 401, code: 'identity.key_malformed' })
  }
})

test('keys that let nobody in are answered with the same bytes, whatever is wrong', async () => {
  const b = await bench()
  const other = await bench()
  const ask = await open(b.house.hall)
  const make = (more: object = {}) => b.run<Made>('identity.create_key', { name: 'k', ...more })
  const [revoked, expired] = [await make(), await make({ days: 1 })]
  await b.run('identity.revoke_key', { id: revoked.id })
  const person = (handle: string) =>
    b.run<Made>('identity.create_person', { handle, name: handle, role: 'member' })
  const [ben, eve] = [await person('ben'), await person('eve')]
  for (const { key } of [ben, eve, expired]) {
    expect(await ask(bearer(key))).toMatchObject({ status: 200 })
  }
  await b.run('identity.suspend_principal', { handle: 'ben' })
  await b.run('identity.erase_subject', { handle: 'eve', confirm: 'eve' })
  b.clock.turn(86_400_000)
  const [parts, theirs] = [parseKey(b.ownerKey), parseKey(other.ownerKey)]
  if (!parts || !theirs) throw new Error('Both keys are whole.')
  const keys = [
    ...[revoked.key, expired.key, ben.key, eve.key],
    formatKey({ ...parts, secret: randomBytes(32) }),
    formatKey({ ...parts, tag: theirs.tag }),
    formatKey({ ...parts, tag: 'zzzzzzzz' }),
    formatKey({ ...parts, kind: 'service' }),
    formatKey({ ...parts, id: '0190a000-0000-7000-8000-00000000abcd' }),
  ]
  const heard = new Set<string>()
  for (const key of keys) heard.add(JSON.stringify(await ask(bearer(key))))
  expect(heard.size).toBe(1)
  const [only = ''] = heard
  expect(JSON.parse(only)).toMatchObject({ status: 401, code: 'identity.key_not_valid' })
})

/** A caller in 10.0.0.0/8, as forgers write it. */
const FORGED = [
  { 'x-forwarded-for': '10.1.2.3' },
  { 'x-forwarded-for': '10.1.2.3, 127.0.0.1' },
  { 'x-forwarded-for': ['10.1.2.3', '10.1.2.3'] },
  { 'x-real-ip': '10.1.2.3' },
  { forwarded: 'for=10.1.2.3' },
  { forwarded: 'for="[::ffff:10.1.2.3]"' },
  { 'true-client-ip': '10.1.2.3' },
  { 'cf-connecting-ip': '10.1.2.3' },
  { 'x-client-ip': '10.1.2.3', 'x-forwarded-host': '10.1.2.3' },
]

test('no header makes a key good that is bound to another address', async () => {
  const b = await bench()
  const ask = await open(b.house.hall)
  const { key } = await b.run<Made>('identity.create_key', {
    ...{ name: 'k', addresses: ['10.0.0.0/8'] },
  })
  const elsewhere = { status: 403, code: 'identity.address_not_allowed' }
  for (const headers of [{}, ...FORGED]) {
    expect(await ask({ ...bearer(key), ...headers })).toMatchObject(elsewhere)
  }
  const here = await b.run<Made>('identity.create_key', {
    ...{ name: 'k', addresses: ['127.0.0.0/8'] },
  })
  for (const headers of [{}, ...FORGED]) {
    expect(await ask({ ...bearer(here.key), ...headers })).toMatchObject({ status: 200 })
  }
})

test('behind a trusted proxy counts what the proxy has added, not what came to it', async () => {
  const b = await bench()
  const ask = await open(b.house.hall, ['127.0.0.1/32', '10.9.0.0/16'])
  const { key } = await b.run<Made>('identity.create_key', {
    ...{ name: 'k', addresses: ['10.1.0.0/16'] },
  })
  const via = async (list: string) =>
    (await ask({ ...bearer(key), 'x-forwarded-for': list })).status
  expect(await via('10.1.2.3')).toBe(200)
  expect(await via('203.0.113.9, 10.1.2.3, 10.9.0.1')).toBe(200)
  expect(await via('10.1.2.3, 203.0.113.9')).toBe(403)
  expect(await via('10.1.2.3, unknown')).toBe(403)
  expect(
    (await ask({ ...bearer(key), 'x-forwarded-for': '10.1.2.3', forwarded: 'for=10.1.9.9' }))
      .status,
  ).toBe(403)
})
