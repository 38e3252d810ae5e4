import type { Heard } from './answer.ts'
import { readMessage } from './answer.ts'
import type { Json, LineEnd, LineRequest } from './line.ts'
import { LineFailure, UpstreamFault } from './line.ts'
import { malformed } from './read-json.ts'
import { openTurns } from './turns.ts'
import type { Wait } from './wait.ts'
import { startWait } from './wait.ts'
import type { Wire } from './wire.ts'
import { memberOf } from './words.ts'

// JSON-RPC over a wire that several requests share: ids, answers, progress, cancelling.

/** A request under way. */
export type Call = {
  readonly id: number
  readonly asked: LineRequest
  readonly wait: Wait
  /** What the server has asked while it worked. */
  asks: number
}

/** A request that a server sent. */
export type Push = Readonly<{
  id: string | number
  method: string
  params: Json
  /** The request that it came with, where the wire can tell. */
  origin: number | null
}>

/** What makes a peer one of an era. */
export type PeerOptions = Readonly<{
  wire: Wire
  now: () => number
  /** Makes the params as they go out. */
  dress(asked: LineRequest, id: number): Json
  pushed(push: Push): void
  /** Hears what is neither progress nor a log message of a call. */
  noted(method: string, params: Json): void
  /** Hears that notices may have been lost. */
  gap(): void
}>

/** One side of a conversation. */
export type Peer = Readonly<{
  /** `stream` makes it a request that stays open, and hears its id. */
  request(asked: LineRequest, stream?: (id: number) => void): Promise<Json>
  notify(method: string, params: Json): Promise<void>
  /** Answers a request of the server. */
  answer(id: string | number, outcome: Json | UpstreamFault): Promise<void>
  /** Finds the call that something belongs to: by its stream, or because there is only one. */
  callOf(origin: number | null): Call | null
  underWay(): number
  oneAtATime(): void
  /** Ends all that is under way; without a failure because we want no more. */
  end(failure?: LineFailure): void
  over: Promise<LineEnd>
}>

type Pending = Call & { readonly isStream: boolean; settle(outcome: Json | Error): void }

const NOTE_MS = 5_000
// An opening cannot be taken back, and nobody knows yet that there is anything to cancel.
const UNCANCELLED = new Set(['initialize', 'server/discover'])

