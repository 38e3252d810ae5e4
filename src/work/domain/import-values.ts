// What is compared when an import runs again: the values that were written, in a form that the
// source and the board can both be brought into.
import { refuse } from '../../kernel/refusal.ts'
import { type Prints, printOf, printsOf } from './import-fingerprint.ts'
import type { PlannedTask, PlannedValues } from './import-plan.ts'
import type { Category, DependencyKind } from './words.ts'

/** A column of the board that an import writes to. */
export type BoardColumn = Readonly<{ id: string; name: string; category: Category }>

/** The values of a task as prints see them; other tasks are named as the source names them. */
export type Comparable = Readonly<
  Pick<PlannedValues, 'title' | 'body' | 'type' | 'priority' | 'estimate' | 'flag' | 'archived'> & {
    column: string
    labels: readonly string[]
    accept: PlannedValues['accept']
    createdAt: string | null
    startedAt: string | null
    closedAt: string | null
    parent: string | null
    assignee: string | null
    comments: readonly Readonly<{ ref: string; at: string | null; text: string }>[]
    edges: readonly Readonly<{ kind: DependencyKind; to: string }>[]
  }
>

/** Brings planned values into the form that is compared. */
export const comparable = (values: PlannedValues, column: BoardColumn): Comparable => ({
  title: values.title,
  body: values.body,
  type: values.type,
  column: column.id,
  priority: values.priority,
  estimate: values.estimate,
  labels: foldedLabels(values.labels),
  flag: values.flag,
  archived: values.archived,
  accept: values.accept.map(({ text, done }) => ({ text, done })),
  createdAt: values.createdAt,
  startedAt: values.startedAt,
  closedAt: values.closedAt,
  parent: values.parent,
  assignee: values.assignee,
  // Without their authors: a name that becomes a principal later is no change of the source.
  comments: orderedComments(values.comments),
  edges: values.edges,
})

/** Makes the prints of values, and one print over all of them. */
export const printed = (values: Comparable): Readonly<{ prints: Prints; fingerprint: string }> => {
  const prints = printsOf(values)
  return { prints, fingerprint: printOf(prints) }
}

/** Brings comments into the order and form in which they are compared. */
export const orderedComments = (comments: Comparable['comments']): Comparable['comments'] =>
  comments
    .map(({ ref, at, text }) => ({ ref, at, text }))
    .toSorted((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0))

/** Brings labels into the order and case in which they are compared. */
export const foldedLabels = (labels: readonly string[]): readonly string[] =>
  labels.map((label) => label.toLowerCase()).toSorted()

const NEAREST: Record<Category, readonly Category[]> = {
  triage: ['triage', 'backlog', 'unstarted'],
  backlog: ['backlog', 'triage', 'unstarted'],
  unstarted: ['unstarted', 'backlog', 'triage'],
  started: ['unstarted', 'backlog', 'triage'],
  completed: ['completed', 'canceled'],
  canceled: ['canceled', 'completed'],
}

/**
 * Finds the column for a task: the one of its name, else the first of its category, else of the
 * nearest one. Open work never lands among what is closed, nor the other way round.
 */
export const columnFor = (
  { columnName, category }: Pick<PlannedTask['values'], 'columnName' | 'category'>,
  columns: readonly BoardColumn[],
): BoardColumn => {
  const name = columnName.toLowerCase()
  const named = columns.find((column) => column.name.toLowerCase() === name)
  if (named?.category === category) return named
  for (const wanted of NEAREST[category]) {
    const found = columns.find((column) => column.category === wanted)
    if (found) return found
  }
  const message = `The board has no column for ${category} tasks; add one, then import again.`
  throw refuse('conflict', 'work.no_column', message, { category })
}
