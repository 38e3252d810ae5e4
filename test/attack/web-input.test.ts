import { beforeAll, expect, test } from 'vitest'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { modern } from '../mcp-door.ts'
import { routeOf } from './crawl-doors.ts'
import {
  answersIn,
  BAIT,
  bodyOf,
  givenKey,
  givenProject,
  openWeb,
  ownerOf,
  PUBLIC,
  statusesIn,
  talk,
  type Web,
} from './web-house.ts'

// Bodies, paths and methods as nobody writes them who means well. Each is refused by a sentence of
// ours, which says nothing of the inside, and nothing of what was sent in confidence.

let web: Web
let session = ''
let key = ''
beforeAll(async () => {
  web = await openWeb()
  session = (await ownerOf(web)).session
  key = await givenKey(web, session)
  await givenProject(web, 'GH')
})

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const MIB = 1024 * 1024

/** Bodies that no route takes. */
const BODIES: readonly (readonly [
  what: string,
  body: string | Buffer,
  status: number,
  code: string,
])[] = [
  ['that is not JSON', '{"a":1', 400, 'platform.body_not_json'],
  ['with a comma too many', '{"a":1,}', 400, 'platform.body_not_json'],
  ['with a comment', '{"a":1 /* b */}', 400, 'platform.body_not_json'],
  ['with single quotes', "{'a':1}", 400, 'platform.body_not_json'],
  ['with NaN', '{"a":NaN}', 400, 'platform.body_not_json'],
  ['with two documents', '{}{}', 400, 'platform.body_not_json'],
  ['with a byte order mark', '\uFEFF{}', 400, 'platform.body_not_json'],
  ['that is not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400, 'platform.body_not_json'],
  ['in overlong UTF-8', Buffer.from([0x7b, 0xc0, 0xa2, 0x7d]), 400, 'platform.body_not_json'],
  ['in UTF-16', Buffer.from('{"a":1}', 'utf16le'), 400, 'platform.body_not_json'],
  ['that is a list', '[]', 422, 'platform.body_not_object'],
  ['that is a word', '"a"', 422, 'platform.body_not_object'],
  ['that is nothing', 'null', 422, 'platform.body_not_object'],
  ['33 levels deep', nested(33), 422, 'platform.json_too_deep'],
  ['a hundred thousand levels deep', '['.repeat(100_000), 422, 'platform.json_too_deep'],
  ['with a key twice', '{"a":1,"a":2}', 422, 'platform.json_duplicate_key'],
  ['with a key twice below', '{"b":{"a":1,"a":1}}', 422, 'platform.json_duplicate_key'],
  ['with a key twice, once escaped', '{"a":1,"\\u0061":2}', 422, 'platform.json_duplicate_key'],
  ['with a prototype', '{"__proto__":{"isAdmin":true}}', 422, 'platform.json_proto'],
  ['with a prototype below', '{"a":[{"__proto__":1}]}', 422, 'platform.json_proto'],
  ['with an escaped prototype', '{"\\u005f_proto__":1}', 422, 'platform.json_proto'],
  ['with half a character', '{"a":"\\ud800"}', 422, 'platform.json_lone_surrogate'],
  ['with the other half', '{"a":"\\udc00x"}', 422, 'platform.json_lone_surrogate'],
  ['with the halves turned round', '{"a":"\\udc00\\ud800"}', 422, 'platform.json_lone_surrogate'],
  ['with half a character as a key', '{"\\ud800":1}', 422, 'platform.json_lone_surrogate'],
  ['with a NUL', '{"a":"\\u0000"}', 422, 'platform.json_nul'],
  [
    'of twenty thousand values',
    `{"a":[${'1,'.repeat(20_001)}1]}`,
    422,
    'platform.json_too_many_values',
  ],
  ['of more than a megabyte', `{"a":"${'x'.repeat(MIB)}"}`, 413, 'platform.body_too_large'],
]

test.each(BODIES)('a body %s is refused by routes and by the door of agents', async (...given) => {
  const [, body, status, code] = given
  const headers = { 'content-type': 'application/json', origin: web.origin }
  const cookie = { cookie: `${web.cookieName}=${session}` }
  for (const path of ['/v1/projects', '/v1/tasks/read', '/v1/sessions']) {
    const all = { host: web.host, ...headers, ...(path !== '/v1/sessions' && cookie) }
    const heard = await web.wire.send({ method: 'POST', path, headers: all, body })
    expect([path, heard.status, bodyOf(heard)['code']]).toEqual([path, status, code])
  }
  const sent = { host: web.host, ...headers, authorization: `Bearer ${key}` }
  const heard = await web.wire.send({ method: 'POST', path: '/agent/mcp', headers: sent, body })
  expect(heard.status).toBe(status === 413 ? 413 : 400)
  expect(heard.text).toMatch(/"error":\{"code":-32\d{3}/)
})

test('32 levels and a body of just below a megabyte are read', async () => {
  const deep = await web.page('POST', '/v1/tasks/read', { session, body: nested(32) })
  expect(bodyOf(deep)['code']).toBe('platform.input_not_valid')
  const wide = `{"a":"${'x'.repeat(MIB - 100)}"}`
  const large = await web.page('POST', '/v1/tasks/read', { session, body: wide })
  expect(bodyOf(large)['code']).toBe('platform.input_not_valid')
})

test('a packed body is not unpacked', async () => {
  const packed = [
    'gzip',
    'deflate',
    'br',
    'zstd',
    'x-gzip',
    'compress',
    'gzip, identity',
    'aes128gcm',
  ]
  for (const coding of packed) {
    const asked = { session, body: {}, headers: { 'content-encoding': coding } }
    const heard = await web.page('POST', '/v1/tasks/read', asked)
    expect([coding, heard.status]).toEqual([coding, 415])
  }
})

test('names of the language’s own objects are names like others', async () => {
  for (const name of ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']) {
    const asked = { session, body: { keys: ['GH-1'], [name]: { isAdmin: true } } }
    const heard = await web.page('POST', '/v1/tasks/read', asked)
    expect([name, heard.status, bodyOf(heard)['code']]).toEqual([
      name,
      422,
      'platform.input_not_valid',
    ])
    const read = await web.page('GET', `/v1/tasks?${name}=x`, { session })
    expect([name, read.status]).toEqual([name, 422])
  }
  const proto = await web.page('GET', '/v1/tasks?__proto__=x&__proto__[a]=y', { session })
  expect(proto.status).toBe(422)
  expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false)
})

test('one field from two places, or twice in the address, is refused', async () => {
  const two = await web.page('PATCH', '/v1/projects/GH', { session, body: { id: 'ZZ', name: 'x' } })
  expect([two.status, two.text]).toEqual([422, expect.stringContaining('twice')])
  const address = await web.page('PATCH', '/v1/projects/GH?name=a', {
    session,
    body: { name: 'b' },
  })
  expect([address.status, address.text]).toEqual([422, expect.stringContaining('twice')])
  for (const query of ['limit=1&limit=2', 'limit=1&limit[]=2', 'limit[a]=1', 'cursor=a&cursor=b']) {
    expect([query, (await web.page('GET', `/v1/tasks?${query}`, { session })).status]).toEqual([
      query,
      422,
    ])
  }
})

const METHODS = 'COPY LINK LOCK MERGE MKCOL MOVE NOTIFY PROPFIND PURGE QUERY REPORT SEARCH UNLOCK'

test('a method that is not offered is refused, and an unknown one is no request', async () => {
  for (const method of ['TRACE', 'TRACK', ...METHODS.split(' ')]) {
    for (const path of ['/v1/me', '/', '/docs', '/oauth/token', '/healthz']) {
      const said = await talk(
        web.port,
        `${method} ${path} HTTP/1.1\r\nHost: ${web.host}\r\nX-API-Key: ${key}\r\n` +
          'Connection: close\r\n\r\n',
      )
      const [status, ...more] = statusesIn(said)
      expect([method, path, [400, 405].includes(status ?? 0), more]).toEqual([
        method,
        path,
        true,
        [],
      ])
      expect(said).not.toContain(key)
    }
  }
})

/** Paths that lead outside of the web folder, where it is read from a disk. */
const PATHS = [
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/..%252fsecret.txt',
  '/..%c0%afsecret.txt',
  '/..\\secret.txt',
  '/assets/..\\..\\secret.txt',
  '/....//secret.txt',
  '/./../secret.txt',
  '//secret.txt',
  '/assets//../../secret.txt',
  '/assets/app-1a2b.js/../../../secret.txt',
  '/index.html%00.txt',
  '/secret.txt%00',
  '/file:///etc/passwd',
  '/.git/config',
  '/.env',
  '/package.json',
  '/assets',
  '/assets/',
  '/docs/../../secret.txt',
  '/docs/page.css/../../../secret.txt',
  '/problems/..%2f..%2fsecret.txt',
  '/v1/../secret.txt',
  '/agent/mcp/p/..%2f..%2fsecret.txt',
  '/agent/mcp/p/../../secret.txt',
  '/agent/mcp/p/__proto__',
  '/agent/mcp/p/constructor',
  '/mcp/p/../../secret.txt',
]

test.each(PATHS)('%s leads to no file', async (path) => {
  for (const accept of ['*/*', 'text/html']) {
    const said = await talk(
      web.port,
      `GET ${path} HTTP/1.1\r\nHost: ${web.host}\r\nX-API-Key: ${key}\r\nAccept: ${accept}\r\n` +
        'Connection: close\r\n\r\n',
    )
    const [answer] = answersIn(said)
    const isPage = answer?.text.startsWith('<!doctype html>') ?? false
    // An address of the application gets the page itself; nothing else is ever 200 here.
    expect([path, isPage || (answer?.status ?? 0) >= 400]).toEqual([path, true])
    expect(said).not.toMatch(new RegExp(`${BAIT}|root:|\\[core\\]|"dependencies"`))
  }
})

test('no address of the hub sends a browser elsewhere', async () => {
  const away = ['https://evil.test/', '//evil.test/', '/\\evil.test', 'javascript:alert(1)']
  const names = ['next', 'return', 'return_to', 'redirect', 'redirect_uri', 'url', 'continue', 'to']
  const places = ['/', '/sign-in', '/v1/sign-in', '/docs', '/oauth/device/ABCD-EFGH', '/oauth/auth']
  const secure = await openWeb({ publicUrl: PUBLIC })
  for (const hub of [web, secure]) {
    for (const place of places) {
      for (const to of away) {
        const query = names.map((name) => `${name}=${encodeURIComponent(to)}`).join('&')
        const headers = { accept: 'text/html' }
        const heard = await hub.say('GET', `${place}?${query}`, { headers })
        const { location, refresh } = heard.headers
        const target = location === undefined ? hub.origin : new URL(location, hub.home).origin
        expect([place, to, target, refresh]).toEqual([place, to, hub.origin, undefined])
      }
    }
    for (const path of ['//evil.test', '//evil.test/..', '/%2f/evil.test', '/\\evil.test/']) {
      const heard = await hub.say('GET', path, { headers: { accept: 'text/html' } })
      expect([path, heard.headers['location']]).toEqual([path, undefined])
    }
  }
})

const INSIDE = new RegExp(
  [
    String.raw`\bat [\w.]+ \(|node_modules|file://|\.ts:\d|/(?:src|home|tmp|usr|work)/`,
    String.raw`select .* from|insert into|violates|relation "|syntax error`,
    String.raw`identity\.(?:session|principal)_|ECONNREFUSED|postgres`,
  ].join('|'),
  'i',
)
const SECRET = 'canary-Tr0ub4dor-in-confidence'

test('no refusal tells the inside, or repeats what was sent in confidence', async () => {
  const fields = [
    'password',
    'current',
    'token',
    'code',
    'key',
    'secret',
    'value',
    'name',
    'handle',
  ]
  const spoils: readonly ((text: string) => unknown)[] = [
    (text) => text,
    (text) => `${text}\u0007'";--<script>`,
    (text) => [text],
    (text) => ({ [text]: text }),
    (text) => text.repeat(400),
  ]
  const isWrite = ({ http }: AnyOperation) => http !== null && !http.startsWith('GET ')
  for (const operation of web.house.hall.operations.filter(isWrite)) {
    const { method, path } = routeOf(operation)
    if (path.includes('sign-out')) continue
    const filled = path.replaceAll(/:\w+/g, 'x')
    for (const spoil of spoils) {
      const body = Object.fromEntries(fields.map((name) => [name, spoil(SECRET)]))
      const heard = await web.page(method, filled, { session, body })
      const name = `${method} ${path}`
      expect([name, heard.status >= 400 && heard.status < 500]).toEqual([name, true])
      expect([name, heard.text.replaceAll(/x+/g, '')]).not.toEqual([
        name,
        expect.stringContaining(SECRET),
      ])
      expect([name, heard.text]).not.toEqual([name, expect.stringMatching(INSIDE)])
    }
  }
})

test('a key in a path or a query is not said again', async () => {
  for (const path of [`/v1/me?x=${key}`, `/v1/me?access_token=${key}`, `/v1/stream?key=${key}`]) {
    const heard = await web.say('GET', path)
    expect([path.slice(0, 12), heard.status]).toEqual([path.slice(0, 12), 400])
    expect(heard.text).not.toContain(key)
  }
  for (const path of [`/v1/tasks/${key}`, `/v1/${key}`, `/${key}`, `/agent/mcp/p/${key}`]) {
    const heard = await web.say('GET', path, { key })
    expect(heard.status).toBeGreaterThanOrEqual(400)
    expect(heard.text).not.toContain(key)
  }
})

test('tools of agents tell no more of the inside than routes do', async () => {
  for (const value of [SECRET, { a: SECRET }, [SECRET], `${SECRET}'";--`]) {
    const params = { name: 'task_get', arguments: { key: value, secret: value } }
    const { headers = {}, body } = modern('tools/call', params)
    const heard = await web.say('POST', '/agent/mcp', { key, body: String(body), headers })
    expect(heard.text).not.toContain(SECRET)
    expect(heard.text).not.toMatch(INSIDE)
  }
})
