// Progress is computed when it is read. Everything here counts in whole per cent, 0 to 100.
import { assert } from '../../kernel/assert.ts'
import { childrenOf, type Metric, type Objective } from './objective.ts'

/** Weight of a task without an estimate: one point, in hundredths. */
export const UNESTIMATED = 100
/** Most that an open task without subtasks can report. */
export const OPEN_PROGRESS_MAX = 99

/** What progress needs to know of a task. */
export type TaskFacts = Readonly<{
  id: string
  parentId: string | null
  state: 'open' | 'completed' | 'canceled'
  /** What was last reported; counts for tasks without subtasks only. */
  progress: number
  /** In hundredths of a point. */
  estimate: number | null
  /** What it aligns with after inheritance, see `alignmentOf`. */
  objectiveId: string | null
}>

/** Computes the progress of every task of a tree from its leaves (C13). */
export const taskProgress = (tasks: readonly TaskFacts[]): ReadonlyMap<string, number> => {
  const children = childrenOf(tasks)
  const known = new Map<string, number>()
  const open = new Set<string>()
  const visit = (task: TaskFacts): number => {
    const before = known.get(task.id)
    if (before !== undefined) return before
    assert(!open.has(task.id), 'A task tree has no circle.')
    open.add(task.id)
    const parts = (children.get(task.id) ?? [])
      .map((child) => ({ child, progress: visit(child) }))
      .filter(({ child }) => child.state !== 'canceled')
      .map(({ child, progress }) => ({ weight: weightOf(child), progress }))
    const progress = ownProgress(task, parts)
    known.set(task.id, progress)
    return progress
  }
  for (const task of tasks) visit(task)
  return known
}

type Part = Readonly<{ weight: number; progress: number }>

const ownProgress = (task: TaskFacts, parts: readonly Part[]): number => {
  if (task.state === 'completed') return 100
  return parts.length > 0 ? weightedMean(parts) : clamp(task.progress, OPEN_PROGRESS_MAX)
}

const weightOf = ({ estimate }: TaskFacts) => estimate ?? UNESTIMATED

// Weights such as 0.1 do not add up exactly; this keeps what is done from reading 99.
const ROUNDING = 1e-9

const clamp = (value: number, max: number) =>
  Math.max(0, Math.min(max, Math.floor(value + ROUNDING)))

/** Rounds down, so that 100 means that all is done; parts that all weigh 0 count the same. */
const weightedMean = (parts: readonly Part[]): number => {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return weightedMean(parts.map((part) => ({ ...part, weight: 1 })))
  const done = parts.reduce((sum, { weight, progress }) => sum + weight * progress, 0)
  return clamp(done / total, 100)
}

/** Computes the progress of every objective from its metric, else from what lies below it. */
export const objectiveProgress = (
  objectives: readonly Objective[],
  tasks: readonly TaskFacts[],
): ReadonlyMap<string, number> => {
  const children = childrenOf(objectives)
  const parts = topTaskParts(tasks)
  const known = new Map<string, number>()
  const open = new Set<string>()
  const visit = (objective: Objective): number => {
    const before = known.get(objective.id)
    if (before !== undefined) return before
    assert(!open.has(objective.id), 'An objective tree has no circle.')
    open.add(objective.id)
    const below = (children.get(objective.id) ?? []).map(
      (child): Part => ({ weight: child.weight, progress: visit(child) }),
    )
    const all = [...below, ...(parts.get(objective.id) ?? [])]
    const progress =
      objective.metric === null ? progressOfParts(all) : metricProgress(objective.metric)
    known.set(objective.id, progress)
    return progress
  }
  for (const objective of objectives) visit(objective)
  return known
}

const progressOfParts = (parts: readonly Part[]) => (parts.length === 0 ? 0 : weightedMean(parts))

const metricProgress = ({ start, target, current }: Metric): number =>
  clamp((100 * (current - start)) / (target - start), 100)

/** Collects, per objective, its topmost tasks: a subtask counts inside its parent already. */
const topTaskParts = (tasks: readonly TaskFacts[]): ReadonlyMap<string, readonly Part[]> => {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const progress = taskProgress(tasks)
  const parts = new Map<string, Part[]>()
  for (const task of tasks) {
    const { objectiveId, parentId } = task
    if (objectiveId === null || task.state === 'canceled') continue
    const parent = parentId === null ? undefined : byId.get(parentId)
    if (parent?.objectiveId === objectiveId) continue
    const part = { weight: weightOf(task) / UNESTIMATED, progress: progress.get(task.id) ?? 0 }
    parts.set(objectiveId, [...(parts.get(objectiveId) ?? []), part])
  }
  return parts
}
