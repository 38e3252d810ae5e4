import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorOf, cursorValues, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { Handle, ProjectKey, TeamKey } from '../contract.ts'
import { projectKeys } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Lists the teams with their members and projects. */
export const listTeams = operation<IdentityNeeds>()({
  name: 'identity.list_teams',
  about: 'List the teams of the organisation with their members and projects.',
  input: z.strictObject({
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({
    items: z.array(
      z.object({
        key: TeamKey,
        name: z.string(),
        version: z.int(),
        members: z.array(Handle),
        projects: z.array(ProjectKey),
      }),
    ),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'team:read',
  orgWide: true,
  effect: 'read',
  http: 'GET /teams',
  mcp: null,
  cached: true,
  say: ({ items }) =>
    items
      .map(({ key, members, projects }) => {
        const who = members.map((handle) => `@${handle}`).join(' ')
        return `${key}: ${who || 'nobody'}; ${projects.join(' ') || 'no project'}`
      })
      .join('\n'),
  async run({ limit, cursor }, { teams, projects }) {
    const [after = null] = cursor === undefined ? [null] : cursorValues(cursor, 1)
    const { rows, total } = await teams.list({
      after: after === null ? null : String(after),
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const keys = await projectKeys(
      projects,
      page.flatMap(({ projectIds }) => projectIds),
    )
    const items = page.map(({ projectIds, members, ...team }) => ({
      ...team,
      members: [...members],
      projects: projectIds.flatMap((id) => keys.get(id) ?? []).toSorted(),
    }))
    const last = page.at(-1)
    return { items, total, next: rows.length > limit && last ? cursorOf([last.key]) : null }
  },
})
