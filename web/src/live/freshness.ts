import type { Topics } from './topics.ts'

/** Asks the person to show anew who they are, in one dialog for everything that waits for it. */
export type Freshness = Readonly<{
  isAsked(): boolean
  /** Waits until the person did, or left it. */
  ask(): Promise<boolean>
  settle(isFresh: boolean): void
}>

/** Makes the place where actions wait for a fresh sign-in. */
export const freshness = (topics: Topics): Freshness => {
  let waiting: ((isFresh: boolean) => void)[] = []
  return {
    isAsked: () => waiting.length > 0,
    ask: () =>
      new Promise((resolve) => {
        waiting = [...waiting, resolve]
        topics.changed('fresh')
      }),
    settle(isFresh) {
      const told = waiting
      waiting = []
      topics.changed('fresh')
      for (const tell of told) tell(isFresh)
    },
  }
}
