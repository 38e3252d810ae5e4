import type { Card } from '../../../../src/work/contract.ts'
import { boardTopic, projectOf } from '../../live/cards.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'

/** Gives cards by their ids, as they are now; those that are gone are left out. */
export const useCards = (ids: readonly string[]): readonly Card[] => {
  const { store } = useHall()
  const cards = (): readonly Card[] => ids.flatMap((id) => store.cards.get(id) ?? [])
  const project = projectOf(cards()[0]?.key ?? '')
  // What is read has to be the same until something changed: the versions say whether it did.
  const mark = useTopic(boardTopic(project), () => cards().map(markOf).join(' '))
  return mark === '' ? [] : cards()
}

const markOf = ({ key, version, labels, priority, points, assignee, sprint }: Card): string =>
  [key, version, labels.join(','), priority, points, assignee, sprint].join('/')
