import type { PlannedValues } from '../domain/import-plan.ts'
import { columnFor } from '../domain/import-values.ts'
import { isClosed } from '../domain/words.ts'
import type { Edit } from './import-edit.ts'
import { idOf, type ImportGround, momentOf, spelled } from './import-fresh.ts'
import type { ChangedTask } from './transfer-ports.ts'

/** Where a task goes that the source deleted. */
export const GONE = { columnName: 'Canceled', category: 'canceled' } as const

type Patch = Partial<ChangedTask>

/** Says how a task stands after the fields that the import changes; `refused` keep their parent. */
export const patched = (
  ground: ImportGround,
  edit: Edit,
  { refused, now }: Readonly<{ refused: ReadonlySet<string>; now: number }>,
): ChangedTask => {
  const { moved, standing, change } = edit
  const { key: _key, held: _held, rank: _rank, ...before } = standing
  const values = moved.task?.values ?? null
  const patches = values === null ? {} : fieldPatches(ground, values, before)
  if (refused.has(before.id)) delete patches['parent']
  const place = change.has('column') ? columnFor(values ?? GONE, ground.board.columns) : null
  const fields = [...change].map((field) => patches[field] ?? {})
  return {
    ...fields.reduce<ChangedTask>((task, patch) => ({ ...task, ...patch }), before),
    ...(place && { columnId: place.id, category: place.category }),
    ...timesOf(edit, { category: (place ?? before).category, now }),
    version: before.version + eventsOf(change),
  }
}

/** Moves and other changes are told by an event each, and each event has a version. */
const eventsOf = (change: ReadonlySet<string>): number => {
  const moves = change.has('column') ? 1 : 0
  return moves + (change.size > moves ? 1 : 0)
}

const fieldPatches = (
  ground: ImportGround,
  values: PlannedValues,
  before: Pick<ChangedTask, 'createdAt'>,
): Record<string, Patch> => ({
  title: { title: values.title },
  body: { body: values.body },
  type: { type: values.type },
  priority: { priority: values.priority },
  estimate: { estimate: values.estimate },
  labels: { labels: spelled(ground, values.labels) },
  flag: { flag: values.flag },
  accept: { accept: values.accept },
  assignee: { assigneeId: values.assignee },
  parent: { parentId: values.parent === null ? null : idOf(ground, values.parent) },
  createdAt: { createdAt: momentOf(values.createdAt) ?? before.createdAt },
  startedAt: { startedAt: momentOf(values.startedAt) },
})

const timesOf = (
  { moved, standing, change }: Edit,
  { category, now }: Readonly<{ category: ChangedTask['category']; now: number }>,
): Patch => {
  const values = moved.task?.values ?? null
  const closedAt = momentOf(values?.closedAt ?? null) ?? standing.completedAt ?? now
  const isArchived = values === null || values.archived
  const isMoved = change.has('column') || change.has('closedAt')
  return {
    ...(isMoved && { completedAt: isClosed(category) ? closedAt : null }),
    ...(change.has('archived') && { archivedAt: isArchived ? (standing.archivedAt ?? now) : null }),
  }
}
