import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testHall } from '../../../test/http-hall.ts'
import { guardOrigin } from '../guard.ts'
import { httpServer } from './server.ts'

const timeouts = { headersMs: 300, requestMs: 400, checkMs: 50 }
const hub = httpServer({ hall: testHall().hall, version: '1', timeouts })
let port = 0

beforeAll(async () => {
  port = (await hub.listen({ host: '127.0.0.1', port: 0 })).port
})
afterAll(() => hub.close(500))

const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(text.replaceAll('PORT', `${port}`)),
    )
    socket.setTimeout(5000, () => socket.destroy(new Error(`No end; so far: ${said}`)))
    socket.on('data', (chunk) => (said += chunk))
    socket.on('error', (error) => (said ? resolve(said) : reject(error)))
    socket.on('close', () => resolve(said))
  })

const PUBLIC = 'https://hall.example.org'

test.each([
  ['127.0.0.1:7420', undefined, null],
  ['localhost:7420', 'http://localhost:7420', null],
  ['[::1]:7420', 'http://[::1]:7420', null],
  ['LOCALHOST:7420', 'http://127.0.0.1:7420', null],
  ['hall.example.org', PUBLIC, null],
  ['localhost:7420', PUBLIC, null],
  ['localhost', undefined, 421],
  ['localhost:7421', undefined, 421],
  ['evil.test:7420', undefined, 421],
  ['localhost.evil.test:7420', undefined, 421],
  ['hall.example.org:7420', undefined, 421],
  [undefined, undefined, 421],
  ['localhost:7420', 'null', 403],
  ['localhost:7420', 'http://evil.test', 403],
  ['localhost:7420', 'http://localhost:3000', 403],
  ['localhost:7420', 'https://localhost:7420', 403],
  ['hall.example.org', 'http://hall.example.org', 403],
  ['localhost:7420', 'http://localhost:7420.evil.test', 403],
])('host %s with origin %s is judged %s', (host, origin, status) => {
  const headers = { ...(host && { host }), ...(origin && { origin }) }
  const judged = guardOrigin(headers, { port: 7420, publicUrl: PUBLIC })
  expect(judged?.status ?? null).toBe(status)
})

test('without a port a host means port 80', () => {
  expect(guardOrigin({ host: 'localhost' }, { port: 80 })).toBeNull()
  expect(guardOrigin({ host: '[::1]' }, { port: 80 })).toBeNull()
})

test.each([
  ['a foreign host', 'GET /healthz HTTP/1.1\r\nHost: evil.test\r\n', 421],
  ['a foreign origin', 'GET / HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: http://a.test\r\n', 403],
  ['no host', 'GET /healthz HTTP/1.1\r\n', 400],
  ['two hosts', 'GET /healthz HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.test\r\n', 400],
  ['a whole address', 'GET http://localhost/ HTTP/1.1\r\nHost: localhost:PORT\r\n', 400],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost:PORT\r\n', 405],
  [
    'a length and chunks',
    'POST /v1/tasks HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 4\r\n' +
      'Transfer-Encoding: chunked\r\n',
    400,
  ],
  [
    'two lengths',
    'POST /v1/tasks HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 4\r\nContent-Length: 5\r\n',
    400,
  ],
  ['a space before a colon', 'GET / HTTP/1.1\r\nHost : localhost:PORT\r\n', 400],
  ['huge headers', `GET / HTTP/1.1\r\nHost: localhost:PORT\r\nX: ${'x'.repeat(20_000)}\r\n`, 431],
  ['a long address', `GET /${'x'.repeat(9000)} HTTP/1.1\r\nHost: localhost:PORT\r\n`, 414],
])('a request with %s is turned away with a problem', async (_, head, status) => {
  const said = await raw(`${head}Connection: close\r\n\r\n`)
  expect(said.slice(0, 13)).toBe(`HTTP/1.1 ${status} `)
  expect(said).toContain('application/problem+json')
  expect(said.toLowerCase()).toContain("content-security-policy: default-src 'none'")
})

test('a smuggled second request is never answered', async () => {
  const hidden = 'GET /healthz HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n'
  const said = await raw(
    'POST /v1/tasks HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 6\r\n' +
      `Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  )
  expect(said.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  expect(said).not.toContain('alive')
})

test('headers that trickle in are cut off with 408', async () => {
  expect(await raw('GET / HTTP/1.1\r\nHost: localhost:PORT\r\n')).toMatch(/^HTTP\/1\.1 408 /)
})

test('a body that never comes is cut off with 408', async () => {
  const said = await raw(
    'PATCH /v1/tasks/GH-1 HTTP/1.1\r\nHost: localhost:PORT\r\nX-API-Key: good-key\r\n' +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  )
  expect(said).toMatch(/^HTTP\/1\.1 408 /)
})

test('an offer of HTTP/2 is passed over', async () => {
  const said = await raw(
    'GET /healthz HTTP/1.1\r\nHost: localhost:PORT\r\nUpgrade: h2c\r\n' +
      'Connection: Upgrade, close\r\n\r\n',
  )
  expect(said).toMatch(/^HTTP\/1\.1 200 [^]*alive/)
})
