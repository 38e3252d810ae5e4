import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ProjectKey } from '../contract.ts'
import { SPRINT_STATES } from '../domain/sprint.ts'
import { POINT } from '../domain/words.ts'
import type { BoardNeeds, Sprint } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** Describes a sprint as it leaves, with the sums of its tasks. */
export const SprintView = z.object({
  project: z.string(),
  number: z.int(),
  goal: z.string(),
  state: z.enum(SPRINT_STATES),
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  startedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  tasks: z.int(),
  done: z.int(),
  points: z.number(),
  donePoints: z.number(),
  version: z.int(),
})

/** The number of a sprint within its project; bounds would cost tokens in every list of tools. */
export const SprintNumber = z.int().refine((number) => number > 0 && number <= 1_000_000, {
  error: 'is the number of a sprint such as 3',
})

/** Lists the sprints of a project, newest first. */
export const listSprints = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.list_sprints',
  about: 'List the sprints of a project, newest first.',
  input: z.strictObject({ project: ProjectKey }),
  output: z.object({ items: z.array(SprintView), total: z.int(), next: z.null() }),
  access: 'sprint:read',
  effect: 'read',
  http: 'GET /projects/:project/sprints',
  mcp: 'sprint list',
  cached: true,
  scope: ({ project }) => [project],
  say: ({ items }) => items.map(saySprint).join('\n') || 'There are no sprints yet.',
  async run({ project }, { projects, sprints }) {
    const { id, key } = await projects.view(project)
    const items = (await sprints.list(id)).map((sprint) => viewOfSprint(key, sprint))
    return { items, total: items.length, next: null }
  },
})

/** Shows one sprint, or the active one. */
export const getSprint = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.get_sprint',
  about: 'Show a sprint by its number; without one, the active sprint.',
  input: z.strictObject({ project: ProjectKey, id: SprintNumber.optional() }),
  output: SprintView,
  access: 'sprint:read',
  effect: 'read',
  http: 'GET /projects/:project/sprints/:id',
  mcp: 'sprint get',
  cached: true,
  scope: ({ project }) => [project],
  resource: 'guildhall://sprint/{project}/current',
  say: (sprint) => saySprint(sprint),
  async run({ project, id }, { projects, sprints }) {
    const { id: projectId, key } = await projects.view(project)
    const sprint = await sprints.find(projectId, id ?? null)
    if (sprint === null) throw noSprint(key, id)
    return viewOfSprint(key, sprint)
  },
})

/** Makes the refusal of a sprint that is not there. */
export const noSprint = (project: string, number: number | undefined) => {
  const message =
    number === undefined
      ? `${project} has no active sprint; list its sprints, or start one.`
      : `${project} has no sprint ${number}; list its sprints.`
  return refuse('not_found', 'work.sprint_unknown', message, { project })
}

/** Turns a sprint into the shape that leaves. */
export const viewOfSprint = (project: string, sprint: Sprint): z.output<typeof SprintView> => {
  const { number, goal, state, startsOn, endsOn, tasks, done, version } = sprint
  const moment = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    ...{ project, number, goal, state, startsOn, endsOn, tasks, done, version },
    startedAt: moment(sprint.startedAt),
    closedAt: moment(sprint.closedAt),
    points: sprint.estimate / POINT,
    donePoints: sprint.doneEstimate / POINT,
  }
}

/** Says a sprint in one line. */
export const saySprint = (sprint: z.output<typeof SprintView>): string => {
  const { project, number, state, startsOn, endsOn, tasks, done, points, donePoints } = sprint
  const dates = startsOn || endsOn ? ` ${startsOn ?? '?'} to ${endsOn ?? '?'}` : ''
  const sums = `${done}/${tasks} tasks, ${donePoints}/${points}p`
  const goal = sprint.goal ? `: ${sprint.goal}` : ''
  return `${project} sprint ${number} ${state}${dates} ${sums}${goal}`
}
