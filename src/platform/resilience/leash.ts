import type { After } from './timing.ts'
import { reasonOf } from './timing.ts'

/** Milliseconds that an act has to end by itself after its signal was aborted. */
export const ABORT_GRACE_MS = 2_000

/** What ends a call from outside: its caller, its deadline, or the end of the guard. */
export type Leash = Readonly<{
  signal: AbortSignal
  /** Cuts the call off, for a reason of ours. */
  cut(why: Error): void
  /** Tells whether it was the caller, or the end of the guard, that wants no answer any more. */
  unwanted(): boolean
  /** Starts the deadline: what is still under way then is cut off for this reason. */
  arm(ms: number, why: () => Error): void
  /** Waits for an act, and for no longer than it may take after the signal. */
  hold<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T>
  end(): void
}>

/** Starts the leash of one call. */
export const startLeash = (caller: AbortSignal, after: After): Leash => {
  const controller = new AbortController()
  const { signal } = controller
  let late = false
  let disarm = () => {}
  const cut = (why: Error) => controller.abort(why)
  const called = () => cut(reasonOf(caller))
  caller.addEventListener('abort', called, { once: true })
  if (caller.aborted) called()
  return {
    signal,
    cut,
    unwanted: () => signal.aborted && !late,
    arm(ms, why) {
      disarm = after(Math.max(0, ms), () => {
        late = !signal.aborted
        cut(why())
      })
    },
    hold: (act) => holdOn(act, signal, after),
    end() {
      disarm()
      caller.removeEventListener('abort', called)
    },
  }
}

// An act that does not listen to its signal would keep its place for ever; it loses it.
const holdOn = async <T>(
  act: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  after: After,
): Promise<T> => {
  if (signal.aborted) throw reasonOf(signal)
  let cancel = () => {}
  let aborted = () => {}
  const lost = new Promise<never>((_, reject) => {
    aborted = () => {
      cancel = after(ABORT_GRACE_MS, () => reject(reasonOf(signal)))
    }
    signal.addEventListener('abort', aborted, { once: true })
  })
  try {
    return await Promise.race([act(signal), lost])
  } finally {
    cancel()
    signal.removeEventListener('abort', aborted)
  }
}
