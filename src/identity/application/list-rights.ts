import { z } from 'zod'
import { decide } from '../../kernel/access.ts'
import { operation } from '../../kernel/operation.ts'
import { PERMISSIONS } from '../../kernel/permission.ts'
import { Handle, HandleIn } from '../contract.ts'
import { askedAbout, ResourceWord, standingOf } from './ask-access.ts'
import type { IdentityNeeds } from './ports.ts'

/** Lists everything that somebody may do in a place; `explain_access` says why. */
export const listRights = operation<IdentityNeeds>()({
  name: 'identity.list_rights',
  about: 'List all that somebody may do in a place. explain_access says why for one permission.',
  input: z.strictObject({
    principal: HandleIn.optional().describe('Who; you if left out'),
    resource: ResourceWord.default('org').describe('org, a team, GH, GH-12 or GH/docs/api'),
  }),
  output: z.object({
    principal: Handle,
    resource: z.string(),
    /** Without a condition. */
    permissions: z.array(z.string()),
    /** On tasks they have claimed. */
    held: z.array(z.string()),
    /** On what is their own. */
    own: z.array(z.string()),
  }),
  access: null,
  effect: 'read',
  sensitive: true,
  limit: 'search',
  http: 'GET /access/rights',
  mcp: null,
  say: ({ principal, resource, permissions, held, own }) =>
    [
      `@${principal} on ${resource}: ${permissions.join(' ') || 'nothing'}`,
      ...(held.length > 0 ? [`on tasks they have claimed: ${held.join(' ')}`] : []),
      ...(own.length > 0 ? [`on what is their own: ${own.join(' ')}`] : []),
    ].join('\n'),
  async run({ principal, resource }, needs) {
    const about = await askedAbout({ principal, resource }, needs)
    const { rights, actor, place } = await standingOf(needs, about)
    const decided = PERMISSIONS.map((permission) => ({
      permission,
      ...decide(rights, actor, { ...place, permission }),
    })).filter(({ reason }) => reason === 'allowed')
    const under = (wanted: 'held' | 'own' | null): string[] =>
      decided.flatMap(({ permission, condition }) => (condition === wanted ? [permission] : []))
    return {
      ...{ principal: about.principal.handle, resource },
      ...{ permissions: under(null), held: under('held'), own: under('own') },
    }
  },
})
