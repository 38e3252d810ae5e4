import { type Amount, type BucketMove, foldBoard, NOTHING, plus, type Turn } from './board-fold.ts'
import type { Change, TaskPast } from './history.ts'
import { type Day, dayAfter, dayEnd, dayOf, daysFrom, isWorkingDay } from './zone-days.ts'

/** The time of a sprint: from its start event to its close, or to now. */
export type SprintSpan = Readonly<{
  number: number
  startedAt: number
  closedAt: number | null
  now: number
}>

/** Why a step is there: other scope, work done or undone, both; the first and the last moment. */
export type StepChange = 'start' | 'scope' | 'work' | 'both' | 'end'

/** A step of burndown and burnup; `numbers` are the tasks behind it. */
export type SprintStep = Readonly<{
  at: number
  scope: Amount
  completed: Amount
  change: StepChange
  numbers: readonly number[]
}>

/** What became of a task in a sprint; `outside` was completed before the sprint began. */
export type SprintTask = Readonly<{
  taskId: string
  number: number
  points: number | null
  place: 'completed' | 'open' | 'removed' | 'outside'
  /** It came after the start. */
  added: boolean
  /** When it was completed or removed. */
  at: number | null
  why: 'moved' | 'canceled' | 'archived' | null
}>

/** The numbers of a sprint. */
export type SprintNumbers = Readonly<{
  committed: Amount
  /** What came after the start, whether or not it stayed. */
  added: Amount
  /** What left after the start, by whatever way. */
  removed: Amount
  scope: Amount
  completed: Amount
  steps: readonly SprintStep[]
  tasks: readonly SprintTask[]
}>

type Bucket = 'open' | 'done' | 'outside'

/** Says where a task counts in a sprint. */
export const sprintBucket =
  ({ number, startedAt }: Pick<SprintSpan, 'number' | 'startedAt'>) =>
  (task: TaskPast): Bucket | null => {
    if (task.sprint !== number || task.archived || task.category === 'canceled') return null
    if (task.completedAt === null) return 'open'
    return task.completedAt < startedAt ? 'outside' : 'done'
  }

/** Computes the numbers of a sprint that was started, from changes of its project. */
export const sprintNumbers = (changes: readonly Change[], span: SprintSpan): SprintNumbers => {
  const end = span.closedAt ?? span.now
  const story = storyOf(span)
  for (const turn of foldBoard(until(changes, span), sprintBucket(span))) {
    if (turn.at > span.startedAt) story.begin()
    story.take(turn)
  }
  return story.end(end)
}

/** Leaves out what came later; open tasks that leave with the close were in it at its close. */
const until = (changes: readonly Change[], { number, closedAt, now }: SprintSpan) =>
  changes.filter(({ at, kind, value }) => {
    if (closedAt === null) return at <= now
    if (at === closedAt && kind === 'sprint' && value !== String(number)) return false
    return at <= closedAt
  })

const storyOf = (span: SprintSpan) => {
  const steps: SprintStep[] = []
  const present = new Set<number>()
  const start = new Set<number>()
  const left = new Map<number, SprintTask>()
  let last: Turn<Bucket> | null = null

  const sums = (): Pick<SprintStep, 'scope' | 'completed'> => {
    const of = (bucket: Bucket) => last?.sums.get(bucket) ?? NOTHING
    return { scope: plus(of('open'), of('done')), completed: of('done') }
  }
  const begin = () => {
    if (steps.length > 0) return
    for (const number of present) start.add(number)
    const at = span.startedAt
    steps.push({ at, ...sums(), change: 'start', numbers: [...start].sort((a, b) => a - b) })
  }
  return {
    begin,
    take(turn: Turn<Bucket>) {
      last = turn
      const moves = turn.moves.filter(({ before, after }) => counts(before) || counts(after))
      for (const { task, after } of moves) {
        if (counts(after)) present.add(task.number)
        else present.delete(task.number)
      }
      if (steps.length === 0) return
      for (const move of moves) {
        if (counts(move.after)) left.delete(move.task.number)
        else left.set(move.task.number, removed(move, turn.at, start))
      }
      const change = changeOf(moves)
      if (change === null) return
      const numbers = moves.map(({ task }) => task.number).sort((a, b) => a - b)
      steps.push({ at: turn.at, ...sums(), change, numbers })
    },
    end(at: number): SprintNumbers {
      begin()
      const final = sums()
      if ((steps.at(-1)?.at ?? at) < at) steps.push({ at, ...final, change: 'end', numbers: [] })
      const gone = [...left.values()]
      const tasks = [...(last ? standing(last, start) : []), ...gone]
      return {
        ...{ committed: steps[0]?.scope ?? NOTHING, ...final, steps },
        added: amountOf(tasks.filter((task) => task.added)),
        removed: amountOf(gone),
        tasks: tasks.sort((a, b) => a.number - b.number),
      }
    },
  }
}

