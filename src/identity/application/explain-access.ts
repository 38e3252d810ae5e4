import { z } from 'zod'
import { decide, type Place } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import { operation } from '../../kernel/operation.ts'
import { isPermission, type Permission } from '../../kernel/permission.ts'
import { notFound } from '../../kernel/refusal.ts'
import { Handle, HandleIn, PermissionWord } from '../contract.ts'
import type { Principal } from '../domain/principal.ts'
import { findPlace, type NamedPlace } from './find-place.ts'
import { type Holder, holderOf, holdsIn, holdsWide, notAllowed } from './guard-grants.ts'
import { KeptGrantView } from './list-grants.ts'
import type { IdentityNeeds } from './ports.ts'
import { type Asking, chainOf, grantsThatSpeak, intersectionsOf } from './trace-access.ts'

const Resource = z
  .string()
  .max(300)
  .regex(/^([a-z][a-z0-9-]*|[A-Z][A-Z0-9]{1,9}(-\d+|(\/[a-z0-9._-]+){1,6})?)$/, {
    error: 'A resource is org, a team, GH, GH-12 or GH/docs/api',
  })

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
    resource: Resource.default('org').describe('org, a team, GH, GH-12 or GH/docs/api'),
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
    const { principals, grants, call } = needs
    const asker = await holderOf(grants, call)
    const mayAll = holdsWide(asker, 'access:explain')
    if (handle !== undefined && handle !== call.actor.handle && !mayAll) {
      throw notAllowed('access:explain', 'this organisation')
    }
    const at = await findPlace(needs, call.actor.orgId, resource.replace(/-\d+$/, ''))
    if (!mayAll && !isReadable(asker, at)) throw notFound(nameOf(at))
    const principal = await principals.get(handle ?? call.actor.handle)
    const asking = await askingOf(needs, { asker, principal, permission, at })
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

type About = Readonly<{ asker: Holder; principal: Principal; permission: string; at: NamedPlace }>

/** Puts the question with the caller's own credential, or with none that would limit it. */
const askingOf = async (
  { grants, call }: Pick<IdentityNeeds, 'grants'> & { call: { now: number; actor: Actor } },
  { asker, principal, permission, at }: About,
): Promise<Asking> => {
  const isSelf = principal.id === asker.actor.id
  const { id, kind, handle, epoch } = principal
  const actor: Actor = isSelf
    ? asker.actor
    : { orgId: asker.actor.orgId, id, kind, handle, epoch, scopes: null, projects: null }
  const rights = isSelf ? asker.rights : await grants.rights(id, { now: call.now })
  const address = isSelf ? asker.address : undefined
  const asked = { ...at.place, permission: known(permission), now: call.now, address }
  return { principal, actor, rights, asked }
}

/** The shape has let nothing else through. */
const known = (word: string): Permission => {
  if (isPermission(word)) return word
  throw notFound(word)
}

/** A place that somebody may not read is to them as one that is not there. */
const isReadable = (asker: Holder, { place }: NamedPlace): boolean => {
  if (place.team !== undefined) return holdsIn(asker, 'team:read', place)
  return place.projectId === null || holdsIn(asker, 'project:read', inProject(place))
}

const inProject = ({ projectId }: Place): Place => ({ projectId })

const nameOf = ({ word }: NamedPlace): string => word.split('/')[0] ?? word
