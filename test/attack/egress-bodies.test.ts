import type { Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { EgressLimits } from '../../src/platform/egress/egress.ts'
import { openEgress } from '../../src/platform/egress/egress.ts'
import type { Post } from './egress-ground.ts'
import { httpPost, rawPost, refused, resolveTo } from './egress-ground.ts'

const posts: Post[] = []
const egresses: { stop(): Promise<void> }[] = []
afterAll(async () => {
  await Promise.all(egresses.map((one) => one.stop()))
  await Promise.all(posts.map((one) => one.stop()))
})

/** Asks a server that speaks raw bytes; gives its post and the call. */
const asking = async (
  speak: (socket: Socket, request: string) => void,
  limits: EgressLimits = {},
  init: RequestInit = {},
) => {
  const post = await rawPost(speak)
  const egress = openEgress({
    allow: [`127.0.0.1/32:${post.port}`],
    resolve: resolveTo('127.0.0.1'),
  })
  posts.push(post)
  egresses.push(egress)
  const ask = () => egress.fetch(limits)(`http://127.0.0.1:${post.port}/`, init)
  const read = async () => await (await ask()).text()
  return { post, ask, read, egress }
}

const HEAD = 'HTTP/1.1 200 OK\r\n'
const pour = (socket: Socket, chunk: Uint8Array | string): void => {
  let going = true
  socket.on('close', () => {
    going = false
  })
  const more = () => {
    while (going && socket.write(chunk));
  }
  socket.on('drain', more)
  more()
}
const chunked = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
const gone = (post: Post) => expect.poll(() => post.open(), { timeout: 5_000 }).toBe(0)

describe('a slow other side', () => {
  test.each([
    ['says nothing', () => {}],
    ['trickles its headers', (socket: Socket) => trickle(socket, HEAD, 'x-a: b\r\n')],
    ['trickles its body', (socket: Socket) => trickle(socket, `${HEAD}\r\n`, 'x')],
    ['promises for ever', (socket: Socket) => trickle(socket, '', 'HTTP/1.1 102 P\r\n\r\n')],
    ['stops in its body', (socket: Socket) => socket.write(`${HEAD}content-length: 9\r\n\r\nabc`)],
  ])('%s, and is cut off at the deadline', async (_what, speak) => {
    const { post, read } = await asking(speak, { timeoutMs: 300 })
    const refusal = await refused(read())
    expect(refusal).toMatchObject({ kind: 'unavailable', code: 'platform.target_away' })
    await gone(post)
  })

  test('is cut off even when nobody reads', async () => {
    const packed = Buffer.from(gzipSync('x'.repeat(1_000)))
    const speak = (socket: Socket) => {
      socket.write(`${HEAD}content-encoding: gzip\r\n\r\n`)
      socket.write(packed.subarray(0, 15))
    }
    const { post, ask } = await asking(speak, { timeoutMs: 1_000 })
    const response = await ask()
    expect(response.status).toBe(200)
    await gone(post)
    expect((await refused(response.text())).code).toBe('platform.target_away')
  })

  test("is left by the caller's own signal, with the caller's reason", async () => {
    const reason = new Error('mine')
    const caller = new AbortController()
    const speak = () => caller.abort(reason)
    const { post, read } = await asking(speak, {}, { signal: caller.signal })
    await expect(read()).rejects.toBe(reason)
    await gone(post)
    await expect(read()).rejects.toBe(reason)
  })

  test('is left when the hub stops', async () => {
    const heard = Promise.withResolvers<void>()
    const { post, read, egress } = await asking(() => heard.resolve())
    const call = refused(read())
    await heard.promise
    await egress.stop()
    await egress.stop()
    expect((await call).code).toBe('platform.target_away')
    await gone(post)
    expect((await refused(read())).code).toBe('platform.target_away')
  })
})

const trickle = (socket: Socket, start: string, drop: string): void => {
  socket.write(start)
  const timer = setInterval(() => socket.write(drop), 20)
  socket.on('close', () => clearInterval(timer))
}

const bytesMax = 100_000
const zeros = Buffer.alloc(50_000_000)
const tooLarge = { kind: 'unavailable', code: 'platform.target_too_large' }

describe('a large answer', () => {
  test('without an end is cut off at the limit', async () => {
    const { post, read } = await asking(
      (socket) => {
        socket.write(`${HEAD}\r\n`)
        pour(socket, Buffer.alloc(16_384, 'x'))
      },
      { bytesMax },
    )
    expect(await refused(read())).toMatchObject(tooLarge)
    await gone(post)
  })

  test('without an end in chunks is cut off at the limit', async () => {
    const { post, read } = await asking(
      (socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
        pour(socket, chunked(Buffer.alloc(1_000, 'x')))
      },
      { bytesMax },
    )
    expect(await refused(read())).toMatchObject(tooLarge)
    await gone(post)
  })

  test('is refused at once when its length says so', async () => {
    const { post, ask } = await asking(
      (socket) => socket.write(`${HEAD}content-length: 99999999999\r\n\r\nx`),
      { bytesMax },
    )
    expect(await refused(ask())).toMatchObject(tooLarge)
    await gone(post)
  })

  test('of exactly the limit passes, one byte more does not', async () => {
    const sized = (bytes: number) => (socket: Socket) =>
      socket.end(`${HEAD}\r\n${'x'.repeat(bytes)}`)
    const fits = await asking(sized(bytesMax), { bytesMax })
    expect(await fits.read()).toHaveLength(bytesMax)
    const over = await asking(sized(bytesMax + 1), { bytesMax })
    expect(await refused(over.read())).toMatchObject(tooLarge)
  })

  test('of headers is cut off', async () => {
    const { post, ask } = await asking((socket) => {
      socket.write(HEAD)
      pour(socket, `x-a: ${'y'.repeat(1_000)}\r\n`)
    })
    expect((await refused(ask())).code).toBe('platform.target_away')
    await gone(post)
  })

  test('is held to 5 MB when nothing is said', async () => {
    const { read } = await asking((socket) => {
      socket.end(Buffer.concat([Buffer.from(`${HEAD}\r\n`), zeros.subarray(0, 5_000_001)]))
    })
    expect(await refused(read())).toMatchObject(tooLarge)
  })
})

describe('an answer', () => {
  test.each([
    ['gzip', gzipSync(zeros)],
    ['x-gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros)],
  ])('packed as %s is cut off by its unpacked size', async (coding, packed) => {
    expect(packed.length).toBeLessThan(bytesMax)
    const head = `${HEAD}content-encoding: ${coding}\r\ncontent-length: ${packed.length}\r\n\r\n`
    const { read } = await asking(
      (socket) => socket.write(Buffer.concat([Buffer.from(head), packed])),
      {
        bytesMax,
      },
    )
    expect(await refused(read())).toMatchObject(tooLarge)
  })

  test('that unpacks to nothing for ever is cut off by its packed size', async () => {
    const empty = Buffer.from([0, 0, 0, 0xff, 0xff]) // A stored block of no bytes, not the last.
    const { post, read } = await asking(
      (socket) => {
        socket.write(`${HEAD}content-encoding: gzip\r\n\r\n`)
        socket.write(gzipSync('').subarray(0, 10))
        pour(socket, Buffer.concat(Array.from({ length: 1_000 }, () => empty)))
      },
      { bytesMax },
    )
    expect(await refused(read())).toMatchObject(tooLarge)
    await gone(post)
  })
})

describe('a lying answer', () => {
  test('that is longer than its length ends where it said', async () => {
    const { post, read } = await asking((socket) =>
      socket.write(`${HEAD}content-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\nsmuggled`),
    )
    expect(await read()).toBe('abc')
    await gone(post)
  })

  test.each([
    ['is shorter than its length', `${HEAD}content-length: 9\r\n\r\nabc`],
    ['has two lengths', `${HEAD}content-length: 3\r\ncontent-length: 9\r\n\r\nabc`],
    ['has no number as length', `${HEAD}content-length: x\r\n\r\nabc`],
    ['breaks off in its chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n9\r\nabc`],
    ['is not packed as it says', `${HEAD}content-encoding: gzip\r\n\r\nnot packed`],
    ['is packed twice', `${HEAD}content-encoding: gzip, gzip\r\n\r\nx`],
    ['is packed as nobody asked', `${HEAD}content-encoding: zstd\r\n\r\nx`],
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['is of an unknown kind', 'HTTP/1.1 999 X\r\n\r\n'],
    ['switches protocols', 'HTTP/1.1 101 S\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['is nothing', ''],
  ])('that %s leaves the target away', async (_what, bytes) => {
    const { post, read } = await asking((socket) => socket.end(bytes, 'latin1'))
    const refusal = await refused(read())
    expect(refusal).toMatchObject({ kind: 'unavailable', code: 'platform.target_away' })
    await gone(post)
  })

  test('that broke off in its packing leaves the target away', async () => {
    const packed = gzipSync('x'.repeat(9_999)).subarray(0, 30)
    const { read } = await asking((socket) => {
      socket.end(Buffer.concat([Buffer.from(`${HEAD}content-encoding: gzip\r\n\r\n`), packed]))
    })
    expect((await refused(read())).code).toBe('platform.target_away')
  })
})

describe('a small answer of plain JSON', () => {
  const JSON_HEAD = `${HEAD}content-type: application/json\r\ncontent-length: `
  const away = { kind: 'unavailable', code: 'platform.target_away' }

  test('comes whole, and gives its connection back though nobody reads it', async () => {
    const whole = `${JSON_HEAD}7\r\n\r\n{"a":1}`
    const { post, ask } = await asking((socket) => socket.write(whole))
    const response = await ask()
    await gone(post)
    expect(await response.json()).toEqual({ a: 1 })
  })

  test('that is longer than its length ends where it said', async () => {
    const { post, read } = await asking((socket) =>
      socket.write(`${JSON_HEAD}2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nsmuggled`),
    )
    expect(await read()).toBe('{}')
    await gone(post)
  })

  test('that is shorter than its length leaves the target away', async () => {
    const { post, ask } = await asking((socket) => socket.end(`${JSON_HEAD}9\r\n\r\n{}`))
    expect(await refused(ask())).toMatchObject(away)
    await gone(post)
  })

  test('that stops in its body is cut off at the deadline', async () => {
    const stops = (socket: Socket) => socket.write(`${JSON_HEAD}9\r\n\r\n{}`)
    const { post, ask } = await asking(stops, { timeoutMs: 300 })
    expect(await refused(ask())).toMatchObject(away)
    await gone(post)
  })

  test("that stops in its body is left by the caller's own signal, with its reason", async () => {
    const reason = new Error('mine')
    const caller = new AbortController()
    const stops = (socket: Socket) => {
      socket.write(`${JSON_HEAD}9\r\n\r\n{}`, () => caller.abort(reason))
    }
    const { post, ask } = await asking(stops, {}, { signal: caller.signal })
    await expect(ask()).rejects.toBe(reason)
    await gone(post)
  })

  test('is refused where its length is over the limit', async () => {
    const { post, ask } = await asking((socket) => socket.end(`${JSON_HEAD}7\r\n\r\n{"a":1}`), {
      bytesMax: 6,
    })
    expect(await refused(ask())).toMatchObject(tooLarge)
    await gone(post)
  })
})

describe('what is sent', () => {
  const echo = async () => {
    const lines: string[] = []
    const asked = await asking((socket, request) => {
      lines.push(request)
      socket.end(`${HEAD}content-length: 2\r\n\r\nok`)
    })
    return { ...asked, lines }
  }

  test('names the host of the URL and keeps the caller off the framing', async () => {
    const { egress, post, lines } = await echo()
    const headers = { host: 'evil.example', connection: 'upgrade', 'transfer-encoding': 'chunked' }
    const body = 'a=b\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n'
    const url = `http://good.example:${post.port}/a?b`
    await (await egress.fetch()(url, { method: 'POST', headers, body })).text()
    const [head = '', ...rest] = (lines[0] ?? '').split('\r\n\r\n')
    expect(head).toMatch(/^POST \/a\?b HTTP\/1\.1\r\n/)
    expect(head.match(/^host:.*$/gim)).toEqual([`host: good.example:${post.port}`])
    expect(head.match(/^content-length:.*$/gim)).toEqual([`content-length: ${body.length}`])
    expect(head).not.toMatch(/transfer-encoding|upgrade|evil/i)
    expect(rest.join('\r\n\r\n')).toBe(body)
  })

  test.each(['/\r\nX-Evil: 1', '/ HTTP/1.1\r\nX-Evil: 1\r\n\r\n', '/\nX', '/a b', '/\u0000'])(
    'cannot be split by the URL: %j',
    async (path) => {
      const { egress, post, lines } = await echo()
      const call = egress.fetch()(`http://127.0.0.1:${post.port}${path}`)
      expect((await refused(call)).code).toBe('platform.target_refused')
      expect(lines).toEqual([])
    },
  )

  test('keeps packed line ends packed', async () => {
    const { egress, post, lines } = await echo()
    await (await egress.fetch()(`http://127.0.0.1:${post.port}/%0d%0aX-Evil:%201?\u00e9`)).text()
    expect(lines[0]).toMatch(/^GET \/%0d%0aX-Evil:%201\?%C3%A9 HTTP\/1\.1\r\n/)
  })

  test('cannot be split by a header', async () => {
    const { egress, post, lines } = await echo()
    const call = egress.fetch()(`http://127.0.0.1:${post.port}/`, {
      headers: { 'x-a': 'b\r\nX-Evil: 1' },
    })
    await expect(call).rejects.toBeInstanceOf(TypeError)
    expect(lines).toEqual([])
  })
})

test('an honest answer is a standard Response', async () => {
  const post = await httpPost((_request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.writeHead(201, 'Made', {
      'content-encoding': 'gzip',
      'content-type': 'application/json',
    })
    response.end(gzipSync('{"a":1}'))
  })
  const egress = openEgress({ allow: [`127.0.0.1/32:${post.port}`] })
  posts.push(post)
  egresses.push(egress)
  const url = `http://127.0.0.1:${post.port}/`
  const response = await egress.fetch()(url)
  expect(response).toBeInstanceOf(Response)
  expect([response.status, response.statusText, response.ok]).toEqual([201, 'Made', true])
  expect([response.url, response.redirected]).toEqual([url, false])
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(response.headers.has('content-encoding')).toBe(false)
  expect(await response.json()).toEqual({ a: 1 })
  const head = await egress.fetch()(url, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([201, ''])
})

test('at most 1,024 requests are on their way, and a finished one makes room', async () => {
  const post = await httpPost((request, response) => {
    if (request.url !== '/stay') response.end('ok')
  })
  const egress = openEgress({ allow: [`127.0.0.1/32:${post.port}`] })
  posts.push(post)
  egresses.push(egress)
  const url = `http://127.0.0.1:${post.port}`
  const leave = new AbortController()
  const stay = Array.from({ length: 1_024 }, () =>
    egress
      .fetch()(`${url}/stay`, { signal: leave.signal })
      .catch((error: unknown) => error),
  )
  expect((await refused(egress.fetch()(url))).code).toBe('platform.egress_busy')
  leave.abort()
  await Promise.all(stay)
  // Each of these must give its place back, or the last ones would be refused.
  for (let count = 0; count < 300; count += 1) await (await egress.fetch()(url)).text()
})

test('requests that follow each other share a connection', async () => {
  const post = await httpPost((_request, response) => response.end('ok'))
  const egress = openEgress({ allow: [`127.0.0.1/32:${post.port}`] })
  posts.push(post)
  egresses.push(egress)
  for (let count = 0; count < 20; count += 1) {
    await (await egress.fetch()(`http://127.0.0.1:${post.port}/`)).text()
  }
  expect(post.touched()).toBeLessThan(5)
})
