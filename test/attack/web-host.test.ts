import { beforeAll, expect, test } from 'vitest'
import {
  answersIn,
  bodyOf,
  givenKey,
  joins,
  openWeb,
  ownerOf,
  PUBLIC,
  statusesIn,
  talk,
  type Web,
} from './web-house.ts'

// A name that an attacker controls may lead to this machine: rebound by its DNS, or as a target
// that some proxy forwards. The hub answers to its own names only, at every door.

let plain: Web
let secure: Web
let session = ''
let key = ''
beforeAll(async () => {
  plain = await openWeb()
  secure = await openWeb({ publicUrl: PUBLIC })
  session = (await ownerOf(plain)).session
  key = await givenKey(plain, session)
})

const DOORS = [
  'GET /v1/me',
  'GET /',
  'GET /healthz',
  'GET /metrics',
  'GET /openapi.json',
  'POST /agent/mcp',
  'POST /mcp',
  'GET /v1/stream',
  'GET /.well-known/oauth-protected-resource/mcp',
  'GET /oauth/.well-known/openid-configuration',
  'POST /oauth/token',
] as const

/** What stands in the place of the host: with the port of the hub, and the status it earns. */
const HOSTS: readonly (readonly [name: string, host: string, status: number])[] = [
  ['a foreign name', 'evil.test:PORT', 421],
  ['a foreign name without a port', 'evil.test', 421],
  ['this machine without a port', 'localhost', 421],
  ['this machine at another port', 'localhost:1', 421],
  ['no port after a colon', 'localhost:', 421],
  ['a port with a zero before it', 'localhost:0PORT', 421],
  ['a port with a sign', 'localhost:+PORT', 421],
  ['a port twice', 'localhost:PORT:PORT', 421],
  ['somebody before an at', 'evil.test@localhost:PORT', 421],
  ['us before an at', 'localhost:PORT@evil.test', 421],
  ['our name before a path', 'localhost:PORT/evil.test', 421],
  ['our name before a question', 'localhost:PORT?evil.test', 421],
  ['our name before a fragment', 'localhost:PORT#evil.test', 421],
  ['our name below another', 'localhost.evil.test:PORT', 421],
  ['another name below ours', 'evil.localhost:PORT', 421],
  ['a dot behind our name', 'localhost.:PORT', 421],
  ['the whole network', '0.0.0.0:PORT', 421],
  ['another loopback', '127.0.0.2:PORT', 421],
  ['loopback as one number', '2130706433:PORT', 421],
  ['loopback in hexadecimal', '0x7f.0.0.1:PORT', 421],
  ['loopback in octal', '0177.0.0.1:PORT', 421],
  ['loopback cut short', '127.1:PORT', 421],
  ['loopback of IPv6 without brackets', '::1:PORT', 421],
  ['loopback of IPv6 in full', '[0:0:0:0:0:0:0:1]:PORT', 421],
  ['loopback mapped into IPv6', '[::ffff:127.0.0.1]:PORT', 421],
  ['loopback of IPv6 with a zone', '[::1%25lo]:PORT', 421],
  ['a name with a space', 'localhost:PORT evil.test', 421],
  ['a list of names', 'localhost:PORT,evil.test', 421],
  ['a name in wide letters', 'ｌｏｃａｌｈｏｓｔ:PORT', 421],
  ['a name with a look-alike', 'lоcalhost:PORT', 421],
  ['a name in Punycode', 'xn--lcalhost-6be:PORT', 421],
  ['a NUL', 'localhost\u0000:PORT', 400],
  ['nothing', '', 421],
]

