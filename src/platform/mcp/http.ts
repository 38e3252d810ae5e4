import { byteStore, tooLarge } from './byte-store.ts'
import type { FailureFacts } from './line.ts'
import { LineFailure, UpstreamFault } from './line.ts'
import { malformed, readJson } from './read-json.ts'
import { readEvents } from './sse-reader.ts'
import type { Wait } from './wait.ts'
import { isJson } from './words.ts'

/** The shape of the standard `fetch` as far as lines use it. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>

/** Where a server is and how it is asked. */
export type Http = Readonly<{
  url: string
  /** Without bounds of its own on time and bytes: a line keeps both, streams may last for days. */
  fetch: Fetch
  /** Gives the credential; asked before every request. */
  headers: () => Promise<Readonly<Record<string, string>>>
  /** Bytes of one message. */
  bytesMax: number
}>

/** One HTTP request. */
export type HttpCall = Readonly<{
  method: 'POST' | 'GET' | 'DELETE'
  headers: Readonly<Record<string, string>>
  body?: string
  wait: Wait
  /** Where, if not at the server's address. */
  url?: string
}>

const ERROR_BYTES_MAX = 64 * 1024
const RETRY_AFTER_MS_MAX = 86_400_000
const STREAM_TIMES = 4
const DISMISS_BYTES_MAX = 64 * 1024
const DISMISS_MS = 1_000
const MESSAGE_CHARACTERS_MAX = 4_000

/** What both kinds of answers are taken as. */
export const ANSWERS = 'application/json, text/event-stream'

/** Sends a request and gives its answer, of whatever status. */
export const callHttp = async (http: Http, call: HttpCall): Promise<Response> => {
  const { method, headers, body, wait, url = http.url } = call
  const own = await wait.until(http.headers())
  const all: Record<string, string> = {}
  for (const name of Object.keys(own)) all[name.toLowerCase()] = own[name] ?? ''
  Object.assign(all, headers)
  wait.sending()
  const { signal } = wait
  const asked = { method, headers: all, signal, redirect: 'manual' as const }
  return http.fetch(url, body === undefined ? asked : { ...asked, body })
}

/** Tells what an answer that is no success means; reads a little of its body for the reason. */
export const failureOf = async (
  response: Response,
  wait: Wait,
): Promise<LineFailure | UpstreamFault> => {
  const { status, headers } = response
  const facts = {
    status,
    challenge: headers.get('www-authenticate'),
    retryAfterMs: retryAfterMs(headers),
  }
  const fault = await faultIn(response, wait)
  if (status === 401) return failed('unauthorized', 'The server wants a credential.', facts)
  if (status === 403) return failed('forbidden', 'The server refuses this credential.', facts)
  if (status === 429) return failed('rate_limited', 'The server wants fewer requests.', facts)
  if (status >= 500) return failed('away', `The server failed with status ${status}.`, facts)
  if (fault !== null) return fault
  const kind = status === 404 || (status >= 300 && status < 400) ? 'away' : 'malformed'
  return failed(kind, `The server answered with status ${status}.`, facts)
}

const failed = (kind: LineFailure['kind'], message: string, facts: FailureFacts): LineFailure =>
  new LineFailure(kind, message, facts)

// A date is compared with the server's own clock, so that ours does not matter.
const retryAfterMs = (headers: Headers): number | null => {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined) return null
  const ms = /^[0-9]{1,9}$/.test(text)
    ? Number(text) * 1_000
    : Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX) : null
}

const faultIn = async (response: Response, wait: Wait): Promise<UpstreamFault | null> => {
  try {
    if (kindOf(response) === 'json') {
      const body = readJson(await readText(response, { bytesMax: ERROR_BYTES_MAX, wait }))
      return isJson(body) ? faultOf(body['error']) : null
    }
    dismiss(response, wait)
    return null
  } catch (error) {
    if (error instanceof LineFailure) return null
    throw error
  }
}

/** Reads a JSON-RPC error object; null when it is none. */
export const faultOf = (error: unknown): UpstreamFault | null => {
  if (!isJson(error) || !Number.isInteger(error['code'])) return null
  const message = typeof error['message'] === 'string' ? error['message'] : ''
  return new UpstreamFault(
    Number(error['code']),
    message.slice(0, MESSAGE_CHARACTERS_MAX),
    error['data'],
  )
}

/** Tells what an answer says it is made of. */
export const kindOf = ({ headers }: Response): 'json' | 'events' | 'other' => {
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return 'json'
  return type === 'text/event-stream' ? 'events' : 'other'
}

/**
 * Lets go of an answer that nobody reads. A short one is read in passing, so that its connection
 * can be used again; whatever is longer or slower loses it.
 */
export const dismiss = ({ body }: Response, wait: Wait): void => {
  if (body === null) return
  const drain = setTimeout(() => wait.drop(), DISMISS_MS).unref()
  const read = async (parts: AsyncIterable<Uint8Array>) => {
    let bytes = 0
    for await (const part of parts) {
      bytes += part.byteLength
      if (bytes > DISMISS_BYTES_MAX) return
    }
  }
  const done = () => clearTimeout(drain)
  read(body).then(done, done)
}

/** What the reader of an answer hears. */
export type Hearing = Readonly<{
  bytesMax: number
  wait: Wait
  message(message: unknown): void
  /** Hears where a stream can be resumed. */
  mark?(id: string): void
  /** Hears after which pause, in milliseconds. */
  retry?(ms: number): void
  /** Hears that bytes came. */
  alive?(): void
  /** Whether the stream has no end and therefore no bound as a whole. */
  endless?: boolean
}>

/** Reads the messages of an answer, be it one JSON value, a batch, or a stream of events. */
export const readMessages = async (response: Response, hearing: Hearing): Promise<void> => {
  const kind = kindOf(response)
  if (kind === 'other' || response.body === null) {
    dismiss(response, hearing.wait)
    throw malformed('The server answered with neither JSON nor an event stream.')
  }
  const { bytesMax } = hearing
  if (kind === 'json') {
    const body = readJson(await readText(response, hearing))
    for (const message of Array.isArray(body) ? body : [body]) hearing.message(message)
    return
  }
  await readEvents(response.body, {
    eventBytesMax: bytesMax,
    streamBytesMax: hearing.endless ? Number.POSITIVE_INFINITY : STREAM_TIMES * bytesMax,
    event({ name, data, id }) {
      if (id !== null) hearing.mark?.(id)
      if (data !== '' && (name === '' || name === 'message')) hearing.message(readJson(data))
    },
    retry: (ms) => hearing.retry?.(ms),
    alive: () => hearing.alive?.(),
  })
}

const readText = async (
  response: Response,
  { bytesMax, wait }: Pick<Hearing, 'bytesMax' | 'wait'>,
): Promise<string> => {
  if (Number(response.headers.get('content-length')) > bytesMax) {
    dismiss(response, wait)
    throw tooLarge(bytesMax)
  }
  const body: AsyncIterable<Uint8Array> | null = response.body
  if (body === null) return ''
  const store = byteStore(bytesMax)
  for await (const chunk of body) store.add(chunk)
  return store.take()
}