const amountOf = (tasks: readonly SprintTask[]): Amount =>
  tasks.reduce((sum, { points }) => plus(sum, { points: points ?? 0, tasks: 1 }), NOTHING)

type Place = BucketMove<Bucket>['after']

const counts = (place: Place): boolean => place !== null && place.bucket !== 'outside'

const changeOf = (moves: readonly BucketMove<Bucket>[]): 'scope' | 'work' | 'both' | null => {
  const isWork = ({ before, after }: BucketMove<Bucket>) =>
    counts(before) && counts(after) && before?.bucket !== after?.bucket
  const work = moves.some(isWork)
  const scope = moves.some((move) => !isWork(move) || move.before?.points !== move.after?.points)
  if (work && scope) return 'both'
  return work ? 'work' : scope ? 'scope' : null
}

const removed = (
  { task, before }: BucketMove<Bucket>,
  at: number,
  start: ReadonlySet<number>,
): SprintTask => {
  const isCanceled = task.category === 'canceled'
  return {
    ...{ taskId: task.taskId, number: task.number, place: 'removed', at },
    points: task.estimate === null ? null : (before?.points ?? 0),
    added: !start.has(task.number),
    why: isCanceled ? 'canceled' : task.archived ? 'archived' : 'moved',
  }
}

const PLACES = { open: 'open', done: 'completed', outside: 'outside' } as const

const standing = (
  { placed, tasks }: Turn<Bucket>,
  start: ReadonlySet<number>,
): readonly SprintTask[] =>
  [...placed].flatMap(([number, { bucket, points }]): SprintTask[] => {
    const task = tasks.get(number)
    if (!task) return []
    const { taskId, estimate, completedAt } = task
    const added = bucket !== 'outside' && !start.has(number)
    const shown = estimate === null ? null : points
    return [
      { taskId, number, points: shown, place: PLACES[bucket], added, at: completedAt, why: null },
    ]
  })

/** A point of the line that work would follow if it went evenly; parts of tasks are possible. */
export type IdealPoint = Readonly<{ at: number; points: number; tasks: number }>

/** Draws the line from what was committed to nothing, down on working days, flat on others. */
export const idealLine = (
  committed: Amount,
  plan: Readonly<{ startedAt: number; lastDay: Day; zone: string; daysMax: number }>,
): readonly IdealPoint[] => {
  const { startedAt, lastDay, zone, daysMax } = plan
  const first = dayOf(zone, startedAt)
  if (lastDay < first || dayAfter(first, daysMax) <= lastDay) return []
  const days = daysFrom(first, lastDay)
  const hasWorkingDay = days.some(isWorkingDay)
  const works = (day: Day) => !hasWorkingDay || isWorkingDay(day)
  const total = days.filter(works).length
  let gone = 0
  const line = days.map((day): IdealPoint => {
    gone += Number(works(day))
    const rest = (total - gone) / total
    return { at: dayEnd(zone, day), points: committed.points * rest, tasks: committed.tasks * rest }
  })
  return [{ at: startedAt, ...committed }, ...line]
}
