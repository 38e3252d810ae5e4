import { assert } from '../../kernel/assert.ts'

// A breaker stands before one replica. It counts how calls end, stops letting them through when
// too many fail, and lets single ones through again after a rest, to see whether that was enough.

/** The states of a breaker: everything passes, nothing passes, one probe at a time passes. */
export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const
/** A state of a breaker. */
export type BreakerState = (typeof BREAKER_STATES)[number]

/** What happens to a breaker: too many failures, a rest is over, a probe failed, enough passed. */
export const BREAKER_TURNS = ['tripped', 'rested', 'relapsed', 'healed', 'reset'] as const
/** A turn of a breaker. */
export type BreakerTurn = (typeof BREAKER_TURNS)[number]

/** How a call ended; `cool` and `coolMs`: the replica asks to be left alone for a while. */
export type Outcome =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cool'
  | Readonly<{ coolMs: number | null }>

/** Span over which failures are counted, in steps of a second. */
export const WINDOW_MS = 30_000
/** Failures within the span below which nothing opens. */
export const FAILURES_MIN = 5
/** Part of all counted calls that has to fail. */
export const FAILURE_SHARE = 0.5
/** First rest of a breaker that opens. */
export const OPEN_MS = 10_000
/** Longest rest: each relapse doubles it up to here. */
export const OPEN_MS_MAX = 300_000
/** Probes in a row that have to succeed. */
export const PROBES_TO_CLOSE = 2
/** Cool-down where the replica does not say how long it wants. */
export const COOL_MS = 10_000
/** Longest cool-down: what a replica asks for must not put it away for a day. */
export const COOL_MS_MAX = 300_000

const STEP_MS = 1_000
const STEPS = WINDOW_MS / STEP_MS

const NEXT: Readonly<Record<BreakerState, Readonly<Record<BreakerTurn, BreakerState | 'refuse'>>>> =
  {
    closed: {
      tripped: 'open',
      rested: 'refuse',
      relapsed: 'refuse',
      healed: 'refuse',
      reset: 'closed',
    },
    open: {
      tripped: 'refuse',
      rested: 'half_open',
      relapsed: 'refuse',
      healed: 'refuse',
      reset: 'closed',
    },
    half_open: {
      tripped: 'refuse',
      rested: 'refuse',
      relapsed: 'open',
      healed: 'closed',
      reset: 'closed',
    },
  }

/** Gives the state after a turn; `refuse` where the turn cannot happen in that state. */
export const nextBreakerState = (state: BreakerState, turn: BreakerTurn): BreakerState | 'refuse' =>
  NEXT[state][turn]

/** A call that was let through; it has to be told how it ended, and only the first word counts. */
export type Ticket = Readonly<{ probe: boolean; done(outcome: Outcome): void }>

/** How a breaker stands at this moment, for pages about health. */
export type BreakerLook = Readonly<{
  state: BreakerState
  /** Milliseconds for which it has been in this state. */
  sinceMs: number
  failures: number
  successes: number
  /** Times it has opened since it was closed last. */
  openings: number
  /** Milliseconds until a call may pass; 0 where one may now, or after the probe under way. */
  waitMs: number
  /** Milliseconds of cool-down that are left. */
  coolMs: number
  probing: boolean
}>

/** A breaker before one replica. */
export type Breaker = Readonly<{
  /** Tells whether a call would pass now; takes nothing. */
  ready(): boolean
  /** Lets a call through, or gives `null`. */
  enter(): Ticket | null
  /** Leaves the replica alone for a while, whatever its state; `null`: as long as is usual. */
  cool(ms: number | null): void
  /** Closes it and forgets what was counted: somebody says that the replica is well again. */
  reset(): void
  look(): BreakerLook
}>

/** Hears of each change of a state, after it; must not throw. */
export type BreakerChanged = (to: BreakerState, from: BreakerState) => void

