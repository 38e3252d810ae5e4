import { useEffect, useState } from 'react'
import { dayIn } from '../../ui/chart/zone.ts'

const LOOK_MS = 60_000

/** Gives the day that it is in a zone, and the next one when that begins. */
export const useToday = (zone: string): string => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_MS)
    return () => clearInterval(timer)
  }, [])
  return dayIn(zone, now)
}
