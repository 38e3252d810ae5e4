// Folds the past of a project into sums, change by change. What a number means is said by the
// bucket into which it puts a task; this file knows what a task is worth at a moment.
import { applied, type Change, inOrder, type TaskPast } from './history.ts'

/** A number of tasks, and the sum of their estimates in hundredths of a point. */
export type Amount = Readonly<{ points: number; tasks: number }>

/** Stands for no task at all. */
export const NOTHING: Amount = { points: 0, tasks: 0 }

/** Adds two amounts. */
export const plus = (a: Amount, b: Amount): Amount => ({
  points: a.points + b.points,
  tasks: a.tasks + b.tasks,
})

/** Where a task counts, and how much. */
export type Placed<B> = Readonly<{ bucket: B; points: number }>

/** A task that came into a bucket, left one, or is worth something else. */
export type BucketMove<B> = Readonly<{
  task: TaskPast
  before: Placed<B> | null
  after: Placed<B> | null
}>

/** The state after everything that happened at one moment; `placed` and `tasks` go on changing. */
export type Turn<B> = Readonly<{
  at: number
  moves: readonly BucketMove<B>[]
  sums: ReadonlyMap<B, Amount>
  placed: ReadonlyMap<number, Placed<B>>
  tasks: ReadonlyMap<number, TaskPast>
}>

/** Folds changes of one project in any order, and stops at each moment at which something was. */
export function* foldBoard<B>(
  changes: readonly Change[],
  bucketOf: (task: TaskPast) => B | null,
): Generator<Turn<B>> {
  const worth = worths()
  const placed = new Map<number, Placed<B>>()
  const sums = new Map<B, Amount>()
  const count = (place: Placed<B>, sign: 1 | -1) => {
    const amount = { points: sign * place.points, tasks: sign }
    sums.set(place.bucket, plus(sums.get(place.bucket) ?? NOTHING, amount))
  }
  const move = (number: number): BucketMove<B>[] => {
    const task = worth.tasks.get(number)
    if (!task) return []
    const bucket = bucketOf(task)
    const before = placed.get(number) ?? null
    const after = bucket === null ? null : { bucket, points: worth.of(task) }
    if (before?.bucket === after?.bucket && before?.points === after?.points) return []
    if (before) count(before, -1)
    if (after) {
      count(after, 1)
      placed.set(number, after)
    } else placed.delete(number)
    return [{ task, before, after }]
  }
  let touched = new Set<number>()
  let now: number | null = null
  const turn = (at: number): Turn<B> => {
    const moves = [...touched].flatMap(move)
    touched = new Set()
    return { at, moves, sums: new Map(sums), placed, tasks: worth.tasks }
  }
  for (const change of inOrder(changes)) {
    if (now !== null && change.at > now) yield turn(now)
    now = change.at
    for (const number of worth.apply(change)) touched.add(number)
  }
  if (now !== null) yield turn(now)
}

/**
 * Keeps tasks as they are, and what they are worth: the estimate, nothing for a parent with an
 * estimated child that is alive, and what it was at completion for as long as that lasts (W18).
 */
const worths = () => {
  const tasks = new Map<number, TaskPast>()
  const children = new Map<number, Set<number>>()
  const frozen = new Map<number, number>()

  const isSplit = (number: number): boolean => {
    for (const child of children.get(number) ?? []) {
      const task = tasks.get(child)
      if (task && task.estimate !== null && isAlive(task)) return true
    }
    return false
  }
  const open = (task: TaskPast): number => (isSplit(task.number) ? 0 : (task.estimate ?? 0))
  const hang = (number: number, from: number | null, to: number | null) => {
    if (from === to) return
    if (from !== null) children.get(from)?.delete(number)
    if (to !== null) children.set(to, (children.get(to) ?? new Set()).add(number))
  }
  return {
    tasks,
    of: (task: TaskPast): number => frozen.get(task.number) ?? open(task),
    /** Applies a change; gives the tasks whose worth or place it may have changed. */
    apply(change: Change): readonly number[] {
      const { number } = change
      const before = tasks.get(number)
      const task = applied(before, change)
      tasks.set(number, task)
      hang(number, before?.parent ?? null, task.parent)
      if (task.completedAt === null) frozen.delete(number)
      else if (!frozen.has(number)) frozen.set(number, open(task))
      return [number, before?.parent ?? null, task.parent].filter((one) => one !== null)
    },
  }
}

const isAlive = ({ category, archived }: TaskPast): boolean => category !== 'canceled' && !archived
