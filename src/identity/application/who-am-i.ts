import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Handle, ProjectKey } from '../contract.ts'
import { PERMISSIONS } from '../../kernel/permission.ts'
import { placesOf } from '../domain/rights.ts'
import { holderOf, holdsIn } from './guard-grants.ts'
import { projectKeys } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Says who the caller is and what the credential in use may do. */
export const whoAmI = operation<IdentityNeeds>()({
  name: 'identity.who_am_i',
  about: 'Tell who you are here and what you may do.',
  input: z.strictObject({}),
  output: z.object({
    id: z.uuid(),
    handle: Handle,
    kind: z.enum(['person', 'service', 'agent', 'system', 'stranger']),
    name: z.string().nullable(),
    email: z.string().nullable(),
    organisation: z.object({ slug: z.string(), name: z.string() }),
    /** Held in the whole organisation. */
    permissions: z.array(z.string()),
    /** Held in single projects, beyond those of the organisation. */
    projects: z.array(z.object({ key: ProjectKey, permissions: z.array(z.string()) })),
  }),
  access: null,
  effect: 'read',
  http: 'GET /me',
  mcp: null,
  cached: true,
  say: ({ handle, kind, organisation, permissions, projects }) =>
    [
      `@${handle}, ${kind} in ${organisation.name}`,
      `organisation: ${permissions.length === 0 ? 'nothing' : `${permissions.length} permissions`}`,
      `projects: ${projects.map(({ key }) => key).join(', ') || 'none of its own'}`,
    ].join('\n'),
  async run(_, { keys, grants, principals, projects, call }) {
    const { actor } = call
    const [holder, { slug, name }, profile] = await Promise.all([
      holderOf(grants, call),
      keys.organisation(),
      principals.profile(actor.id),
    ])
    const allowed = (projectId: string | null) =>
      PERMISSIONS.filter((permission) => holdsIn(holder, permission, { projectId }))
    const permissions = allowed(null)
    const wide = new Set<string>(permissions)
    const named = placesOf(holder.rights).flatMap(({ projectId }) => projectId ?? [])
    const held = [...new Set([...named, ...(actor.projects ?? [])])].map(
      (id): [string, readonly string[]] => [id, allowed(id).filter((word) => !wide.has(word))],
    )
    const inSome = held.filter(([, words]) => words.length > 0)
    const keyOf = await projectKeys(
      projects,
      inSome.map(([id]) => id),
    )
    return {
      id: actor.id,
      handle: actor.handle,
      kind: actor.kind,
      ...profile,
      organisation: { slug, name },
      permissions: permissions.toSorted(),
      projects: inSome.flatMap(([id, words]) => {
        const key = keyOf.get(id)
        return key === undefined ? [] : [{ key, permissions: [...words].sort() }]
      }),
    }
  },
})
