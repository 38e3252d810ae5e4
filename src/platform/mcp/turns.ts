import { LineFailure } from './line.ts'
import type { Wait } from './wait.ts'

/** Who may have a request under way. */
export type Turns = Readonly<{
  /** Waits for a turn; gives back what ends it. */
  take(wait: Wait): Promise<() => void>
  /** From now on one at a time, in order of arrival. */
  oneAtATime(): void
}>

const WAITING_MAX = 64

/** Makes turns: everybody at once, until somebody finds that this does not go well. */
export const openTurns = (): Turns => {
  const waiting: (() => void)[] = []
  let underWay = 0
  let exclusive = false
  const leave = () => {
    underWay -= 1
    if (underWay === 0) waiting.shift()?.()
  }
  const once = () => {
    let left = false
    return () => {
      if (!left) leave()
      left = true
    }
  }
  return {
    oneAtATime() {
      exclusive = true
    },
    async take(wait) {
      if (exclusive && (underWay > 0 || waiting.length > 0)) {
        if (waiting.length >= WAITING_MAX) {
          throw new LineFailure('away', 'Too many requests wait for this server.', { sent: false })
        }
        const turn = Promise.withResolvers<void>()
        const start = () => {
          underWay += 1
          turn.resolve()
        }
        waiting.push(start)
        try {
          await wait.until(turn.promise)
        } catch (error) {
          const at = waiting.indexOf(start)
          if (at >= 0) waiting.splice(at, 1)
          else leave()
          throw error
        }
        return once()
      }
      underWay += 1
      return once()
    },
  }
}
