import type { Http } from './http.ts'
import { ANSWERS, callHttp, dismiss, failureOf, readMessages } from './http.ts'
import type { Json } from './line.ts'
import { LineFailure } from './line.ts'
import type { Pauses } from './listening.ts'
import { pause } from './listening.ts'
import { watchQuiet } from './quiet.ts'
import { malformed } from './read-json.ts'
import type { Wait } from './wait.ts'
import { reasonOf, startWait } from './wait.ts'
import type { SendWay, Wire, WireEars } from './wire.ts'
import { isJson } from './words.ts'

// Streamable HTTP with sessions: a POST per message, answered with JSON or with a stream of its
// own, and one stream besides for what belongs to no request.

/** What the wire stands on. */
export type LegacyHttpGround = Readonly<{ http: Http; pauses: Pauses; now: () => number }>

type State = {
  ears: WireEars | null
  session: string | null
  version: string | null
  wanted: boolean
  /** The stream beside the requests; null while there is none. */
  stream: AbortController | null
  refused: boolean
  readonly waits: Set<Wait>
}

const SESSION = /^[\x21-\x7e]{1,1024}$/
const DRAIN_MS = 1_000
const OPEN_MS = 10_000
const GOODBYE_MS = 2_000
const RESUMES_MAX = 5
const RESUME_MS = 1_000
const RESUME_MS_MAX = 30_000
// What servers answer that have no stream beside the requests.
const NO_STREAM = new Set([400, 404, 405, 406, 501])

/** Makes the wire; the session comes with the answer to the handshake. */
export const legacyHttpWire = (ground: LegacyHttpGround): Wire => {
  const state: State = {
    ears: null,
    session: null,
    version: null,
    wanted: false,
    stream: null,
    refused: false,
    waits: new Set(),
  }
  const attend = () => {
    const { wanted, version, stream, refused } = state
    if (!wanted) {
      stream?.abort()
      state.stream = null
    } else if (version !== null && stream === null && !refused) {
      state.stream = new AbortController()
      follow(ground, state, state.stream.signal).catch((error: unknown) => {
        state.ears?.over(new LineFailure('away', 'The stream broke.', { cause: error }))
      })
    }
  }
  return {
    answersWhileSending: true,
    hear(ears) {
      state.ears = ears
    },
    async send(message, way) {
      state.waits.add(way.wait)
      try {
        await send(ground, state, { message, way })
      } finally {
        state.waits.delete(way.wait)
      }
    },
    settled(version) {
      state.version = version
      attend()
    },
    attend(wanted) {
      state.wanted = wanted
      attend()
    },
    async close() {
      state.refused = true
      state.stream?.abort()
      for (const wait of state.waits) wait.cut('away', 'The line was closed.')
      if (state.session !== null) await sayGoodbye(ground, state)
    },
  }
}

const headersOf = ({ session, version }: State): Record<string, string> => ({
  ...(session !== null && { 'mcp-session-id': session }),
  ...(version !== null && { 'mcp-protocol-version': version }),
})

type Sending = Readonly<{ message: Json; way: SendWay }>

const send = async (ground: LegacyHttpGround, state: State, sending: Sending): Promise<void> => {
  const { wait, id, traceparent } = sending.way
  const { message } = sending
  const headers = {
    ...headersOf(state),
    'content-type': 'application/json',
    accept: ANSWERS,
    ...(traceparent !== undefined && { traceparent }),
  }
  const body = JSON.stringify(message)
  const response = await callHttp(ground.http, { method: 'POST', headers, body, wait })
  if (id === null && response.ok) return dismiss(response, wait)
  if (response.status !== 200) throw await refusalOf(response, { state, wait })
  if (message['method'] === 'initialize') state.session = sessionOf(response)
  await readAnswer(ground, state, { response, way: { ...sending.way, id: id ?? 0 } })
}

const sessionOf = ({ headers }: Response): string | null => {
  const session = headers.get('mcp-session-id')
  if (session !== null && !SESSION.test(session)) {
    throw malformed('The server gave a session id that cannot be sent back.')
  }
  return session
}

// A session that is gone is said with 404; some servers say it with 400 and words.
const refusalOf = async (
  response: Response,
  { state: { session }, wait }: Readonly<{ state: State; wait: Wait }>,
): Promise<Error> => {
  const failure = await failureOf(response, wait)
  const { status } = response
  const isLost = status === 404 || (status === 400 && /session/i.test(failure.message))
  if (session === null || !isLost) return failure
  return new LineFailure('session_lost', 'The server lost the session.', { status, sent: false })
}

type Reading = Readonly<{ response: Response; way: SendWay & Readonly<{ id: number }> }>

