import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { testHall } from '../../../test/http-hall.ts'
import type { HttpServer } from '../http/server.ts'
import { httpServer } from '../http/server.ts'
import type { LiveLimits } from './limits.ts'

const running: HttpServer[] = []
const open: WebSocket[] = []

afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate()
  for (const server of running.splice(0)) await server.close(100)
})

const door = async (live: Partial<LiveLimits> = {}) => {
  const given = testHall()
  const server = httpServer({ hall: given.hall, version: '1', live })
  running.push(server)
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  const dial = (path = '/v1/ws', headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
    open.push(socket)
    const said: Record<string, unknown>[] = []
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) said.push(JSON.parse(data.toString()))
    })
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    const positions = () =>
      said.flatMap(({ events }) => (Array.isArray(events) ? events.map(({ pos }) => pos) : []))
    return { socket, said, opened, closed, positions, send: (text: string) => socket.send(text) }
  }
  const signedIn = async (after?: string) => {
    const guest = dial()
    await guest.opened
    guest.send(JSON.stringify({ key: 'good-key', after }))
    return guest
  }
  return { ...given, server, dial, signedIn }
}

test('the first message gives the key, and events come as messages', async () => {
  const { signedIn, seal } = await door()
  const { said } = await signedIn()
  await expect.poll(() => said).toEqual([{ pos: '1-0' }])
  seal([{ data: { to: 'doing' } }, {}])
  await expect.poll(() => said.length).toBe(2)
  expect(said[1]).toMatchObject({
    id: '1-2',
    events: [{ pos: 1, data: { to: 'doing' } }, { pos: 2 }],
  })
})

test('a key in the header needs no message, and the address may give the cursor', async () => {
  const { dial, seal } = await door()
  seal([{}, {}, {}])
  const { positions, opened } = dial('/v1/ws?after=1-1', { authorization: 'Bearer good-key' })
  await opened
  await expect.poll(positions).toEqual([2, 3])
})

test('a client moves its cursor by a message', async () => {
  const { signedIn, seal, followers } = await door()
  seal([{}, {}, {}])
  const { said, send, positions } = await signedIn('1-3')
  await expect.poll(() => said).toEqual([{ pos: '1-3' }])
  send('{"after":"1-1"}')
  await expect.poll(positions).toEqual([2, 3])
  expect(followers()).toBe(1)
  send('{"after":"7-1"}')
  await expect.poll(() => said.at(-1)).toMatchObject({ reset: true })
})

test.each([
  ['no key', '{}', 4401],
  ['a wrong key', '{"key":"bad"}', 4401],
  ['no JSON', 'hello', 4400],
  ['an unknown field', '{"key":"good-key","more":1}', 4400],
  ['a number for a key', '{"key":1}', 4400],
  ['far too much', JSON.stringify({ key: 'x'.repeat(10_000) }), 1009],
])('a first message with %s closes the socket', async (_, text, code) => {
  const { dial } = await door()
  const { opened, closed, send } = dial()
  await opened
  send(text)
  expect(await closed).toBe(code)
})

test('a socket that never says who it is is closed, and strangers are bounded', async () => {
  const { dial } = await door({ signInMs: 100, strangersMax: 2 })
  const first = dial()
  const second = dial()
  await Promise.all([first.opened, second.opened])
  await expect(dial().opened).rejects.toThrow('429')
  expect(await Promise.all([first.closed, second.closed])).toEqual([4401, 4401])
  await dial().opened
})

test('foreign hosts, foreign pages and other paths get no socket', async () => {
  const { dial } = await door()
  await expect(dial('/v1/ws', { origin: 'http://evil.test' }).opened).rejects.toThrow('403')
  await expect(dial('/v1/ws', { host: 'evil.test' }).opened).rejects.toThrow('421')
  await expect(dial('/v1/stream').opened).rejects.toThrow('404')
  await expect(dial('/v1/ws?access_token=x').opened).rejects.toThrow('400')
})

test('a revoked key loses its sockets within a second', async () => {
  const { signedIn, revoke, followers } = await door()
  const { closed } = await signedIn()
  await expect.poll(followers).toBe(1)
  const started = performance.now()
  revoke('good-key')
  expect(await closed).toBe(4401)
  expect(performance.now() - started).toBeLessThan(1000)
  expect(followers()).toBe(0)
})

test('sockets and streams count together', async () => {
  const { signedIn, followers, streams } = await door()
  streams.max = 2
  await Promise.all([signedIn(), signedIn()])
  await expect.poll(followers).toBe(2)
  const { closed } = await signedIn()
  expect(await closed).toBe(4429)
})

test('a socket that answers no pings is dropped', async () => {
  const { dial, followers } = await door({ beatMs: 40 })
  const { socket, opened, closed } = dial('/v1/ws', { 'x-api-key': 'good-key' })
  await opened
  await expect.poll(followers).toBe(1)
  socket.pause()
  await expect.poll(followers).toBe(0)
  socket.resume()
  expect(await closed).toBe(1006)
})

test('sockets are told that the hub closes', async () => {
  const { signedIn, server, followers } = await door()
  const { closed } = await signedIn()
  await expect.poll(followers).toBe(1)
  await server.close(2000)
  expect(await closed).toBe(1001)
})
