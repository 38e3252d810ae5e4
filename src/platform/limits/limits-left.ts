import { gcra, type Rate } from './gcra.ts'
import { LIMITS, type Limit, type LimitName, STREAMS_OPEN_MAX } from './limit-table.ts'

// What is left of limits, for people who want to see it: reading counts nothing, and remembers
// nobody who did not call.

/** Whose limits are looked at. */
export type Asked = Readonly<{
  orgId: string
  id: string
  kind: 'person' | 'service' | 'agent'
}>

/** A limit, and what is left of it at this moment. */
export type RateLeft = Readonly<{
  name: LimitName
  calls: number
  per: Limit['per']
  burst: number
  /** Calls that would pass at once. */
  left: number
  /** Seconds until all of it is there again. */
  wholeInS: number
}>

/** How somebody, and their organisation, stand with the limits. */
export type Left = Readonly<{
  rates: readonly RateLeft[]
  org: RateLeft
  streams: Readonly<{ open: number; most: number }>
}>

/** Limits that count principals one by one, besides the one of their kind. */
const OF_EACH = ['search', 'bulk', 'stream', 'import', 'export', 'key', 'invite'] as const

type Counted = Readonly<{
  store: Readonly<{ tat(key: string): number }>
  own: Rate
  quota: number
}>

type Ground = Readonly<{
  rules: Readonly<Record<LimitName, Counted>>
  factor: number
  shared: number
  now: number
  /** Streams that are open. */
  open: number
}>

/** Gives what is left of every limit of somebody. */
export const leftOf = ({ orgId, id, kind }: Asked, ground: Ground): Left => {
  const one = (name: LimitName, key: string): RateLeft => {
    const { calls, per }: Limit = LIMITS[name]
    const { store, own, quota } = ground.rules[name]
    const verdict = gcra(store.tat(key), ground.now, { ...own, cost: 1 })
    // The verdict is about one more call: what stands before it is asked for.
    const remaining = verdict.remaining + (verdict.ok ? 1 : 0)
    const resetMs = verdict.resetMs - (verdict.ok ? own.periodMs : 0)
    return {
      ...{ name, calls: calls * ground.factor, per, burst: quota },
      left: Math.min(quota, remaining * ground.shared),
      wholeInS: Math.max(0, Math.ceil(resetMs / 1_000)),
    }
  }
  return {
    rates: [kind, ...OF_EACH].map((name) => one(name, id)),
    org: one('org', orgId),
    streams: { open: ground.open, most: Math.ceil(STREAMS_OPEN_MAX * ground.factor) },
  }
}
