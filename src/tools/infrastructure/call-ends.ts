/** Lets callers wait for the end of a call that goes on without them. */
export type CallEnds = Readonly<{
  wait(callId: string, ms: number, signal: AbortSignal): Promise<void>
  /** Tells that a call has ended, or that its approval was decided. */
  tell(callId: string): void
  /** Wakes everybody: another hub may have ended what they wait for. */
  tellAll(): void
}>

/** Callers that wait at a time; more are answered as things stand. */
const WAITING_MAX = 2_000

/** Makes the place where callers wait. */
export const callEnds = (): CallEnds => {
  const waiting = new Map<string, Set<() => void>>()
  let count = 0
  const tell = (callId: string) => {
    for (const wake of waiting.get(callId) ?? []) wake()
  }
  return {
    wait: (callId, ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || count >= WAITING_MAX || ms <= 0) return resolve()
        count += 1
        const own = waiting.get(callId) ?? new Set<() => void>()
        const wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          if (own.delete(wake)) count -= 1
          if (own.size === 0) waiting.delete(callId)
          resolve()
        }
        const timer = setTimeout(wake, ms)
        signal.addEventListener('abort', wake, { once: true })
        waiting.set(callId, own.add(wake))
      }),
    tell,
    tellAll() {
      for (const callId of [...waiting.keys()]) tell(callId)
    },
  }
}
