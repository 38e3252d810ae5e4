import { useCallback, useEffect, useRef, useState } from 'react'
import type { Shape } from './api.ts'
import type { LiveEvent } from './event.ts'
import { useAgainWhenBack, worthSaying } from './own/use-again-when-back.ts'
import { useHall } from './use-hall.ts'
import type { Read } from './use-read.ts'

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
}>

/** Reads something, and again whenever something happened that may have changed it. */
export const useLive = <T>(path: string | null, wanted: Wanted<T>): Read<T> => {
  const { is, wants, gatherMs = GATHER_MS, everyMs } = wanted
  const { api, news } = useHall()
  const [found, setFound] = useState<Readonly<{ path: string; data: T }> | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const reads = useRef(0)
  const again = useCallback((): void => {
    if (path === null) return
    const own = ++reads.current
    api.read(path, is).then(
      (data) => {
        // An answer that was overtaken says how it was, not how it is.
        if (own !== reads.current) return
        setTrouble(null)
        setFound({ path, data })
      },
      (thrown: unknown) => {
        if (own === reads.current) setTrouble(thrown instanceof Error ? thrown.message : '?')
      },
    )
  }, [api, path, is])
  useEffect(again, [again])
  const isLive = useAgainWhenBack(trouble, again)
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
  // What was read of another address is not shown under this one.
  const data = found?.path === path ? found.data : null
  return { data, trouble: worthSaying(trouble, { isLive, isRead: data !== null }), again }
}

const isWanted = (event: LiveEvent, wants: Wanted<unknown>['wants']): boolean =>
  typeof wants === 'function' ? wants(event) : wants.test(event.name)
