import { beforeAll, expect, test } from 'vitest'
import { httpRequest, routeOf } from './crawl-doors.ts'
import { modern } from '../mcp-door.ts'
import {
  answersIn,
  COOKIE,
  givenKey,
  joins,
  openWeb,
  ownerOf,
  PUBLIC,
  sessionOf,
  talk,
  type Web,
} from './web-house.ts'
import type { Heard } from './wire.ts'

// Whatever the hub answers, and to whatever, carries the same headers: one answer without them is
// the one that an attacker looks for.

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types guildhall',
].join('; ')

const ALWAYS = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
const NEVER = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'server',
  'x-powered-by',
]
/** What may not lie in any cache: all that depends on who asks. */
const PRIVATE = /^\/(v1|mcp|agent|oauth(?!\/interaction\/\w+$)|metrics|healthz|readyz)(\/|\?|$)/

let plain: Web
let secure: Web
beforeAll(async () => {
  plain = await openWeb()
  secure = await openWeb({ publicUrl: PUBLIC })
  await ownerOf(plain)
})

const HUBS = [
  ['plain http', () => plain],
  ['https', () => secure],
] as const

type Said = Pick<Heard, 'status' | 'headers' | 'text'>

/** Says what an answer lacks, or has and must not have. */
const faultsOf = (web: Web, asked: string, { status, headers, text }: Said): string[] => {
  const faults: string[] = []
  const [, path = ''] = asked.split(' ')
  const wanted = {
    ...ALWAYS,
    ...(web === secure && { 'strict-transport-security': 'max-age=31536000' }),
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (headers[name] !== value) faults.push(`${name}: ${String(headers[name])}`)
  }
  for (const name of NEVER) if (headers[name] !== undefined) faults.push(`has ${name}`)
  if (web === plain && headers['strict-transport-security']) faults.push('HSTS on plain http')
  const cache = String(headers['cache-control'])
  if (PRIVATE.test(path) && !cache.includes('no-store')) faults.push(`cache-control: ${cache}`)
  const type = String(headers['content-type'])
  if (text !== '' && headers['content-type'] === undefined) faults.push('no content type')
  if (type.startsWith('text/') && !/charset=utf-8|version=|event-stream/.test(type)) {
    faults.push(`type ${type}`)
  }
  if (/html/.test(type) && text !== '' && !text.startsWith('<!doctype html>')) {
    faults.push('HTML that is no page of ours')
  }
  return faults.map((fault) => `${asked} -> ${status}: ${fault}`)
}

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'] as const

test.each(HUBS)(
  'every route on %s answers strangers, members and nonsense with all headers',
  async (_, of) => {
    const web = of()
    const { session } = await joins(web)
    const faults: string[] = []
    let count = 0
    for (const operation of web.house.hall.operations) {
      if (operation.http === null || operation.internal) continue
      const { method, path } = routeOf(operation)
      const filled = path.replaceAll(/:\w+/g, 'x')
      const wished = httpRequest(operation, {})
      const asks: [string, Promise<Heard>][] = [
        [`${method} ${filled}`, web.say(method, filled, { ...bodyFor(method, '{}') })],
        [
          `${method} ${filled} (member)`,
          web.page(method, wished.path, { session, ...bodyFor(method, '{"no":1}') }),
        ],
        [
          `${method} ${filled} (nonsense)`,
          web.page(method, filled, { session, ...bodyFor(method, '{"a') }),
        ],
        [`OPTIONS ${filled}`, web.say('OPTIONS', filled)],
        [`HEAD ${filled}`, web.page('HEAD', filled, { session })],
      ]
      for (const [asked, sent] of asks) {
        faults.push(...faultsOf(web, asked, await sent))
        count += 1
      }
    }
    expect(faults).toEqual([])
    expect(count).toBeGreaterThan(500)
  },
)

const bodyFor = (method: string, body: string) => (method === 'GET' ? {} : { body })

