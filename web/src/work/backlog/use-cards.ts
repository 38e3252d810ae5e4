import type { Card } from '../../../../src/work/contract.ts'
import { boardTopic, projectOf } from '../../live/cards.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'

/** Gives cards by their ids, as they are now; those that are gone are left out. */
export const useCards = (ids: readonly string[]): readonly Card[] => {
  const { cards } = useHall().store
  const found = ids.flatMap((id) => cards.get(id) ?? [])
  const project = projectOf(found[0]?.key ?? '')
  useTopic(boardTopic(project), () => cards.changes(project))
  return found
}
