// Load from a process of its own, over raw keep-alive sockets: node:http as a client would cost
// more than the servers it is to measure. No pipelining: a connection sends, reads the whole
// answer, then sends again.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { z } from 'zod'

/** What to send: bytes per connection, one after the other, for a time. */
export const LoadOrder = z.strictObject({
  port: z.int(),
  /** Requests as they go over the wire; each connection repeats its own. */
  requests: z.array(z.string()).min(1),
  seconds: z.number(),
  /** A text every first answer must hold: the load must be the work we mean. */
  expects: z.string(),
  /** Look for it in all answers: a refusal is answered with 200, too, and comes in between. */
  always: z.boolean().default(false),
})
export type LoadOrder = z.input<typeof LoadOrder>

/** What the load has measured. */
export const LoadReport = z.strictObject({
  count: z.int(),
  seconds: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  bytes: z.int(),
})
export type LoadReport = z.infer<typeof LoadReport>

const OK = 'HTTP/1.1 200'
const END = Buffer.from('\r\n\r\n')

type Answer = Readonly<{
  head: string
  bytes: number
  has: (text: string) => boolean
  text: () => string
}>

/** Reads one answer with a length or in chunks, and gives it when it is whole. */
const reader = (take: (answer: Answer) => void) => {
  let kept: Buffer = Buffer.alloc(0)
  let needed = 0
  return (chunk: Buffer) => {
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
    if (kept.length < needed) return
    const end = kept.indexOf(END)
    if (end < 0) return
    const head = kept.toString('latin1', 0, end)
    const length = /\r\ncontent-length: ?(\d+)/i.exec(head)?.[1]
    if (length === undefined && !kept.subarray(-5).equals(Buffer.from('0\r\n\r\n'))) return
    needed = length === undefined ? kept.length : end + END.length + Number(length)
    if (kept.length < needed) return
    const whole = kept
    kept = Buffer.alloc(0)
    needed = 0
    const has = (text: string) => whole.includes(text)
    take({ head, bytes: whole.length, has, text: () => whole.toString() })
  }
}

type Tally = { times: number[]; bytes: number }

/** Drives one connection until the time is over. */
const drive = async (order: LoadOrder, request: string, tally: Tally): Promise<void> => {
  const bytes = Buffer.from(request.replace('{port}', String(order.port)))
  const socket: Socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const until = performance.now() + order.seconds * 1000
  return new Promise((resolve, reject) => {
    let sent = 0
    let isLooking = true
    const send = () => {
      sent = performance.now()
      socket.write(bytes)
    }
    const take = (answer: Answer) => {
      if (!answer.head.startsWith(OK) || (isLooking && !answer.has(order.expects))) {
        socket.destroy()
        return reject(new Error(`Not the expected answer: ${answer.text().slice(0, 800)}`))
      }
      isLooking = order.always === true
      const now = performance.now()
      tally.times.push(now - sent)
      tally.bytes = answer.bytes
      if (now < until) return send()
      socket.end()
      resolve()
    }
    socket.on('data', reader(take))
    socket.on('error', reject)
    send()
  })
}

const run = async (order: LoadOrder): Promise<LoadReport> => {
  const tally: Tally = { times: [], bytes: 0 }
  const begun = performance.now()
  await Promise.all(order.requests.map((request) => drive(order, request, tally)))
  const seconds = (performance.now() - begun) / 1000
  const sorted = tally.times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  const { bytes } = tally
  return { count: sorted.length, seconds, p50Ms: at(0.5), p95Ms: at(0.95), bytes }
}

process.on('message', (message) => {
  run(LoadOrder.parse(message)).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  )
})
process.once('disconnect', () => process.exit(0))
