import { useCallback, useEffect, useRef, useState } from 'react'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'
import { isToldPage, type LedgerSearch, queryOf, type Told } from './views.ts'

// The ledger grows all day: what is new is shown once in a while, not one by one.
const GATHER_MS = 500
// Refusals and what was looked at are sealed, too, and no stream tells of them.
const LOOK_MS = 10_000
const SHOWN_MAX = 2_000

type State = Readonly<{
  query: string
  items: readonly Told[]
  next: string | null
  trouble: string | null
}>

/** Reads events, newest first: page by page backwards, and what is new as it is sealed. */
export const useEvents = (filter: LedgerSearch) => {
  const { api, news } = useHall()
  const query = queryOf(filter, null)
  const [state, setState] = useState<State | null>(null)
  const latest = useRef(query)
  const failed = useCallback((thrown: unknown): void => {
    const trouble = whyOf(thrown)
    const empty = { query: latest.current, items: [], next: null }
    setState((now) => ({ ...(now?.query === latest.current ? now : empty), trouble }))
  }, [])
  const read = useCallback((): void => {
    latest.current = query
    api.read(`/ledger/events?${query}`, isToldPage).then(({ items, next }) => {
      if (latest.current !== query) return
      setState((now) => {
        const isSame = now?.query === query
        const before = isSame ? now.items : []
        const last = items.at(-1)?.pos ?? 0
        const rest = before.filter(({ pos }) => pos < last)
        return {
          ...{ query, trouble: null },
          items: [...items, ...rest].slice(0, SHOWN_MAX),
          next: isSame && rest.length > 0 ? now.next : next,
        }
      })
    }, failed)
  }, [api, query, failed])
  useEffect(read, [read])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = news.listen(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        read()
      }, GATHER_MS)
    })
    const looks = setInterval(() => !document.hidden && read(), LOOK_MS)
    return () => {
      stop()
      clearTimeout(timer)
      clearInterval(looks)
    }
  }, [news, read])
  const here = state?.query === query ? state : null
  const older = (): void => {
    if (here === null || here.next === null) return
    const path = `/ledger/events?${query}&cursor=${encodeURIComponent(here.next)}`
    api.read(path, isToldPage).then(({ items, next }) => {
      setState((now) => {
        if (now?.query !== query) return now
        const last = now.items.at(-1)?.pos ?? Number.POSITIVE_INFINITY
        const more = items.filter(({ pos }) => pos < last)
        return { ...now, items: [...now.items, ...more], next }
      })
    }, failed)
  }
  return {
    items: here?.items ?? null,
    trouble: here?.trouble ?? null,
    hasMore: (here?.next ?? null) !== null && (here?.items.length ?? 0) < SHOWN_MAX,
    older,
    again: read,
  }
}
