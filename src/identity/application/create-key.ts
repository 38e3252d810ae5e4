import { z } from 'zod'
import type { Rights } from '../../kernel/access.ts'
import { operation } from '../../kernel/operation.ts'
import { isPermission } from '../../kernel/permission.ts'
import { refuse } from '../../kernel/refusal.ts'
import { HandleIn, NewKeyView, ProjectKey } from '../contract.ts'
import { type GrantedRole, heldIn, placesOf } from '../domain/rights.ts'
import {
  type Cut,
  holderOf,
  refuseMoreThanHeld,
  refuseStranger,
  refuseWider,
} from './guard-grants.ts'
import { issueKey, KEY_DAYS, KEY_DAYS_MAX } from './issue-key.ts'
import { momentOf, projectIds } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

const Scope = z.string().refine(isPermission, 'A scope is a permission like task:read')

/** Makes a key: one's own, that of an agent one answers for, or that of a member one manages. */
export const createKey = operation<IdentityNeeds>()({
  name: 'identity.create_key',
  about: 'Make a key for yourself or for an agent of yours, cut down as you like. Shown once.',
  input: z.strictObject({
    name: z.string().trim().min(1).max(80),
    principal: HandleIn.optional().describe('Whose key; yours if left out'),
    scopes: z.array(Scope).min(1).max(200).optional().describe('Permissions it is cut down to'),
    projects: z.array(ProjectKey).min(1).max(50).optional().describe('Projects it is cut down to'),
    days: z.int().min(1).max(KEY_DAYS_MAX).default(KEY_DAYS).describe('Days it lives'),
  }),
  output: NewKeyView,
  access: 'key:write',
  effect: 'write',
  secret: true,
  http: 'POST /keys',
  mcp: null,
  scope: ({ projects }) => projects ?? [],
  say: ({ principal, key }) => `A key for @${principal}, shown once: ${key}`,
  async run({ name, principal, scopes = null, projects: keys, days }, needs) {
    const { principals, grants, projects, call } = needs
    const { actor } = call
    const holder = await principals.get(principal ?? actor.handle)
    const ids = keys ? await projectIds(projects, [...new Set(keys)]) : null
    const own = await holderOf(grants, call)
    refuseStranger(own, holder)
    if (holder.status !== 'active') throw notActive(holder.handle)
    const theirs =
      holder.id === actor.id ? own.rights : await grants.rights(holder.id, { now: call.now })
    refuseWider(actor, { scopes, projectIds: ids })
    refuseMoreThanHeld(own, cut(theirs, { scopes, projectIds: ids }))
    const { id, text, expiresAt } = await issueKey(needs, holder, {
      ...{ name, scopes, days },
      projectIds: ids,
    })
    return { id, principal: holder.handle, key: text, expiresAt: momentOf(expiresAt) }
  },
})

/** Gives what a key lets its holder do, place by place. */
const cut = (rights: Rights, { scopes, projectIds: ids }: Cut): readonly GrantedRole[] => {
  const places =
    ids === null
      ? placesOf(rights)
      : ids.map((projectId) => ({ holds: heldIn(rights, { projectId }), projectId }))
  if (scopes === null) return places
  const wanted = new Set(scopes)
  return places.map(({ holds, ...place }) => ({
    ...place,
    holds: new Map([...holds].filter(([permission]) => wanted.has(permission))),
  }))
}

const notActive = (handle: string) => {
  const message = `@${handle} is not active, and a key would let nobody in; activate it first.`
  return refuse('conflict', 'identity.not_active', message)
}
