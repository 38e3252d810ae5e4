// A place in the stream is what the hub calls a cursor: the epoch of its ledger, which changes when
// a restored ledger starts anew, and a position in it.

const FORM = /^(\d{1,15})-(\d{1,15})$/

/** Tells whether something is a place in the stream. */
export const isCursor = (value: unknown): value is string =>
  typeof value === 'string' && FORM.test(value)

/** Gives the position of a place. */
export const posOf = (cursor: string): number => Number(FORM.exec(cursor)?.[2] ?? 0)

/** Tells whether two places are in one ledger: only then one of them is before the other. */
export const isSameLedger = (a: string, b: string): boolean =>
  FORM.exec(a)?.[1] === FORM.exec(b)?.[1]

/** Tells whether everything up to a place is known to whoever is at another. */
export const isReached = (place: string, at: string | null): boolean =>
  at !== null && isSameLedger(place, at) && posOf(at) >= posOf(place)

/** Gives the later one of two places; of two ledgers the second one counts. */
export const laterOf = (a: string | null, b: string): string =>
  a !== null && isReached(b, a) ? a : b

/** Gives the place of an event in the ledger of another place. */
export const placeOf = (pos: number, ledger: string): string =>
  `${FORM.exec(ledger)?.[1] ?? '0'}-${pos}`
