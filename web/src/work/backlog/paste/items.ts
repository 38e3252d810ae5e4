import type { Card } from '../../../../../src/work/contract.ts'
import type { Project } from '../../../live/hall.ts'
import type { GroupPlace } from '../group/groups.ts'
import { columnOf } from '../change/targets.ts'
import type { PastedTask } from './read-pasted.ts'

/** A task as the hub makes it in a batch. */
export type NewItem = Readonly<{
  ref: string
  title: string
  status?: string
  sprint?: number
  parent?: string
  priority?: Card['priority']
  labels?: readonly string[]
  points?: number
  assignee?: string
}>

/** Makes the items of one batch out of a pasted list: parents are named by their place. */
export const itemsOf = (
  tasks: readonly PastedTask[],
  place: GroupPlace,
  project: Project,
): readonly NewItem[] => {
  const open = columnFor(place, project)
  const done = columnOf(project, ['completed'])
  return tasks.map(({ title, parent, isDone, priority, labels, points, assignee }, at) => {
    const column = isDone ? (done ?? open) : open
    return {
      ref: refOf(at),
      title,
      ...(column && { status: column.name }),
      ...(place.kind === 'sprint' && { sprint: place.sprint.number }),
      ...(parent !== null && { parent: refOf(parent) }),
      ...(priority !== null && { priority }),
      ...(labels.length > 0 && { labels }),
      ...(points !== null && { points }),
      ...(assignee !== null && { assignee }),
    }
  })
}

const refOf = (at: number): string => `line${at + 1}`

// Into a sprint that runs means into its queue; what is only planned waits in the backlog.
const columnFor = (place: GroupPlace, project: Project) => {
  if (place.kind === 'triage') return columnOf(project, ['triage', 'backlog', 'unstarted'])
  const isQueue = place.kind === 'sprint' && place.sprint.state === 'active'
  return columnOf(project, isQueue ? ['unstarted', 'backlog'] : ['backlog', 'unstarted'])
}
