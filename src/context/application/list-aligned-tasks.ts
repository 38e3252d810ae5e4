import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { cursorOf, cursorValues, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { notFound } from '../../kernel/refusal.ts'
import { AlignedView, At, ObjectiveKey } from '../contract.ts'
import { taskProgress } from '../domain/progress.ts'
import { findSpot } from './find-spot.ts'
import { type AlignedTask, alignTasks, tasksBehind } from './measure-objectives.ts'
import type { ContextNeeds } from './ports.ts'
import { liveOf } from './save-objective.ts'
import { seeObjectives } from './see-objectives.ts'

const page = {
  limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
  cursor: z.string().max(2_000).optional(),
}
const output = z.object({
  items: z.array(AlignedView),
  total: z.int(),
  next: z.string().nullable(),
})

const say = ({ items, next }: z.output<typeof output>): string => {
  const lines = items.map(({ key, progress, title }) => `${key} ${progress}% ${title}`)
  return [...lines, ...(next === null ? [] : [`more: ${next}`])].join('\n') || 'No tasks.'
}

/** Lists the tasks that count for an objective, open first; subtasks count in their parents. */
export const listAlignedTasks = operation<ContextNeeds>()({
  name: 'context.list_aligned_tasks',
  about: 'List the tasks that align with an objective, open ones first.',
  input: z.strictObject({ id: ObjectiveKey, ...page }),
  output,
  access: 'objective:read',
  effect: 'read',
  http: 'GET /objectives/:id/tasks',
  mcp: null,
  say,
  async run({ id, ...wanted }, words) {
    const { objectives, places, visible } = words
    const [rows, aligned] = await Promise.all([objectives.all(false), objectives.alignments()])
    const objective = liveOf(rows, id)
    const behind = visible === null ? [] : await tasksBehind(words, rows, aligned)
    const { seen } = seeObjectives({ rows, aligned, tasks: behind }, visible)
    if (!seen.has(objective.id)) throw notFound(id)
    const around = aligned.filter((one) => one.objectiveId === objective.id)
    const projectIds = [...new Set(around.map(({ projectId }) => projectId))]
    const tasks = await places.tasksOf({ projectIds, objectiveIds: [objective.id] })
    const isOf = ({ alignment }: AlignedTask) => alignment?.objectiveId === objective.id
    return pageOf(words, { tasks: alignTasks(tasks, aligned, rows), isOf, ...wanted })
  },
})

/** Lists the open tasks of a project that align with no objective. */
export const listUnalignedTasks = operation<ContextNeeds>()({
  name: 'context.list_unaligned_tasks',
  about: 'List the open tasks of a project that align with no objective.',
  input: z.strictObject({ project: At.describe('A project such as GH'), ...page }),
  output,
  access: 'objective:read',
  effect: 'read',
  http: 'GET /objectives/unaligned',
  mcp: null,
  scope: ({ project }) => [project],
  say,
  async run({ project, ...wanted }, words) {
    const { objectives, places } = words
    const { tier, projectId } = await findSpot(words, project)
    if (tier !== 'project' || projectId === null) throw notFound(project)
    const [rows, aligned, tasks] = await Promise.all([
      objectives.all(false),
      objectives.alignments(),
      places.tasksOf({ projectIds: [projectId], objectiveIds: [] }),
    ])
    const isOf = ({ alignment, state }: AlignedTask) => alignment === null && state === 'open'
    return pageOf(words, { tasks: alignTasks(tasks, aligned, rows), isOf, ...wanted })
  },
})

type Wanted = Readonly<{
  tasks: readonly AlignedTask[]
  isOf(task: AlignedTask): boolean
  limit: number
  cursor?: string | undefined
}>

const TURN = { open: 0, completed: 1, canceled: 2 } as const

const pageOf = async (
  { places, may }: Pick<ContextNeeds, 'places'> & Words,
  { tasks, isOf, limit, cursor }: Wanted,
): Promise<z.output<typeof output>> => {
  const within = new Set(tasks.filter(isOf).map(({ id }) => id))
  const top = tasks.filter(
    ({ id, parentId, projectId }) =>
      within.has(id) && !within.has(parentId ?? '') && may('task:read', projectId),
  )
  const sorted = top.toSorted((a, b) => TURN[a.state] - TURN[b.state] || (a.id < b.id ? -1 : 1))
  const [turn, last] = cursor === undefined ? [-1, ''] : cursorValues(cursor, 2)
  const rest = sorted.filter(
    ({ state, id }) =>
      TURN[state] > Number(turn) || (TURN[state] === turn && id > String(last ?? '')),
  )
  const shown = rest.slice(0, limit)
  const progress = taskProgress(tasks)
  const names = new Map((await places.named(shown.map(({ id }) => id))).map((one) => [one.id, one]))
  const items = shown.flatMap(({ id, state, alignment }) => {
    const name = names.get(id)
    if (name === undefined) return []
    const { at: key, title } = name
    return [{ key, title, state, progress: progress.get(id) ?? 0, by: alignment?.by ?? null }]
  })
  const end = shown.at(-1)
  const next = end && rest.length > limit ? cursorOf([TURN[end.state], end.id]) : null
  return { items, total: top.length, next }
}
