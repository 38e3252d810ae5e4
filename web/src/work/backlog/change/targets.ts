import type { Card } from '../../../../../src/work/contract.ts'
import type { Project } from '../../../live/hall.ts'
import type { GroupPlace } from '../group/groups.ts'

/** The fields that a task gets when it comes into a group. */
export type Target = Readonly<{
  sprint: number | null
  column: string
  category: Card['category']
}>

type Column = Project['columns'][number]

/** Finds the first column of the first category that a board has; one without a role if it can. */
export const columnOf = ({ columns }: Project, categories: readonly Card['category'][]) => {
  for (const category of categories) {
    const found =
      columns.find((column) => column.category === category && column.role === null) ??
      columns.find((column) => column.category === category)
    if (found) return found
  }
  return undefined
}

/**
 * Decides which fields a task gets in a group. Whatever comes into the sprint that runs has to be
 * in the queue, or nobody would be handed it; what is only planned stays where it waits.
 */
export const targetOf = (card: Card, place: GroupPlace, project: Project): Target => {
  const stays = { column: card.column, category: card.category }
  const into = (column: Column | undefined) =>
    column === undefined ? stays : { column: column.name, category: column.category }
  if (place.kind === 'triage') return { sprint: null, ...into(columnOf(project, ['triage'])) }
  const isTriage = card.category === 'triage'
  const sorted = isTriage ? into(columnOf(project, ['backlog', 'unstarted'])) : stays
  if (place.kind === 'backlog') return { sprint: null, ...sorted }
  const { number, state } = place.sprint
  const isQueued = card.category !== 'triage' && card.category !== 'backlog'
  if (state === 'planned' || isQueued) return { sprint: number, ...sorted }
  return { sprint: number, ...into(columnOf(project, ['unstarted', 'backlog'])) }
}

/** Finds where the tasks of a sprint wait to be handed out. */
export const queueOf = (project: Project): Column | undefined => columnOf(project, ['unstarted'])
