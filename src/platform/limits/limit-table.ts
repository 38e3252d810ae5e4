import { type Rate, rateOf } from './gcra.ts'

const PER_MS = {
  second: 1_000,
  minute: 60_000,
  'quarter of an hour': 900_000,
  hour: 3_600_000,
} as const

/** A limit as people say it: so many calls per second, and so many of them at once. */
export type Limit = Readonly<{
  calls: number
  per: keyof typeof PER_MS
  burst: number
  /** Begins the sentence of its refusal: `You call`. */
  says: string
}>

/** The limits that every process counts in memory, its share of them each. */
export const LIMITS = {
  agent: { says: 'You call', calls: 50, per: 'second', burst: 200 },
  service: { says: 'You call', calls: 50, per: 'second', burst: 200 },
  person: { says: 'You call', calls: 20, per: 'second', burst: 100 },
  org: { says: 'Your organisation calls', calls: 2_000, per: 'second', burst: 4_000 },
  address: { says: 'Your address calls without a key', calls: 20, per: 'second', burst: 40 },
  failure: {
    says: 'Your address shows credentials that are not valid',
    calls: 10,
    per: 'minute',
    burst: 10,
  },
  stream: { says: 'You open streams', calls: 10, per: 'minute', burst: 10 },
  search: { says: 'You search', calls: 10, per: 'second', burst: 10 },
  bulk: { says: 'You send bulk calls', calls: 5, per: 'second', burst: 5 },
  import: { says: 'You import', calls: 6, per: 'hour', burst: 6 },
  export: { says: 'You export', calls: 2, per: 'hour', burst: 2 },
  key: { says: 'You make keys', calls: 20, per: 'hour', burst: 20 },
  invite: { says: 'You invite people', calls: 10, per: 'hour', burst: 10 },
} as const satisfies Record<string, Limit>

/** A name of `LIMITS`. */
export type LimitName = keyof typeof LIMITS

/** Streams that one principal may hold open at a time. */
export const STREAMS_OPEN_MAX = 20

/** The limits that are always counted in SQL, by `throttle`: ways in, and what leaves by mail. */
export const SHARED_LIMITS = {
  token: { says: 'Your address asks for tokens', calls: 30, per: 'minute', burst: 30 },
  authorize: { says: 'Your address asks for consent', calls: 30, per: 'minute', burst: 30 },
  client_metadata: { says: 'Your address brings new clients', calls: 10, per: 'minute', burst: 10 },
  device_code: {
    says: 'Your address asks for device codes',
    calls: 5,
    per: 'quarter of an hour',
    burst: 5,
  },
  mail: { says: 'Mail to this recipient is asked for', calls: 5, per: 'hour', burst: 5 },
} as const satisfies Record<string, Limit>

/** A name of `SHARED_LIMITS`. */
export type SharedLimitName = keyof typeof SHARED_LIMITS

/** Gives the rate that a limit means. */
export const rateOfLimit = ({ calls, per, burst }: Limit): Rate => rateOf(calls, PER_MS[per], burst)
