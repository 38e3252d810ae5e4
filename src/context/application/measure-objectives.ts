import { alignmentOf } from '../domain/objective.ts'
import { objectiveProgress, type TaskFacts } from '../domain/progress.ts'
import type { Aligned, ContextNeeds, StoredObjective, WorkTask } from './ports.ts'

/** Writes the short key of an objective. */
export const objectiveKey = ({ number }: Pick<StoredObjective, 'number'>): string => `O-${number}`

/** Computes the progress of objectives from their metrics and from the tasks aligned with them. */
export const measureObjectives = async (
  { places }: Pick<ContextNeeds, 'places'>,
  rows: readonly StoredObjective[],
  aligned: readonly Aligned[],
): Promise<ReadonlyMap<string, number>> => {
  const live = rows.filter(({ archivedAt }) => archivedAt === null)
  const tasks = await places.tasksOf({
    projectIds: [...new Set(aligned.map(({ projectId }) => projectId))],
    objectiveIds: live.map(({ id }) => id),
  })
  const facts = inherit(tasks, aligned, new Set(live.map(({ id }) => id)))
  const progress = objectiveProgress(live, facts)
  if (live.length === rows.length) return progress
  // What is archived counts nowhere any more, but still shows how far it came.
  return new Map([...objectiveProgress(rows, facts), ...progress])
}

/** Gives every task the objective that it has itself or from the places above it. */
const inherit = (
  tasks: readonly WorkTask[],
  aligned: readonly Aligned[],
  live: ReadonlySet<string>,
): readonly TaskFacts[] => {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const byPlace = new Map(aligned.map(({ atId, objectiveId }) => [atId, objectiveId]))
  const alive = (id: string | null | undefined) => (id && live.has(id) ? id : null)
  const above = (task: WorkTask): (string | null)[] => {
    const found: (string | null)[] = []
    let next = task.parentId === null ? undefined : byId.get(task.parentId)
    while (next !== undefined) {
      found.push(alive(next.objectiveId))
      next = next.parentId === null ? undefined : byId.get(next.parentId)
    }
    return found
  }
  return tasks.map((task) => ({
    ...task,
    objectiveId:
      alignmentOf({
        task: alive(task.objectiveId),
        ancestors: above(task),
        branch: alive(byPlace.get(task.branchId)),
        project: alive(byPlace.get(task.projectId)),
      })?.objectiveId ?? null,
  }))
}
