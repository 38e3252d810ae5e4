import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { AgentView, HandleIn } from '../contract.ts'
import { projectKeys } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Gives one agent that works in a project the caller may see. */
export const getAgent = operation<IdentityNeeds>()({
  name: 'identity.get_agent',
  about: 'Show one agent by its handle.',
  input: z.strictObject({ id: HandleIn.describe('Handle of the agent, like dev-1') }),
  output: AgentView,
  access: 'agent:read',
  effect: 'read',
  http: 'GET /agents/:id',
  mcp: 'agent get',
  cached: true,
  say: ({ handle, status, responsible, skills, seatLimit, projects }) =>
    [
      `@${handle} ${status}`,
      `projects: ${projects.join(', ') || 'none'}`,
      `skills: ${skills.join(', ') || 'none named'}`,
      `tasks at a time: ${seatLimit ?? 'any number'}`,
      `answers to: ${responsible === null ? 'nobody' : `@${responsible}`}`,
    ].join('\n'),
  async run({ id: handle }, { principals, grants, projects, visible }) {
    const agent = await principals.get(handle)
    if (agent.kind !== 'agent' || agent.status === 'removed') throw notFound(`@${handle}`)
    const [given, people] = await Promise.all([
      grants.of([agent.id]),
      agent.responsibleId === null ? [] : principals.find({ ids: [agent.responsibleId] }),
    ])
    const seen = given.flatMap(({ projectId }) =>
      projectId !== null && (visible === null || visible.includes(projectId)) ? [projectId] : [],
    )
    if (visible !== null && seen.length === 0) throw notFound(`@${handle}`)
    const keyOf = await projectKeys(projects, seen)
    return {
      ...agent,
      skills: [...agent.skills],
      responsible: people[0]?.handle ?? null,
      projects: [...keyOf.values()].sort(),
    }
  },
})
