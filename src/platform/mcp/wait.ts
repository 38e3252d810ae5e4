import { Refusal } from '../../kernel/refusal.ts'
import type { FailureKind, LineRequest } from './line.ts'
import { LineFailure, UpstreamFault } from './line.ts'

/** The time of one request: its deadline, its caller's wish to stop, and what became of it. */
export type Wait = Readonly<{
  signal: AbortSignal
  /** Says that from now on the server may see the request. */
  sending(): void
  wasSent(): boolean
  /** Stops the clock while somebody else than the server is waited for; counts like brackets. */
  pause(): void
  resume(): void
  /** Ends the request for a reason of ours. */
  cut(kind: FailureKind, message: string): void
  /** Lets go of the connection; what became of the request is known by then. */
  drop(): void
  /** Waits for work that cannot be stopped itself. */
  until<T>(work: Promise<T>): Promise<T>
  /** Says in the words of a line why a request failed; a bug of ours stays what it is. */
  explain(error: unknown): unknown
  /** Stops the clock for good. */
  end(): void
}>

type Asked = Pick<LineRequest, 'timeoutMs' | 'signal' | 'sent'>

const TIMER_MS_MAX = 2_147_483_647
// Errors before a connection stands: no byte of the request can have left.
const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
const CAUSES_MAX = 4

/** Starts the clock of a request. */
export const startWait = ({ timeoutMs, signal, sent }: Asked, now: () => number): Wait => {
  const controller = new AbortController()
  let why: Readonly<{ kind: FailureKind; message: string }> | null = null
  let isSent = false
  let pauses = 0
  let leftMs = Math.min(timeoutMs, TIMER_MS_MAX)
  let startedAt = now()
  let timer: NodeJS.Timeout | undefined
  const failure = (kind: FailureKind, message: string) =>
    new LineFailure(kind, message, { sent: isSent })
  const cut = (kind: FailureKind, message: string) => {
    why ??= { kind, message }
    controller.abort(failure(why.kind, why.message))
  }
  const start = () => {
    startedAt = now()
    timer = setTimeout(() => cut('timeout', 'The server did not answer in time.'), leftMs).unref()
  }
  const called = () => cut('cancelled', 'The caller gave up.')
  signal.addEventListener('abort', called)
  start()
  if (signal.aborted) called()
  return {
    signal: controller.signal,
    sending() {
      if (!isSent) sent?.()
      isSent = true
    },
    wasSent: () => isSent,
    pause() {
      pauses += 1
      if (pauses > 1) return
      clearTimeout(timer)
      leftMs = Math.max(0, leftMs - (now() - startedAt))
    },
    resume() {
      pauses -= 1
      if (pauses === 0) start()
    },
    cut,
    drop: () => controller.abort(failure('away', 'The answer is there.')),
    until: (work) => orCut(work, controller.signal),
    explain: (error) => (why === null ? lineError(error, isSent) : failure(why.kind, why.message)),
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', called)
    },
  }
}

const orCut = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const cut = () => reject(reasonOf(signal))
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cut))
    if (signal.aborted) cut()
    else signal.addEventListener('abort', cut)
  })

/** Gives the reason of a wait's signal, which is always a failure. */
export const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new LineFailure('cancelled', 'The request was given up.')

const lineError = (error: unknown, sent: boolean): unknown => {
  if (error instanceof UpstreamFault || error instanceof LineFailure) return error
  if (error instanceof Refusal) return refusedError(error, sent)
  if (!isOfTheNetwork(error)) return error
  const message = 'The server is away: the connection failed or broke.'
  return new LineFailure('away', message, { sent: sent && !isUnsent(error), cause: error })
}

/**
 * Puts what the way out said into the words of a line. What others refused, such as whoever gives
 * the credential, stays in their words.
 */
const refusedError = (error: Refusal, sent: boolean): Refusal | LineFailure => {
  if (!error.code.startsWith('platform.')) return error
  const facts = { cause: error, sent: sent && !isUnsent(error) }
  if (error.code === 'platform.target_too_large') {
    return new LineFailure('too_large', error.message, facts)
  }
  const isOurs = error.kind === 'invalid' || error.code === 'platform.egress_busy'
  return new LineFailure('away', error.message, isOurs ? { ...facts, sent: false } : facts)
}

// The standard fetch wraps what happened to the socket into a TypeError.
const isOfTheNetwork = (error: unknown): boolean =>
  error instanceof Error &&
  ('code' in error || error.name === 'AbortError' || error.cause instanceof Error)

const isUnsent = (error: unknown): boolean => {
  let at: unknown = error
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth++) {
    if ('code' in at && UNSENT.has(String(at.code))) return true
    if ('syscall' in at && (at.syscall === 'connect' || at.syscall === 'getaddrinfo')) return true
    at = at.cause
  }
  return false
}
