import { useEffect, useState } from 'react'
import type { Api } from '../../../live/api.ts'
import { shape } from '../../../live/api.ts'
import { useHall } from '../../../live/use-hall.ts'

type Listed = Readonly<{
  items: readonly Readonly<{ handle: string; status: string }>[]
  next: string | null
}>

const isListed = shape<Listed>('items', 'next')
const PAGES_MAX = 5
const NOBODY: readonly string[] = []

/** Lists people, services and agents, from the moment on that somebody is to be named. */
export const useHandles = (isWanted: boolean): readonly string[] => {
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
