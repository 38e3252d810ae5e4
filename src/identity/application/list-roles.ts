import { z } from 'zod'
import type { Held } from '../../kernel/access.ts'
import { operation } from '../../kernel/operation.ts'
import { RoleKey } from '../contract.ts'
import { holdsOf, predefinedRoles, SCOPE_KINDS } from '../domain/role.ts'
import type { IdentityNeeds, OwnRole } from './ports.ts'

/** A role with what it holds. */
export const RoleView = z.object({
  key: RoleKey,
  name: z.string(),
  isPredefined: z.boolean(),
  /** The kinds of places in which it can be given. */
  scopes: z.array(z.enum(SCOPE_KINDS)),
  /** Held without a condition. */
  permissions: z.array(z.string()),
  /** Held for tasks one has claimed. */
  held: z.array(z.string()),
  /** Held for what is their own. */
  own: z.array(z.string()),
  version: z.int(),
})

/** Says a role of the organisation's own as it leaves. */
export const roleView = ({ key, name, permissions, version }: OwnRole) => ({
  ...{ key, name, version },
  isPredefined: false,
  scopes: [...SCOPE_KINDS],
  ...split(holdsOf(permissions)),
})

const split = (holds: Held) => {
  const under = (when: 'held' | 'own' | null) =>
    [...holds].flatMap(([word, condition]) => (condition === when ? [word] : [])).toSorted()
  return { permissions: under(null), held: under('held'), own: under('own') }
}

/** Lists the roles that every organisation has, and those of this one. */
export const listRoles = operation<IdentityNeeds>()({
  name: 'identity.list_roles',
  about: 'List every role with the permissions it holds.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(RoleView) }),
  access: 'role:read',
  orgWide: true,
  effect: 'read',
  http: 'GET /roles',
  mcp: null,
  cached: true,
  say: ({ items }) =>
    items
      .map(({ key, scopes, permissions, held, own }) => {
        const count = permissions.length + held.length + own.length
        return `${key} (${scopes.join(', ')}): ${count} permissions`
      })
      .join('\n'),
  async run(_, { roles }) {
    const known = predefinedRoles().map(({ key, name, scopes, holds }) => ({
      ...{ key, name, isPredefined: true, scopes: [...scopes], version: 1 },
      ...split(holds),
    }))
    return { items: [...known, ...(await roles.list()).map(roleView)] }
  },
})