/** Starts a conversation over a wire. */
export const openPeer = (options: PeerOptions): Peer => {
  const { wire, now } = options
  const pending = new Map<number, Pending>()
  const turns = openTurns()
  const over = Promise.withResolvers<LineEnd>()
  let ended: LineFailure | null = null
  let lastId = 0
  const end = (given?: LineFailure) => {
    if (ended !== null) return
    const failure = given ?? new LineFailure('away', 'The line was closed.')
    ended = failure
    for (const call of pending.values()) call.settle(failed(failure, call.wait))
    over.resolve({ why: given === undefined ? 'closed' : `${given.kind}: ${given.message}` })
  }
  const calls = () => [...pending.values()].filter(({ isStream }) => !isStream)
  const callOf = (origin: number | null): Pending | null => {
    if (origin !== null) return pending.get(origin) ?? null
    const [only, other] = calls()
    return other === undefined ? (only ?? null) : null
  }
  const note = (heard: Extract<Heard, { kind: 'notification' }>, origin: number | null) => {
    const { method, params } = heard
    if (method === 'notifications/progress') {
      const token = params['progressToken']
      if (typeof token === 'number') pending.get(token)?.asked.progress?.(params)
    } else if (method === 'notifications/message') callOf(origin)?.asked.logged?.(params)
    else options.noted(method, params)
  }
  const hear = (value: unknown, origin: number | null) => {
    const messages: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const message of messages) {
      const heard = readOrFail(message, origin)
      if (heard === null) continue
      if (heard.kind === 'request') options.pushed({ ...heard, origin })
      else if (heard.kind === 'notification') note(heard, origin)
      else if (typeof heard.id === 'number') pending.get(heard.id)?.settle(heard.outcome)
      // A server that could not read an id answers the only request that it can mean.
      else if (heard.id === null) callOf(origin)?.settle(heard.outcome)
    }
  }
  /** Reads a message; one without form fails the request that it names, or nobody. */
  const readOrFail = (message: unknown, origin: number | null): Heard | null => {
    try {
      return readMessage(message)
    } catch (error) {
      if (!(error instanceof LineFailure)) throw error
      const id = memberOf({ message }, 'message')['id']
      const call = typeof id === 'number' ? pending.get(id) : undefined
      ;(call ?? (origin === null ? undefined : pending.get(origin)))?.settle(error)
      return null
    }
  }
  wire.hear({ message: hear, gap: options.gap, over: end })

  const notify = async (message: Json) => {
    const signal = new AbortController().signal
    const wait = startWait({ timeoutMs: NOTE_MS, signal }, now)
    try {
      await wire.send({ jsonrpc: '2.0', ...message }, { wait, id: null })
    } catch (error) {
      throw wait.explain(error)
    } finally {
      wait.end()
    }
  }
  const cancel = ({ id, asked, wait }: Call) => {
    if (UNCANCELLED.has(asked.method) || !wait.wasSent() || ended !== null) return
    const params = { requestId: id, reason: 'The caller no longer waits.' }
    // Best effort: the server may be the reason why nobody waits any longer.
    notify({ method: 'notifications/cancelled', params }).catch(() => {})
  }
  type Asking = Readonly<{ asked: LineRequest; wait: Wait; stream?: (id: number) => void }>
  const run = async (asking: Asking): Promise<Json> => {
    const leave = asking.stream === undefined ? await turns.take(asking.wait) : () => {}
    try {
      if (ended !== null) throw failed(ended, asking.wait)
      return await exchange(asking)
    } finally {
      leave()
    }
  }
  const exchange = ({ asked, wait, stream }: Asking): Promise<Json> =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1)
      stream?.(id)
      const settle = (outcome: Json | Error) => {
        if (!pending.delete(id)) return
        wait.signal.removeEventListener('abort', cut)
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      }
      const fail = (error: unknown) => {
        settle(error instanceof Error ? error : malformed('The server failed without a reason.'))
        if (error instanceof LineFailure && error.kind === 'session_lost') end(error)
      }
      const cut = () => {
        cancel(call)
        fail(wait.signal.reason)
      }
      const call: Pending = { id, asked, wait, asks: 0, isStream: stream !== undefined, settle }
      pending.set(id, call)
      if (wait.signal.aborted) return cut()
      wait.signal.addEventListener('abort', cut)
      const { method, traceparent } = asked
      const message = { jsonrpc: '2.0', id, method, params: options.dress(asked, id) }
      const missing = () => malformed('The server ended its answer before there was one.')
      wire.send(message, { wait, id, traceparent }).then(() => {
        if (wire.answersWhileSending) fail(missing())
      }, fail)
    })
  return {
    async request(asked, stream) {
      const wait = startWait(asked, now)
      try {
        return await run({ asked, wait, ...(stream && { stream }) })
      } catch (error) {
        throw wait.explain(error)
      } finally {
        wait.end()
      }
    },
    notify: (method, params) => notify({ method, params }),
    answer: (id, outcome) =>
      notify(
        outcome instanceof UpstreamFault
          ? { id, error: errorOf(outcome) }
          : { id, result: outcome },
      ),
    callOf,
    underWay: () => calls().length,
    oneAtATime: turns.oneAtATime,
    end,
    over: over.promise,
  }
}

const failed = (failure: LineFailure, wait: Wait): LineFailure =>
  new LineFailure(failure.kind, failure.message, { sent: wait.wasSent(), cause: failure.cause })

const errorOf = ({ code, message, data }: UpstreamFault): Json => ({
  code,
  message,
  ...(data !== undefined && { data }),
})
