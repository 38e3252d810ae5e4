import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../../kernel/refusal.ts'
import { readOpenApiDocument } from './openapi-document.ts'
import { openApiAddress } from './openapi-path.ts'
import { buildRequest } from './openapi-request.ts'

// What arguments can try in order to reach another address of a service, or to speak for its
// connection (CVE-2026-32871 and its relatives). Every row is refused, or goes where it should.

const BASE = 'https://api.example.com/tenant/v1'

const text = { schema: { type: 'string' } }
const parameter = (name: string, place: string, more: object = {}) => ({
  ...{ name, in: place, required: place === 'path', ...text, ...more },
})
const free = { schema: { type: 'object' } }
const query = (name: string, more: object) => parameter(name, 'query', { ...free, ...more })

const tools = readOpenApiDocument({
  openapi: '3.1.0',
  info: { title: 'Files', version: '1' },
  components: {
    securitySchemes: {
      key: { type: 'apiKey', in: 'query', name: 'api_key' },
      token: { type: 'apiKey', in: 'header', name: 'X-Token' },
    },
  },
  paths: {
    '/files/{name}': {
      get: { operationId: 'file', parameters: [parameter('name', 'path')] },
    },
    '/u/{user}/files/{name}': {
      get: {
        operationId: 'two',
        parameters: [parameter('user', 'path'), parameter('name', 'path')],
      },
    },
    '/dots/{a}{b}': {
      get: { operationId: 'dots', parameters: [parameter('a', 'path'), parameter('b', 'path')] },
    },
    '/pack/{name}.{ext}': {
      get: {
        operationId: 'pack',
        parameters: [parameter('name', 'path'), parameter('ext', 'path')],
      },
    },
    '/list/{ids}': {
      get: {
        operationId: 'list',
        parameters: [parameter('ids', 'path', { schema: { type: 'array' }, explode: true })],
      },
    },
    '/search': {
      get: {
        operationId: 'search',
        parameters: [
          ...['q', 'role'].map((name) => parameter(name, 'query')),
          ...[query('any', {}), query('deep', { style: 'deepObject' })],
          ...['If-Match', 'X-Token', 'Host'].map((name) => parameter(name, 'header')),
          parameter('crumb', 'cookie'),
        ],
      },
    },
    '/form': {
      post: {
        operationId: 'form',
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: { properties: { note: { type: 'string' }, _method: { type: 'string' } } },
            },
          },
        },
      },
    },
  },
})

const named = (name: string) => {
  const found = tools.operations.find((operation) => operation.name === name)
  if (found === undefined) throw new Error(`${name} is no tool: ${JSON.stringify(tools.left)}`)
  return found
}

type Outcome = Readonly<{ url: string; headers: Readonly<Record<string, string>> }> | string

