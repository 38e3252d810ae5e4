import { z } from 'zod'
import { decide } from '../../kernel/access.ts'
import { operation } from '../../kernel/operation.ts'
import { isPermission, type Permission } from '../../kernel/permission.ts'
import { notFound } from '../../kernel/refusal.ts'
import { Handle, HandleIn, PermissionWord } from '../contract.ts'
import { askedAbout, ResourceWord, standingOf } from './ask-access.ts'
import { KeptGrantView } from './list-grants.ts'
import type { IdentityNeeds } from './ports.ts'
import { chainOf, grantsThatSpeak, intersectionsOf } from './trace-access.ts'

const REASONS = [
  ...(['allowed', 'no_grant', 'denied', 'delegator_lacks', 'scope_lacks'] as const),
  ...(['outside_lease', 'never_for_agents', 'condition', 'suspended', 'expired'] as const),
] as const

/** Tells whether somebody may do something somewhere, and why. */
export const explainAccess = operation<IdentityNeeds>()({
  name: 'identity.explain_access',
  about: 'Tell whether somebody may do something in a place, and why: grants, chain, bounds.',
  input: z.strictObject({
    principal: HandleIn.optional().describe('Who; you if left out'),
    permission: PermissionWord,
    resource: ResourceWord.default('org').describe('org, a team, GH, GH-12 or GH/docs/api'),
  }),
  output: z.object({
    principal: Handle,
    permission: z.string(),
    resource: z.string(),
    allowed: z.boolean(),
    reason: z.enum(REASONS),
    /** Left for the operation to look at: claimed tasks only, or what is their own. */
    condition: z.enum(['held', 'own']).nullable(),
    /** The places in which a grant speaks, widest first. */
    chain: z.array(
      z.object({ kind: z.enum(['org', 'team', 'project', 'namespace']), name: z.string() }),
    ),
    grants: z.array(
      KeptGrantView.extend({
        speaks: z.enum(['allows', 'denies', 'not_binding', 'condition', 'expired', 'too_wide']),
      }),
    ),
    /** What else has to agree: the person acted for, the credential in use. */
    intersections: z.array(
      z.object({
        with: z.enum(['never_for_agents', 'credential', 'person', 'delegation']),
        who: Handle.nullable(),
        passes: z.boolean(),
      }),
    ),
  }),
  access: null,
  effect: 'read',
  sensitive: true,
  limit: 'search',
  http: 'GET /access/explain',
  mcp: null,
  say: ({ principal, permission, resource, allowed, reason, condition }) =>
    `@${principal} ${allowed ? 'may' : 'may not'} ${permission} on ${resource}: ${reason}` +
    (condition === 'held' ? ', for tasks it has claimed' : condition ? ', for its own' : ''),
  async run({ principal: handle, permission, resource }, needs) {
    const about = await askedAbout({ principal: handle, resource }, needs)
    const { principal, at } = about
    const { place, ...standing } = await standingOf(needs, about)
    const asking = { ...standing, asked: { ...place, permission: known(permission) } }
    const { rights, actor, asked } = asking
    const { reason, condition } = decide(rights, actor, asked)
    const chain = await chainOf(needs, at)
    return {
      ...{ principal: principal.handle, permission, resource, reason, condition },
      allowed: reason === 'allowed',
      chain: chain.map(({ kind, name }) => ({ kind, name })),
      grants: await grantsThatSpeak(needs, asking, chain),
      intersections: await intersectionsOf(needs, asking),
    }
  },
})

/** The shape has let nothing else through. */
const known = (word: string): Permission => {
  if (isPermission(word)) return word
  throw notFound(word)
}
