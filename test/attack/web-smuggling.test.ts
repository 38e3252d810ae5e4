import { beforeAll, expect, test } from 'vitest'
import { answersIn, givenKey, openWeb, ownerOf, statusesIn, talk, type Web } from './web-house.ts'

// Two readers of one stream of bytes that part it differently let an attacker put a request of its
// own in front of somebody else's. What could be read in two ways is refused, and the connection
// ends with the refusal.

let web: Web
let key = ''
let own = ''
beforeAll(async () => {
  web = await openWeb()
  key = await givenKey(web, (await ownerOf(web)).session)
  own = `Host: ${web.host}\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\n`
})

/** The hidden request: answered, it would say `"alive"`. */
const hidden = () => `GET /healthz HTTP/1.1\r\nHost: ${web.host}\r\n\r\n`
const LAST = '0\r\n\r\n'
const DOORS = ['/v1/projects', '/agent/mcp', '/mcp', '/oauth/token', '/nowhere'] as const

type Case = readonly [name: string, headers: string, body: string]

/** Requests whose end cannot be told for sure. */
const TORN: readonly Case[] = [
  ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', LAST],
  ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', LAST],
  ['chunks and no length to speak of', 'Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', LAST],
  ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n', LAST],
  ['chunks of an unknown kind', 'Transfer-Encoding: xchunked\r\n', LAST],
  ['chunks with a word behind', 'Transfer-Encoding: chunkedx\r\n', LAST],
  ['packed chunks without the last word', 'Transfer-Encoding: gzip\r\n', LAST],
  ['an encoding that is none', 'Transfer-Encoding: identity\r\n', LAST],
  ['an empty encoding', 'Transfer-Encoding:\r\n', LAST],
  ['a quoted encoding', 'Transfer-Encoding: "chunked"\r\n', LAST],
  ['a space before the colon', 'Transfer-Encoding : chunked\r\n', LAST],
  ['a tab before the colon', 'Transfer-Encoding\t: chunked\r\n', LAST],
  ['a vertical tab before the word', 'Transfer-Encoding: \u000bchunked\r\n', LAST],
  ['a NUL in the word', 'Transfer-Encoding: chun\u0000ked\r\n', LAST],
  ['a name on the next line', 'Transfer-Encoding\r\n: chunked\r\n', LAST],
  ['a bare return before chunks', 'X: x\rTransfer-Encoding: chunked\r\n', LAST],
  ['a bare feed before chunks', 'X: x\nTransfer-Encoding: chunked\r\n', LAST],
  ['two lengths', 'Content-Length: 0\r\nContent-Length: 40\r\n', ''],
  ['two equal lengths', 'Content-Length: 2\r\nContent-Length: 2\r\n', '{}'],
  ['a list of lengths', 'Content-Length: 2, 40\r\n', '{}'],
  ['a list of equal lengths', 'Content-Length: 2, 2\r\n', '{}'],
  ['a length with a sign', 'Content-Length: +2\r\n', '{}'],
  ['a length below nothing', 'Content-Length: -1\r\n', '{}'],
  ['a length in hexadecimal', 'Content-Length: 0x2\r\n', '{}'],
  ['a length with a fraction', 'Content-Length: 2.0\r\n', '{}'],
  ['a length in powers', 'Content-Length: 2e0\r\n', '{}'],
  ['a length with a space in it', 'Content-Length: 2 2\r\n', '{}'],
  ['a length beyond numbers', `Content-Length: ${'9'.repeat(30)}\r\n`, '{}'],
  ['an empty length', 'Content-Length:\r\n', '{}'],
  ['a length with a NUL', 'Content-Length: 2\u0000\r\n', '{}'],
  ['a folded length', 'Content-Length:\r\n 2\r\n', '{}'],
  ['a folded header', 'X: x\r\n y\r\n', ''],
  ['a header folded by a tab', 'X: x\r\n\ty\r\n', ''],
  ['a NUL in a header', 'X: \u0000\r\n', ''],
  ['a NUL in a name', 'X\u0000: x\r\n', ''],
  ['a bare return in a header', 'X: x\ry\r\n', ''],
  ['a header without a name', ': x\r\n', ''],
  ['a header without a colon', 'X\r\n', ''],
  ['a space in a name', 'X Y: x\r\n', ''],
  ['brackets in a name', 'X(Y): x\r\n', ''],
  ['a name in wide letters', 'Ｘ: x\r\n', ''],
  ['a space before the first header', ' X: x\r\n', ''],
]

test.each(TORN)('with %s a request is refused once, and the connection ends', async (...given) => {
  const [, headers, body] = given
  for (const path of DOORS) {
    const bytes = `POST ${path} HTTP/1.1\r\n${own}${headers}\r\n${body}${hidden()}`
    const said = await talk(web.port, Buffer.from(bytes))
    expect([path, statusesIn(said)]).toEqual([path, [400]])
    expect(said).not.toContain('"alive"')
    expect(answersIn(said)[0]?.headers['connection']).toBe('close')
  }
})

