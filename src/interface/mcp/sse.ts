import type { Hall } from '../../kernel/hall.ts'
import type { Exchange } from './ground.ts'
import type { Json, MessageId } from './protocol.ts'
import { errorMessage } from './protocol.ts'
import { faultOf } from './reply.ts'

/** Milliseconds between signs of life on a quiet stream. */
export const TICK_MS = 15_000
/** Bytes that may wait for a slow reader before the stream ends. */
const QUEUE_BYTES_MAX = 256 * 1024

const HEADERS = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-store, no-transform',
  'x-accel-buffering',
  'no',
]

/** An open stream of messages. */
export type Stream = Readonly<{
  send(message: Json): void
  end(): void
}>

/** Begins a stream as the answer to a request; a reader that falls behind loses it. */
export const openStream = ({ res, security }: Omit<Exchange, 'req'>): Stream => {
  res.writeHead(200, [...security, ...HEADERS])
  const write = (frame: string) => {
    if (res.writableEnded || res.destroyed) return
    res.write(frame)
    if (res.writableLength > QUEUE_BYTES_MAX) res.destroy()
  }
  res.flushHeaders()
  const alive = setInterval(() => write(': alive\n\n'), TICK_MS)
  alive.unref()
  res.once('close', () => clearInterval(alive))
  return {
    send: (message) => write(`event: message\ndata: ${JSON.stringify(message)}\n\n`),
    end: () => {
      clearInterval(alive)
      res.end()
    },
  }
}

/** The call that waits, and the token under which its signs of life go out. */
export type Slow = Readonly<{
  id: MessageId | undefined
  token: unknown
  hall: Hall
  trace: string
}>

/**
 * Answers a call that waits: with plain JSON where it ends before the first sign of life is due,
 * as a stream from then on.
 */
export const runSlowly = async (
  exchange: Exchange,
  result: Promise<string>,
  { id, token, hall, trace }: Slow,
): Promise<string | null> => {
  let stream: Stream | null = null
  let ticks = 0
  const tick = setInterval(() => {
    if (exchange.res.destroyed) return
    stream ??= openStream(exchange)
    const params = { progressToken: token, progress: ++ticks }
    stream.send({ jsonrpc: '2.0', method: 'notifications/progress', params })
  }, TICK_MS)
  try {
    const text = await result
    return stream === null ? text : close(stream, { jsonrpc: '2.0', id, result: JSON.parse(text) })
  } catch (thrown) {
    if (stream === null) throw thrown
    return close(stream, errorMessage(id, faultOf(thrown, { hall, trace })))
  } finally {
    clearInterval(tick)
  }
}

const close = (stream: Stream, last: Readonly<Record<string, unknown>>): null => {
  stream.send(last)
  stream.end()
  return null
}
