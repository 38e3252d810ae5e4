import { useMemo } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import type { Project } from '../../live/hall.ts'
import { useProjectCards } from '../use-project-cards.ts'

/** Gives the cards of a sprint that this page has, column by column, and keeps them fresh. */
export const useSprintCards = (project: Project, number: number): readonly Card[] => {
  const cards = useProjectCards(project)
  return useMemo(() => cards.filter(({ sprint }) => sprint === number), [cards, number])
}
