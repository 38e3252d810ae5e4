import { Refusal } from '../../kernel/refusal.ts'
import type { Child, Launch, Launcher } from '../../platform/child/child.ts'

// Programs run on for some minutes after a call, and only so many may run. A team has more servers
// than that: whoever needs one more takes the place of the one that was unused the longest.

/** Milliseconds that a program was not used before another one takes its place. */
const UNUSED_MS_MIN = 1_000
/** How often a place that was made may be taken by others before the start is refused. */
const TRIES_MAX = 3
const NO_PLACE = 'platform.too_many_programs'

/** What runs for a server, as far as making room needs to know it. */
export type Unused = Readonly<{
  /** Milliseconds since the last use; `null`: it is used, or nothing of it runs. */
  unusedMs(): number | null
  drop(): Promise<void>
}>

/** Makes a launcher that ends what is unused where no more programs may run. */
export const makingRoom = (launcher: Launcher, all: () => Iterable<Unused>): Launcher => {
  const endUnused = async (): Promise<boolean> => {
    const [longest] = [...all()]
      .map((one) => ({ one, ms: one.unusedMs() ?? 0 }))
      .filter(({ ms }) => ms >= UNUSED_MS_MIN)
      .toSorted((a, b) => b.ms - a.ms)
    await longest?.one.drop()
    return longest !== undefined
  }
  const start = async (launch: Launch, tries: number): Promise<Child> => {
    try {
      return await launcher.start(launch)
    } catch (error) {
      const isFull = error instanceof Refusal && error.code === NO_PLACE
      if (!isFull || tries === 0 || !(await endUnused())) throw error
      return start(launch, tries - 1)
    }
  }
  return { ...launcher, start: (launch) => start(launch, TRIES_MAX) }
}
