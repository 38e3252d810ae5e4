import { useEffect, useState } from 'react'

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
const DAYS_MAX = 14
const TICK_MS = 30_000

/** Shows when something was, seen from now; the exact time on hover. */
export const Moment = ({ at }: Readonly<{ at: string }>) => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const date = new Date(at)
  const full = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <time dateTime={at} title={full} className="whitespace-nowrap">
      {relative(date, now)}
    </time>
  )
}

const relative = (date: Date, now: number): string => {
  const seconds = Math.round((date.getTime() - now) / 1000)
  const size = Math.abs(seconds)
  if (size > DAYS_MAX * 86_400) return date.toLocaleDateString(undefined, { dateStyle: 'medium' })
  const format = new Intl.RelativeTimeFormat(undefined, { style: 'narrow', numeric: 'auto' })
  for (const [unit, length] of STEPS) {
    if (size >= length) return format.format(Math.trunc(seconds / length), unit)
  }
  return 'just now'
}
