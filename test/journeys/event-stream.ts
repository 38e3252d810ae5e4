import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { later, PATIENCE_MS } from './ground.ts'

const Event = z.object({
  pos: z.int(),
  name: z.string(),
  actor: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})

/** An event as the stream gives it. */
export type Event = z.infer<typeof Event>

/** What has come over a stream. */
export type Arrived = {
  readonly events: Event[]
  readonly kinds: string[]
  /** The id of the last message: what a browser sends as `Last-Event-ID`. */
  last: string | null
}

/** One open stream and what has come over it. */
export type EventStream = Arrived & {
  /** The stream is over, whoever ended it. */
  isOver: boolean
  close(): void
}

/** Opens `GET /v1/stream` and reads it until it ends or the test is over. */
export const openStream = async (
  hub: Readonly<{ url: string; key: string }>,
  from: Readonly<{ lastEventId?: string; query?: string }> = {},
): Promise<EventStream> => {
  const abort = new AbortController()
  const response = await fetch(`${hub.url}/v1/stream${from.query ?? ''}`, {
    headers: {
      authorization: `Bearer ${hub.key}`,
      ...(from.lastEventId !== undefined && { 'last-event-id': from.lastEventId }),
    },
    signal: abort.signal,
  })
  if (!response.ok || response.body === null) {
    throw new Error(`The stream answered ${response.status}: ${await response.text()}`)
  }
  const stream: EventStream = {
    events: [],
    kinds: [],
    last: null,
    isOver: false,
    close: () => abort.abort(),
  }
  const reading = read(response.body, stream)
  later(async () => {
    abort.abort()
    await Promise.race([reading, delay(PATIENCE_MS, undefined, { ref: false })])
  })
  return stream
}

const read = async (body: ReadableStream<Uint8Array>, stream: EventStream): Promise<void> => {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const piece of body) {
      text += decoder.decode(piece, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) take(block, stream)
    }
  } catch {
    // Cut off: what came before counts.
  } finally {
    stream.isOver = true
  }
}

/** Reads the whole messages in what a reader has received; a last one that was cut is left out. */
export const arrived = (text: string): Arrived => {
  const into: Arrived = { events: [], kinds: [], last: null }
  for (const block of text.split('\n\n').slice(0, -1)) take(block, into)
  return into
}

const take = (block: string, stream: Arrived): void => {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const at = line.indexOf(': ')
      return [line.slice(0, at), line.slice(at + 2)]
    }),
  )
  const id = fields.get('id')
  if (id === undefined) return
  stream.last = id
  stream.kinds.push(fields.get('event') ?? 'events')
  if (fields.has('event')) return
  stream.events.push(...z.array(Event).parse(JSON.parse(fields.get('data') ?? '[]')))
}
