import { refuse } from '../../kernel/refusal.ts'

/** Most levels of objectives below each other. */
export const OBJECTIVE_DEPTH_MAX = 8
/** Largest weight of an objective among its siblings. */
export const OBJECTIVE_WEIGHT_MAX = 1_000
/** Largest number of a metric, either side of zero: beyond it differences lose whole units. */
export const METRIC_MAX = 1e15

/** A number that shows how far an objective has come. */
export type Metric = Readonly<{ unit: string; start: number; target: number; current: number }>

/** Something worth reaching; tasks align with it. */
export type Objective = Readonly<{
  id: string
  parentId: string | null
  title: string
  weight: number
  metric: Metric | null
  due: number | null
  owner: string | null
}>

/** Refuses an objective whose own fields cannot be. */
export const checkObjective = ({ title, weight, metric }: Objective): void => {
  if (title.trim() === '' || title.length > 300 || /[\r\n]/.test(title)) {
    const message = 'Give the objective a title of 1-300 characters on one line.'
    throw refuse('invalid', 'context.objective_title', message)
  }
  if (!(weight > 0 && weight <= OBJECTIVE_WEIGHT_MAX)) {
    const message = `Give the objective a weight above 0, at most ${OBJECTIVE_WEIGHT_MAX}.`
    throw refuse('invalid', 'context.objective_weight', message)
  }
  if (metric === null) return
  const numbers = [metric.start, metric.target, metric.current]
  const fit = numbers.every((number) => Math.abs(number) <= METRIC_MAX)
  if (!fit || metric.start === metric.target) {
    const message = `Give the metric numbers up to ${METRIC_MAX}, its target not its start.`
    throw refuse('invalid', 'context.objective_metric', message)
  }
}

/** Refuses a place in the tree that closes a circle or is too deep (C12); gives the path above. */
export const checkObjectivePlace = (
  objective: Pick<Objective, 'id' | 'parentId'>,
  tree: readonly Pick<Objective, 'id' | 'parentId'>[],
): readonly string[] => {
  const parents = new Map(tree.map(({ id, parentId }) => [id, parentId]))
  const above: string[] = []
  let next = objective.parentId
  while (next !== null) {
    if (next === objective.id) throw circle([objective.id, ...above, objective.id])
    if (above.includes(next)) throw circle([...above, next])
    if (!parents.has(next)) {
      const message = 'There is no such parent objective; list the objectives, then choose one.'
      throw refuse('not_found', 'context.objective_unknown', message)
    }
    above.push(next)
    next = parents.get(next) ?? null
  }
  const levels = above.length + heightOf(objective.id, tree)
  if (levels > OBJECTIVE_DEPTH_MAX) {
    const message = `Objectives nest at most ${OBJECTIVE_DEPTH_MAX} levels; choose a higher parent.`
    throw refuse('invalid', 'context.objective_too_deep', message, { levels })
  }
  return above
}

/** Counts the levels from an objective down to its lowest descendant, itself included. */
const heightOf = (id: string, tree: readonly Pick<Objective, 'id' | 'parentId'>[]): number => {
  const children = childrenOf(tree)
  let level: readonly string[] = [id]
  let height = 0
  while (level.length > 0 && height <= OBJECTIVE_DEPTH_MAX) {
    height += 1
    level = level.flatMap((one) => (children.get(one) ?? []).map((child) => child.id))
  }
  return height
}

const circle = (path: readonly string[]) =>
  refuse(
    'conflict',
    'context.objective_cycle',
    'An objective cannot lie below itself; choose a parent outside its own tree.',
    { path },
  )

/** Groups rows by their parent. */
export const childrenOf = <Row extends { readonly parentId: string | null }>(
  rows: readonly Row[],
): ReadonlyMap<string | null, readonly Row[]> => Map.groupBy(rows, ({ parentId }) => parentId)

/** What a task aligns with, and what it has that from. */
export type Alignment = Readonly<{
  objectiveId: string
  by: 'task' | 'ancestor' | 'branch' | 'project'
}>

/** Finds what a task aligns with: itself, else the nearest ancestor, its branch, its project. */
export const alignmentOf = (places: {
  readonly task: string | null
  /** The nearest ancestor first. */
  readonly ancestors: readonly (string | null)[]
  readonly branch: string | null
  readonly project: string | null
}): Alignment | null => {
  if (places.task !== null) return { objectiveId: places.task, by: 'task' }
  const ancestor = places.ancestors.find((one) => one !== null)
  if (ancestor !== undefined && ancestor !== null) return { objectiveId: ancestor, by: 'ancestor' }
  if (places.branch !== null) return { objectiveId: places.branch, by: 'branch' }
  return places.project === null ? null : { objectiveId: places.project, by: 'project' }
}