/** First lines and ends of lines that some readers forgive. */
const LINES: readonly (readonly [name: string, text: (host: string) => string])[] = [
  ['feeds instead of ends', (host) => `GET /healthz HTTP/1.1\nHost: ${host}\n\n`],
  ['a feed behind the first line', (host) => `GET /healthz HTTP/1.1\nHost: ${host}\r\n\r\n`],
  ['a feed at the end', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\n`],
  ['a space before the method', (host) => ` GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a tab for a space', (host) => `GET\t/healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a space in the path', (host) => `GET /heal thz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a NUL in the path', (host) => `GET /healthz\u0000 HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a return in the path', (host) => `GET /healthz\r HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['no version', (host) => `GET /healthz\r\nHost: ${host}\r\n\r\n`],
  ['a version with a comma', (host) => `GET /healthz HTTP/1,1\r\nHost: ${host}\r\n\r\n`],
  ['a version to come', (host) => `GET /healthz HTTP/9.9\r\nHost: ${host}\r\n\r\n`],
  ['HTTP/2 from the start', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['another protocol', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n'],
  ['a method in small letters', (host) => `get /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a made up method', (host) => `SMUGGLE /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
]

test.each(LINES)('%s: no request, and nothing behind it is read', async (_, of) => {
  const said = await talk(web.port, Buffer.from(`${of(web.host)}${hidden()}`, 'latin1'))
  expect(statusesIn(said)).toEqual([400])
  expect(said).not.toContain('"alive"')
})

test('to connect through the hub is not possible, and answers nothing', async () => {
  for (const target of ['evil.test:443', web.host, '/v1/me']) {
    const said = await talk(web.port, `CONNECT ${target} HTTP/1.1\r\n${own}\r\n${hidden()}`)
    expect(said).not.toContain('"alive"')
    expect(said).not.toMatch(/^HTTP\/1\.1 2/)
  }
})

/** Chunks that do not say where they end. */
const CHUNKS: readonly (readonly [name: string, body: string])[] = [
  ['a size that is none', 'zz\r\n{}\r\n0\r\n\r\n'],
  ['a size with a sign', '+2\r\n{}\r\n0\r\n\r\n'],
  ['a size with 0x', '0x2\r\n{}\r\n0\r\n\r\n'],
  ['a size with a space before it', ' 2\r\n{}\r\n0\r\n\r\n'],
  ['a size beyond numbers', `${'f'.repeat(20)}\r\n{}\r\n0\r\n\r\n`],
  ['a size below nothing', '-2\r\n{}\r\n0\r\n\r\n'],
  ['a size ended by a feed', '2\n{}\r\n0\r\n\r\n'],
  ['a chunk longer than it says', '1\r\n{}\r\n0\r\n\r\n'],
  ['a chunk ended by a feed', '2\r\n{}\n0\r\n\r\n'],
  ['a chunk without an end', '2\r\n{}0\r\n\r\n'],
  ['an extension with a bare feed', '2;x\n\r\n{}\r\n0\r\n\r\n'],
  ['an extension with a bare return', '2;x\ry\r\n{}\r\n0\r\n\r\n'],
  ['an extension without an end', `2;${'x'.repeat(20_000)}`],
  ['a folded trailer', '2\r\n{}\r\n0\r\nX: x\r\n y\r\n\r\n'],
  ['a trailer without a colon', '2\r\n{}\r\n0\r\nX\r\n\r\n'],
]

test.each(CHUNKS)('%s ends the connection, with one answer at most', async (_, body) => {
  for (const path of DOORS) {
    const head = `POST ${path} HTTP/1.1\r\n${own}Transfer-Encoding: chunked\r\n\r\n`
    const said = await talk(web.port, `${head}${body}${hidden()}`)
    expect(statusesIn(said).length).toBeLessThan(2)
    expect(statusesIn(said)[0] ?? 400).toBeGreaterThanOrEqual(400)
    expect(said).not.toContain('"alive"')
  }
})

test('what stands behind a chunk’s size, and behind the last chunk, changes nothing', async () => {
  const ending = `GET /healthz HTTP/1.1\r\nHost: ${web.host}\r\nConnection: close\r\n\r\n`
  const forged = [
    '2;evil=1\r\n{}\r\n0\r\n\r\n',
    '2;evil="quoted; 0"\r\n{}\r\n0;evil\r\n\r\n',
    '2\r\n{}\r\n0\r\nHost: evil.test\r\nX-API-Key: none\r\nOrigin: http://evil.test\r\n\r\n',
    '2\r\n{}\r\n0\r\nAuthorization: Bearer none\r\nCookie: a=b\r\nIf-Match: none\r\n\r\n',
  ]
  for (const body of forged) {
    const head = `POST /v1/tasks/read HTTP/1.1\r\n${own}Transfer-Encoding: chunked\r\n\r\n`
    const [first, second, ...more] = answersIn(await talk(web.port, `${head}${body}${ending}`))
    // The fields of the body are missing: it was read, with the key of the head.
    expect([first?.status, first?.text]).toEqual([422, expect.stringContaining('input_not_valid')])
    expect([second?.status, second?.text, more]).toEqual([200, '{"alive":true}', []])
  }
})

test('a length or an encoding behind the last chunk ends the connection', async () => {
  for (const trailer of ['Content-Length: 40', 'Transfer-Encoding: chunked']) {
    const head = `POST /v1/tasks/read HTTP/1.1\r\n${own}Transfer-Encoding: chunked\r\n\r\n`
    const said = await talk(web.port, `${head}2\r\n{}\r\n0\r\n${trailer}\r\n\r\n${hidden()}`)
    expect([trailer, statusesIn(said)]).toEqual([trailer, [400]])
    expect(said).not.toContain('"alive"')
  }
})

test('after a refusal the body that comes is a body, not another request', async () => {
  const inside = hidden()
  const ending = `GET /docs/page.css HTTP/1.1\r\nHost: ${web.host}\r\nConnection: close\r\n\r\n`
  const refused = [
    ['POST /v1/projects', 'Host: evil.test\r\n', 421],
    ['POST /v1/projects', `Host: ${web.host}\r\nOrigin: http://evil.test\r\n`, 403],
    ['POST /v1/projects', `Host: ${web.host}\r\n`, 401],
    ['POST /v1/projects', `Host: ${web.host}\r\nX-API-Key: ${key}\r\n`, 415],
    ['POST /v1/nowhere', `Host: ${web.host}\r\n`, 404],
    ['DELETE /v1/projects', `Host: ${web.host}\r\n`, 405],
    ['GET /v1/nowhere', `Host: ${web.host}\r\n`, 404],
    ['GET /healthz', `Host: evil.test\r\n`, 421],
    ['TRACE /v1/me', `Host: ${web.host}\r\n`, 405],
    ['POST /nowhere', `Host: ${web.host}\r\n`, 405],
    ['POST /agent/mcp', `Host: ${web.host}\r\n`, 401],
    ['POST /mcp', `Host: evil.test\r\n`, 421],
    ['POST /oauth/nowhere', `Host: ${web.host}\r\n`, 404],
    ['PUT /oauth/token', `Host: ${web.host}\r\n`, 405],
  ] as const
  for (const [asked, headers, status] of refused) {
    const length = `Content-Length: ${inside.length}\r\n\r\n`
    const said = await talk(web.port, `${asked} HTTP/1.1\r\n${headers}${length}${inside}${ending}`)
    expect([asked, statusesIn(said)]).toEqual([asked, [status, 200]])
    expect(said).not.toContain('"alive"')
  }
})

test('requests that follow each other at once are answered in their order', async () => {
  const ask = (path: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: ${web.host}\r\n${more}\r\n`
  const paths = ['/v1/me', '/healthz', '/v1/nowhere', '/docs/page.css', '/readyz']
  const all = paths.map((path) => ask(path, path === '/v1/me' ? `X-API-Key: ${key}\r\n` : ''))
  const answers = answersIn(
    await talk(web.port, `${all.join('')}${ask('/healthz', 'Connection: close\r\n')}`),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200, 200, 200])
  expect(answers[0]?.text).toContain('"handle":"owner"')
  expect(answers[1]?.text).toBe('{"alive":true}')
  // The key of the first request is not that of the next ones on the same connection.
  const kept = `${ask('/v1/me', `X-API-Key: ${key}\r\n`)}${ask('/v1/me', 'Connection: close\r\n')}`
  expect(statusesIn(await talk(web.port, kept))).toEqual([200, 401])
})

test('headers have an end in size and in number', async () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => `X-${at}: x\r\n`).join('')
  for (const headers of [
    `X: ${'x'.repeat(17_000)}\r\n`,
    many(3_000),
    `${'x'.repeat(17_000)}: x\r\n`,
  ]) {
    const said = await talk(web.port, `GET /healthz HTTP/1.1\r\n${own}${headers}\r\n${hidden()}`)
    expect(statusesIn(said)).toEqual([431])
  }
  const long = await talk(web.port, `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n${own}\r\n`)
  expect(statusesIn(long)).toEqual([431])
})

test('what is left of a body that is longer than it says is another request', async () => {
  const ending = `GET /healthz HTTP/1.1\r\nHost: ${web.host}\r\nConnection: close\r\n\r\n`
  const head = `POST /v1/tasks/read HTTP/1.1\r\n${own}`
  const longer = await talk(web.port, `${head}Content-Length: 2\r\n\r\n{}${ending}`)
  expect(statusesIn(longer)).toEqual([422, 200])
  const none = await talk(web.port, `${head}Content-Length: 0\r\n\r\n${ending}`)
  expect(statusesIn(none)).toEqual([422, 200])
  const garbage = await talk(web.port, `${head}Content-Length: 2\r\n\r\n{}}}}}\r\n\r\n${ending}`)
  expect(statusesIn(garbage).at(-1)).toBe(400)
  expect(garbage).not.toContain('"alive"')
})
