// What becomes of a delivery after each try, and of its subscription when nothing arrives any more.

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Milliseconds between a failed try and the next, before chance adds up to a fifth. */
export const RETRY_MS: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  4 * HOUR,
  12 * HOUR,
]
/** Tries of one delivery: the first and one for each wait. */
export const TRIES_MAX = RETRY_MS.length + 1
const JITTER = 0.2
/** The longest wait that a receiver may ask for. */
const WAIT_MAX_MS = 12 * HOUR
/** Milliseconds for which a claimed delivery belongs to one process; longer than a try takes. */
export const CLAIM_MS = MINUTE
/** Tries in a row that may fail before a subscription is stopped. */
export const FAILURES_MAX = 50
/** Milliseconds without a success after which it is stopped, however few the tries. */
export const FAILING_MAX_MS = 3 * DAY
/** Deliveries of one subscription that may wait. */
export const WAITING_MAX = 10_000
/** Milliseconds for which deliveries are kept. */
export const DELIVERY_KEPT_MS = 30 * DAY
/** Characters that are kept of what a receiver said. */
export const SAID_MAX = 1_024

/** The states of a delivery; `held`: its subscription is not active. */
export const DELIVERY_STATES = ['waiting', 'held', 'done', 'dead', 'withheld'] as const
/** A state of a delivery. */
export type DeliveryState = (typeof DELIVERY_STATES)[number]
/** The states of a subscription: `stopped` by the hub, `paused` by somebody. */
export const SUBSCRIPTION_STATES = ['active', 'paused', 'stopped'] as const
/** Why the hub stops a subscription. */
export const STOP_REASONS = ['gone', 'failing', 'too_far_behind'] as const
/** A reason to stop a subscription. */
export type StopReason = (typeof STOP_REASONS)[number]
/** What came of one try. */
export const TRY_OUTCOMES = ['done', 'failed', 'gone', 'refused', 'withheld'] as const
/** What came of a try: `refused` by our own way out, `withheld` for want of rights. */
export type TryOutcome = (typeof TRY_OUTCOMES)[number]

/** A try that has ended, as deciding looks at it. */
export type Try = Readonly<{
  outcome: TryOutcome
  /** Tries so far, this one counted. */
  tries: number
  /** Milliseconds that the receiver asked us to wait. */
  waitMs: number | null
  now: number
  /** A number from 0 up to 1. */
  chance: number
}>

/** Decides what becomes of a delivery after a try. */
export const afterTry = (tried: Try): Readonly<{ state: DeliveryState; nextAt: number | null }> => {
  const { outcome, tries, waitMs, now, chance } = tried
  if (outcome === 'done' || outcome === 'withheld') return { state: outcome, nextAt: null }
  const wait = RETRY_MS[tries - 1]
  // What our own way out refuses is refused the next time, too: a person has to change something.
  if (outcome !== 'failed' || wait === undefined) return { state: 'dead', nextAt: null }
  const own = wait * (1 + JITTER * chance)
  return { state: 'waiting', nextAt: now + Math.max(own, Math.min(waitMs ?? 0, WAIT_MAX_MS)) }
}

/** How a subscription fares. */
export type Health = Readonly<{ failures: number; failingSince: number | null }>

/** Decides how a subscription fares after a try, and whether it is stopped. */
export const afterHealth = (
  { failures, failingSince }: Health,
  outcome: TryOutcome,
  now: number,
): Health & Readonly<{ stop: StopReason | null }> => {
  if (outcome === 'withheld') return { failures, failingSince, stop: null }
  if (outcome === 'done') return { failures: 0, failingSince: null, stop: null }
  const since = failingSince ?? now
  const health = { failures: failures + 1, failingSince: since }
  if (outcome === 'gone') return { ...health, stop: 'gone' }
  const isOver = health.failures >= FAILURES_MAX || now - since >= FAILING_MAX_MS
  return { ...health, stop: isOver ? 'failing' : null }
}

/** Reads how long a receiver asks us to wait: seconds, or a date. */
export const retryAfterMs = (text: string | null, now: number): number | null => {
  if (text === null) return null
  if (/^[0-9]{1,9}$/.test(text.trim())) return Number(text) * SECOND
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? null : Math.max(0, moment - now)
}
