import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { testHall } from '../../../test/http-hall.ts'
import type { HttpOptions, HttpServer } from './server.ts'
import { httpServer } from './server.ts'

const running: HttpServer[] = []

afterEach(async () => {
  for (const server of running.splice(0)) await server.close(1000)
})

const door = async (options: Partial<HttpOptions> = {}) => {
  const given = testHall()
  const server = httpServer({ hall: given.hall, version: '1.2.3', ...options })
  running.push(server)
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  const base = `http://127.0.0.1:${port}`
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', 'Bearer good-key')
    return fetch(`${base}${path}`, { ...init, headers })
  }
  const send = (path: string, body: unknown, more: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  /** Writes bytes on a bare socket and reads until the other side ends it. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let said = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket.setTimeout(5000, () => socket.destroy(new Error(`No end; so far: ${said}`)))
      socket.on('data', (chunk) => (said += chunk))
      socket.on('error', (error) => (said ? resolve(said) : reject(error)))
      socket.on('close', () => resolve(said))
    })
  return { ...given, server, base, port, ask, send, raw }
}

test('a single read carries its version as ETag and its trace', async () => {
  const { ask } = await door()
  const trace = 'a'.repeat(32)
  const answer = await ask('/v1/tasks/GH-1', {
    headers: { traceparent: `00-${trace}-${'b'.repeat(16)}-01` },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('etag')).toMatch(/^"3\.[\w-]{8}"$/)
  expect(answer.headers.get('guildhall-trace')).toBe(trace)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.json()).toEqual({ key: 'GH-1', title: 'First', version: 3 })
})

test('a reader that holds these bytes is told so without a body', async () => {
  const { ask } = await door()
  const etag = (await ask('/v1/tasks/GH-1')).headers.get('etag') ?? ''
  for (const held of [etag, `W/${etag}`, `"1", ${etag}`, '*']) {
    const answer = await ask('/v1/tasks/GH-1', { headers: { 'if-none-match': held } })
    expect([held, answer.status, await answer.text()]).toEqual([held, 304, ''])
  }
  // The same version with other neighbours is another answer.
  for (const other of ['"2"', '"3"', '"3.AAAAAAAA"']) {
    const answer = await ask('/v1/tasks/GH-1', { headers: { 'if-none-match': other } })
    expect([other, answer.status]).toEqual([other, 200])
  }
})

test('query texts become the types that the operation wants', async () => {
  const { ask, seen } = await door()
  const query = 'limit=1&labels=a,b&labels=c&priorities=1,2&open=true&title=42'
  const answer = await ask(`/v1/tasks?${query}`)
  expect(answer.status).toBe(200)
  const wanted = { limit: 1, labels: ['a', 'b', 'c'], priorities: [1, 2], open: true, title: '42' }
  expect(seen).toEqual([wanted])
})

test('what does not fit its type or is unknown is refused by name', async () => {
  const { ask, send } = await door()
  for (const path of ['/v1/tasks?limit=many', '/v1/tasks?colour=red', '/v1/tasks?open=1']) {
    const answer = await ask(path)
    expect([path, answer.status]).toEqual([path, 422])
    expect(await answer.json()).toMatchObject({ title: expect.stringMatching(/limit|colour|open/) })
  }
  expect((await send('/v1/tasks', { key: 'GH-2', title: 'x', more: 1 })).status).toBe(422)
  expect((await send('/v1/tasks?key=GH-3', { key: 'GH-2', title: 'x' })).status).toBe(422)
})

test('a page that goes on links to the next one', async () => {
  const { ask, tasks } = await door()
  tasks.set('GH-2', { key: 'GH-2', title: 'Second', version: 1 })
  const first = await ask('/v1/tasks?limit=1&labels=a')
  const link = first.headers.get('link') ?? ''
  expect(link).toMatch(/^<\/v1\/tasks\?limit=1&labels=a&cursor=c_[\w-]+>; rel="next"$/)
  expect((await ask('/v1/tasks?limit=2')).headers.get('link')).toBeNull()
})

test('a large read is packed for whoever takes that; a tagged one keeps its bytes', async () => {
  const { ask, tasks } = await door()
  const title = 'x'.repeat(10_000)
  tasks.set('GH-2', { key: 'GH-2', title, version: 1 })
  const packing = async (path: string, accepts: string) => {
    const answer = await ask(path, { headers: { 'accept-encoding': accepts } })
    expect(await answer.text()).toContain(title)
    return [answer.headers.get('content-encoding'), answer.headers.get('vary')]
  }
  expect(await packing('/v1/tasks?limit=2', 'br, gzip')).toEqual(['gzip', 'accept-encoding'])
  expect(await packing('/v1/tasks?limit=2', 'gzip;q=0')).toEqual([null, null])
  expect(await packing('/v1/tasks?limit=2', 'identity')).toEqual([null, null])
  expect(await packing('/v1/tasks/GH-2', 'gzip')).toEqual([null, null])
})

test('If-Match becomes the expected version, and a stale one is refused', async () => {
  const { ask, send } = await door()
  const rename = (version: string) =>
    ask('/v1/tasks/GH-1', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': version },
      body: '{"title":"New"}',
    })
  const stale = await rename('"2"')
  expect([stale.status, await stale.json()]).toMatchObject([
    409,
    { type: '/problems/work.task_changed', code: 'work.task_changed', version: 3 },
  ])
  expect((await rename('"3"')).status).toBe(200)
  expect((await rename('3')).status).toBe(400)
  const nowhere = await send('/v1/tasks', { key: 'GH-9', title: 'x' }, { 'if-match': '"1"' })
  expect(nowhere.status).toBe(400)
})

test('an idempotency key reaches the operation, a malformed one does not', async () => {
  const { send, seen } = await door()
  const keep = (key: string) =>
    send('/v1/tasks', { key: 'GH-2', title: 'x' }, { 'idempotency-key': key })
  expect((await keep('abc-1')).status).toBe(200)
  expect(seen).toEqual([{ idempotencyKey: 'abc-1' }])
  for (const wrong of ['has space', 'x'.repeat(201), 'ü']) {
    expect((await keep(wrong)).status).toBe(400)
  }
  expect(seen).toHaveLength(1)
})

test('who asks is settled before the body is read', async () => {
  const { base, raw, port } = await door()
  const nobody = await fetch(`${base}/v1/tasks/GH-1`)
  expect(nobody.status).toBe(401)
  expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="guildhall"')
  const said = await raw(
    `POST /v1/tasks HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\n` +
      'Content-Length: 900000000\r\n\r\n{',
  )
  expect(said).toMatch(/^HTTP\/1\.1 401 /)
})

test('a key may come in either header, not in both and not in the address', async () => {
  const { base } = await door()
  const status = async (path: string, headers: Record<string, string>) =>
    (await fetch(`${base}${path}`, { headers })).status
  expect(await status('/v1/tasks/GH-1', { 'x-api-key': 'good-key' })).toBe(200)
  const both = { 'x-api-key': 'good-key', authorization: 'Bearer good-key' }
  expect(await status('/v1/tasks/GH-1', both)).toBe(400)
  expect(await status('/v1/tasks/GH-1?api_key=good-key', {})).toBe(400)
  expect(await status('/v1/tasks?title=guild_a_12345678', { 'x-api-key': 'good-key' })).toBe(400)
})

test('every kind of refusal has its status and its members', async () => {
  const { ask } = await door()
  const table = { forbidden: 403, too_many: 429, unavailable: 503, conflict: 409 }
  for (const [kind, status] of Object.entries(table)) {
    const answer = await ask(`/v1/refuse/${kind}`)
    expect([kind, answer.status]).toEqual([kind, status])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('retry-after')).toBe(/too|un/.test(kind) ? '7' : null)
    expect(await answer.json()).toMatchObject({ title: 'Not like this.', status, fact: 'x' })
  }
})

test('the text of a bug stays inside and its trace finds it', async () => {
  const { send, lines } = await door()
  const answer = await send('/v1/break', {})
  const text = await answer.text()
  expect(answer.status).toBe(500)
  expect(text).not.toContain('swordfish')
  const { trace, code } = JSON.parse(text)
  expect(code).toBe('platform.unexpected')
  expect(lines).toMatchObject([{ fields: { trace, error: expect.stringContaining('swordfish') } }])
})

test.each([
  ['malformed JSON', '{"key":', 400],
  ['an array', '[]', 422],
  ['deep nesting', `{"title":${'['.repeat(40)}${']'.repeat(40)}}`, 422],
  ['a prototype', '{"__proto__":{"a":1},"key":"GH-2","title":"x"}', 422],
  ['a key given twice', '{"key":"GH-2","key":"GH-3","title":"x"}', 422],
  ['a lone surrogate', '{"key":"GH-2","title":"\\ud800"}', 422],
  ['nothing', '', 422],
  ['a title of 100,000 characters', JSON.stringify({ key: 'GH-2', title: 'x'.repeat(1e5) }), 422],
])('a body with %s is refused and changes nothing', async (_, body, status) => {
  const { send, tasks } = await door()
  const answer = await send('/v1/tasks', body)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json',
  ])
  expect([...tasks.keys()]).toEqual(['GH-1'])
})

test('a body that is not UTF-8 JSON is refused by its own status', async () => {
  const { ask } = await door()
  const send = (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) =>
    ask('/v1/tasks', { method: 'POST', headers, body })
  const json = { 'content-type': 'application/json' }
  expect((await send(json, new Uint8Array([0x7b, 0xff, 0x7d]))).status).toBe(400)
  expect((await send({ 'content-type': 'text/plain' }, '{}')).status).toBe(415)
  expect((await send({ ...json, 'content-encoding': 'gzip' }, '{}')).status).toBe(415)
})

test('a body above 1 MiB is refused, announced or not', async () => {
  const { send, ask, raw, port } = await door()
  const announced = await send('/v1/tasks', { key: 'GH-2', title: 'x'.repeat(1_200_000) })
  expect([announced.status, await announced.json()]).toMatchObject([
    413,
    { code: 'platform.body_too_large', bytesMax: 1_048_576 },
  ])
  const head =
    `POST /v1/tasks HTTP/1.1\r\nHost: localhost:${port}\r\nX-API-Key: good-key\r\n` +
    'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  expect(await raw(head + chunk.repeat(20))).toMatch(/^HTTP\/1\.1 413 /)
  expect((await ask('/v1/tasks/GH-1')).status).toBe(200)
})

test('wrong methods name the right ones, unknown paths the nearest', async () => {
  const { ask } = await door()
  const wrong = await ask('/v1/tasks/GH-1', { method: 'PUT', body: 'x' })
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, PATCH'])
  const options = await ask('/v1/tasks', { method: 'OPTIONS' })
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST'])
  const unknown = await ask('/v1/task/GH-1')
  expect([unknown.status, await unknown.json()]).toMatchObject([
    404,
    { code: 'platform.no_such_route', nearest: 'GET /v1/tasks/:key' },
  ])
  const head = await ask('/v1/tasks/GH-1', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect(head.headers.get('etag')).toMatch(/^"3\.[\w-]{8}"$/)
  expect((await ask('/v1/tasks/%E0%A4')).status).toBe(400)
  expect((await ask(`/v1/tasks/${'x'.repeat(600)}`)).status).toBe(414)
})

test('a wait ends with its hub', async () => {
  const { ask, server } = await door()
  const waiting = ask('/v1/next')
  await expect.poll(() => connections(server)).toBe(1)
  const started = Date.now()
  await server.close(3000)
  expect((await waiting).status).toBe(503)
  expect(Date.now() - started).toBeLessThan(2500)
})

const connections = (server: HttpServer): Promise<number> =>
  new Promise((resolve) => server.server.getConnections((_, count) => resolve(count)))

test('a port in use is refused with the name of its setting', async () => {
  const { port } = await door()
  const second = httpServer({ hall: testHall().hall, version: '1' })
  await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'platform.port_taken',
    message: expect.stringContaining('GUILDHALL_PORT'),
  })
})

test('the MCP door takes its paths before anything else', async () => {
  const mcp = {
    handles: (url: string) => url.startsWith('/agent/mcp'),
    handle: (_: unknown, res: { end(text: string): void }) => res.end('mcp'),
    close: async () => void closed.push('mcp'),
  }
  const closed: string[] = []
  const { base, server } = await door({ mcp })
  const answer = await fetch(`${base}/agent/mcp/p/x`, { headers: { origin: 'https://evil.test' } })
  expect(await answer.text()).toBe('mcp')
  await server.close(1000)
  expect(closed).toEqual(['mcp'])
})
