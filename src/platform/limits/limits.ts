import { assert } from '../../kernel/assert.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Quota } from '../../kernel/hall.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { gcra, type Rate, timesRate, type Verdict } from './gcra.ts'
import { LIMITS, type Limit, type LimitName, rateOfLimit, STREAMS_OPEN_MAX } from './limit-table.ts'
import { type Cell, type MemoryLimits, memoryLimits } from './memory-limits.ts'
import { type Asked, type Left, leftOf } from './limits-left.ts'
import { rateKey } from './rate-key.ts'
import { tooMany } from './too-many.ts'

// Counted in memory, because the hot path has no microsecond for more: each process lets through
// its share of every limit. What an attacker could gain by the difference is counted in SQL.

/** The limits of one process. */
export type Limits = Readonly<{
  /**
   * Counts a call against its caller, the organisation and the operation's class; refuses with
   * `too_many`, and then counts nothing. Gives what is left of the tightest of them. The hub's own
   * calls have no limit, and a stranger's are counted by `admit`.
   */
  take(actor: Actor, operation: AnyOperation): Quota | null
  /** Counts a call without a credential against its address. */
  admit(address: string | undefined): Quota
  /** Counts a credential that was not valid against its address; refuses beyond the limit. */
  failed(address: string | undefined): void
  /**
   * Refuses an address that has shown too many credentials that were not valid. To be asked where
   * a credential is not in memory, before the database is.
   */
  refuseGuesser(address: string | undefined): void
  /** Counts a stream that is opened, and those that are open; gives back its closing. */
  openStream(actor: Actor): () => void
  /** Tells how somebody stands with every limit that counts them; counts nothing. */
  look(who: Asked): Left
}>

/** What limits stand on. */
export type LimitOptions = Readonly<{
  now: () => number
  /** How many processes share the limits at this moment; left out: this one alone. */
  processes?: () => number
  /** Multiplies every limit: benches raise limits, nobody switches them off. */
  factor?: number
}>

const KEYS_MAX: Readonly<Partial<Record<LimitName, number>>> = {
  agent: 20_000,
  person: 20_000,
  address: 20_000,
  failure: 20_000,
}
const OTHER_KEYS_MAX = 5_000

type Rule = Readonly<{
  name: LimitName
  says: string
  store: MemoryLimits
  /** This process's share, and the cost of one call. */
  own: Rate & Readonly<{ cost: number }>
  /** The whole limit, as it is told. */
  quota: number
  windowS: number
}>

type Rules = Readonly<Record<LimitName, Rule>>
type Looked = Readonly<{ rule: Rule; cell: Cell; verdict: Verdict }>

