import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { actorNamed, testHall } from '../../../test/http-hall.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { HttpServer } from '../http/server.ts'
import { httpServer } from '../http/server.ts'
import type { LiveLimits } from './limits.ts'

const running: HttpServer[] = []
const aborts = new AbortController()

afterEach(async () => {
  for (const server of running.splice(0)) await server.close(100)
})

type Said = { id: string | undefined; event: string; data: unknown }

const door = async (live: Partial<LiveLimits> = {}) => {
  const given = testHall()
  const server = httpServer({ hall: given.hall, version: '1', live })
  running.push(server)
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  const base = `http://127.0.0.1:${port}`
  /** Opens a stream and collects its messages as they come. */
  const follow = async (query = '', headers: Record<string, string> = {}) => {
    const answer = await fetch(`${base}/v1/stream${query}`, {
      headers: { authorization: 'Bearer good-key', ...headers },
      signal: aborts.signal,
    })
    const said: Said[] = []
    const comments: string[] = []
    const read = async (): Promise<void> => {
      let left = ''
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        left += chunk
        const blocks = left.split('\n\n')
        left = blocks.pop() ?? ''
        for (const block of blocks) {
          if (block.startsWith(':')) comments.push(block)
          else said.push(messageOf(block))
        }
      }
    }
    const ended = answer.ok ? read().catch(() => {}) : Promise.resolve()
    const positions = () =>
      said.flatMap(({ event, data }) =>
        event === 'message' && Array.isArray(data) ? data.map(({ pos }) => pos) : [],
      )
    return { answer, said, comments, ended, positions }
  }
  return { ...given, server, port, base, follow }
}

const messageOf = (block: string): Said => {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  const data: unknown = JSON.parse(fields.get('data') ?? 'null')
  return { id: fields.get('id'), event: fields.get('event') ?? 'message', data }
}

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at)

test('a stream starts at the head and brings what happens next', async () => {
  const { seal, follow, followers } = await door()
  seal([{}, {}])
  const { answer, said } = await follow()
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  await expect.poll(() => said).toEqual([{ id: '1-2', event: 'pos', data: '1-2' }])
  expect(followers()).toBe(1)
  seal([{ name: 'work.task_moved', version: 4, data: { to: 'doing' } }])
  await expect.poll(() => said.length).toBe(2)
  const at = '2026-11-21T10:00:00.000Z'
  const event = { pos: 3, name: 'work.task_moved', id: 'GH-1', version: 4, at }
  expect(said[1]).toEqual({
    id: '1-3',
    event: 'message',
    data: [{ ...event, actor: 'principal-ada', data: { to: 'doing' } }],
  })
})

test('a stream resumes after its last id without loss or repeat while others write', async () => {
  const { seal, follow, slowReads } = await door()
  for (let count = 0; count < 30; count++) seal(Array.from({ length: 41 }, () => ({})))
  slowReads.ms = 3
  let head = 1230
  const writing = setInterval(() => {
    for (let count = 0; count < 7; count++) head = seal([{}, {}, {}])
  }, 1)
  const byHeader = await follow('?after=1-1200', { 'last-event-id': '1-10' })
  const byQuery = await follow('?after=1-700')
  await expect.poll(() => byHeader.positions().length, { timeout: 5000 }).toBeGreaterThan(2500)
  clearInterval(writing)
  await expect.poll(() => byHeader.positions().at(-1), { timeout: 5000 }).toBe(head)
  await expect.poll(() => byQuery.positions().at(-1), { timeout: 5000 }).toBe(head)
  expect(byHeader.positions()).toEqual(upTo(head, 11))
  expect(byQuery.positions()).toEqual(upTo(head, 701))
})

test('a stream cut and resumed at every turn sees each event once', async () => {
  const { seal, follow, server } = await door()
  const positions: number[] = []
  let id = '1-0'
  for (let turn = 0; turn < 8; turn++) {
    for (let count = 0; count < 5; count++) seal([{}, {}])
    const stream = await follow(`?after=${id}`)
    await expect.poll(() => stream.positions().length).toBeGreaterThan(0)
    server.server.closeAllConnections()
    await stream.ended
    positions.push(...stream.positions())
    id = stream.said.findLast(({ event }) => event === 'message')?.id ?? id
  }
  expect(positions).toEqual(upTo(positions.length))
})

test.each([
  ['no cursor at all', '?after=yesterday'],
  ['a position that was never reached', '?after=1-900'],
  ['another epoch', '?after=2-1'],
  ['a position older than the ledger keeps', '?after=1-1'],
])('%s is answered with a reset and the end', async (_, query) => {
  const { seal, follow, epoch, followers } = await door()
  seal([{}, {}, {}])
  epoch.oldest = 2
  const { said, ended } = await follow(query)
  await ended
  expect(said.at(-1)).toMatchObject({ event: 'reset', id: expect.stringMatching(/^1-\d/) })
  expect(said.filter(({ event }) => event === 'message')).toEqual([])
  expect(followers()).toBe(0)
})

test('an idle stream gets signs of life, and its cursor moves past other projects', async () => {
  const { seal, follow } = await door({ beatMs: 30 })
  const { said, comments } = await follow('?project=GH')
  await expect.poll(() => comments.length).toBeGreaterThan(1)
  seal([{ data: { key: 'OPS-4' } }, { data: { project: 'OPS' } }])
  await expect.poll(() => said.at(-1)).toEqual({ id: '1-2', event: 'pos', data: '1-2' })
  seal([{ data: { key: 'GH-4' } }, { data: { key: 'OPS-1' } }, { data: {} }])
  await expect.poll(() => said.at(-1)?.id).toBe('1-5')
  expect(said.at(-1)?.data).toMatchObject([{ pos: 3 }, { pos: 5 }])
})