const PLACES = [
  '/',
  '/index.html',
  '/assets/app-1a2b.js',
  '/assets/',
  '/icon.svg',
  '/projects/GH/board',
  '/nowhere.txt',
  '/docs',
  '/docs/page.css',
  '/docs/x',
  '/openapi.json',
  '/healthz',
  '/readyz',
  '/metrics',
  '/problems/work.column_full',
  '/problems/none',
  '/v1',
  '/v1/',
  '/v1/nowhere',
  '/v1/tasks/%ff',
  '/v1/tasks/%2e%2e%2f%2e%2e',
  '/v1/ws',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/oauth',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/oauth',
  '/oauth/',
  '/oauth/.well-known/openid-configuration',
  '/oauth/jwks',
  '/oauth/auth',
  '/oauth/auth?client_id=https://client.example.net/c.json&response_type=code&scope=work:read',
  '/oauth/auth/xyz',
  '/oauth/token',
  '/oauth/revoke',
  '/oauth/device/auth',
  '/oauth/device/ABCD-EFGH',
  '/oauth/interaction/aaaaaaaaaaaaaaaaaaaaaa',
  '/oauth/interaction/aaaaaaaaaaaaaaaaaaaaaa/go',
  '/oauth/session/end',
  '/oauth/me',
  '/oauth/register',
  '/mcp',
  '/mcp/p/lean',
  '/mcp/p/none',
  '/agent/mcp',
  '/agent/mcp/p/worker',
  '/agent/mcp/p/none',
  '/agent/mcp/../..',
  '/agent/nowhere',
]

test.each(HUBS)(
  'pages, files, OAuth and MCP on %s carry them too, with every method',
  async (_, of) => {
    const web = of()
    const { session } = await joins(web)
    const key = await givenKey(web, session)
    const faults: string[] = []
    for (const path of PLACES) {
      for (const method of METHODS) {
        const body = bodyFor(method, '{}')
        const form = { 'content-type': 'application/x-www-form-urlencoded' }
        const own = { origin: web.origin }
        const asks = [
          web.say(method, path, { headers: { accept: 'text/html' } }),
          web.say(method, path, { ...body, headers: own }),
          web.page(method, path, { ...body, session }),
          web.say(method, path, { ...body, key }),
          web.say(method, path, { body: 'grant_type=x', headers: { ...form, ...own } }),
        ]
        for (const heard of await Promise.all(asks)) {
          faults.push(...faultsOf(web, `${method} ${path}`, heard))
        }
      }
    }
    expect([...new Set(faults)]).toEqual([])
  },
)

test.each(HUBS)('answers of agents’ doors on %s carry them when all is well', async (_, of) => {
  const web = of()
  const key = await givenKey(web, (await joins(web)).session)
  const ask = (body: string, more: Record<string, string>) => {
    const accept = { accept: 'application/json, text/event-stream' }
    return web.say('POST', '/agent/mcp', { key, body, headers: { ...accept, ...more } })
  }
  const now = modern('tools/list', {})
  const clientInfo = { name: 'test', version: '1' }
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
  const begin = { jsonrpc: '2.0', id: 1, method: 'initialize', params }
  const legacy = await ask(JSON.stringify(begin), {})
  const id = String(legacy.headers['mcp-session-id'])
  const notice = { jsonrpc: '2.0', method: 'notifications/initialized' }
  const heard = [
    await ask(String(now.body), { ...now.headers }),
    legacy,
    await ask(JSON.stringify(notice), { 'mcp-session-id': id }),
    await web.say('DELETE', '/agent/mcp', { key, headers: { 'mcp-session-id': id } }),
  ]
  expect(heard.map(({ status }) => status)).toEqual([200, 200, 202, 200])
  expect(heard.flatMap((one) => faultsOf(web, 'POST /agent/mcp', one))).toEqual([])
})