/** Makes a breaker that is closed. */
export const breaker = (now: () => number, changed: BreakerChanged = () => {}): Breaker => {
  const tally = slidingTally(now)
  let state: BreakerState = 'closed'
  let since = now()
  let restedAt = 0
  let coolUntil = Number.NEGATIVE_INFINITY
  let openings = 0
  let passed = 0
  let probing = false
  // What a call of an earlier state has to say is no news of this one.
  let generation = 0

  const turn = (what: BreakerTurn) => {
    const to = NEXT[state][what]
    assert(to !== 'refuse', `a breaker that is ${state} cannot be ${what}`)
    const from = state
    state = to
    since = now()
    generation += 1
    passed = 0
    probing = false
    if (to === 'open') {
      restedAt = since + Math.min(OPEN_MS_MAX, OPEN_MS * 2 ** openings)
      openings += 1
    }
    if (to === 'closed') {
      openings = 0
      tally.clear()
    }
    if (from !== to) changed(to, from)
  }
  const settle = () => {
    if (state === 'open' && now() >= restedAt) turn('rested')
  }
  const ready = (): boolean => {
    settle()
    return now() >= coolUntil && (state === 'closed' || (state === 'half_open' && !probing))
  }
  const cool = (ms: number | null) => {
    const span = Math.min(COOL_MS_MAX, Math.max(0, ms ?? COOL_MS))
    coolUntil = Math.max(coolUntil, now() + span)
  }
  const count = (failed: boolean) => {
    tally.add(failed)
    const { failures, successes } = tally.sums()
    const share = failures / (failures + successes)
    if (failed && failures >= FAILURES_MIN && share >= FAILURE_SHARE) turn('tripped')
  }
  const probed = (outcome: 'success' | 'failure' | 'neutral') => {
    probing = false
    if (outcome === 'neutral') return
    if (outcome === 'failure') return turn('relapsed')
    passed += 1
    if (passed >= PROBES_TO_CLOSE) turn('healed')
  }

  return {
    ready,
    enter() {
      if (!ready()) return null
      const born = generation
      const probe = state === 'half_open'
      probing = probe
      let told = false
      return {
        probe,
        done(outcome) {
          if (told) return
          told = true
          const plain = outcome === 'cool' || typeof outcome === 'object' ? 'neutral' : outcome
          if (outcome === 'cool') cool(null)
          if (typeof outcome === 'object') cool(outcome.coolMs)
          if (born !== generation) return
          if (probe) probed(plain)
          else if (plain !== 'neutral') count(plain === 'failure')
        },
      }
    },
    cool,
    reset() {
      coolUntil = Number.NEGATIVE_INFINITY
      turn('reset')
    },
    look() {
      settle()
      const at = now()
      const coolMs = Math.max(0, coolUntil - at)
      const restMs = state === 'open' ? restedAt - at : 0
      const waitMs = Math.max(coolMs, restMs)
      return { state, sinceMs: at - since, ...tally.sums(), openings, waitMs, coolMs, probing }
    },
  }
}

/** Counts ends of calls in a ring of seconds: bounded, however many calls there are. */
const slidingTally = (now: () => number) => {
  const slots = Array.from({ length: STEPS }, () => ({ step: -1, failures: 0, successes: 0 }))
  const stepNow = () => Math.floor(now() / STEP_MS)
  return {
    add(failed: boolean) {
      const step = stepNow()
      const slot = slots[step % STEPS]
      assert(slot !== undefined, 'the clock of a breaker does not count below zero')
      if (slot.step !== step) Object.assign(slot, { step, failures: 0, successes: 0 })
      if (failed) slot.failures += 1
      else slot.successes += 1
    },
    sums(): Readonly<{ failures: number; successes: number }> {
      const last = stepNow()
      let failures = 0
      let successes = 0
      for (const slot of slots) {
        if (slot.step <= last - STEPS || slot.step > last) continue
        failures += slot.failures
        successes += slot.successes
      }
      return { failures, successes }
    },
    clear() {
      for (const slot of slots) slot.step = -1
    },
  }
}
