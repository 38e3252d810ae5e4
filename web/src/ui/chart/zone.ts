// Days of charts are those of the project's time zone, wherever the person sits.

const DAY_MS = 86_400_000

const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Gives the day that lies some days behind another. */
export const dayAfter = (day: string, days = 1): string => isoDay(Date.parse(day) + days * DAY_MS)

const clocks = new Map<string, Intl.DateTimeFormat>()

const clockOf = (zone: string): Intl.DateTimeFormat => {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const numeric = 'numeric'
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: numeric, month: numeric, day: numeric },
    ...{ hour: numeric, minute: numeric, second: numeric },
  })
  clocks.set(zone, made)
  return made
}

// What the clock on the wall says there, as if it were UTC.
const wallOf = (zone: string, ms: number): number => {
  const parts = clockOf(zone).formatToParts(ms)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  const date = [of('year'), of('month') - 1, of('day')] as const
  return Date.UTC(...date, of('hour'), of('minute'), of('second'))
}

/** Gives the day that it is in a zone at a moment. */
export const dayIn = (zone: string, ms: number): string => isoDay(wallOf(zone, ms))

/** Gives the moment at which a day begins in a zone. */
export const dayStart = (zone: string, day: string): number => {
  const midnight = Date.parse(day)
  const offset = (ms: number): number => wallOf(zone, ms) - ms
  // Clocks may change on that day: what holds at the first guess decides.
  return midnight - offset(midnight - offset(midnight))
}

/** Gives how many days lie between two days. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

/** Lists the days from one to another, both included. */
export const daysFrom = (from: string, to: string): readonly string[] => {
  const count = daysBetween(from, to) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => dayAfter(from, index))
}

/** Says a day shortly: `12 Nov`. */
export const sayDay = (day: string): string =>
  new Date(Date.parse(day)).toLocaleDateString(undefined, {
    ...{ day: 'numeric', month: 'short', timeZone: 'UTC' },
  })

/** Says a day with its year: `12 Nov 2026`. */
export const sayWholeDay = (day: string): string =>
  new Date(Date.parse(day)).toLocaleDateString(undefined, { dateStyle: 'medium', timeZone: 'UTC' })

/** Says a moment as a clock in a zone shows it: `12 Nov, 14:03`. */
export const sayMoment = (zone: string, ms: number): string =>
  new Date(ms).toLocaleString(undefined, {
    ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone },
  })

/** Says a moment with its year: `12 Nov 2026, 14:03`. */
export const sayWholeMoment = (zone: string, ms: number): string =>
  new Date(ms).toLocaleString(undefined, {
    ...{ dateStyle: 'medium', timeStyle: 'short', timeZone: zone },
  })
