import { useMemo } from 'react'
import type { Card, Task } from '../../../../src/work/contract.ts'
import { useCard } from '../../live/use-hall.ts'

/** Gives a task as it stands now: its card may know more already, or what was just done here. */
export const useShownTask = (task: Task): Task => {
  const card = useCard(task.id)
  return useMemo(() => {
    if (card === undefined || card.version < task.version) return task
    return { ...task, ...cardFields(card) }
  }, [task, card])
}

// A card that came with its whole task holds texts that may be older than ours.
const cardFields = (card: Card) => {
  const { title, type, branch, column, category, priority, points, assignee } = card
  const { delegate, holder, labels, sprint, parent, blocked, progress, archived, ready } = card
  return {
    ...{ title, type, branch, column, category, priority, points, assignee },
    ...{ delegate, holder, labels, sprint, parent, blocked, progress, archived, ready },
  }
}
