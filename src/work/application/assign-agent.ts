import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Handle } from '../contract.ts'
import { ProjectChanged } from '../events.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

const BranchPath = z.string().regex(/^[A-Z][A-Z0-9]{1,9}\/[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/, {
  error: 'is a branch of a project such as GH/main',
})
const AssignIn = z.strictObject({ id: Handle, branch: BranchPath })
const AssignedView = z.object({ agent: z.string(), branch: z.string(), assigned: z.boolean() })

const projectOf = (branch: string): string => branch.slice(0, branch.indexOf('/'))

/** Keeps a branch for the agents that are assigned to it. */
export const assignAgent = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.assign_agent',
  about: 'Assign an agent to a branch: from then on only those assigned get its tasks.',
  input: AssignIn,
  output: AssignedView,
  access: 'branch:write',
  effect: 'write',
  http: 'POST /agents/:id/assign',
  mcp: 'agent assign',
  scope: ({ branch }) => [projectOf(branch)],
  say: ({ agent, branch }) => `@${agent} assigned to ${branch}`,
  run: (input, words) => assign(words, input, true),
})

/** Takes an agent off a branch; a branch without any is open to all of its project. */
export const unassignAgent = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.unassign_agent',
  about: 'Take an agent off a branch; a branch that nobody is assigned to is open to all.',
  input: AssignIn,
  output: AssignedView,
  access: 'branch:write',
  effect: 'write',
  http: 'POST /agents/:id/unassign',
  mcp: null,
  scope: ({ branch }) => [projectOf(branch)],
  say: ({ agent, branch }) => `@${agent} taken off ${branch}`,
  run: (input, words) => assign(words, input, false),
})

const assign = async (
  { projectChanges, people, emit }: WorkNeeds & BoardNeeds & Words,
  { id: handle, branch: path }: z.output<typeof AssignIn>,
  on: boolean,
) => {
  const project = await projectChanges.lock(projectOf(path))
  const branch = await projectChanges.branch(project.id, path.slice(path.indexOf('/') + 1))
  if (branch === null || branch.archived) throw notFound(path)
  const agent = (await people.byHandle([handle])).get(handle)
  if (agent?.kind !== 'agent') {
    const message = `@${handle} is no agent; list those there are with agent list.`
    throw refuse('invalid', 'work.agent_unknown', message, { field: 'id' })
  }
  if (await projectChanges.assign(branch.id, agent.id, on)) {
    const version = await projectChanges.touch(project.id)
    const about = { projectId: project.id, key: project.key, version, what: 'branches' } as const
    emit(ProjectChanged(about, { content: { name: project.name } }))
  }
  return { agent: agent.handle, branch: `${project.key}/${branch.name}`, assigned: on }
}
