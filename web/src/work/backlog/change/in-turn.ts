import type { Hall } from '../../../live/hall.ts'

// A task that is ranked down three times in a second goes three places down: the hub has to hear
// of the first before the second.
const turns = new WeakMap<Hall, Promise<void>>()

/** Does one thing after the other, in the order in which they were asked for. */
export const inTurn = (hall: Hall, act: () => Promise<void>): Promise<void> => {
  const before = turns.get(hall) ?? Promise.resolve()
  const done = before.then(act)
  // What failed is told to whoever asked for it; it keeps nobody behind it waiting.
  turns.set(
    hall,
    done.catch(() => {}),
  )
  return done
}
