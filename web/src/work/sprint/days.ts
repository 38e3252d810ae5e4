import type { Sprint } from '../../live/sprints.ts'

// Days are texts such as 2030-01-07: plain calendar days, in no time zone.

const DAY_MS = 86_400_000
/** Two weeks, both ends counted. */
const DAYS_DEFAULT = 14

const msOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)

/** Gives the day that lies so many days behind another one. */
export const dayAfter = (day: string, days: number): string =>
  new Date(msOf(day) + days * DAY_MS).toISOString().slice(0, 10)

/** Gives how many days lie between two days. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((msOf(to) - msOf(from)) / DAY_MS)

/** Gives the day that it is where the person sits. */
export const today = (now = new Date()): string => {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

/** Proposes the first day of the next sprint: behind the last one, and not in the past. */
export const nextStart = (sprints: readonly Sprint[], now = today()): string => {
  const ends = sprints.flatMap(({ endsOn }) => endsOn ?? []).sort()
  const last = ends.at(-1)
  if (last === undefined || last < now) return now
  return dayAfter(last, 1)
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

/** Says a span of days as people read it: `7 Jan - 18 Jan 2030`. */
export const sayDays = (from: string | null, to: string | null): string | null => {
  const say = (day: string): string =>
    new Date(msOf(day)).toLocaleDateString(undefined, { dateStyle: 'medium', timeZone: 'UTC' })
  if (from !== null && to !== null) return `${say(from)} to ${say(to)}`
  if (from !== null) return `from ${say(from)}`
  return to === null ? null : `until ${say(to)}`
}

/** Says how much time a running sprint has left. */
export const sayLeft = (endsOn: string | null, now = today()): string | null => {
  if (endsOn === null) return null
  const days = daysBetween(now, endsOn)
  if (days < 0) return days === -1 ? '1 day over' : `${-days} days over`
  if (days === 0) return 'last day'
  return days === 1 ? '1 day left' : `${days} days left`
}