test.each(HUBS)('streams, sockets and what cannot be read on %s carry them', async (_, of) => {
  const web = of()
  const { session } = await joins(web)
  const cookie = `Cookie: ${web.cookieName}=${session}\r\n`
  const ours = `Host: ${web.host}\r\nOrigin: ${web.origin}\r\n`
  const socket = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
  const keyed = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  const closing = 'Connection: close\r\n'
  const large = 'content-type: application/json\r\nContent-Length: 2000000\r\n'
  const told: readonly (readonly [asked: string, head: string, status: number])[] = [
    ['GET /v1/stream', `${ours}${closing}`, 401],
    ['GET /v1/stream?no=1', `${ours}${cookie}${closing}`, 422],
    ['GET /v1/ws', `Host: evil.test\r\n${socket}${keyed}`, 421],
    ['GET /v1/ws', `${ours}${ours}${socket}${keyed}`, 400],
    ['GET /v1/ws', `Host: ${web.host}\r\nOrigin: http://evil.test\r\n${socket}${keyed}`, 403],
    ['GET /v1/ws', `Host: ${web.host}\r\n${cookie}${socket}${keyed}`, 403],
    ['GET /v1/ws', `${ours}${socket}`, 400],
    ['GET /v1/ws', `${ours}${socket}Sec-WebSocket-Version: 7\r\n`, 400],
    ['POST /v1/ws', `${ours}${socket}${keyed}Content-Length: 0\r\n`, 400],
    ['GET /v1/elsewhere', `${ours}${socket}${keyed}`, 404],
    ['POST /v1/tasks', `${ours}${large}${cookie}${closing}`, 413],
    ['POST /agent/mcp', `${ours}${large}${closing}`, 401],
    ['TRACE /v1/tasks', `${ours}${closing}`, 405],
    ['GET /v1/me', `Host: evil.test\r\n${closing}`, 421],
    ['GET /v1/me', `${ours}Expect: nothing\r\n${closing}`, 417],
    [`GET /v1/${'x'.repeat(9000)}`, `${ours}${closing}`, 414],
    ['GET /healthz', `${ours}X: ${'x'.repeat(20_000)}\r\n${closing}`, 431],
    ['GET /healthz', `${ours}X : no\r\n${closing}`, 400],
  ]
  for (const [asked, head, status] of told) {
    const said = await talk(web.port, `${asked} HTTP/1.1\r\n${head}\r\n`)
    const [answer, ...more] = answersIn(said)
    const name = asked.slice(0, 40)
    expect([name, answer?.status, more.length]).toEqual([name, status, 0])
    expect(faultsOf(web, name, answer ?? NONE)).toEqual([])
  }
})

const NONE = { status: 0, headers: {}, text: '' }

test('an open stream of events carries them', async () => {
  const { session } = await joins(plain)
  const head = `Host: ${plain.host}\r\nOrigin: ${plain.origin}\r\n`
  const cookie = `Cookie: ${plain.cookieName}=${session}\r\n`
  const said = await talk(plain.port, `GET /v1/stream HTTP/1.1\r\n${head}${cookie}\r\n`, 'event:')
  const [answer] = answersIn(said)
  expect(answer?.status).toBe(200)
  expect(answer?.headers['content-type']).toBe('text/event-stream; charset=utf-8')
  expect(faultsOf(plain, 'GET /v1/stream', { ...NONE, ...answer, text: '' })).toEqual([])
})

test.each([
  ['plain http', () => plain, `${COOKIE}=`, ''],
  ['https', () => secure, `__Host-${COOKIE}=`, '; Secure'],
] as const)('the session’s cookie on %s has every mark that it can have', async (...given) => {
  const [, of, name, mark] = given
  const web = of()
  const { email, password } = await joins(web)
  const body = { organisation: 'main', email, password }
  const signedIn = await web.page('POST', '/v1/sessions', { body })
  const session = sessionOf(signedIn)
  expect(signedIn.headers['set-cookie']).toEqual([
    `${name}${session}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax${mark}`,
  ])
  expect(session).toMatch(/^[0-9A-Za-z]{8}\.[0-9a-f-]{36}\.[\w-]{43}$/)
  // What opens the session stands in the cookie and nowhere else.
  expect(signedIn.text).not.toContain(session.split('.')[2])
  const again = await web.page('POST', '/v1/sessions/current/refresh', {
    ...{ session, body: { password } },
  })
  const risen = sessionOf(again)
  expect([again.status, risen === session]).toEqual([200, false])
  expect((await web.page('GET', '/v1/me', { session })).status).toBe(401)
  const left = await web.page('POST', '/v1/sessions/current/sign-out', { session: risen })
  expect(left.headers['set-cookie']).toEqual([
    `${name}; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${mark}`,
  ])
})

test('only operations that begin or end a session ever set a cookie', async () => {
  const { session } = await joins(plain)
  for (const operation of plain.house.hall.operations) {
    if (operation.http === null || operation.session) continue
    const { method, path } = routeOf(operation)
    const filled = path.replaceAll(/:\w+/g, 'x')
    const heard = await plain.page(method, filled, { session, ...bodyFor(method, '{}') })
    expect([path, heard.headers['set-cookie']]).toEqual([path, undefined])
  }
})

test('where the way is not encrypted there is no session at all', async () => {
  const { email, password } = await joins(plain)
  const web = await openWeb({ publicUrl: 'http://hall.example.org' })
  const body = { organisation: 'main', email, password }
  const heard = await web.page('POST', '/v1/sessions', { body })
  expect(heard.status).toBe(403)
  expect(heard.text).toContain('platform.https_needed')
  expect(heard.headers['set-cookie']).toBeUndefined()
})
