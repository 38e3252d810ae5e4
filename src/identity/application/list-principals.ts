import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorOf, cursorValues, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { Kind, PrincipalView } from '../contract.ts'
import { projectKeys } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Lists people, services and agents with their roles. */
export const listPrincipals = operation<IdentityNeeds>()({
  name: 'identity.list_principals',
  about: 'List the people, services and agents of the organisation with their roles.',
  input: z.strictObject({
    kind: Kind.optional(),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({
    items: z.array(PrincipalView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'member:read',
  orgWide: true,
  effect: 'read',
  http: 'GET /principals',
  mcp: null,
  cached: true,
  say: ({ items, total }) =>
    [
      ...items.map(({ handle, kind, status, roles }) => {
        const where = roles.map(({ role, project }) => (project ? `${role} in ${project}` : role))
        return `@${handle} ${kind} ${status} ${where.join(', ') || 'no role'}`
      }),
      ...(items.length < total ? [`${items.length} of ${total}`] : []),
    ].join('\n'),
  async run({ kind = null, limit, cursor }, { principals, grants, projects }) {
    const [after = null] = cursor === undefined ? [null] : cursorValues(cursor, 1)
    const { rows, total } = await principals.list({
      kind,
      projectIds: null,
      after: after === null ? null : String(after),
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const given = await grants.of(page.map(({ id }) => id))
    const keyOf = await projectKeys(
      projects,
      given.flatMap(({ projectId }) => projectId ?? []),
    )
    const items = page.map((row) => ({
      ...row,
      roles: given
        .filter(({ principalId }) => principalId === row.id)
        .flatMap(({ role, projectId }): { role: string; project: string | null }[] => {
          if (projectId === null) return [{ role, project: null }]
          const project = keyOf.get(projectId)
          return project === undefined ? [] : [{ role, project }]
        }),
    }))
    const last = page.at(-1)
    return { items, total, next: rows.length > limit && last ? cursorOf([last.handle]) : null }
  },
})
