// A thousand subscribers in a process of their own, over raw sockets: each opens an event stream,
// and the moment at which a mark first arrives is noted per stream.
import { connect, type Socket } from 'node:net'
import { z } from 'zod'

/** What the subscribers are told. */
export const StreamsOrder = z.discriminatedUnion('do', [
  /** Opens one stream per request; the answer comes when all have said where they stand. */
  z.strictObject({ do: z.literal('open'), port: z.int(), requests: z.array(z.string()) }),
  /** Waits for a text on every stream; the answer holds the moments of arrival. */
  z.strictObject({ do: z.literal('await'), mark: z.string() }),
])
export type StreamsOrder = z.infer<typeof StreamsOrder>

/** What they answer; moments are those of the machine's clock, in milliseconds. */
export const StreamsReport = z.union([
  z.strictObject({ open: z.int() }),
  z.strictObject({ waiting: z.literal(true) }),
  z.strictObject({ arrived: z.array(z.number()) }),
  z.strictObject({ failed: z.string() }),
])
export type StreamsReport = z.infer<typeof StreamsReport>

const say = (report: StreamsReport) => process.send?.(report)
const nowMs = () => performance.timeOrigin + performance.now()

let watch: ((from: Socket, text: string) => void) | null = null

const open = (port: number, request: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () =>
      socket.write(request.replace('{port}', String(port))),
    )
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      if (text.startsWith('HTTP/1.1') && !text.startsWith('HTTP/1.1 200')) {
        reject(new Error(text.slice(0, 600)))
      }
      if (text.includes('event: pos')) resolve()
      watch?.(socket, text)
    })
  })

let count = 0

const waitFor = (mark: string) => {
  const seen = new Set<Socket>()
  const arrived: number[] = []
  watch = (from, text) => {
    if (!text.includes(mark) || seen.has(from)) return
    seen.add(from)
    arrived.push(nowMs())
    if (seen.size === count) {
      watch = null
      say({ arrived })
    }
  }
  say({ waiting: true })
}

const openAll = async (port: number, requests: readonly string[]) => {
  // One after the other in small groups: a listen queue has its end.
  const left = [...requests]
  const turn = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await open(port, next)
  }
  await Promise.all(Array.from({ length: 20 }, turn))
  count = requests.length
  say({ open: count })
}

process.on('message', (message) => {
  const order = StreamsOrder.parse(message)
  if (order.do === 'await') return waitFor(order.mark)
  openAll(order.port, order.requests).catch((error: unknown) => say({ failed: String(error) }))
})
process.once('disconnect', () => process.exit(0))
