import type { Happened } from '../../kernel/event.ts'
import type { Words } from '../../kernel/operation.ts'
import { TaskChanged, TaskMoved } from '../events.ts'
import { taskKey } from '../domain/key.ts'
import { priorityWord } from '../domain/words.ts'
import { aroundOf } from './end-claim.ts'
import { type ImportGround, importedEvent } from './import-fresh.ts'
import type { Rewritten, TaskChange } from './import-rerun.ts'
import type { Shift } from './claim-ports.ts'
import type { AroundList } from './ports.ts'
import type { ChangedTask, ImportedTask, Recounted, TransferNeeds } from './transfer-ports.ts'

type After = Readonly<{ around?: AroundList; readied?: number }>

/** Sets the counters of the project right and tells of everything that a repeated import did. */
export const emitAround = async (
  { imports, emit }: TransferNeeds & Words,
  ground: ImportGround,
  { rows, done }: Readonly<{ rows: readonly ImportedTask[]; done: Rewritten }>,
): Promise<void> => {
  const recounted = await imports.recount(ground.board.projectId)
  const counters = new Map(recounted.map((one) => [one.id, one]))
  const keys = new Map([
    ...rows.map(({ id, number }): [string, string] => [id, taskKey(ground.board.key, number)]),
    ...(await keysOf({ imports }, ground, { rows, done })),
  ])
  const keyOf = (id: string) => keys.get(id) ?? null
  for (const row of rows)
    emit(importedEvent(ground, row, { keyOf, counters: counters.get(row.id) }))
  const fresh = new Set(rows.map(({ id }) => id))
  const shifts = [...recounted.filter(({ id }) => !fresh.has(id)).map(shiftOf), ...done.outside]
  const after: After = shifts.length === 0 ? {} : { around: aroundOf(shifts) }
  const readied = shifts.filter(({ ready }) => ready).length
  const events = done.changes.flatMap((change) => eventsOf(ground, change, keyOf))
  // The counters of tasks around are told once, with the last event that has room for them.
  const last = events.at(-1)
  for (const make of events) emit(make(make === last ? { ...after, readied } : {}))
  if (!last && shifts.length > 0) {
    const row = rows.at(-1)
    if (row) emit(roundEvent(ground, row, { ...after, readied }))
  }
}

const keysOf = async (
  { imports }: Pick<TransferNeeds, 'imports'>,
  { board }: ImportGround,
  { rows, done }: Readonly<{ rows: readonly ImportedTask[]; done: Rewritten }>,
): Promise<readonly [string, string][]> => {
  const ids = [
    ...rows.map(({ parentId }) => parentId),
    ...done.changes.flatMap(({ edit, after }) => [edit.standing.parentId, after.parentId]),
  ].filter((id) => id !== null)
  if (ids.length === 0) return []
  const found = await imports.standing(board.projectId, [...new Set(ids)])
  return found.map(({ id, key }) => [id, key])
}

/** Says what a recount changed as other changes of counters are said. */
export const shiftOf = ({ id, key, ready, blockers, above, children }: Recounted): Shift => ({
  id,
  key,
  ready,
  ...(blockers !== 0 && { blockers }),
  ...(above !== 0 && { above }),
  ...(children !== 0 && { children }),
})

type Make = (after: After) => Happened
type KeyOf = (id: string) => string | null

const eventsOf = (
  { board }: ImportGround,
  { edit: { standing, change }, after }: TaskChange,
  keyOf: KeyOf,
): readonly Make[] => {
  const { id: taskId, key } = standing
  const about = { taskId, key, projectId: board.projectId }
  const fields = [...change].filter((field) => field !== 'column')
  const made: Make[] = []
  if (fields.length > 0) {
    const facts = { set: factsOf(after, keyOf), was: factsOf(standing, keyOf) }
    const names = fields.map((field) => FACT_OF[field] ?? field)
    const picked = { set: pick(facts.set, names), was: pick(facts.was, names), changed: names }
    const content = {
      ...(change.has('title') && { title: after.title }),
      ...(change.has('body') && { body: after.body }),
    }
    const version = standing.version + 1
    made.push((more) => TaskChanged({ ...about, version, ...picked, ...more }, { content }))
  }
  if (change.has('column')) {
    const nameOf = (columnId: string) => board.columns.find(({ id }) => id === columnId)?.name ?? ''
    const { category, version } = after
    const move = { from: nameOf(standing.columnId), to: nameOf(after.columnId), category }
    made.push((more) => TaskMoved({ ...about, version, ...move, ...more }))
  }
  return made
}

/** How events call the fields that imports compare under another name. */
const FACT_OF: Readonly<Record<string, string>> = { flag: 'blocked', closedAt: 'completedAt' }

const factsOf = (task: Omit<ChangedTask, 'version'>, keyOf: KeyOf): Record<string, unknown> => ({
  type: task.type,
  priority: priorityWord(task.priority),
  estimate: task.estimate,
  assignee: task.assigneeId,
  labels: task.labels,
  blocked: task.flag !== null,
  archived: task.archivedAt !== null,
  parent: task.parentId === null ? null : keyOf(task.parentId),
  createdAt: task.createdAt,
  startedAt: task.startedAt,
  completedAt: task.completedAt,
})

const pick = (
  facts: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => name in facts).map((name) => [name, facts[name]]))

/** Tells of counters that moved although no known task changed by itself. */
const roundEvent = ({ board }: ImportGround, row: ImportedTask, after: After): Happened =>
  TaskChanged({
    taskId: row.id,
    key: taskKey(board.key, row.number),
    projectId: board.projectId,
    version: 1,
    set: {},
    was: {},
    changed: [],
    ...after,
  })
