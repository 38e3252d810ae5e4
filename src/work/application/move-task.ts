import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { CardView, Line, TaskKey, Version } from '../contract.ts'
import { columnFor } from '../domain/column.ts'
import { partsOfKey } from '../domain/key.ts'
import { rankBetween } from '../domain/rank.ts'
import { staleVersion, unfit } from '../domain/task-change.ts'
import type { SaveWords } from './load-items.ts'
import { guardMove, moveTo } from './move-column.ts'
import type { WorkNeeds } from './ports.ts'
import type { SavedTask, SaveNeeds } from './save-ports.ts'

/** Moves a task to a column, and to a place within it. */
export const moveTask = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.move_task',
  about: 'Move a task to another column, or before or after another task.',
  input: z.strictObject({
    key: TaskKey,
    to: Line(60),
    before: TaskKey.optional(),
    after: TaskKey.optional(),
    version: Version.optional(),
  }),
  output: CardView,
  access: 'task:write',
  effect: 'write',
  http: 'POST /tasks/:key/move',
  mcp: null, // fine-grained: agents change columns with work_update and task_save
  scope: ({ key }) => [key],
  say: ({ key, column }) => `${key} ${column.toLowerCase()}`,
  async run({ key, to, before, after, version }, words) {
    const { saves, call, condition } = words
    const near = before ?? after
    const tasks = await saves.lock(near === undefined ? [key] : [key, near], [])
    const task = tasks.get(key)
    if (!task) throw notFound(key)
    if (condition === 'held' && task.holderId !== call.actor.id) {
      const message = `You do not hold ${key}; claim it with work_next, or leave it to its people.`
      throw refuse('forbidden', 'work.task_not_held', message, { key })
    }
    if (version !== undefined && version !== task.version) {
      throw staleVersion(key, task.version, await saves.changedSince(task.taskId, version))
    }
    const project = await saves.plan(task.projectId)
    const goal = columnFor(project.columns, to, 'to')
    await guardMove(words, { task, project, goal })
    const rank =
      near === undefined ? undefined : await rankNear(words, task, { before, after, tasks })
    if (goal.id === task.columnId && (rank === undefined || rank === task.rank)) {
      return words.reads.card(key)
    }
    await moveTo(words, { task, project, goal, ...(rank !== undefined && { rank }) })
    return words.reads.card(key)
  },
})

type Near = Readonly<{
  before: string | undefined
  after: string | undefined
  tasks: ReadonlyMap<string, SavedTask>
}>

/** Finds a free rank beside a task of the same project. */
const rankNear = async (
  { saves }: SaveWords,
  task: SavedTask,
  { before, after, tasks }: Near,
): Promise<string> => {
  const field = before === undefined ? 'after' : 'before'
  if (before !== undefined && after !== undefined) {
    throw unfit('after', 'say before or after, not both.')
  }
  const key = before ?? after ?? ''
  const other = tasks.get(key)
  if (!other || other.projectId !== task.projectId) {
    throw unfit(field, `${key} is not in the project ${partsOfKey(task.key).project}.`)
  }
  if (other.taskId === task.taskId) return task.rank
  const { projectId, taskId } = task
  const next = await saves.neighbour({ projectId, rank: other.rank, side: field, except: taskId })
  return field === 'before' ? rankBetween(next, other.rank) : rankBetween(other.rank, next)
}