const outcome = (name: string, args: Readonly<Record<string, unknown>>): Outcome => {
  try {
    return buildRequest(named(name), args, BASE)
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

// `\u{...}` keeps what cannot be seen visible.
const SEGMENTS: readonly (readonly [string, string])[] = [
  ['the folder above', '..'],
  ['this folder', '.'],
  ['three dots', '...'],
  ['nothing', ''],
  ['a blank', ' '],
  ['a trailing climb', 'a/..'],
  ['a climb', '../admin'],
  ['two climbs', '../../admin'],
  ['a long climb', '../'.repeat(40)],
  ['an absolute path', '/admin'],
  ['another host', '//evil.example'],
  ['another address', 'https://evil.example/'],
  ['a second segment', 'a/b'],
  ['an empty segment', 'a//b'],
  ['a trailing slash', 'a/'],
  ['a backslash climb', '..\\admin'],
  ['a backslash', 'a\\b'],
  ['another host by backslashes', '\\\\evil.example'],
  ['an encoded climb', '%2e%2e%2fadmin'],
  ['encoded dots', '%2e%2e'],
  ['one encoded dot', '.%2e'],
  ['encoded dots in capitals', '%2E%2E'],
  ['an encoded slash', 'a%2fb'],
  ['an encoded slash in capitals', 'a%2Fb'],
  ['an encoded backslash', '..%5cadmin'],
  ['a climb encoded twice', '%252e%252e%252fadmin'],
  ['a climb encoded three times', '%25252e%25252e'],
  ['a long encoding of a dot', '%c0%ae%c0%ae'],
  ['a long encoding of a slash', '..%c0%afadmin'],
  ['the encoding of old servers', '..%u2215admin'],
  ['dots in the encoding of old servers', '%u002e%u002e'],
  ['an encoded null', 'a%00b'],
  ['an encoded line break', 'a%0d%0aHost:%20evil'],
  ['wide dots', '\u{ff0e}\u{ff0e}'],
  ['a wide slash', 'a\u{ff0f}b'],
  ['a wide backslash', 'a\u{ff3c}b'],
  ['a wide percent sign', '\u{ff05}2e\u{ff05}2e'],
  ['leader dots', '\u{2024}\u{2024}'],
  ['a two dot leader', '\u{2025}'],
  ['a division slash', '..\u{2215}admin'],
  ['a fraction slash', '..\u{2044}admin'],
  ['a set minus', 'a\u{2216}b'],
  ['an account-of sign, which holds a slash', 'a\u{2100}'],
  ['dots and a parameter of Java servers', '..;a=b'],
  ['a dot and a semicolon', '.;'],
  ['a climb behind a semicolon', '..;/admin'],
  ['nothing and a semicolon', ';jsessionid=1'],
  ['dots with a blank behind', '.. '],
  ['dots with a blank before', ' ..'],
  ['dots with a tab', '..\t'],
  ['a line break', 'a\nb'],
  ['a header smuggled in', 'a\r\nHost: evil.example'],
  ['a null', 'a\0b'],
  ['an escape character', 'a\u{1b}[2Jb'],
  ['a control character above ASCII', 'a\u{85}b'],
  ['a line separator', 'a\u{2028}b'],
  ['half a character', 'a\u{d800}b'],
  ['more than fits', 'a'.repeat(3_000)],
]

test.each(SEGMENTS)('a value of a path that is %s is refused', (_, name) => {
  expect(outcome('file', { name })).toBe('tools.argument_refused')
  expect(outcome('two', { user: name, name: 'ok' })).toBe('tools.argument_refused')
  expect(outcome('list', { ids: ['ok', name] })).toBe('tools.argument_refused')
})

const OTHERS: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ['an object in an object', 'file', { name: { a: { b: 1 } } }],
  ['a list of lists', 'list', { ids: [['a']] }],
  ['nothing at all', 'list', { ids: [] }],
  ['null', 'file', { name: null }],
  ['no number', 'file', { name: Number.NaN }],
  ['dots that two values make together', 'dots', { a: '.', b: '.' }],
  ['an unknown argument', 'file', { name: 'a', url: 'https://evil.example' }],
  ['an argument that every object has', 'file', { name: 'a', constructor: 'b' }],
  ['a line break in a query', 'search', { q: 'a\r\nHost: evil' }],
  ['a null in a query', 'search', { q: 'a\0' }],
  ['half a character in a query', 'search', { q: '\u{dfff}' }],
  ['a key that is another parameter', 'search', { any: { role: 'admin' } }],
  ['a key that is the credential', 'search', { any: { api_key: 'mine' } }],
  ['a key that changes the method', 'search', { any: { _method: 'DELETE' } }],
  ['a key with a line break', 'search', { any: { 'a\nb': '1' } }],
  ['a key with brackets', 'search', { deep: { 'a]=1&role[': '1' } }],
  ['too deep an object', 'search', { deep: { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } } }],
  ['a line break in a header', 'search', { 'If-Match': 'a\r\nAuthorization: x' }],
  ['a null in a header', 'search', { 'If-Match': 'a\0b' }],
  ['a header beyond ASCII', 'search', { 'If-Match': 'caf\u{e9}' }],
  ['a header that ends in a blank', 'search', { 'If-Match': 'a ' }],
  ['a header without an end', 'search', { 'If-Match': 'a'.repeat(5_000) }],
  ['the header of the credential', 'search', { 'X-Token': 'mine' }],
  ['the header of the host', 'search', { Host: 'evil.example' }],
  ['a line break in a cookie', 'search', { crumb: 'a\r\nb' }],
  ['another method in a form', 'form', { _method: 'DELETE' }],
  ['an address without an end', 'search', { q: 'a'.repeat(9_000) }],
]

test.each(OTHERS)('%s is refused', (_, name, args) => {
  expect(outcome(name, args)).toBe('tools.argument_refused')
})

const HARMLESS: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ['file', { name: '.hidden' }, '/files/.hidden'],
  ['file', { name: 'a..b' }, '/files/a..b'],
  ['file', { name: '100%' }, '/files/100%25'],
  ['file', { name: 'a?b=c#d' }, '/files/a%3Fb%3Dc%23d'],
  ['file', { name: 'a@b:80' }, '/files/a%40b%3A80'],
  ['file', { name: 'a;b' }, '/files/a%3Bb'],
  ['file', { name: 'a b' }, '/files/a%20b'],
  ['file', { name: 'é中😀' }, '/files/%C3%A9%E4%B8%AD%F0%9F%98%80'],
  ['file', { name: "it's (a) *!" }, '/files/it%27s%20%28a%29%20%2A%21'],
  ['file', { name: 0 }, '/files/0'],
  ['file', { name: false }, '/files/false'],
  ['file', { name: '__proto__' }, '/files/__proto__'],
  ['pack', { name: 'a.b', ext: 'tar' }, '/pack/a.b.tar'],
  ['list', { ids: ['a,b', 'c&d'] }, '/list/a%2Cb,c%26d'],
  ['search', { q: '&role=admin#x' }, '/search?q=%26role%3Dadmin%23x'],
  ['search', { q: '../../%2e' }, '/search?q=..%2F..%2F%252e'],
  ['search', { any: { 'a&role': 'x' } }, '/search?a%26role=x'],
]

