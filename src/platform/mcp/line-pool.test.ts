import { afterEach, expect, test, vi } from 'vitest'
import type { Line } from './line.ts'
import { LineFailure } from './line.ts'
import type { LinePoolOptions } from './line-pool.ts'
import { linePool } from './line-pool.ts'

type Opened = {
  key: string
  line: Line
  busy: number
  closes: number
  end(why: string): void
}

/** Lines without a server: what a pool does with them is all that is looked at. */
const opener = () => {
  const opened: Opened[] = []
  let trouble: Error | null = null
  return {
    opened,
    trouble(error: Error | null) {
      trouble = error
    },
    async open(key: string): Promise<Line> {
      await Promise.resolve()
      if (trouble !== null) throw trouble
      const over = Promise.withResolvers<Readonly<{ why: string }>>()
      const server = { name: 'fixture', version: '1' }
      const about = { era: 'modern' as const, version: '2026-07-28', server, capabilities: {} }
      const made: Opened = {
        key,
        busy: 0,
        closes: 0,
        end: (why) => over.resolve({ why }),
        line: {
          about: { ...about, instructions: null },
          request: async () => ({}),
          onNotice: () => () => {},
          watch: async () => {},
          busy: () => made.busy,
          closed: over.promise,
          async close() {
            made.closes += 1
            over.resolve({ why: 'closed' })
          },
        },
      }
      opened.push(made)
      return made.line
    },
  }
}

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const poolOf = (options: Partial<LinePoolOptions> & Pick<LinePoolOptions, 'open'>) => {
  const pool = linePool({ idleMs: 60_000, now: () => performance.now(), ...options })
  stops.push(() => pool.stop())
  return pool
}

test('many at once share one opening, and keys do not share', async () => {
  const { open, opened } = opener()
  const pool = poolOf({ open })
  const lines = await Promise.all(Array.from({ length: 50 }, () => pool.take('a')))
  expect(new Set(lines).size).toBe(1)
  await pool.take('b')
  expect(opened.map(({ key }) => key)).toEqual(['a', 'b'])
  expect(pool.size()).toBe(2)
})

test('a line that ended is opened anew', async () => {
  const { open, opened } = opener()
  const pool = poolOf({ open })
  const first = await pool.take('a')
  opened[0]?.end('session_lost: The server lost the session.')
  await first.closed
  const second = await pool.take('a')
  expect(second).not.toBe(first)
  expect(opened).toHaveLength(2)
})

test('a line that nobody uses is closed, one that is busy or watched is not', async () => {
  const { open, opened } = opener()
  const pool = poolOf({ open, idleMs: 40 })
  await pool.take('idle')
  await pool.take('busy')
  const watched = await pool.take('watched')
  await watched.watch(['test://one'])
  const [idle, busy] = opened
  if (busy !== undefined) busy.busy = 1
  await vi.waitFor(() => expect(idle?.closes).toBe(1))
  expect(pool.size()).toBe(2)
  if (busy !== undefined) busy.busy = 0
  await watched.watch([])
  await vi.waitFor(() => expect(pool.size()).toBe(0))
  await pool.take('idle')
  expect(opened).toHaveLength(4)
})

test('a dead server is asked less and less often, and callers hear of it at once', async () => {
  let now = 0
  const { open, opened, trouble } = opener()
  const asks = vi.fn(open)
  const pool = poolOf({ open: asks, now: () => now })
  trouble(new LineFailure('away', 'No.', { sent: true }))
  await expect(pool.take('a')).rejects.toMatchObject({ kind: 'away', sent: false })
  await expect(pool.take('a')).rejects.toMatchObject({ kind: 'away', sent: false })
  expect(asks).toHaveBeenCalledTimes(1)
  now += 1_001
  await expect(pool.take('a')).rejects.toThrow('No.')
  now += 1_001
  await expect(pool.take('a')).rejects.toThrow('No.')
  expect(asks).toHaveBeenCalledTimes(2)
  now += 1_000
  trouble(null)
  await pool.take('a')
  expect(opened).toHaveLength(1)
  trouble(new LineFailure('rate_limited', 'Later.', { retryAfterMs: 90_000 }))
  await expect(pool.take('b')).rejects.toThrow('Later.')
  now += 89_000
  await expect(pool.take('b')).rejects.toThrow('Later.')
  expect(asks).toHaveBeenCalledTimes(4)
})

test('a bug while opening is not remembered for ever', async () => {
  let now = 0
  const open = vi.fn((): Promise<Line> => {
    throw new TypeError('a bug')
  })
  const pool = poolOf({ open, now: () => now })
  await expect(pool.take('a')).rejects.toThrow(TypeError)
  now += 2_000
  await expect(pool.take('a')).rejects.toThrow(TypeError)
  expect(open).toHaveBeenCalledTimes(2)
})

test('a program that crashes five times is left alone until the first crash is old', async () => {
  let now = 0
  const { open, opened } = opener()
  const pool = poolOf({ open, now: () => now })
  for (let crash = 0; crash < 5; crash++) {
    const line = await pool.take('a')
    opened.at(-1)?.end('crashed: The program ended: exited code 3')
    await line.closed
    now += 1_000
  }
  await expect(pool.take('a')).rejects.toMatchObject({ kind: 'crashed', sent: false })
  expect(opened).toHaveLength(5)
  await pool.take('b')
  now += 595_500
  await pool.take('a')
  expect(opened).toHaveLength(7)
})

test('stopping closes all lines, those that are being opened as well', async () => {
  const { open, opened } = opener()
  const pool = poolOf({ open })
  await pool.take('a')
  const failure = pool.take('b').catch((error: unknown) => error)
  await pool.stop()
  expect(await failure).toMatchObject({ kind: 'away', sent: false })
  expect(opened.map(({ closes }) => closes)).toEqual([1, 1])
  expect(pool.size()).toBe(0)
  await expect(pool.take('a')).rejects.toMatchObject({ sent: false })
  await pool.stop()
})

test('a thousand keys keep a bounded number of lines', async () => {
  const { open, opened } = opener()
  const pool = poolOf({ open })
  for (let key = 0; key < 1_000; key++) await pool.take(String(key))
  expect(pool.size()).toBe(512)
  expect(opened.filter(({ closes }) => closes === 1)).toHaveLength(488)
  expect(opened[0]?.closes).toBe(1)
  expect(opened.at(-1)?.closes).toBe(0)
})
