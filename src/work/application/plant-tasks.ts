import { assert } from '../../kernel/assert.ts'
import { isClosed } from '../domain/words.ts'
import type { Draft, Plot } from './draft-items.ts'
import type { SaveWords } from './load-items.ts'
import { holds } from './move-column.ts'
import type { Shift } from './claim-ports.ts'
import type { ProjectPlan } from './save-ports.ts'

/** What moving tasks within their trees did; `carried` went along, from the branch so named. */
export type Planted = Readonly<{
  shifts: readonly Shift[]
  carried: ReadonlyMap<string, string>
}>

/** Moves existing tasks to other parents and branches, each with its subtree. */
export const plantTasks = async (words: SaveWords, drafts: readonly Draft[]): Promise<Planted> => {
  const moving = drafts.filter(
    ({ before, plot }) =>
      before && (plot.parentId !== before.parentId || plot.branchId !== before.branchId),
  )
  const lifted = moving.filter(({ before, plot }) => before && plot.parentId !== before.parentId)
  const shifts: Shift[] = []
  const carried = new Map<string, string>()
  // Several at once are taken out of the tree first: on the way from one tree to another there
  // might be a circle.
  if (lifted.length > 1) {
    for (const { taskId, before, project } of lifted) {
      const root = { parentId: null, branchId: before?.branchId ?? '', depth: 0 }
      shifts.push(...(await plantOne(words, { taskId, project, plot: root, carried })))
    }
  }
  for (const { taskId, project, plot } of moving) {
    shifts.push(...(await plantOne(words, { taskId, project, plot, carried })))
  }
  return { shifts, carried }
}

type Planting = Readonly<{
  taskId: string
  project: ProjectPlan
  plot: Plot
  carried: Map<string, string>
}>

const plantOne = async (
  { saves, counters, call }: SaveWords,
  { taskId, project, plot, carried }: Planting,
): Promise<readonly Shift[]> => {
  const { parentId, branchId } = plot
  const now = await saves.again(parentId === null ? [taskId] : [taskId, parentId])
  const task = now.get(taskId)
  assert(task, 'a task that moves is locked')
  if (task.parentId === parentId && task.branchId === branchId) return []
  const parent = parentId === null ? undefined : now.get(parentId)
  const above = parent ? parent.heldAbove + holds(parent) : 0
  const planted = await saves.plant({
    taskId,
    parentId,
    branchId,
    deeper: (parent ? parent.depth + 1 : 0) - task.depth,
    above: above - task.heldAbove,
    now: call.now,
  })
  const branch = project.branches.find(({ id }) => id === task.branchId)
  for (const id of planted.carried) {
    if (!carried.has(id)) carried.set(id, branch?.name ?? '')
  }
  if (task.parentId === parentId || isClosed(task.category)) return planted.shifts
  const counts = [
    ...(task.parentId === null ? [] : [{ taskId: task.parentId, by: -1 }]),
    ...(parentId === null ? [] : [{ taskId: parentId, by: 1 }]),
  ]
  return [...planted.shifts, ...(await counters.children(counts))]
}
