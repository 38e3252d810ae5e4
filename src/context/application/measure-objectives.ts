import { type Alignment, alignmentOf } from '../domain/objective.ts'
import { objectiveProgress } from '../domain/progress.ts'
import type { Aligned, ContextNeeds, StoredObjective, WorkTask } from './ports.ts'

/** Writes the short key of an objective. */
export const objectiveKey = ({ number }: Pick<StoredObjective, 'number'>): string => `O-${number}`

/** A task with what it aligns with, by itself or by the places above it. */
export type AlignedTask = WorkTask & Readonly<{ alignment: Alignment | null }>

/** How far objectives are, and the tasks that say so. */
export type Measured = Readonly<{
  progress: ReadonlyMap<string, number>
  tasks: readonly WorkTask[]
}>

const isLive = ({ archivedAt }: StoredObjective): boolean => archivedAt === null

/** Reads the tasks that may align with objectives: by a place of theirs, or by themselves. */
export const tasksBehind = (
  { places }: Pick<ContextNeeds, 'places'>,
  rows: readonly StoredObjective[],
  aligned: readonly Aligned[],
): Promise<readonly WorkTask[]> =>
  places.tasksOf({
    projectIds: [...new Set(aligned.map(({ projectId }) => projectId))],
    objectiveIds: rows.filter(isLive).map(({ id }) => id),
  })

/** Computes the progress of objectives from their metrics and from the tasks aligned with them. */
export const measureObjectives = async (
  needs: Pick<ContextNeeds, 'places'>,
  rows: readonly StoredObjective[],
  aligned: readonly Aligned[],
): Promise<Measured> => {
  const live = rows.filter(isLive)
  const tasks = await tasksBehind(needs, rows, aligned)
  const facts = alignTasks(tasks, aligned, live).map(({ alignment, ...task }) => ({
    ...task,
    objectiveId: alignment?.objectiveId ?? null,
  }))
  const progress = objectiveProgress(live, facts)
  if (live.length === rows.length) return { progress, tasks }
  // What is archived counts nowhere any more, but still shows how far it came.
  return { progress: new Map([...objectiveProgress(rows, facts), ...progress]), tasks }
}

/** Gives every task the objective that it has itself or from the places above it. */
export const alignTasks = (
  tasks: readonly WorkTask[],
  aligned: readonly Aligned[],
  objectives: readonly Pick<StoredObjective, 'id'>[],
): readonly AlignedTask[] => {
  const live = new Set(objectives.map(({ id }) => id))
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
    alignment: alignmentOf({
      task: alive(task.objectiveId),
      ancestors: above(task),
      branch: alive(byPlace.get(task.branchId)),
      project: alive(byPlace.get(task.projectId)),
    }),
  }))
}
