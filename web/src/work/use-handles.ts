import { useEffect, useMemo, useState } from 'react'
import { type Api, shape } from '../live/api.ts'
import type { Hall } from '../live/hall.ts'
import { useHall } from '../live/use-hall.ts'

type Listed = Readonly<{
  items: readonly Readonly<{ handle: string; status: string }>[]
  next: string | null
}>

const isListed = shape<Listed>('items', 'next')
const PAGES_MAX = 5
const NOBODY: readonly string[] = []

/** Lists people, services and agents, from the moment on that somebody is to be named. */
export const useListedHandles = (isWanted: boolean): readonly string[] => {
  const { api } = useHall()
  const [handles, setHandles] = useState<readonly string[]>(NOBODY)
  const isAsked = isWanted && handles === NOBODY
  useEffect(() => {
    if (!isAsked) return undefined
    let isLeft = false
    readHandles(api, '/principals').then(
      (found) => !isLeft && setHandles(found),
      // Who may not see the list of members still names the agents.
      () =>
        readHandles(api, '/agents').then(
          (found) => !isLeft && setHandles(found),
          () => {},
        ),
    )
    return () => {
      isLeft = true
    }
  }, [api, isAsked])
  return handles
}

const readHandles = async (api: Api, path: string): Promise<readonly string[]> => {
  const handles: string[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page++) {
    const { items, next } = await api.read(`${path}?limit=100${cursor}`, isListed)
    for (const { handle, status } of items) if (status === 'active') handles.push(handle)
    if (next === null) break
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
  return handles
}

const HANDLE = /^[a-z0-9][a-z0-9._-]{0,38}$/

/** Reads a handle that was written; `null` where it can be none. */
export const handleIn = (text: string): string | null => {
  const handle = text.toLowerCase().replace(/^@/, '')
  return HANDLE.test(handle) ? handle : null
}

/** Lists whom tasks may be for: who looks first, then whoever is in the cards or listed. */
export const useHandles = (isWanted: boolean): readonly string[] => {
  const hall = useHall()
  const listed = useListedHandles(isWanted)
  return useMemo(() => {
    const me = hall.me()?.handle
    const all = new Set([...(me === undefined ? [] : [me]), ...inCards(hall), ...listed])
    return [...all].sort((a, b) => (a === me ? -1 : b === me ? 1 : a.localeCompare(b)))
  }, [hall, listed])
}

const inCards = ({ store }: Hall): readonly string[] =>
  [...store.cards.all()].flatMap(({ assignee, delegate, holder }) =>
    [assignee, delegate, holder].filter((handle) => handle !== null),
  )
