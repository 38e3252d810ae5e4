import type { Rate, Verdict } from './gcra.ts'

/** What one call takes, and when. */
export type Taking = Readonly<{ cost: number; now: number }>

/**
 * Where the numbers of one named limit are kept, a number for each key. The contract suite in
 * `test/conformance/limits.test.ts` says what every adapter has to keep.
 *
 * Another one, such as Redis, has to do three things. `take` is one atomic step: read the number,
 * decide by `gcra`, keep `tat`, in a script that runs on the server, with the caller's `now` and
 * not the server's, and with an expiry of `resetMs`. A store that cannot be reached throws and
 * never lets through. Where a key is written a second time from another copy, the later `tat` wins.
 */
export type LimitStore<Given extends Verdict | Promise<Verdict> = Verdict | Promise<Verdict>> =
  Readonly<{
    take(key: string, rate: Rate, taking: Taking): Given
    /** Takes a call back that turned out not to count. */
    giveBack(key: string, rate: Rate, cost: number): void | Promise<void>
  }>
