import type { Http } from './http.ts'
import { callHttp, dismiss, failureOf, kindOf } from './http.ts'
import { LineFailure } from './line.ts'
import { watchQuiet } from './quiet.ts'
import { malformed, readJson } from './read-json.ts'
import type { SseEvent } from './sse-reader.ts'
import { readEvents } from './sse-reader.ts'
import type { Wait } from './wait.ts'
import { startWait } from './wait.ts'
import type { Wire, WireEars } from './wire.ts'

// HTTP+SSE, the transport of 2024-11-05: one stream for all that the server says, whose first
// event names the address to which the client posts.

/** What the wire stands on. */
export type SseGround = Readonly<{ http: Http; handshakeMs: number; now: () => number }>

type State = { ears: WireEars | null; readonly waits: Set<Wait> }

const ENDPOINT_CHARACTERS_MAX = 8_192

/** Opens the stream and waits until the server has named its address. */
export const openSseWire = async (ground: SseGround, signal: AbortSignal): Promise<Wire> => {
  const { http, handshakeMs, now } = ground
  const wait = startWait({ timeoutMs: handshakeMs, signal }, now)
  const state: State = { ears: null, waits: new Set() }
  const named = Promise.withResolvers<string>()
  named.promise.catch(() => {})
  const event = ({ name, data }: SseEvent) => {
    if (name === 'endpoint') named.resolve(endpointOf(data, http.url))
    else if (data !== '' && (name === '' || name === 'message')) {
      state.ears?.message(readJson(data), null)
    }
  }
  try {
    const response = await openStream(http, wait)
    const over = (failure: LineFailure) => {
      named.reject(failure)
      state.ears?.over(failure)
    }
    follow({ http, wait, response, event }).then(over, over)
    const endpoint = await wait.until(named.promise)
    // From here on the stream has no deadline, and the caller's signal was about opening only.
    wait.pause()
    return wireOf({ http, endpoint, state, stream: wait })
  } catch (error) {
    const failure = wait.explain(error)
    wait.end()
    wait.cut('away', 'The line was not opened.')
    throw failure
  }
}

const openStream = async (http: Http, wait: Wait): Promise<Response> => {
  const headers = { accept: 'text/event-stream' }
  const response = await callHttp(http, { method: 'GET', headers, wait })
  if (response.status !== 200) throw await failureOf(response, wait)
  if (kindOf(response) === 'events') return response
  dismiss(response, wait)
  throw malformed('The server did not answer with an event stream.')
}

type Following = Readonly<{
  http: Http
  wait: Wait
  response: Response
  event(event: SseEvent): void
}>

/** Reads the stream to its end and tells why it ended. */
const follow = async ({ http, wait, response, event }: Following): Promise<LineFailure> => {
  const quiet = watchQuiet(wait)
  try {
    if (response.body !== null) {
      await readEvents(response.body, {
        eventBytesMax: http.bytesMax,
        streamBytesMax: Number.POSITIVE_INFINITY,
        event,
        alive: quiet.alive,
      })
    }
    return new LineFailure('away', 'The server ended the stream.')
  } catch (error) {
    const failure = wait.explain(error)
    return failure instanceof LineFailure
      ? failure
      : new LineFailure('away', 'The stream broke.', { cause: error })
  } finally {
    quiet.stop()
    wait.end()
  }
}

// Credentials go where the administrator said, not where an answer says.
const endpointOf = (text: string, base: string): string => {
  const url = text.length > ENDPOINT_CHARACTERS_MAX ? null : URL.parse(text, base)
  if (url === null || url.origin !== new URL(base).origin) {
    throw malformed('The server named an address that is not its own.')
  }
  return url.href
}

type Parts = Readonly<{ http: Http; endpoint: string; state: State; stream: Wait }>

const wireOf = ({ http, endpoint, state, stream }: Parts): Wire => ({
  answersWhileSending: false,
  hear(ears) {
    state.ears = ears
  },
  async send(message, { wait, traceparent }) {
    state.waits.add(wait)
    try {
      const headers = {
        'content-type': 'application/json',
        ...(traceparent !== undefined && { traceparent }),
      }
      const body = JSON.stringify(message)
      const call = { method: 'POST' as const, headers, body, wait, url: endpoint }
      const response = await callHttp(http, call)
      if (response.ok) return dismiss(response, wait)
      if (response.status !== 404) throw await failureOf(response, wait)
      dismiss(response, wait)
      const facts = { status: 404, sent: false }
      throw new LineFailure('session_lost', 'The server lost the session.', facts)
    } finally {
      state.waits.delete(wait)
    }
  },
  settled() {},
  attend() {},
  async close() {
    stream.cut('away', 'The line was closed.')
    for (const wait of state.waits) wait.cut('away', 'The line was closed.')
  },
})
