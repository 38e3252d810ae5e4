// Reads the dates of foreign backlogs. A date without a time means midnight where the project is.
import { dayStart } from '../domain/zone-days.ts'

const DATE = '(\\d{4})-(\\d{2})-(\\d{2})'
const CLOCK = '(\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?'
const STAMP = new RegExp(`^${DATE}(?:[T ]${CLOCK}\\s*(Z|[+-]\\d{2}:?\\d{2})?)?$`, 'i')

const YEAR_MIN = 1970

/** Reads a date, or a date with a time and any offset, as UTC in ISO form; null for the rest. */
export function readTime(text: string, zone: string): string | null {
  const match = text.length <= 64 ? STAMP.exec(text.trim()) : null
  if (!match) return null
  const [, year, month, day, hour, minute, second, fraction, offset] = match
  const date = [year, month, day].map(Number)
  const ms = Number((fraction ?? '0').padEnd(3, '0').slice(0, 3))
  const local = utcOf(date, [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0), ms])
  if (local === null) return null
  const away = offset === undefined ? 0 : offsetMs(offset)
  if (away === null) return null
  const utc = hour === undefined ? dayStart(zone, `${year}-${month}-${day}`) : local - away
  return new Date(utc).toISOString()
}

function utcOf(date: readonly number[], time: readonly number[]): number | null {
  const [year = 0, month = 0, day = 0] = date
  const [hour = 0, minute = 0, second = 0, ms = 0] = time
  if (year < YEAR_MIN || hour > 23 || minute > 59 || second > 60) return null
  const midnight = new Date(Date.UTC(year, month - 1, day))
  // The 31st of February would silently become a day in March.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null
  return Date.UTC(year, month - 1, day, hour, minute, second, ms)
}

function offsetMs(offset: string): number | null {
  if (offset.toUpperCase() === 'Z') return 0
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(-2))
  if (hours > 23 || minutes > 59) return null
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
