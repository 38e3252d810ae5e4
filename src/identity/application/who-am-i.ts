import { z } from 'zod'
import { decide } from '../../kernel/access.ts'
import { operation } from '../../kernel/operation.ts'
import type { Permission } from '../../kernel/permission.ts'
import { Handle, ProjectKey } from '../contract.ts'
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
    kind: z.enum(['person', 'service', 'agent', 'system']),
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
  async run(_, { keys, grants, projects, call }) {
    const { actor } = call
    const [rights, { slug, name }] = await Promise.all([
      grants.rights(actor.id),
      keys.organisation(),
    ])
    const allowed = (words: Iterable<Permission>, projectId: string | null) =>
      [...words].filter(
        (permission) => decide(rights, actor, { permission, projectId }).reason === 'allowed',
      )
    const permissions = allowed(rights.org.keys(), null)
    const wide = new Set<string>(permissions)
    const places = new Set([...rights.projects.keys(), ...(actor.projects ?? [])])
    const held = [...places].map((id): [string, readonly string[]] => {
      const words = new Set([...rights.org.keys(), ...(rights.projects.get(id)?.keys() ?? [])])
      return [id, allowed(words, id).filter((word) => !wide.has(word))]
    })
    const inSome = held.filter(([, words]) => words.length > 0)
    const keyOf = await projectKeys(
      projects,
      inSome.map(([id]) => id),
    )
    return {
      id: actor.id,
      handle: actor.handle,
      kind: actor.kind,
      organisation: { slug, name },
      permissions: permissions.sort(),
      projects: inSome.flatMap(([id, words]) => {
        const key = keyOf.get(id)
        return key === undefined ? [] : [{ key, permissions: [...words].sort() }]
      }),
    }
  },
})
