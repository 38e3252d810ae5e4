import { useMemo } from 'react'
import type { Card } from '../../../src/work/contract.ts'
import { boardTopic } from '../live/cards.ts'
import type { Hall, Project } from '../live/hall.ts'
import { useHall, useTopic } from '../live/use-hall.ts'

/** Gives the cards of a project that this page has, column by column, as they are now. */
export const cardsIn = ({ store }: Hall, { key, columns }: Project): readonly Card[] =>
  columns
    .flatMap(({ name }) => store.cards.column(key, name))
    .flatMap((id) => store.cards.get(id) ?? [])

/** Gives the cards of a project that this page has; the same list until one of them changes. */
export const useProjectCards = (project: Project): readonly Card[] => {
  const hall = useHall()
  const changes = useTopic(boardTopic(project.key), () => hall.store.cards.changes(project.key))
  return useMemo(() => read(hall, project, changes), [hall, project, changes])
}

// Thousands of cards are gathered once per flush that touched one of them, not once per rendering.
const read = (hall: Hall, project: Project, _changes: number): readonly Card[] =>
  cardsIn(hall, project)
