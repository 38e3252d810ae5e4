import { dayAfter, sayWholeDay } from '../../ui/chart/zone.ts'
import { type NumbersSearch, SPANS } from './numbers-search.ts'

/** The first and the last day of what is shown. */
export type Range = Readonly<{ from: string; to: string }>

/** Gives the days that the address asks for, seen from today. */
export const rangeOf = ({ days, from, to }: NumbersSearch, today: string): Range => {
  if (from !== undefined && to !== undefined) return { from, to }
  return { from: dayAfter(today, 1 - (days ?? SPANS[0])), to: today }
}

/** Says which days are shown: `24 Aug 2026 to 22 Nov 2026`. */
export const sayRange = ({ from, to }: Range): string =>
  from === to ? sayWholeDay(from) : `${sayWholeDay(from)} to ${sayWholeDay(to)}`
