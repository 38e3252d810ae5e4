import { assert } from '../../kernel/assert.ts'

// The generic cell rate algorithm: of every key one number is kept, its "theoretical arrival time",
// the moment at which its allowance is whole again. A call moves it one period ahead; it may lie
// `burst` periods ahead of now and no more. So there are no windows at whose edges twice as much
// passes, and nothing has to be counted down.

/** How fast: one call in `periodMs` in the long run, `burst` of them at once. */
export type Rate = Readonly<{ periodMs: number; burst: number }>

/** What came of one call. */
export type Verdict = Readonly<{
  ok: boolean
  /** What to keep for the key, also after a refusal. */
  tat: number
  /** Milliseconds after which the refused call passes, if nobody else calls; 0 where it passed. */
  waitMs: number
  /** Calls that would still pass at this moment. */
  remaining: number
  /** Milliseconds until the allowance is whole again. */
  resetMs: number
}>

// Periods are whole parts of this many to a millisecond, and moments are whole milliseconds: their
// sums are exact then, in double precision here and in PostgreSQL alike.
const PARTS_PER_MS = 1024

/**
 * A moment that lies further ahead than the burst and this was kept under another clock: it is
 * taken for a whole burst used up. Less is the difference between the clocks of two hubs.
 */
export const CLOCK_BACK_MS = 60_000

/** Makes a rate: so many calls in so many milliseconds, and so many of them at once. */
export const rateOf = (calls: number, perMs: number, burst: number): Rate => ({
  periodMs: Math.max(1, Math.round((perMs / calls) * PARTS_PER_MS)) / PARTS_PER_MS,
  burst: Math.max(1, Math.floor(burst)),
})

/** Makes a rate that is so many times as fast. */
export const timesRate = ({ periodMs, burst }: Rate, share: number): Rate =>
  rateOf(1, periodMs / share, burst * share)

/** Decides one call: pure, so that both stores decide alike. `cost` is at most the burst. */
export const gcra = (
  tat: number,
  now: number,
  asked: Rate & Readonly<{ cost: number }>,
): Verdict => {
  const { periodMs, burst, cost } = asked
  assert(cost > 0 && cost <= burst, 'a call costs something, and no more than passes at once')
  const at = Math.floor(now)
  const fullMs = burst * periodMs
  const kept = tat > at + fullMs + CLOCK_BACK_MS ? at + fullMs : Math.max(tat, at)
  const next = kept + cost * periodMs
  const ok = next - at <= fullMs
  const used = (ok ? next : kept) - at
  return {
    ok,
    tat: at + used,
    waitMs: ok ? 0 : Math.ceil(next - at - fullMs),
    remaining: Math.max(0, Math.floor((fullMs - used) / periodMs)),
    resetMs: Math.ceil(used),
  }
}
