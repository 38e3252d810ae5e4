import { assert } from '../../kernel/assert.ts'
import type { Refusal } from '../../kernel/refusal.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Candidate, Spread } from './balance.ts'
import { balance } from './balance.ts'
import type { Breaker, BreakerLook, BreakerState, Outcome, Ticket } from './breaker.ts'
import { breaker } from './breaker.ts'
import type { BulkheadLimits, BulkheadLook } from './bulkhead.ts'
import { BULKHEAD_LIMITS, bulkhead } from './bulkhead.ts'
import type { Leash } from './leash.ts'
import { startLeash } from './leash.ts'
import { retrying } from './retry.ts'
import type { Timing } from './timing.ts'

// One guard stands before one upstream: a place in its bulkhead, then a replica whose breaker
// lets calls through, then the act, and again where its caller says that this does no harm.

/** Replicas that one guard has at most. */
export const GUARD_REPLICAS_MAX = 16
/** Heaviest weight of a replica. */
export const WEIGHT_MAX = 100

/** A replica as the guard knows it. */
export type GuardedReplica = Readonly<{ id: string; weight: number }>

/** What of a guard may change while it works. */
export type GuardPlan = Readonly<{
  replicas: readonly GuardedReplica[]
  balance?: Spread
  bulkhead?: BulkheadLimits
}>

/** The codes of the refusals that a guard gives for its owner. */
export type GuardCodes = Readonly<{
  /** No place in time: `too_many`; nothing was sent. */
  busy: string
  /** No replica that may be asked: `unavailable`; nothing was sent. */
  open: string
  /** The deadline came while the act was under way: the reason of its signal. */
  late: string
}>

/** What a guard is made of. */
export type GuardOptions = Timing &
  Readonly<{
    plan: GuardPlan
    codes: GuardCodes
    /** Hears of breakers that open and close, after it; must not throw. */
    changed?: (replica: string, to: BreakerState, from: BreakerState) => void
  }>

/** A call that somebody wants to make. */
export type Asked<T> = Readonly<{
  principal: string
  /** What `hash` sends always to the same replica. */
  key: string
  /** Milliseconds from now after which nobody waits for the answer. */
  deadlineMs: number
  signal: AbortSignal
  /** Set where one replica and no other has to answer: it keeps the caller's session. */
  only?: string
  /** Tells whether a call that failed like this may be made again without doing harm. */
  isSafe: (error: unknown) => boolean
  /** Says what a failure means for the replica's breaker. */
  counts: (error: unknown) => Outcome
  /** Makes the call; it has to end soon after its signal was aborted. */
  act: (replica: string, signal: AbortSignal) => Promise<T>
}>

/** How a guard stands, for pages about health. */
export type GuardLook = BulkheadLook &
  Readonly<{
    replicas: readonly (GuardedReplica & Readonly<{ inFlight: number; breaker: BreakerLook }>)[]
  }>

/** The guard of one upstream. */
export type Guard = Readonly<{
  call<T>(asked: Asked<T>): Promise<T>
  /** Changes replicas, spreading and bounds; calls under way end where they are. */
  configure(plan: GuardPlan): void
  /** Closes the breaker of one replica, or of all of them. */
  reset(replica?: string): void
  /** Leaves a replica alone for a while; `null`: as long as is usual. */
  cool(replica: string, ms: number | null): void
  look(): GuardLook
  /** Cuts off every call and takes no more. */
  stop(): void
}>

type Entry = { replica: GuardedReplica; readonly breaker: Breaker; inFlight: number }
type Taken = Readonly<{ entry: Entry; ticket: Ticket }>