test('a reader that stops reading is told to start anew, and memory stays bounded', async () => {
  const { seal, port, followers } = await door()
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(
      `GET /v1/stream HTTP/1.1\r\nHost: localhost:${port}\r\nX-API-Key: good-key\r\n\r\n`,
    ),
  )
  socket.setEncoding('latin1')
  await new Promise((resolve) => socket.once('data', resolve))
  await expect.poll(followers).toBe(1)
  socket.pause()
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external
  const text = 'x'.repeat(20_000)
  let sealed = 0
  // What the two kernels buffer comes on top of what the hub does: some megabytes.
  while (followers() > 0 && sealed < 5000) {
    sealed = seal([{ data: { text } }])
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(followers()).toBe(0)
  expect(sealed).toBeLessThan(2000)
  const kept = process.memoryUsage().arrayBuffers + process.memoryUsage().external - before
  expect(kept).toBeLessThan(16 * 1024 * 1024)
  let tail = ''
  socket.on('data', (chunk) => (tail = (tail + chunk).slice(-200)))
  socket.resume()
  await expect.poll(() => tail).toMatch(/event: reset\nid: 1-\d+\ndata: \{\}\n\n\r\n0\r\n\r\n$/)
  socket.destroy()
})

test('a reader that catches up slowly sets the pace and is not told to start anew', async () => {
  const { seal, follow } = await door()
  const text = 'x'.repeat(5000)
  for (let count = 0; count < 20; count++)
    seal(Array.from({ length: 50 }, () => ({ data: { text } })))
  const { said, positions } = await follow('?after=1-0')
  await expect.poll(() => positions().length, { timeout: 5000 }).toBe(1000)
  expect(said.some(({ event }) => event === 'reset')).toBe(false)
})

test('a revoked key loses its streams within a second, others stay', async () => {
  const { follow, keys, revoke, seal, followers } = await door()
  keys.set('other-key', actorNamed('bob'))
  const cut = await follow()
  const kept = await follow('', { authorization: 'Bearer other-key' })
  await expect.poll(followers).toBe(2)
  const started = performance.now()
  revoke('good-key')
  await cut.ended
  expect(performance.now() - started).toBeLessThan(1000)
  seal([{}])
  await expect.poll(() => kept.positions()).toEqual([1])
  expect(cut.positions()).toEqual([])
})

test('a key with other rights is told to purge, a narrowed one must come back', async () => {
  const given = await door()
  const { follow, keys, revoke, hall, followers } = given
  const stream = await follow()
  await expect.poll(followers).toBe(1)
  revoke('no-such-key')
  Object.assign(hall, { offers: async () => ({ names: new Set(), mark: '2' }) })
  revoke('no-such-key')
  await expect.poll(() => stream.said.at(-1)).toMatchObject({ event: 'purge' })
  keys.set('good-key', { ...actorNamed('ada'), projects: new Set(['one']) })
  revoke('no-such-key')
  await stream.ended
  expect(followers()).toBe(0)
})

test('a principal has twenty streams at a time', async () => {
  const { follow, server } = await door()
  const open = await Promise.all(upTo(20).map(() => follow()))
  expect(open.every(({ answer }) => answer.ok)).toBe(true)
  const { answer } = await follow()
  expect([answer.status, await answer.json()]).toMatchObject([
    429,
    { code: 'platform.too_many_streams' },
  ])
  server.server.closeAllConnections()
  await Promise.all(open.map(({ ended }) => ended))
  await expect.poll(async () => (await follow()).answer.status).toBe(200)
})

test('a key revoked while its stream is being opened loses it', async () => {
  const { follow, hall, revoke, followers } = await door()
  const { offers } = hall
  Object.assign(hall, {
    offers: async (actor: Actor) => {
      revoke('good-key')
      return offers(actor)
    },
  })
  const { ended } = await follow()
  await ended
  expect(followers()).toBe(0)
})

test('the head of a stream is not given alone', async () => {
  const { base, followers } = await door()
  const headers = { 'x-api-key': 'good-key' }
  expect((await fetch(`${base}/v1/stream`, { method: 'HEAD', headers })).status).toBe(405)
  expect((await fetch(`${base}/v1/ws`, { headers })).status).toBe(426)
  expect(followers()).toBe(0)
})

test('a stream is refused before it begins where it cannot be given', async () => {
  const { follow, base } = await door()
  expect((await fetch(`${base}/v1/stream`)).status).toBe(401)
  expect((await follow('', { authorization: 'Bearer bad' })).answer.status).toBe(401)
  expect((await follow('?since=1')).answer.status).toBe(422)
  expect((await follow('?project=gh!')).answer.status).toBe(422)
  expect((await follow('', { origin: 'http://evil.test' })).answer.status).toBe(403)
})

test('streams end when the hub closes', async () => {
  const { follow, server, followers } = await door()
  const { ended } = await follow()
  await expect.poll(followers).toBe(1)
  const started = performance.now()
  await server.close(5000)
  await ended
  expect(performance.now() - started).toBeLessThan(2000)
  expect(followers()).toBe(0)
})
