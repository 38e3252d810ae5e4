import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ProjectKey } from '../contract.ts'
import { decideSprint } from '../domain/sprint.ts'
import type { BoardNeeds } from './board-ports.ts'
import { SprintNumber, SprintView, viewOfSprint } from './list-sprints.ts'
import type { WorkNeeds } from './ports.ts'
import { foundSprint, tellSprint } from './save-sprint.ts'

/** Starts a sprint: its tasks are handed out before all others of the project. */
export const startSprint = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.start_sprint',
  about: 'Start a planned sprint; its tasks are handed out first.',
  input: z.strictObject({ project: ProjectKey, id: SprintNumber }),
  output: SprintView,
  access: 'sprint:write',
  effect: 'write',
  http: 'POST /projects/:project/sprints/:id/start',
  mcp: 'sprint start',
  scope: ({ project }) => [project],
  say: ({ project, number, tasks }) => `${project} sprint ${number} started with ${tasks} tasks`,
  async run({ project: wanted, id }, words) {
    const { projectChanges, sprints, call } = words
    const project = await projectChanges.lock(wanted)
    const sprint = await foundSprint(words, project, id)
    decideSprint(sprint, 'start')
    const active = await sprints.find(project.id, null)
    if (active) {
      const message = `Sprint ${active.number} of ${project.key} is active; close it first.`
      throw refuse('conflict', 'work.sprint_active', message, { active: active.number })
    }
    await sprints.start(sprint, call.now)
    const started = await tellSprint(words, project, { number: id, what: 'started' })
    return viewOfSprint(project.key, started)
  },
})