test.each(HOSTS)('with %s as its host a request reaches no door', async (_, given, status) => {
  const host = given.replaceAll('PORT', String(plain.port))
  for (const asked of DOORS) {
    const head =
      `${asked} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'
    const said = await talk(plain.port, Buffer.from(head))
    expect([asked, statusesIn(said)]).toEqual([asked, [status]])
    expect(said).not.toMatch(/"alive"|"permissions"|guildhall-agent|"issuer"|up 1/)
  }
})

test.each([
  ['127.0.0.1', '127.0.0.1:PORT'],
  ['localhost', 'localhost:PORT'],
  ['capitals', 'LocalHost:PORT'],
  ['IPv6', '[::1]:PORT'],
])('to %s of this machine the hub answers', async (_, given) => {
  const host = given.replaceAll('PORT', String(plain.port))
  const heard = await plain.say('GET', '/v1/me', { key, headers: { host } })
  expect(heard.status).toBe(200)
})

test.each([
  ['its public name', 'hall.example.org', 200],
  ['its public name in capitals', 'HALL.example.ORG', 200],
  ['its public name with the port of https', 'hall.example.org:443', 421],
  ['its public name with another port', 'hall.example.org:8443', 421],
  ['its public name with a dot behind', 'hall.example.org.', 421],
  ['a name below it', 'x.hall.example.org', 421],
  ['a name that ends like it', 'evilhall.example.org', 421],
  ['the name above it', 'example.org', 421],
])('behind https the hub answers to %s as it should', async (_, host, status) => {
  const heard = await secure.say('GET', '/v1/me', { key, headers: { host } })
  expect(heard.status).toBe(status)
})

const line = (first: string, headers: readonly string[]) =>
  `${[first, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`

test('a whole address, an authority or a star instead of a path is no request', async () => {
  const own = `Host: ${plain.host}`
  const targets = [
    `GET http://${plain.host}/v1/me`,
    `GET http://evil.test/v1/me`,
    `GET https://${plain.host}/v1/me`,
    `GET http://evil.test@${plain.host}/v1/me`,
    `GET ${plain.host}`,
    'OPTIONS *',
    'GET *',
    'GET v1/me',
    'GET ?x',
    'GET file:///etc/passwd',
  ]
  for (const target of targets) {
    const said = await talk(plain.port, line(`${target} HTTP/1.1`, [own, `X-API-Key: ${key}`]))
    expect([target, statusesIn(said)]).toEqual([target, [400]])
  }
  // Two slashes begin a path here, never a host.
  const said = await talk(plain.port, line('GET //evil.test/v1/me HTTP/1.1', [own]))
  const [answer] = answersIn(said)
  expect([answer?.status, answer?.headers['location']]).toEqual([404, undefined])
})

test('two hosts are refused at every door, whichever comes first', async () => {
  const ours = `Host: ${plain.host}`
  for (const asked of DOORS) {
    for (const hosts of [
      [ours, 'Host: evil.test'],
      ['Host: evil.test', ours],
      [ours, ours],
      [ours, 'host: evil.test'],
    ]) {
      const said = await talk(
        plain.port,
        line(`${asked} HTTP/1.1`, [...hosts, `X-API-Key: ${key}`]),
      )
      expect([asked, statusesIn(said)]).toEqual([asked, [400]])
    }
  }
})

test('no host is refused, in the older version too', async () => {
  for (const version of ['1.1', '1.0']) {
    for (const asked of DOORS) {
      const said = await talk(plain.port, line(`${asked} HTTP/${version}`, [`X-API-Key: ${key}`]))
      expect([asked, version, statusesIn(said)]).toEqual([asked, version, [400]])
    }
  }
})

test('what proxies say of host and path changes neither', async () => {
  const forged = {
    forwarded: 'host=evil.test;proto=https;for=10.0.0.1',
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'https',
    'x-forwarded-server': 'evil.test',
    'x-original-host': 'evil.test',
    'x-original-url': '/metrics',
    'x-rewrite-url': '/metrics',
    'x-forwarded-prefix': '/evil',
  }
  const open = await openWeb({ trustedProxies: ['127.0.0.0/8', '::1/128'] })
  for (const web of [plain, open]) {
    const me = await web.say('GET', '/v1/me', { key, headers: forged })
    expect([me.status, bodyOf(me)['handle']]).toEqual([200, 'owner'])
    const place = '/.well-known/oauth-protected-resource/mcp'
    const known = await web.say('GET', place, { headers: forged })
    expect([known.status, known.text]).toEqual([200, expect.not.stringContaining('evil')])
    expect(bodyOf(known)['resource']).toBe(`${web.home}/mcp`)
    const asks = await web.say('POST', '/mcp', { body: {}, headers: forged })
    expect(String(asks.headers['www-authenticate'])).not.toContain('evil')
    const host = { ...forged, host: 'evil.test', 'x-forwarded-host': web.host }
    expect((await web.say('GET', '/v1/me', { key, headers: host })).status).toBe(421)
    const later = await web.say('POST', '/v1/sessions', { body: {}, headers: forged })
    expect(later.headers['set-cookie']).toBeUndefined()
  }
})

const FORGED = [
  { 'x-forwarded-for': '192.0.2.7' },
  { forwarded: 'for=192.0.2.7' },
  { 'x-forwarded-for': '192.0.2.7, 203.0.113.9' },
] as const
const ELSEWHERE = [
  { 'x-real-ip': '192.0.2.7' },
  { 'x-client-ip': '192.0.2.7' },
  { 'true-client-ip': '192.0.2.7' },
  { 'cf-connecting-ip': '192.0.2.7' },
  { 'x-cluster-client-ip': '192.0.2.7' },
  { via: '1.1 192.0.2.7' },
] as const
const LISTED = '192.0.2.7/32'

test('an allow-list is opened by no header of the caller, only by a trusted proxy', async () => {
  const open = await openWeb({ trustedProxies: ['127.0.0.1/32'] })
  const { session: own } = await ownerOf(plain)
  const guest = await joins(plain)
  const guestKey = await givenKey(plain, guest.session)
  const set = async (keys: readonly string[]) => {
    const headers = { 'x-forwarded-for': '127.0.0.1' }
    const read = await open.page('GET', '/v1/access/addresses', { session: own, headers })
    const body = { ...bodyOf(read), keys }
    return open.page('PUT', '/v1/access/addresses', { session: own, body, headers })
  }
  expect((await set([LISTED])).status).toBe(200)
  const at = async (web: Web, headers: Readonly<Record<string, string>>) => {
    const me = await web.say('GET', '/v1/me', { key: guestKey, headers })
    const mcp = await web.say('GET', '/agent/mcp', { key: guestKey, headers })
    return [me.status, mcp.text.includes('address_not_allowed') ? 403 : mcp.status]
  }
  try {
    for (const headers of [{}, ...FORGED, ...ELSEWHERE]) {
      expect([headers, await at(plain, headers)]).toEqual([headers, [403, 403]])
    }
    for (const headers of [{}, ...ELSEWHERE, { 'x-forwarded-for': '192.0.2.7, 203.0.113.9' }]) {
      expect([headers, await at(open, headers)]).toEqual([headers, [403, 403]])
    }
    // The proxy adds to the right: what its caller made up stands left of it.
    const honest = [{ 'x-forwarded-for': '203.0.113.9, 192.0.2.7' }, { forwarded: 'for=192.0.2.7' }]
    for (const headers of honest) {
      expect([headers, await at(open, headers)]).toEqual([headers, [200, 400]])
    }
    const torn = { 'x-forwarded-for': '192.0.2.7', forwarded: 'for=203.0.113.9' }
    expect(await at(open, torn)).toEqual([403, 403])
  } finally {
    expect((await set([])).status).toBe(200)
  }
})
