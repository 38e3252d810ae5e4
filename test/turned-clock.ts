import type { After } from '../src/platform/resilience/timing.ts'

/** A clock that a test turns: timers end in their order, and what follows from each ends first. */
export type TurnedClock = Readonly<{
  now: () => number
  after: After
  /** Turns the clock on; promises that a timer settles go on before the next timer ends. */
  turn(ms: number): Promise<void>
  /** Timers that are still to end. */
  timers(): number
}>

type Timer = Readonly<{ at: number; act: () => void }>

/** Lets every promise that is settled go on as far as it gets. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Makes a clock that stands still until it is turned. */
export const turnedClock = (start = 1_000_000): TurnedClock => {
  const timers = new Set<Timer>()
  let now = start
  const nextBefore = (end: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer
    }
    return next
  }
  return {
    now: () => now,
    after(ms, act) {
      const timer = { at: now + ms, act }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async turn(ms) {
      const end = now + ms
      await settled()
      for (let timer = nextBefore(end); timer; timer = nextBefore(end)) {
        timers.delete(timer)
        now = timer.at
        timer.act()
        await settled()
      }
      now = end
    },
    timers: () => timers.size,
  }
}
