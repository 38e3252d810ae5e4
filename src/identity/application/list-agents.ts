import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorOf, cursorValues, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { AgentView } from '../contract.ts'
import { projectKeys } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Lists the agents that work in projects the caller may see. */
export const listAgents = operation<IdentityNeeds>()({
  name: 'identity.list_agents',
  about: 'List the agents of your projects: what they can and where they work.',
  input: z.strictObject({
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({
    items: z.array(AgentView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'agent:read',
  effect: 'read',
  http: 'GET /agents',
  mcp: 'agent list',
  cached: true,
  say: ({ items, total, next }) =>
    [
      ...items.map(agentLine),
      ...(items.length < total ? [`${items.length} of ${total}`] : []),
      ...(next ? [`cursor ${next}`] : []),
    ].join('\n') || 'There are no agents in your projects.',
  async run({ limit, cursor }, { principals, grants, projects, visible }) {
    const [after = null] = cursor === undefined ? [null] : cursorValues(cursor, 1)
    const { rows, total } = await principals.list({
      kind: 'agent',
      projectIds: visible,
      after: after === null ? null : String(after),
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const given = await grants.of(page.map(({ id }) => id))
    const seen = given.filter(
      ({ projectId }) => projectId !== null && (visible === null || visible.includes(projectId)),
    )
    const keyOf = await projectKeys(
      projects,
      seen.flatMap(({ projectId }) => projectId ?? []),
    )
    const items = page.map((agent) => ({
      ...agent,
      projects: projectsOf(agent.id, seen, keyOf),
      skills: [...agent.skills],
    }))
    const last = page.at(-1)
    return { items, total, next: rows.length > limit && last ? cursorOf([last.handle]) : null }
  },
})

const projectsOf = (
  id: string,
  grants: readonly Readonly<{ principalId: string; projectId: string | null }>[],
  keyOf: ReadonlyMap<string, string>,
): string[] => {
  const own = grants.filter(({ principalId }) => principalId === id)
  return [...new Set(own.flatMap(({ projectId }) => keyOf.get(projectId ?? '') ?? []))].sort()
}

const agentLine = ({ handle, status, projects, skills }: z.output<typeof AgentView>): string =>
  [
    `@${handle}`,
    ...(status === 'active' ? [] : [status]),
    projects.join(',') || 'no project',
    ...(skills.length > 0 ? [`skills ${skills.join(',')}`] : []),
  ].join(' ')
