import type { Sprint } from '../../live/sprints.ts'
import { dayAfter, daysBetween, sayWholeDay } from '../../ui/chart/zone.ts'

// Days are texts such as 2030-01-07: plain calendar days, in no time zone.

/** Two weeks, both ends counted. */
const DAYS_DEFAULT = 14

/** Gives the day that it is, or was at a moment, where the person sits. */
export const localDay = (at = new Date()): string => {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** Proposes the first day of the next sprint: behind the last one, and not in the past. */
export const nextStart = (sprints: readonly Sprint[], now = localDay()): string => {
  const ends = sprints.flatMap(({ endsOn }) => endsOn ?? []).sort()
  const last = ends.at(-1)
  if (last === undefined || last < now) return now
  return dayAfter(last)
}

/** Proposes the last day of a sprint: it is as long as the one before, else two weeks. */
export const lastDay = (start: string, sprints: readonly Sprint[]): string => {
  const before = [...sprints]
    .sort((a, b) => b.number - a.number)
    .find(({ startsOn, endsOn }) => startsOn !== null && endsOn !== null)
  const days =
    before?.startsOn && before.endsOn
      ? daysBetween(before.startsOn, before.endsOn) + 1
      : DAYS_DEFAULT
  return dayAfter(start, days - 1)
}

/** Says a span of days as people read it: `7 Jan 2030 to 18 Jan 2030`. */
export const sayDays = (from: string | null, to: string | null): string | null => {
  if (from !== null && to !== null) return `${sayWholeDay(from)} to ${sayWholeDay(to)}`
  if (from !== null) return `from ${sayWholeDay(from)}`
  return to === null ? null : `until ${sayWholeDay(to)}`
}

/** Says how much time a running sprint has left. */
export const sayLeft = (endsOn: string | null, now = localDay()): string | null => {
  if (endsOn === null) return null
  const days = daysBetween(now, endsOn)
  if (days < 0) return days === -1 ? '1 day over' : `${-days} days over`
  if (days === 0) return 'last day'
  return days === 1 ? '1 day left' : `${days} days left`
}