/** Makes the limits of one process. */
export const openLimits = ({ now, processes = () => 1, factor = 1 }: LimitOptions): Limits => {
  assert(factor > 0, 'limits are raised or lowered, never switched off')
  const stores = new Map<LimitName, MemoryLimits>()
  let shared = 1
  let rules = rulesOf(stores, factor, shared)
  const inForce = (): Rules => {
    const live = Math.max(1, Math.floor(processes()))
    if (live !== shared) {
      shared = live
      rules = rulesOf(stores, factor, live)
    }
    return rules
  }
  const one = (name: LimitName, key: string): Quota => {
    const looked = look(inForce()[name], key, now())
    if (!looked.verdict.ok) throw refusalOf(looked)
    looked.cell.tat = looked.verdict.tat
    return quotaOf(looked, shared)
  }
  const openCounts = new Map<string, number>()

  return {
    take(actor, operation) {
      if (actor.kind === 'system' || actor.kind === 'stranger') return null
      const at = now()
      const table = inForce()
      const own = look(table[actor.kind], actor.id, at)
      const all = look(table.org, actor.orgId, at)
      const kind = operation.limit ? look(table[operation.limit], actor.id, at) : null
      // All or none: a call that one of them refuses must not use up the others.
      if (!own.verdict.ok || !all.verdict.ok || kind?.verdict.ok === false) {
        throw refusalOf(longest(longest(own, all), kind))
      }
      own.cell.tat = own.verdict.tat
      all.cell.tat = all.verdict.tat
      if (kind) kind.cell.tat = kind.verdict.tat
      return quotaOf(tightest(tightest(own, all), kind), shared)
    },
    admit: (address) => one('address', rateKey(address)),
    failed(address) {
      one('failure', rateKey(address))
    },
    refuseGuesser(address) {
      const looked = look(inForce().failure, rateKey(address), now())
      if (!looked.verdict.ok) throw refusalOf(looked)
    },
    openStream({ id }) {
      const open = openCounts.get(id) ?? 0
      const most = Math.max(1, Math.ceil((STREAMS_OPEN_MAX * factor) / Math.max(1, processes())))
      if (open >= most) throw tooManyOpen(most)
      one('stream', id)
      openCounts.set(id, open + 1)
      let closed = false
      return () => {
        if (closed) return
        closed = true
        const left = (openCounts.get(id) ?? 1) - 1
        if (left > 0) openCounts.set(id, left)
        else openCounts.delete(id)
      }
    },
    look: (who) =>
      leftOf(who, {
        ...{ rules: inForce(), factor, shared, now: now() },
        open: openCounts.get(who.id) ?? 0,
      }),
  }
}

/** Gives a rule for each limit; a change of the share keeps what has been counted. */
const rulesOf = (stores: Map<LimitName, MemoryLimits>, factor: number, live: number): Rules => {
  const rule = (name: LimitName): Rule => {
    const limit: Limit = LIMITS[name]
    const store = stores.get(name) ?? memoryLimits(KEYS_MAX[name] ?? OTHER_KEYS_MAX)
    stores.set(name, store)
    const whole = timesRate(rateOfLimit(limit), factor)
    return {
      name,
      says: `${limit.says} faster than ${limit.calls * factor} per ${limit.per}`,
      store,
      own: { ...timesRate(whole, 1 / live), cost: 1 },
      quota: whole.burst,
      windowS: Math.max(1, Math.round((whole.burst * whole.periodMs) / 1_000)),
    }
  }
  return {
    agent: rule('agent'),
    service: rule('service'),
    person: rule('person'),
    org: rule('org'),
    address: rule('address'),
    failure: rule('failure'),
    stream: rule('stream'),
    search: rule('search'),
    bulk: rule('bulk'),
    import: rule('import'),
    export: rule('export'),
    key: rule('key'),
    invite: rule('invite'),
  }
}

const look = (rule: Rule, key: string, at: number): Looked => {
  const cell = rule.store.cell(key)
  return { rule, cell, verdict: gcra(cell.tat, at, rule.own) }
}

const longest = (a: Looked, b: Looked | null): Looked =>
  b !== null && b.verdict.waitMs > a.verdict.waitMs ? b : a

const tightest = (a: Looked, b: Looked | null): Looked =>
  b !== null && b.verdict.remaining < a.verdict.remaining ? b : a

// A process knows its own share only; what is left of the whole is told as if all had as much.
const quotaOf = ({ rule, verdict }: Looked, shared: number): Quota => ({
  policy: rule.name,
  quota: rule.quota,
  windowS: rule.windowS,
  remaining: Math.min(rule.quota, verdict.remaining * shared),
  resetS: Math.ceil(verdict.resetMs / 1_000),
})

const refusalOf = ({ rule, verdict }: Looked) =>
  tooMany(rule.says, verdict.waitMs, {
    policy: rule.name,
    quota: rule.quota,
    windowS: rule.windowS,
    resetS: Math.ceil(verdict.resetMs / 1_000),
  })

const tooManyOpen = (most: number) => {
  const message = `You have ${most} live connections; close one first.`
  return refuse('too_many', 'platform.too_many_streams', message, { retryAfterS: 5 })
}
