import { useLocation, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { type BoardSearch, readBoardSearch, takeDropped } from './board-search.ts'

/** What a board shows, and how that is changed. */
export type BoardState = Readonly<{
  search: BoardSearch
  /** The filter as it is written; the address follows a moment later. */
  q: string
  write(q: string): void
  /** Shows something else altogether, such as a kept view. */
  show(search: BoardSearch): void
}>

// Browsers refuse addresses that change with every key.
const WRITTEN_MS = 250

/** Keeps what a board shows in the address. */
export const useBoardSearch = (): BoardState => {
  const raw = useLocation({ select: (location) => location.search })
  const search = useMemo(() => readBoardSearch({ ...raw }).search, [raw])
  const navigate = useNavigate()
  const [draft, setDraft] = useState(search.q ?? '')
  const written = useRef(draft)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const go = useCallback(
    (next: BoardSearch) => {
      clearTimeout(timer.current)
      written.current = next.q ?? ''
      navigate({ to: '.', search: next, replace: true }).catch(() => {})
    },
    [navigate],
  )
  useTellDropped(search, go)
  useEffect(() => {
    const q = search.q ?? ''
    // What this page wrote itself comes back; anything else is a step through the history.
    if (q === written.current) return
    written.current = q
    setDraft(q)
  }, [search.q])
  useEffect(() => () => clearTimeout(timer.current), [])
  const latest = useRef(search)
  useEffect(() => {
    latest.current = search
  })
  const write = useCallback(
    (q: string) => {
      setDraft(q)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => {
        const { q: _, ...rest } = latest.current
        go({ ...rest, ...(q.trim() !== '' && { q: q.trim() }) })
      }, WRITTEN_MS)
    },
    [go],
  )
  const show = useCallback(
    (next: BoardSearch) => {
      setDraft(next.q ?? '')
      go(next)
    },
    [go],
  )
  return { search, q: draft, write, show }
}

// What was dropped leaves the address, too.
const useTellDropped = (search: BoardSearch, go: (search: BoardSearch) => void): void => {
  const { notices } = useHall()
  useEffect(() => {
    const names = takeDropped()
    if (names.length === 0) return
    go(search)
    const said = `This board cannot read what its address says about ${names.join(' and ')}.`
    // An address may be read twice before it has changed: it is told in one place.
    notices.show('bad', `${said} It was left out.`, { slot: 'address' })
  }, [notices, search, go])
}
