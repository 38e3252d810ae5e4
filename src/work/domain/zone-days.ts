// Days as people of a project live them: they begin at midnight there, and are 23 or 25 hours long
// when clocks change.

/** Milliseconds of a day on which no clock changes. */
export const DAY_MS = 86_400_000

/** A day, written `2027-01-31`. */
export type Day = string

const isoDay = (ms: number): Day => new Date(ms).toISOString().slice(0, 10)

/** Gives the day that comes some days after another. */
export const dayAfter = (day: Day, days = 1): Day => isoDay(Date.parse(day) + days * DAY_MS)

/** Counts the days from one to another, both included. */
export const daysBetween = (from: Day, to: Day): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1

/** Tells whether a day is one on which most people work: Monday to Friday. */
export const isWorkingDay = (day: Day): boolean => {
  const weekday = new Date(Date.parse(day)).getUTCDay()
  return weekday !== 0 && weekday !== 6
}

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}

/** Reads the clock of a zone at a moment, as if it were UTC. */
const clockIn = (zone: string, at: number): number => {
  const parts = formatOf(zone).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  const date = [of('year'), of('month') - 1, of('day')] as const
  return Date.UTC(...date, of('hour'), of('minute'), of('second'))
}

/** Gives the day of a moment in a zone. */
export const dayOf = (zone: string, at: number): Day => isoDay(clockIn(zone, at))

/** Gives the first moment of a day in a zone, whatever the clocks do that night. */
export const dayStart = (zone: string, day: Day): number => {
  const midnight = Date.parse(day)
  const offset = (at: number) => clockIn(zone, at) - at
  // Clocks may change in that very night: what held the day before or after leads there.
  const guesses = [offset(midnight - DAY_MS), offset(midnight + DAY_MS)].map((ms) => midnight - ms)
  const fitting = guesses.filter((at) => dayOf(zone, at) === day)
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(...guesses)
}

/** Gives the moment at which a day ends in a zone: the beginning of the next. */
export const dayEnd = (zone: string, day: Day): number => dayStart(zone, dayAfter(day))

/** Lists the days from one to another, both included. */
export const daysFrom = (from: Day, to: Day): readonly Day[] =>
  Array.from({ length: Math.max(0, daysBetween(from, to)) }, (_, index) => dayAfter(from, index))
