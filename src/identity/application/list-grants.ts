import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorId, cursorOf, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { Handle, HandleIn, Moment, TeamKey } from '../contract.ts'
import { wordOfGrant } from './find-place.ts'
import { momentOf, projectKeys } from './names.ts'
import type { IdentityNeeds, KeptGrant } from './ports.ts'

/** A grant as those see it who may read grants in its place. */
export const KeptGrantView = z.object({
  id: z.uuid(),
  principal: Handle.nullable(),
  team: z.string().nullable(),
  effect: z.enum(['allow', 'deny']),
  role: z.string().nullable(),
  permissions: z.array(z.string()).nullable(),
  on: z.string(),
  own: z.boolean(),
  assigned: z.boolean(),
  mfaWithinS: z.int().nullable(),
  addresses: z.array(z.string()).nullable(),
  expiresAt: Moment.nullable(),
})

/** Says a grant as it leaves; `null` where its place is gone. */
export const grantView = (
  grant: KeptGrant,
  keys: ReadonlyMap<string, string>,
): z.output<typeof KeptGrantView> | null => {
  const on = wordOfGrant(grant, keys)
  if (on === null) return null
  const { id, holder, team, effect, role, permissions, condition, expiresAt } = grant
  return {
    ...{ id, principal: holder, team, effect, role, on },
    permissions: permissions && Object.keys(permissions),
    own: condition?.own === true,
    assigned: condition?.assigned === true,
    mfaWithinS: condition?.mfa_within_s ?? null,
    addresses: condition?.addresses ? [...condition.addresses] : null,
    expiresAt: expiresAt === null ? null : momentOf(expiresAt),
  }
}

/** Lists grants and denies, in the places where the caller may read them. */
export const listGrants = operation<IdentityNeeds>()({
  name: 'identity.list_grants',
  about: 'List grants and denies: all, those of somebody with their teams, or those of a team.',
  input: z.strictObject({
    principal: HandleIn.optional(),
    team: TeamKey.optional(),
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({ items: z.array(KeptGrantView), next: z.string().nullable() }),
  access: 'grant:read',
  effect: 'read',
  http: 'GET /grants',
  mcp: null,
  say: ({ items }) =>
    items
      .map(({ principal, team, effect, role, permissions, on }) => {
        const what = role ?? permissions?.join(', ') ?? ''
        return `${principal ? `@${principal}` : team} ${effect} ${what} on ${on}`
      })
      .join('\n'),
  async run({ principal, team, limit, cursor }, needs) {
    const { principals, teams, grants, projects, visible } = needs
    const rows = await grants.list({
      ...(principal && { principalId: (await principals.get(principal)).id, viaTeams: true }),
      ...(team && { teamId: (await teams.get(team)).id }),
      after: cursor === undefined ? null : cursorId(cursor),
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const seen = page.filter(({ scope }) => isSeen(scope, visible))
    const keys = await projectKeys(
      projects,
      seen.map(({ scope }) => scope.id),
    )
    const last = page.at(-1)
    return {
      items: seen.flatMap((grant) => grantView(grant, keys) ?? []),
      next: rows.length > limit && last ? cursorOf([last.id]) : null,
    }
  },
})

/** Whoever reads grants of some projects sees those that hold there and nowhere wider. */
const isSeen = ({ kind, id }: KeptGrant['scope'], visible: readonly string[] | null): boolean =>
  visible === null || ((kind === 'project' || kind === 'namespace') && visible.includes(id))
