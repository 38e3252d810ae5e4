import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Line, ProjectKey } from '../contract.ts'
import { checkDates, decideSprint } from '../domain/sprint.ts'
import { SprintChanged } from '../events.ts'
import type { BoardNeeds, LockedProject, Sprint } from './board-ports.ts'
import { noSprint, SprintNumber, SprintView, viewOfSprint } from './list-sprints.ts'
import type { WorkNeeds } from './ports.ts'

const Data = z.strictObject({
  goal: Line(300).optional(),
  starts_on: z.iso.date().nullable().optional(),
  ends_on: z.iso.date().nullable().optional(),
  version: z.int().optional(),
})

/** Plans a sprint, or changes the plan of one. */
export const saveSprint = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.save_sprint',
  about: 'Plan a sprint; with id, change its goal or dates.',
  input: z.strictObject({
    project: ProjectKey,
    id: SprintNumber.optional(),
    data: Data.optional(),
  }),
  output: SprintView,
  access: 'sprint:write',
  effect: 'write',
  http: 'POST /projects/:project/sprints',
  mcp: 'sprint save',
  scope: ({ project }) => [project],
  say: ({ project, number }, _, { id }) =>
    `${project} sprint ${number} ${id === undefined ? 'planned' : 'saved'}`,
  async run({ project: wanted, id, data = {} }, words) {
    const project = await words.projectChanges.lock(wanted)
    const sprint =
      id === undefined
        ? await plan(project, data, words)
        : await change(project, { ...data, id }, words)
    return viewOfSprint(project.key, sprint)
  },
})

type Input = z.output<typeof Data>

const plan = async (
  project: LockedProject,
  { goal = '', starts_on: startsOn = null, ends_on: endsOn = null }: Input,
  words: BoardNeeds & Words,
): Promise<Sprint> => {
  const { sprints, call } = words
  checkDates(startsOn, endsOn)
  const id = call.newId()
  const made = { id, projectId: project.id, goal, startsOn, endsOn, now: call.now }
  const number = await sprints.add(made)
  return tellSprint(words, project, { number, what: 'planned' })
}

const change = async (
  project: LockedProject,
  { id, goal, starts_on, ends_on, version }: Input & Readonly<{ id: number }>,
  words: BoardNeeds & Words,
): Promise<Sprint> => {
  const sprint = await foundSprint(words, project, id)
  decideSprint(sprint, 'save')
  if (version !== undefined && version !== sprint.version) {
    const message = `Sprint ${id} has changed since; read version ${sprint.version}, then decide.`
    const details = { key: project.key, current: sprint.version }
    throw refuse('conflict', 'work.stale_version', message, details)
  }
  const next = {
    goal: goal ?? sprint.goal,
    startsOn: starts_on === undefined ? sprint.startsOn : starts_on,
    endsOn: ends_on === undefined ? sprint.endsOn : ends_on,
  }
  checkDates(next.startsOn, next.endsOn)
  await words.sprints.save(sprint, next)
  return tellSprint(words, project, { number: id, what: 'changed' })
}

/** Finds a sprint of a locked project by its number, or refuses. */
export const foundSprint = async (
  { sprints }: BoardNeeds,
  project: LockedProject,
  number: number,
): Promise<Sprint> => {
  const sprint = await sprints.find(project.id, number)
  if (sprint === null) throw noSprint(project.key, number)
  return sprint
}

type Told = Readonly<{
  number: number
  what: 'planned' | 'changed' | 'started' | 'closed'
  left?: number
}>

/** Reads a sprint as it became, and emits the event that tells of it. */
export const tellSprint = async (
  words: BoardNeeds & Words,
  project: LockedProject,
  { number, what, left }: Told,
): Promise<Sprint> => {
  const sprint = await foundSprint(words, project, number)
  const { id: sprintId, projectId, version, goal } = sprint
  words.emit(
    SprintChanged(
      {
        ...{ sprintId, projectId, key: project.key, number, version, what },
        ...(left !== undefined && { left }),
      },
      { content: { goal } },
    ),
  )
  return sprint
}
