import { shape } from '../../live/api.ts'

/** An event as the ledger shows it. */
export type Told = Readonly<{
  pos: number
  at: string
  event: string
  actor: string | null
  onBehalfOf: string | null
  operation: string | null
  door: string | null
  object: string
  about: string | null
  outcome: string | null
  credential: string | null
  request: string | null
  trace: string | null
  data: Readonly<Record<string, unknown>>
}>

/** An event with its seal. */
export type Sealed = Told &
  Readonly<{
    id: string
    sealedAt: string
    digest: string
    hash: string
    before: string | null
    signedBy: number | null
  }>

/** A page of events. */
export type ToldPage = Readonly<{ items: readonly Told[]; next: string | null }>

/** What a recomputation of the ledger found. */
export type Verdict = Readonly<{
  ok: boolean
  from: number
  to: number
  signedTo: number
  firstBad: Readonly<{ pos: number; why: string }> | null
}>

/** What the list of events is narrowed down to; the address has it. */
export type LedgerSearch = {
  object?: string
  actor?: string
  event?: string
  project?: string
  since?: string
  until?: string
  /** The event that is open. */
  pos?: number
}

export const isToldPage = shape<ToldPage>('items', 'next')
export const isSealed = shape<Sealed>('pos', 'hash', 'digest')
export const isVerdict = shape<Verdict>('ok', 'to', 'firstBad')

const FIELDS = ['object', 'actor', 'event', 'project'] as const

/** Writes a search as the hub reads it; days are those of the person. */
export const queryOf = (search: LedgerSearch, cursor: string | null): string => {
  const params = new URLSearchParams({ limit: '50' })
  for (const field of FIELDS) {
    const value = search[field]
    if (value !== undefined) params.set(field, value)
  }
  const since = dayStart(search.since, 0)
  const until = dayStart(search.until, 1)
  if (since !== null) params.set('since', since)
  if (until !== null) params.set('until', until)
  if (cursor !== null) params.set('cursor', cursor)
  return params.toString()
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** Gives the moment at which a day begins, or the day that many days later. */
const dayStart = (day: string | undefined, later: number): string | null => {
  const [, year, month, date] = DAY.exec(day ?? '') ?? []
  if (year === undefined) return null
  const moment = new Date(Number(year), Number(month) - 1, Number(date) + later)
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString()
}

/** Reads a search out of an address; what is no such thing is dropped. */
export const searchOf = (given: Readonly<Record<string, unknown>>): LedgerSearch => {
  const word = (name: string): string | undefined => {
    const value = given[name]
    // The address has what looks like a number as one.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? text.slice(0, WORD_CHARS_MAX) : undefined
  }
  const day = (name: string): string | undefined => {
    const text = word(name)
    return text !== undefined && DAY.test(text) ? text : undefined
  }
  const pos = Number(given['pos'])
  const fields = {
    ...{ object: word('object'), actor: word('actor'), event: word('event') },
    ...{ project: word('project'), since: day('since'), until: day('until') },
    pos: Number.isSafeInteger(pos) && pos > 0 ? pos : undefined,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

const WORD_CHARS_MAX = 100
