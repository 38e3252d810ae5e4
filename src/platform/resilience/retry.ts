import type { Timing } from './timing.ts'
import { reasonOf } from './timing.ts'

/** Times that a call is made again at most. */
export const RETRIES_MAX = 2
/** Wait before the first retry; each later one is `WAIT_FACTOR` times as long. */
export const RETRY_WAIT_MS = 200
/** How much longer each wait is than the one before. */
export const WAIT_FACTOR = 4
/** Part of a wait that chance adds at most, so that calls that failed together part. */
export const JITTER_SHARE = 0.5

/** When a call may be made again. */
export type RetryPlan = Readonly<{
  /** The moment of `now` after which nobody waits for the answer. */
  until: number
  signal: AbortSignal
  /** Tells whether a call that failed like this may be made again without doing harm. */
  isSafe: (error: unknown) => boolean
}>

/** Makes attempts until one succeeds, may not be repeated, or would begin too late. */
export const retrying = async <T>(
  timing: Timing,
  plan: RetryPlan,
  attempt: () => Promise<T>,
): Promise<T> => {
  for (let turn = 0; ; turn += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (turn >= RETRIES_MAX || plan.signal.aborted || !plan.isSafe(error)) throw error
      const waitMs = waitOf(turn, timing)
      if (timing.now() + waitMs >= plan.until) throw error
      await pause(waitMs, timing, plan.signal)
    }
  }
}

const waitOf = (turn: number, { random }: Timing): number => {
  const [chance = 0] = random(new Uint8Array(1))
  return RETRY_WAIT_MS * WAIT_FACTOR ** turn * (1 + (JITTER_SHARE * chance) / 256)
}

const pause = (ms: number, { after }: Timing, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const aborted = () => {
      cancel()
      reject(reasonOf(signal))
    }
    const cancel = after(ms, () => {
      signal.removeEventListener('abort', aborted)
      resolve()
    })
    signal.addEventListener('abort', aborted, { once: true })
  })
