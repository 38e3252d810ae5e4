import type { Sql } from './sql.ts'

/** A difference between database time and ours beyond which one of them has jumped. */
export const JUMP_MS = 2_000
/** How long leases are not expired after a jump: one usual lease, so that holders can renew. */
export const JUMP_PAUSE_MS = 900_000

/** Database time, kept by this process between looks at the database. */
export type Clock = Readonly<{
  /** Milliseconds since 1970; falls only when the database's own clock has jumped back. */
  now(): number
  /** Tells whether a jump is so fresh that nothing may expire yet. */
  unsteady(): boolean
  /** Looks at the database's clock and follows it; a jump makes the clock unsteady. */
  correct(sql: Sql): Promise<void>
}>

/**
 * Makes a clock that runs on the monotonic clock and follows the database's. `monotonic` counts
 * milliseconds and never jumps; both are arguments so that tests can turn them.
 */
export const databaseClock = (
  start: number = Date.now(),
  monotonic: () => number = () => performance.now(),
): Clock => {
  let base = start
  let mark = monotonic()
  let known = false
  let pausedUntil = Number.NEGATIVE_INFINITY
  let last = start
  return {
    now() {
      last = Math.max(last, base + monotonic() - mark)
      return last
    },
    unsteady: () => monotonic() < pausedUntil,
    async correct(sql) {
      const asked = monotonic()
      const { ms } = await sql.one<{ ms: number }>`
        select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms`
      const answered = monotonic()
      const theirs = ms + (answered - asked) / 2
      const ours = base + answered - mark
      if (known && Math.abs(theirs - ours) > JUMP_MS) pausedUntil = answered + JUMP_PAUSE_MS
      // What this machine believed before the first look, or before a jump, is not held on to.
      if (!known || theirs < ours - JUMP_MS) last = theirs
      base = theirs
      mark = answered
      known = true
    },
  }
}
