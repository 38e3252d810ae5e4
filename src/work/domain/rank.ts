// Ranks are texts that compare bytewise. Seven digits count places in order, so that appending
// never makes them longer; what follows makes room between two of them. None ends in `0`, so
// between two different ranks there is always another one.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SIZE = DIGITS.length
const PLACE_DIGITS = 7
const FIRST_PLACE = Math.floor(SIZE ** PLACE_DIGITS / 2)
const MIDDLE = 'V'

/** Gives the rank of the place with a number, counted from the first one ever given. */
export const rankAt = (index: number): string => write(FIRST_PLACE + index)

/** Gives a rank behind all others: `last` is the highest one, if there is any. */
export const rankAfter = (last: string | null): string =>
  last === null ? rankAt(0) : write(placeOf(last) + 1)

/** Gives a rank between two, or before or behind one where the other is `null`. */
export const rankBetween = (low: string | null, high: string | null): string => {
  if (high === null) return rankAfter(low)
  if (low === null && placeOf(high) > 0) return write(placeOf(high) - 1)
  let rank = ''
  let isFree = false
  for (let i = 0; ; i++) {
    const lower = digitAt(low ?? '', i)
    const upper = isFree ? SIZE : digitAt(high, i)
    if (upper - lower > 1) return rank + digit((lower + upper) >> 1)
    rank += digit(lower)
    // Once a digit lies below the upper end, whatever follows stays below it.
    if (upper > lower) isFree = true
  }
}

const write = (place: number): string => {
  let rest = place
  let text = MIDDLE
  for (let i = 0; i < PLACE_DIGITS; i++) {
    text = digit(rest % SIZE) + text
    rest = Math.floor(rest / SIZE)
  }
  return text
}

const placeOf = (rank: string): number => {
  let place = 0
  for (let i = 0; i < PLACE_DIGITS; i++) place = place * SIZE + digitAt(rank, i)
  return place
}

const digit = (value: number): string => DIGITS.charAt(value)

const digitAt = (rank: string, index: number): number =>
  index < rank.length ? Math.max(0, DIGITS.indexOf(rank.charAt(index))) : 0
