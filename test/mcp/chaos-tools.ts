import type { ServerResponse } from 'node:http'

/** A message as it came in. */
export type Message = Readonly<{
  id?: number | string
  method?: string
  params?: Readonly<Record<string, unknown>>
  result?: unknown
  error?: unknown
}>
/** A call of a tool, and the answer that it will get. */
export type Turn = Readonly<{ res: ServerResponse; id: number | string; message: Message }>

/** Headers of a stream. */
export const EVENTS = { 'content-type': 'text/event-stream' }
/** Headers of an answer in one piece. */
export const JSON_TYPE = { 'content-type': 'application/json' }
const CHUNK = 'x'.repeat(64 * 1024)
const HUGE_BYTES = 100 * 1024 * 1024

/** Writes the result of a call. */
export const answer = (id: unknown, text = 'done') =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } })
/** Writes one event of a stream. */
export const event = (data: string) => `event: message\ndata: ${data}\n\n`
/** Writes a notification of a stream. */
export const note = (method: string, params: object) =>
  event(JSON.stringify({ jsonrpc: '2.0', method, params }))
/** Answers in one piece. */
export const json = (res: ServerResponse, body: string, status = 200) =>
  void res.writeHead(status, JSON_TYPE).end(body)

/** Writes until there is enough, as fast as the reader takes it. */
const pour = (res: ServerResponse, bytes: number, end: string) => {
  let left = bytes
  const more = () => {
    while (left > 0 && !res.destroyed) {
      left -= CHUNK.length
      if (!res.write(CHUNK)) return void res.once('drain', more)
    }
    res.end(end)
  }
  more()
}

const drip = (res: ServerResponse, text: string, ms: number) => {
  let at = 0
  const timer = setInterval(() => {
    res.write(text[at] ?? '')
    at += 1
    if (at >= text.length || res.destroyed) {
      clearInterval(timer)
      res.end()
    }
  }, ms)
}

const progressOf = ({ params }: Message): unknown => {
  const meta: unknown = params?.['_meta']
  return typeof meta === 'object' && meta !== null && 'progressToken' in meta
    ? meta.progressToken
    : undefined
}

/** What a tool does to whoever calls it. */
export const TOOLS: Readonly<Record<string, (turn: Turn) => void>> = {
  well: ({ res, id }) => json(res, answer(id)),
  silent() {},
  silent_after_head: ({ res }) => res.writeHead(200, JSON_TYPE).flushHeaders(),
  silent_stream: ({ res }) => void res.writeHead(200, EVENTS).write(': alive\n\n'),
  no_end: ({ res, id }) => void res.writeHead(200, EVENTS).write(event(answer(id))),
  crash: ({ res }) => {
    res.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' }).write('{"jsonrpc":')
    setImmediate(() => res.destroy())
  },
  crash_in_stream: ({ res }) => {
    res.writeHead(200, EVENTS).write('event: message\ndata: {"json')
    setImmediate(() => res.destroy())
  },
  empty_stream: ({ res }) => void res.writeHead(200, EVENTS).end(),
  flood: ({ res, id, message }) => {
    res.writeHead(200, EVENTS)
    const progressToken = progressOf(message)
    for (let progress = 0; progress < 10_000; progress++) {
      res.write(note('notifications/progress', { progressToken, progress }))
    }
    res.end(event(answer(id)))
  },
  endless_flood: ({ res }) => {
    res.writeHead(200, EVENTS)
    const line = note('notifications/message', { level: 'info', data: 'x'.repeat(1_000) })
    const more = () => {
      while (!res.destroyed) if (!res.write(line)) return void res.once('drain', more)
    }
    more()
  },
  huge: ({ res }) => {
    res.writeHead(200, JSON_TYPE).write('{"jsonrpc":"2.0","id":1,"result":{"text":"')
    pour(res, HUGE_BYTES, '"}}')
  },
  huge_length: ({ res }) => {
    res.writeHead(200, { ...JSON_TYPE, 'content-length': String(HUGE_BYTES) })
    pour(res, HUGE_BYTES, '')
  },
  huge_event: ({ res }) => {
    res.writeHead(200, EVENTS).write('data: {"text":"')
    pour(res, HUGE_BYTES, '"}\n\n')
  },
  huge_error: ({ res }) => {
    res.writeHead(400, JSON_TYPE).write('{"error":"')
    pour(res, HUGE_BYTES, '"}')
  },
  loris: ({ res, id }) => {
    res.writeHead(200, JSON_TYPE)
    drip(res, answer(id), 5_000)
  },
  slow_but_well: ({ res, id }) => {
    res.writeHead(200, EVENTS)
    drip(res, event(answer(id)).replaceAll('\n', '\r\n'), 1)
  },
  not_json: ({ res }) => json(res, 'I am a server.'),
  not_json_in_stream: ({ res }) => void res.writeHead(200, EVENTS).end(event('I am a server.')),
  no_form: ({ res, id }) => json(res, JSON.stringify({ jsonrpc: '2.0', id })),
  both: ({ res, id }) => {
    json(res, JSON.stringify({ jsonrpc: '2.0', id, result: {}, error: { code: 1, message: '' } }))
  },
  list_result: ({ res, id }) => json(res, JSON.stringify({ jsonrpc: '2.0', id, result: [] })),
  odd_error: ({ res, id }) => {
    json(res, JSON.stringify({ jsonrpc: '2.0', id, error: { code: 'E_ODD', message: 7 } }))
  },
  wrong_id: ({ res }) => json(res, answer(987_654)),
  text_id: ({ res, id }) => json(res, answer(String(id))),
  null_id_error: ({ res }) => {
    json(res, JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'x' } }))
  },
  twice: ({ res, id }) => {
    res.writeHead(200, EVENTS)
    res.end(event(answer(id, 'first')) + event(answer(id, 'second')))
  },
  deep: ({ res, id }) => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    json(res, `{"jsonrpc":"2.0","id":${id},"result":{"deep":${deep}}}`)
  },
  page: ({ res }) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
  accepted: ({ res }) => void res.writeHead(202).end(),
  push: ({ res, id }) => {
    res.writeHead(200, EVENTS)
    const asking = { jsonrpc: '2.0', id: 'p1', method: 'elicitation/create', params: {} }
    res.end(event(JSON.stringify(asking)) + event(answer(id)))
  },
  redirect: ({ res }) => void res.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
  unauthorized: ({ res }) => {
    res.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="https://x/y"' }).end()
  },
  forbidden: ({ res }) => {
    res.writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }).end()
  },
  rate_limited: ({ res }) => void res.writeHead(429, { 'retry-after': '7' }).end(),
  resting: ({ res }) => {
    const later = new Date(Date.parse('2026-01-01T00:00:30Z')).toUTCString()
    const date = new Date(Date.parse('2026-01-01T00:00:00Z')).toUTCString()
    res.writeHead(503, { 'retry-after': later, date }).end('<h1>Resting</h1>')
  },
  failing: ({ res, id }) => {
    json(res, JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_603, message: 'x' } }), 500)
  },
  missing: ({ res, id }) => {
    json(res, JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_601, message: 'x' } }), 404)
  },
  lost: ({ res }) => json(res, '{"jsonrpc":"2.0","error":{"code":-32001,"message":"x"}}', 404),
  // Ends its stream after a mark, so that it has to be asked for the rest.
  resumed: ({ res }) => void res.writeHead(200, EVENTS).end('id: mark-1\nretry: 5\ndata:\n\n'),
}

/** Writes an error of the protocol. */
export const errorOf = (id: unknown, code: number, message: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })
