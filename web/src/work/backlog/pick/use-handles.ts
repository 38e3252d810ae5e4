import { useEffect, useMemo, useState } from 'react'
import { shape } from '../../../live/api.ts'
import type { Hall } from '../../../live/hall.ts'
import { useHall } from '../../../live/use-hall.ts'

type Handles = Readonly<{ items: readonly Readonly<{ handle: string; status: string }>[] }>

const isHandles = shape<Handles>('items')
const PATHS = ['/agents?limit=100', '/principals?limit=100'] as const

/** Gives the handles that tasks may be for: whoever is in the cards, and whom the hub lists. */
export const useHandles = (): readonly string[] => {
  const hall = useHall()
  const [listed, setListed] = useState<readonly string[]>([])
  useEffect(() => {
    for (const path of PATHS) {
      const add = ({ items }: Handles): void =>
        setListed((old) => [
          ...old,
          ...items.filter(({ status }) => status === 'active').map(({ handle }) => handle),
        ])
      // Who may not list them still has those that the cards name.
      hall.api.read(path, isHandles).then(add, () => {})
    }
  }, [hall])
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
