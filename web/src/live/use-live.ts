import { useEffect } from 'react'
import type { Shape } from './api.ts'
import type { LiveEvent } from './event.ts'
import { useHall } from './use-hall.ts'
import { type Read, useRead } from './use-read.ts'

// Events come in bursts where agents work; a reader once in a while sees them all.
const GATHER_MS = 300

/** What is read, and what makes it old. */
export type Wanted<T> = Readonly<{
  is: Shape<T>
  /** Events, or their names, after which it may be another; made once, not with each look. */
  wants: RegExp | ((event: LiveEvent) => boolean)
  /** So long events are gathered before it is read again. */
  gatherMs?: number
  /** Looks again after this time, too: for what no event tells. */
  everyMs?: number
  /** What was read of another address stays until this one is read: it is more of the same. */
  stays?: boolean
}>

/** Reads something, and again whenever something happened that may have changed it. */
export const useLive = <T>(path: string | null, wanted: Wanted<T>): Read<T> => {
  const { is, wants, gatherMs = GATHER_MS, everyMs, stays = false } = wanted
  const { news } = useHall()
  const read = useRead(path, is, stays)
  const { again } = read
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = news.listen((events) => {
      if (events !== null && !events.some((event) => isWanted(event, wants))) return
      timer ??= setTimeout(() => {
        timer = undefined
        again()
      }, gatherMs)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [news, wants, gatherMs, again])
  useEffect(() => {
    if (everyMs === undefined) return undefined
    const timer = setInterval(() => !document.hidden && again(), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, again])
  return read
}

const isWanted = (event: LiveEvent, wants: Wanted<unknown>['wants']): boolean =>
  typeof wants === 'function' ? wants(event) : wants.test(event.name)
