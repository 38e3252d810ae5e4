import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ProjectKey, TaskKey } from '../contract.ts'
import { TaskChanged } from '../events.ts'
import { decideSprint } from '../domain/sprint.ts'
import type { BoardNeeds, LockedProject, Sprint } from './board-ports.ts'
import { SprintNumber, SprintView, viewOfSprint } from './list-sprints.ts'
import type { WorkNeeds } from './ports.ts'
import { foundSprint, tellSprint } from './save-sprint.ts'

const TASKS_MAX = 2_000

const Data = z.strictObject({
  /** Where its open tasks go: into the next planned sprint, or out of all sprints. */
  move: z.enum(['next', 'backlog']),
  /** The open tasks that go the other way. */
  except: z
    .array(TaskKey)
    .refine((keys) => keys.length <= TASKS_MAX, { error: 'has too many tasks' })
    .optional(),
})

/** Closes the active sprint; its open tasks go where they are told to. */
export const closeSprint = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.close_sprint',
  about: 'Close the active sprint; data.move says where its open tasks go: next or backlog.',
  input: z.strictObject({ project: ProjectKey, id: SprintNumber, data: Data }),
  output: SprintView.extend({ moved: z.array(z.string()), next: z.int().nullable() }),
  access: 'sprint:write',
  effect: 'write',
  http: 'POST /projects/:project/sprints/:id/close',
  mcp: 'sprint close',
  scope: ({ project }) => [project],
  say: ({ project, number, done, moved, next }) => {
    const where = next === null ? 'the backlog' : `sprint ${next} or the backlog`
    const left = moved.length === 0 ? '' : `, ${moved.length} open went to ${where}`
    return `${project} sprint ${number} closed: ${done} done${left}`
  },
  async run({ project: wanted, id, data }, words) {
    const { projectChanges, sprints, call } = words
    const project = await projectChanges.lock(wanted)
    const sprint = await foundSprint(words, project, id)
    decideSprint(sprint, 'close')
    const other = new Set(data.except)
    const open = await openTasks(words, sprint, other)
    const onward = (key: string) => (data.move === 'next') !== other.has(key)
    const going = open.filter(({ key }) => onward(key))
    const staying = open.filter(({ key }) => !onward(key))
    const next = going.length === 0 ? null : await sprints.after(sprint)
    if (going.length > 0 && next === null) {
      const message = `No sprint is planned after ${id}; save one, or move to backlog.`
      throw refuse('conflict', 'work.no_next_sprint', message, { project: project.key })
    }
    await move(words, project, { sprint, tasks: going, to: next })
    await move(words, project, { sprint, tasks: staying, to: null })
    await sprints.close(sprint, call.now)
    const told = { number: id, what: 'closed', left: open.length } as const
    const closed = await tellSprint(words, project, told)
    const moved = open.map(({ key }) => key)
    return { ...viewOfSprint(project.key, closed), moved, next: next?.number ?? null }
  },
})

const openTasks = async ({ sprints }: BoardNeeds, sprint: Sprint, except: ReadonlySet<string>) => {
  const open = await sprints.open(sprint.id)
  if (open.length > TASKS_MAX) {
    const message = `This sprint has more than ${TASKS_MAX} open tasks; move some first.`
    throw refuse('conflict', 'work.sprint_too_large', message, { max: TASKS_MAX })
  }
  const keys = new Set(open.map(({ key }) => key))
  const strange = [...except].find((key) => !keys.has(key))
  if (strange === undefined) return open
  const message = `${strange} is no open task of sprint ${sprint.number}; leave it out of except.`
  throw refuse('invalid', 'work.sprint_task_unknown', message, { field: 'data.except' })
}

type Move = Readonly<{
  sprint: Sprint
  tasks: readonly Readonly<{ taskId: string; key: string }>[]
  to: Readonly<{ id: string; number: number }> | null
}>

const move = async (
  { sprints, call, emit }: BoardNeeds & Words,
  { id: projectId }: LockedProject,
  { sprint, tasks, to }: Move,
): Promise<void> => {
  if (tasks.length === 0) return
  const ids = tasks.map(({ taskId }) => taskId)
  const left = await sprints.move(ids, { sprintId: to?.id ?? null, now: call.now })
  for (const { taskId, key, version } of left) {
    const set = { sprint: to?.number ?? null }
    const was = { sprint: sprint.number }
    emit(TaskChanged({ taskId, key, projectId, version, set, was, changed: ['sprint'] }))
  }
}
