import { CATEGORIES, type Category } from './words.ts'

/** The fields of a task whose past the numbers need. */
export const HISTORY_KINDS = ['category', 'estimate', 'sprint', 'parent', 'archived'] as const
export type HistoryKind = (typeof HISTORY_KINDS)[number]

/** Says what a field of a task became, and when; tasks, parents and sprints by their numbers. */
export type Change = Readonly<{
  taskId: string
  number: number
  /** The task's version after the change, and the place among the rows of that version. */
  version: number
  step: number
  at: number
  kind: HistoryKind
  /** A word, a whole number, `yes`; `null` where there is none. */
  value: string | null
}>

/** A task as it was at a moment of its past. */
export type TaskPast = Readonly<{
  taskId: string
  number: number
  category: Category
  estimate: number | null
  sprint: number | null
  parent: number | null
  archived: boolean
  createdAt: number
  /** When it was started for the first time. */
  startedAt: number | null
  /** When it was completed last; `null` while it is not completed. */
  completedAt: number | null
}>

/**
 * Puts changes into the order in which they happened, each once. Those of one task keep the order
 * of its versions, whatever clocks said: a later one is not earlier than the one before it.
 */
export const inOrder = (changes: readonly Change[]): readonly Change[] => {
  const ordered: Change[] = []
  for (const own of Map.groupBy(changes, ({ taskId }) => taskId).values()) {
    let last: Change | undefined
    for (const change of own.toSorted(byVersion)) {
      if (last !== undefined && byVersion(last, change) === 0) continue
      const at: number = Math.max(change.at, last?.at ?? change.at)
      last = { ...change, at }
      ordered.push(last)
    }
  }
  return ordered.sort((a, b) => a.at - b.at || a.number - b.number || byVersion(a, b))
}

const byVersion = (a: Change, b: Change): number => a.version - b.version || a.step - b.step

/** Applies a change to what a task was; the first change makes it. */
export const applied = (before: TaskPast | undefined, change: Change): TaskPast => {
  const task: TaskPast = before ?? {
    taskId: change.taskId,
    number: change.number,
    category: 'unstarted',
    estimate: null,
    sprint: null,
    parent: null,
    archived: false,
    createdAt: change.at,
    startedAt: null,
    completedAt: null,
  }
  const { value, at } = change
  switch (change.kind) {
    case 'category':
      return turned(task, categoryOf(value), at)
    case 'estimate':
      return { ...task, estimate: numberOf(value) }
    case 'sprint':
      return { ...task, sprint: numberOf(value) }
    case 'parent':
      return { ...task, parent: numberOf(value) }
    case 'archived':
      return { ...task, archived: value !== null }
    default:
      return change.kind
  }
}

const turned = (task: TaskPast, category: Category, at: number): TaskPast => ({
  ...task,
  category,
  startedAt: task.startedAt ?? (category === 'started' ? at : null),
  completedAt: category === 'completed' ? (task.completedAt ?? at) : null,
})

const numberOf = (value: string | null): number | null => (value === null ? null : Number(value))

const categoryOf = (value: string | null): Category =>
  CATEGORIES.find((category) => category === value) ?? 'unstarted'
