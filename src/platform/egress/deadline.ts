import { Refusal } from '../../kernel/refusal.ts'
import { targetAway } from './refusals.ts'

/** The end of a request, from its first lookup to the last byte of its answer. */
export type Deadline = Readonly<{
  signal: AbortSignal
  /** Waits for work that cannot be stopped itself, such as a lookup. */
  wait<T>(work: Promise<T>): Promise<T>
  /** Says in our words why a request failed; a bug of ours stays what it is. */
  explain(error: unknown): unknown
  end(): void
}>

/** Starts the clock of a request; the caller's own signal ends it with the caller's own reason. */
export const startDeadline = (
  timeoutMs: number,
  caller: AbortSignal,
  stopping: AbortSignal,
): Deadline => {
  const controller = new AbortController()
  const { signal } = controller
  let cause: Error | null = null
  const cut = (why: unknown) => {
    cause ??= why instanceof Error ? why : targetAway()
    controller.abort(cause)
  }
  const away = () => cut(targetAway())
  const called = () => cut(caller.reason)
  const timer = setTimeout(away, timeoutMs).unref()
  stopping.addEventListener('abort', away)
  caller.addEventListener('abort', called)
  if (caller.aborted) called()
  if (stopping.aborted) away()
  return {
    signal,
    wait: (work) =>
      new Promise((resolve, reject) => {
        const give = () => reject(cause ?? targetAway())
        work.then(resolve, reject)
        if (signal.aborted) give()
        signal.addEventListener('abort', give, { once: true })
      }),
    explain: (error) => cause ?? (isOfTheNetwork(error) ? because(targetAway(), error) : error),
    end() {
      clearTimeout(timer)
      stopping.removeEventListener('abort', away)
      caller.removeEventListener('abort', called)
    },
  }
}

/** Keeps why for whoever has to know whether anything was sent; texts never show it. */
const because = (refusal: Refusal, error: unknown): Refusal =>
  Object.assign(refusal, { cause: error })

// Failures of sockets, names, TLS, HTTP and unpacking carry a code; wrong calls of ours either
// carry none, are a TypeError, or say that an argument was invalid.
const isOfTheNetwork = (error: unknown): boolean => {
  if (!(error instanceof Error) || error instanceof Refusal || error instanceof TypeError) {
    return false
  }
  return 'code' in error && error.code !== 'UND_ERR_INVALID_ARG'
}
