import { z } from 'zod'

/** An event as the stream gives it. */
const Event = z.object({
  pos: z.int(),
  name: z.string(),
  id: z.string(),
  version: z.int(),
  actor: z.string().nullable(),
  at: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type Event = z.infer<typeof Event>

const Cursor = z.string().regex(/^\d+-\d+$/)
const QUIET_MS = 500
const READ_MS = 120_000

type Hub = Readonly<{ url: string; key: string }>

/** Reads the whole ledger as any subscriber may: over the public stream, from its first event. */
export const readEvents = async (hub: Hub): Promise<readonly Event[]> => {
  const head = await quietHead(hub)
  const events: Event[] = []
  for await (const message of messages(hub, '1-0')) {
    if (message.kind === 'reset') throw new Error('The stream could not be read from its start.')
    if (message.kind === 'events') events.push(...message.events)
    if (posOf(message.cursor) >= head) return events
  }
  throw new Error('The stream ended before the end of the ledger.')
}

const posOf = (cursor: string): number => Number(cursor.split('-')[1])

/** Waits until nothing is sealed any more; gives the last position. */
const quietHead = async (hub: Hub): Promise<number> => {
  for (let before = -1; ; ) {
    const head = await headOf(hub)
    if (head === before) return head
    before = head
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  }
}

const headOf = async (hub: Hub): Promise<number> => {
  for await (const { cursor } of messages(hub, null)) return posOf(cursor)
  throw new Error('The stream did not say where the ledger ends.')
}

type Message =
  | Readonly<{ kind: 'events'; cursor: string; events: readonly Event[] }>
  | Readonly<{ kind: 'pos' | 'reset'; cursor: string }>

async function* messages({ url, key }: Hub, after: string | null): AsyncGenerator<Message> {
  const stop = new AbortController()
  const query = after === null ? '' : `?after=${after}`
  const response = await fetch(`${url}/v1/stream${query}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(READ_MS)]),
  })
  if (!response.ok || response.body === null) {
    throw new Error(`The stream answered ${response.status}.`)
  }
  try {
    let text = ''
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      text += piece
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) if (!block.startsWith(':')) yield messageOf(block)
    }
  } finally {
    stop.abort()
  }
}

const messageOf = (block: string): Message => {
  const fields = new Map(block.split('\n').map((line) => pair(line)))
  const cursor = Cursor.parse(fields.get('id'))
  const kind = fields.get('event')
  if (kind === 'pos' || kind === 'reset') return { kind, cursor }
  const data: unknown = JSON.parse(fields.get('data') ?? '[]')
  return { kind: 'events', cursor, events: Event.array().parse(data) }
}

const pair = (line: string): [string, string] => {
  const colon = line.indexOf(': ')
  return [line.slice(0, colon), line.slice(colon + 2)]
}
