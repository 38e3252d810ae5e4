import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ProjectKey, TaskType } from '../contract.ts'
import { idealLine, type SprintNumbers, sprintNumbers } from '../domain/sprint-numbers.ts'
import { taskKey } from '../domain/key.ts'
import { dayOf } from '../domain/zone-days.ts'
import type { BoardNeeds, Sprint } from './board-ports.ts'
import { noSprint, SprintNumber, SprintView, viewOfSprint } from './list-sprints.ts'
import { iso } from './moments.ts'
import type { NumberNeeds, TaskName } from './number-ports.ts'
import {
  AmountView,
  AsOf,
  asOf,
  checkSize,
  DAYS_MAX,
  pointsOf,
  sayAmount,
  viewAmount,
} from './number-views.ts'
import type { WorkNeeds } from './ports.ts'

/** Tasks that a step names; a start has many. */
const KEYS_MAX = 10
/** Tasks that a line for agents names. */
const SAID_MAX = 40

const StepView = z.object({
  at: z.string(),
  scope: AmountView,
  completed: AmountView,
  remaining: AmountView,
  change: z.enum(['start', 'scope', 'work', 'both', 'end']),
  keys: z.array(z.string()),
  more: z.int(),
})

const TaskLine = z.object({
  key: z.string(),
  title: z.string(),
  type: TaskType,
  points: z.number().nullable(),
  place: z.enum(['completed', 'open', 'removed', 'outside']),
  /** It came after the start. */
  added: z.boolean(),
  at: z.string().nullable(),
  why: z.enum(['moved', 'canceled', 'archived']).nullable(),
})

const Report = z.object({
  asOf: AsOf,
  zone: z.string(),
  sprint: SprintView.omit({
    tasks: true,
    done: true,
    points: true,
    donePoints: true,
    version: true,
  }),
  committed: AmountView,
  /** What came and what left after the start. */
  added: AmountView,
  removed: AmountView,
  scope: AmountView,
  completed: AmountView,
  remaining: AmountView,
  steps: z.array(StepView),
  ideal: z.array(z.object({ at: z.string(), points: z.number(), tasks: z.number() })),
  tasks: z.array(TaskLine),
})

/** Reports a sprint: what was promised, what came of it, and every step in between. */
export const getSprintReport = operation<WorkNeeds & BoardNeeds & NumberNeeds>()({
  name: 'work.get_sprint_report',
  about: 'Report a sprint with burndown and burnup; without id, the active one.',
  input: z.strictObject({ project: ProjectKey, id: SprintNumber.optional() }),
  output: Report,
  access: 'sprint:read',
  effect: 'read',
  http: 'GET /projects/:project/sprints/:id/report',
  mcp: 'sprint report',
  scope: ({ project }) => [project],
  say: (report) => sayReport(report),
  async run({ project: wanted, id }, words) {
    const { projects, sprints, past, call } = words
    const [project, { zone }] = await Promise.all([
      projects.view(wanted),
      projects.settings(wanted),
    ])
    const sprint = await sprints.find(project.id, id ?? null)
    if (sprint === null) throw noSprint(project.key, id)
    const started = startedOf(project.key, sprint)
    const { pos, changes } = await past.read({ projectId: project.id, sprints: [sprint.number] })
    const now = Math.trunc(call.now)
    const span = { number: sprint.number, startedAt: started, closedAt: sprint.closedAt, now }
    const numbers = sprintNumbers(changes, span)
    const last = sprint.endsOn ?? (sprint.closedAt === null ? null : dayOf(zone, sprint.closedAt))
    const plan = { startedAt: started, zone, daysMax: DAYS_MAX }
    const ideal = last === null ? [] : idealLine(numbers.committed, { ...plan, lastDay: last })
    return {
      ...{ asOf: asOf(now, pos), zone, sprint: viewOfSprint(project.key, sprint) },
      ...(await viewOfNumbers(words, project.key, numbers)),
      ideal: ideal.map(({ at, ...amount }) => ({ at: iso(at), ...viewAmount(amount) })),
    }
  },
})

const startedOf = (key: string, { number, startedAt }: Sprint): number => {
  if (startedAt !== null) return startedAt
  const message = `Sprint ${number} of ${key} is planned: its numbers begin with its start.`
  throw refuse('conflict', 'work.sprint_not_started', message, { number })
}

const viewOfNumbers = async (
  { past }: NumberNeeds & Words,
  projectKey: string,
  { committed, added, removed, scope, completed, steps, tasks }: SprintNumbers,
) => {
  checkSize(steps.length, 'steps', 'read the list of its tasks instead')
  checkSize(tasks.length, 'tasks', 'plan smaller sprints')
  const names = await past.names(tasks.map(({ taskId }) => taskId))
  const keyOf = (number: number) => taskKey(projectKey, number)
  return {
    committed: viewAmount(committed),
    added: viewAmount(added),
    removed: viewAmount(removed),
    ...curves({ scope, completed }),
    steps: steps.map(({ at, change, numbers, ...step }) => ({
      at: iso(at),
      ...curves(step),
      change,
      keys: numbers.slice(0, KEYS_MAX).map(keyOf),
      more: Math.max(0, numbers.length - KEYS_MAX),
    })),
    tasks: tasks.map(({ taskId, number, points, at, place, added, why }) => ({
      ...nameOf(names.get(taskId), keyOf(number)),
      points: points === null ? null : pointsOf(points),
      ...{ place, added, at: at === null ? null : iso(at), why },
    })),
  }
}

const curves = ({ scope, completed }: Pick<SprintNumbers, 'scope' | 'completed'>) => {
  const remaining = {
    points: scope.points - completed.points,
    tasks: scope.tasks - completed.tasks,
  }
  return {
    scope: viewAmount(scope),
    completed: viewAmount(completed),
    remaining: viewAmount(remaining),
  }
}

const nameOf = (name: TaskName | undefined, key: string) => ({
  key: name?.key ?? key,
  title: name?.title ?? key,
  type: name?.type ?? ('task' as const),
})

const sayReport = (report: z.output<typeof Report>): string => {
  const { sprint, committed, scope, completed, remaining, tasks } = report
  const { project, number, state } = sprint
  const line = (place: string, word: string) => {
    const own = tasks.filter((task) => task.place === place)
    const keys = own.slice(0, SAID_MAX).map(({ key, added }) => `${key}${added ? '*' : ''}`)
    const more = own.length > SAID_MAX ? ` and ${own.length - SAID_MAX} more` : ''
    return own.length === 0 ? [] : [`${word}: ${keys.join(' ')}${more}`]
  }
  const added = tasks.some((task) => task.added) ? ['* came after the start'] : []
  return [
    `${project} sprint ${number} ${state}${sprint.goal ? `: ${sprint.goal}` : ''}`,
    `committed ${sayAmount(committed)}, scope ${sayAmount(scope)}, ` +
      `completed ${sayAmount(completed)}, remaining ${sayAmount(remaining)}`,
    ...line('completed', 'completed'),
    ...line('open', 'open'),
    ...line('removed', 'removed'),
    ...line('outside', 'done outside'),
    ...added,
  ].join('\n')
}
