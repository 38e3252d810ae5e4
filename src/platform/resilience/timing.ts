import type { Random } from '../../kernel/id.ts'

/** Runs an act once, after so many milliseconds; what it gives back calls that off. */
export type After = (ms: number, act: () => void) => () => void

/**
 * What resilience asks of the machine. `now` counts milliseconds and never jumps, as
 * `performance.now` does: a clock that is put right would open and close what it times.
 */
export type Timing = Readonly<{ now: () => number; after: After; random: Random }>

/** Runs acts by the machine's own timers. */
export const systemAfter: After = (ms, act) => {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

/** Gives the reason of an aborted signal as an error, whatever somebody has put there. */
export const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new DOMException('The call was given up.', 'AbortError')