test.each(HARMLESS)('%s with %o goes to %s', (name, args, path) => {
  expect(outcome(name, args)).toMatchObject({ url: `${BASE}${path}` })
})

test('a value of a cookie cannot begin another cookie', () => {
  expect(outcome('search', { crumb: 'a; session=b' })).toMatchObject({
    headers: { cookie: 'crumb=a%3B%20session%3Db' },
  })
})

// Pieces that hostile values are made of, beside plain characters of every kind.
const PIECES = [
  ...['.', '..', '/', '\\', '%', '%2e', '%2F', '%5c', '%252e', '%00', ';', '?', '#', '&', '=', '@'],
  ...[':', '//', 'https://', '\r\n', '\0', ' ', '\t', '\u{ff0e}', '\u{ff0f}', '\u{2215}', '{name}'],
  ...['\u{202e}', '\u{200b}', '\u{d800}', ',', '|', '[', ']', "'", '"', '<', '`', '^', '~', '+'],
]
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''))

test('whatever the values of a path are, the address stays below the service', () => {
  let sent = 0
  fc.assert(
    fc.property(fc.constantFrom('two', 'pack', 'dots'), hostile, hostile, (name, one, other) => {
      const operation = named(name)
      const fields = operation.request.slots.map(({ field }) => field)
      const made = outcome(name, { [fields[0] ?? '']: one, [fields[1] ?? '']: other })
      if (typeof made === 'string') return made === 'tools.argument_refused'
      sent += 1
      const url = new URL(made.url)
      const segments = url.pathname.split('/')
      const template = `/tenant/v1${operation.request.path}`.split('/')
      expect(url.href).toBe(made.url)
      expect([url.origin, url.search, url.hash]).toEqual(['https://api.example.com', '', ''])
      expect(segments.length).toBe(template.length)
      for (const [at, fixed] of template.entries()) {
        if (!fixed.includes('{')) expect(segments[at]).toBe(fixed)
      }
      // A server that decodes before it looks at the path sees the same segments.
      expect(decodeURIComponent(url.pathname).split('/').length).toBe(template.length)
      expect(segments.map(decodeURIComponent)).not.toContain('..')
      return true
    }),
    { numRuns: 5_000 },
  )
  expect(sent).toBeGreaterThan(100)
})

test('whatever a query holds, it sets its own parameter and no other', () => {
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 4 }), (q, keys) => {
      const deep = Object.fromEntries(keys.map((key) => [key, q]))
      const made = outcome('search', { q, deep })
      if (typeof made === 'string') return made === 'tools.argument_refused'
      const url = new URL(made.url)
      expect(`${url.origin}${url.pathname}`).toBe(`${BASE}/search`)
      expect(url.searchParams.getAll('q')).toEqual([q])
      for (const name of url.searchParams.keys()) expect(name).toMatch(/^(q$|deep\[)/)
      return true
    }),
    { numRuns: 2_000 },
  )
})

const ADDRESSES: readonly string[] = [
  'ftp://api.example.com/',
  'file:///etc/passwd',
  'https://user@api.example.com/',
  'https://user:pass@api.example.com/v1',
  'https://api.example.com/v1?x=1',
  'https://api.example.com/v1?',
  'https://api.example.com/v1#a',
  'https://api.example.com/a/../b',
  'https://api.example.com/a/%2e%2e/b',
  'https://api.example.com/a//b',
  'https://api.example.com\\@evil.example/',
  'https:\\\\api.example.com/',
  'https://api.exa\nmple.com/',
  'https://api.example.com/a\\b',
  'https://api.example.com/{tenant}',
  'api.example.com/v1',
  '',
]

test.each(ADDRESSES)('%o is no address of a service', (address) => {
  expect(() => openApiAddress(address, '')).toThrow(
    expect.objectContaining({ code: 'tools.base_url_refused' }),
  )
})

test.each([
  ['https://api.example.com', '/v1', 'https://api.example.com/v1'],
  ['https://api.example.com/', '', 'https://api.example.com'],
  ['https://api.example.com/', '/v1', 'https://api.example.com/v1'],
  ['https://gate.example.com/pets/', '/v1', 'https://gate.example.com/pets'],
  ['http://127.0.0.1:8080/x', '', 'http://127.0.0.1:8080/x'],
  ['http://[::1]:8080', '/v1', 'http://[::1]:8080/v1'],
])('%s with the server path %o is %s', (given, path, address) => {
  expect(openApiAddress(given, path)).toBe(address)
})