/** Makes the guard of one upstream. */
export const guard = ({ plan, codes, changed, ...timing }: GuardOptions): Guard => {
  const entries = new Map<string, Entry>()
  const running = new Set<Leash>()
  const places = bulkhead({ after: timing.after, busyCode: codes.busy })
  const spread = balance()
  let stopped = false

  const configure = (next: GuardPlan) => {
    checkPlan(next)
    const kept = new Map<string, Entry>()
    for (const replica of next.replicas) {
      const entry = entries.get(replica.id) ?? newEntry(replica)
      entry.replica = replica
      kept.set(replica.id, entry)
    }
    entries.clear()
    for (const [id, entry] of kept) entries.set(id, entry)
    spread.keep(new Set(kept.keys()))
    spread.use(next.balance ?? 'least_connections')
    places.resize(next.bulkhead ?? BULKHEAD_LIMITS)
  }
  const newEntry = (replica: GuardedReplica): Entry => {
    const hear = (to: BreakerState, from: BreakerState) => changed?.(replica.id, to, from)
    return { replica, breaker: breaker(timing.now, hear), inFlight: 0 }
  }
  const withoutReplica = (pinned: string | undefined): Refusal => {
    const asked = [...entries.values()].filter(
      ({ replica }) => pinned === undefined || replica.id === pinned,
    )
    return asked.length > 0 ? refuseOpen(codes.open, asked) : refuseGone(codes.open)
  }

  /** Takes a replica that lets calls through, rather one that has not failed this call yet. */
  const take = (asked: Asked<unknown>, failed: ReadonlySet<string>): Taken | null => {
    const pinned = asked.only
    const ready = [...entries.values()].filter(
      (entry) => (pinned === undefined || entry.replica.id === pinned) && entry.breaker.ready(),
    )
    const fresh = ready.filter(({ replica }) => !failed.has(replica.id))
    const id = spread.pick((fresh.length > 0 ? fresh : ready).map(candidateOf), asked.key)
    const entry = id === null ? undefined : entries.get(id)
    const ticket = entry?.breaker.enter()
    return entry && ticket ? { entry, ticket } : null
  }

  const attempts = async <T>(asked: Asked<T>, leash: Leash, until: number): Promise<T> => {
    const failed = new Set<string>()
    let last: { readonly error: unknown } | null = null
    const isSafe = (error: unknown) => last !== null && asked.isSafe(error)
    return await retrying(timing, { until, signal: leash.signal, isSafe }, async () => {
      const taken = take(asked, failed)
      // What has failed says more than that nobody is left to try it again.
      if (!taken) throw last === null ? withoutReplica(asked.only) : last.error
      try {
        return await make(taken, asked, leash)
      } catch (error) {
        last = { error }
        failed.add(taken.entry.replica.id)
        throw error
      }
    })
  }

  configure(plan)
  return {
    async call(asked) {
      if (stopped) throw stopping(codes.open)
      const until = timing.now() + asked.deadlineMs
      const leash = startLeash(asked.signal, timing.after)
      running.add(leash)
      try {
        const { principal, deadlineMs } = asked
        const line = { principal, signal: leash.signal, waitMsMax: Math.max(0, deadlineMs) }
        const leave = await places.enter(line)
        try {
          // The place is kept while a retry waits: what fails gets less to do, not more.
          leash.arm(until - timing.now(), () => lateRefusal(codes.late))
          return await attempts(asked, leash, until)
        } finally {
          leave()
        }
      } finally {
        running.delete(leash)
        leash.end()
      }
    },
    configure,
    reset(id) {
      for (const entry of entries.values()) {
        if (id === undefined || entry.replica.id === id) entry.breaker.reset()
      }
    },
    cool: (id, ms) => entries.get(id)?.breaker.cool(ms),
    look() {
      const replicas = [...entries.values()].map(({ replica, inFlight, breaker }) => {
        return { ...replica, inFlight, breaker: breaker.look() }
      })
      return { ...places.look(), replicas }
    },
    stop() {
      stopped = true
      for (const leash of running) leash.cut(stopping(codes.open))
    },
  }
}

/** Makes one attempt at one replica, and tells its breaker how that ended. */
const make = async <T>({ entry, ticket }: Taken, asked: Asked<T>, leash: Leash): Promise<T> => {
  const { id } = entry.replica
  let outcome: Outcome = 'neutral'
  entry.inFlight += 1
  try {
    const value = await leash.hold((signal) => asked.act(id, signal))
    outcome = 'success'
    return value
  } catch (error) {
    // Who hangs up says nothing about the replica; one that is too slow for its deadline does.
    const isLate = leash.signal.aborted && error === leash.signal.reason
    if (!leash.unwanted()) outcome = isLate ? 'failure' : asked.counts(error)
    throw error
  } finally {
    entry.inFlight -= 1
    ticket.done(outcome)
  }
}

const candidateOf = ({ replica, inFlight }: Entry): Candidate => ({ ...replica, inFlight })

const checkPlan = ({ replicas }: GuardPlan) => {
  assert(replicas.length <= GUARD_REPLICAS_MAX, 'a guard has a bounded number of replicas')
  const ids = new Set(replicas.map(({ id }) => id))
  assert(ids.size === replicas.length, 'replicas of a guard have different names')
  const fits = ({ weight }: GuardedReplica) =>
    Number.isInteger(weight) && weight >= 1 && weight <= WEIGHT_MAX
  assert(replicas.every(fits), 'a weight is a whole number from 1 on')
}

const refuseOpen = (code: string, entries: readonly Entry[]): Refusal => {
  const waits = entries.map(({ breaker }) => breaker.look().waitMs)
  const retryAfterS = Math.max(1, Math.ceil(Math.min(...waits) / 1_000))
  const message =
    'This server has failed too often and is left alone for a while. ' +
    `Nothing was sent; try again in ${retryAfterS} s, or ask an administrator to reset it.`
  return refuse('unavailable', code, message, { retryAfterS })
}

const refuseGone = (code: string): Refusal => {
  const message =
    'The replica that was to answer is gone, and what it kept of this session with it. ' +
    'Nothing was sent; begin a new session.'
  return refuse('unavailable', code, message, { gone: true })
}

const stopping = (code: string): Refusal => {
  const message = 'The hub lets go of this server: it stops, or the server was changed. Try again.'
  return refuse('unavailable', code, message, { retryAfterS: 5 })
}

const lateRefusal = (code: string): Refusal => {
  const message = 'The server did not answer in time. Look at what it did before you try again.'
  return refuse('unavailable', code, message)
}
