import { useMemo, useSyncExternalStore } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import { boardTopic } from '../../live/cards.ts'
import type { Hall, Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'

/** Gives the cards of a sprint that this page has, column by column, and keeps them fresh. */
export const useSprintCards = (project: Project, number: number): readonly Card[] => {
  const hall = useHall()
  const live = useMemo(() => cardsOf(hall, project, number), [hall, project, number])
  return useSyncExternalStore(live.subscribe, live.get)
}

const cardsOf = ({ store, topics }: Hall, { key, columns }: Project, number: number) => {
  let known: readonly Card[] | null = null
  const read = (): readonly Card[] =>
    columns
      .flatMap(({ name }) => store.cards.column(key, name))
      .flatMap((id) => store.cards.get(id) ?? [])
      .filter(({ sprint }) => sprint === number)
  return {
    get: () => {
      known ??= read()
      return known
    },
    subscribe(listener: () => void) {
      // Between the first look and this, anything may have changed.
      known = null
      return topics.subscribe(boardTopic(key), () => {
        known = null
        listener()
      })
    },
  }
}