/** Reads until the answer came; a stream that can be resumed is, when it ends too early. */
const readAnswer = async (
  ground: LegacyHttpGround,
  state: State,
  { response, way }: Reading,
): Promise<void> => {
  const { wait, id } = way
  const { ears } = state
  let drain: NodeJS.Timeout | undefined
  let mark: string | null = null
  let pauseMs = RESUME_MS
  let answered = false
  let idle = 0
  const hearing = {
    bytesMax: ground.http.bytesMax,
    wait,
    message(value: unknown) {
      if (!answered && isAnswerTo(value, id)) {
        answered = true
        drain = setTimeout(() => wait.drop(), DRAIN_MS).unref()
      }
      ears?.message(value, id)
    },
    mark(given: string) {
      mark = given
      idle = 0
    },
    retry(ms: number) {
      pauseMs = Math.min(ms, RESUME_MS_MAX)
    },
  }
  const read = async (from: Response) => {
    try {
      await readMessages(from, hearing)
    } catch (error) {
      const isOver = error instanceof LineFailure || mark === null || wait.signal.aborted
      if (isOver && !answered) throw error
    }
  }
  try {
    await read(response)
    while (!answered && mark !== null && idle < RESUMES_MAX) {
      idle += 1
      await pause(pauseMs, wait.signal)
      if (wait.signal.aborted) throw reasonOf(wait.signal)
      await read(await resume(ground, state, { wait, mark }))
    }
  } finally {
    clearTimeout(drain)
  }
}

const isAnswerTo = (value: unknown, id: number): boolean =>
  Array.isArray(value)
    ? value.some((one) => isAnswerTo(one, id))
    : isJson(value) && value['id'] === id && value['method'] === undefined

const resume = async (
  { http }: LegacyHttpGround,
  state: State,
  { wait, mark }: Readonly<{ wait: Wait; mark: string | null }>,
): Promise<Response> => {
  const headers = {
    ...headersOf(state),
    accept: 'text/event-stream',
    ...(mark !== null && { 'last-event-id': mark }),
  }
  const response = await callHttp(http, { method: 'GET', headers, wait })
  if (response.status !== 200) throw await refusalOf(response, { state, wait })
  return response
}

/** Keeps the stream beside the requests open for as long as somebody wants it. */
const follow = async (
  ground: LegacyHttpGround,
  state: State,
  signal: AbortSignal,
): Promise<void> => {
  const { firstMs, mostMs, steadyMs } = ground.pauses
  const memory: Memory = { mark: null, isLost: false }
  let pauseMs = firstMs
  while (!signal.aborted) {
    const since = ground.now()
    const failure = await readStream(ground, state, { signal, memory })
    if (signal.aborted) return
    if (failure?.kind === 'session_lost') return state.ears?.over(failure)
    if (failure !== null && NO_STREAM.has(failure.status ?? 0)) {
      state.refused = true
      state.stream = null
      return
    }
    memory.isLost = true
    if (ground.now() - since >= steadyMs) pauseMs = firstMs
    await pause(pauseMs, signal)
    pauseMs = Math.min(pauseMs * 2, mostMs)
  }
}

type Memory = { mark: string | null; isLost: boolean }

/** Reads the stream once, to its end; tells how it failed where that is more than a loss. */
const readStream = async (
  ground: LegacyHttpGround,
  state: State,
  { signal, memory }: Readonly<{ signal: AbortSignal; memory: Memory }>,
): Promise<LineFailure | null> => {
  const wait = startWait({ timeoutMs: OPEN_MS, signal }, ground.now)
  const quiet = watchQuiet(wait)
  try {
    const response = await resume(ground, state, { wait, mark: memory.mark })
    wait.pause()
    // With a mark the server sends what was missed; without one nobody knows what was.
    if (memory.isLost && memory.mark === null) state.ears?.gap()
    memory.isLost = false
    await readMessages(response, {
      bytesMax: ground.http.bytesMax,
      wait,
      endless: true,
      message: (value) => state.ears?.message(value, null),
      mark(given) {
        memory.mark = given
      },
      alive: quiet.alive,
    })
    return null
  } catch (error) {
    const failure = wait.explain(error)
    return failure instanceof LineFailure ? failure : null
  } finally {
    quiet.stop()
    wait.end()
  }
}

const sayGoodbye = async ({ http, now }: LegacyHttpGround, state: State): Promise<void> => {
  const signal = new AbortController().signal
  const wait = startWait({ timeoutMs: GOODBYE_MS, signal }, now)
  try {
    const headers = headersOf(state)
    dismiss(await callHttp(http, { method: 'DELETE', headers, wait }), wait)
  } catch {
    // A courtesy: the server forgets the session by itself one day.
  } finally {
    wait.end()
  }
}
