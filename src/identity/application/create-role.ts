import { z } from 'zod'
import type { Held } from '../../kernel/access.ts'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { PermissionWord, RoleKey } from '../contract.ts'
import { holdsOf, roleOf } from '../domain/role.ts'
import { readHolds } from './grant-input.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import { RoleDeleted, RoleSaved } from './permission-events.ts'
import type { IdentityNeeds } from './ports.ts'
import { RoleView, roleView } from './list-roles.ts'
import { refuseUnknownConditions } from './write-grant.ts'

const Words = z.array(PermissionWord).max(200)
const Name = z.string().trim().min(1).max(80)

/** Makes a role of the organisation's own. */
export const createRole = operation<IdentityNeeds>()({
  name: 'identity.create_role',
  about: 'Create a role of your own out of permissions; some may hold for claimed tasks only.',
  input: z.strictObject({
    key: RoleKey,
    name: Name.optional(),
    permissions: Words.describe('Held without a condition, like task:read'),
    held: Words.optional().describe('Held for tasks one has claimed, like task:write'),
    own: Words.optional().describe('Held for what is their own, like key:write'),
  }),
  output: RoleView,
  access: 'role:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'POST /roles',
  mcp: null,
  say: ({ key, permissions }) => `There is a role ${key} with ${permissions.length} permissions.`,
  async run({ key, name = key, ...words }, { roles, grants, call, emit }) {
    if (roleOf(key)) throw predefined(key)
    const holds = readHolds(words)
    refuseUnknownConditions(holds)
    refuseMoreThanHeld(await holderOf(grants, call), [{ projectId: null, holds }])
    const role = { key, name, permissions: kept(holds), version: 1 }
    await roles.add(role)
    const permissions = { from: null, to: role.permissions }
    emit(RoleSaved({ orgId: call.actor.orgId, role: key, permissions }))
    return roleView(role)
  },
})

/** Changes a role of the organisation's own, for everybody who has it. */
export const changeRole = operation<IdentityNeeds>()({
  name: 'identity.change_role',
  about: 'Change a role of your own, at once for everybody who has it.',
  input: z.strictObject({
    role: RoleKey,
    name: Name.optional(),
    permissions: Words.optional().describe('All it holds without a condition from now on'),
    held: Words.optional().describe('All it holds for claimed tasks'),
    own: Words.optional().describe('All it holds for what is their own'),
    version: z.int().optional(),
  }),
  output: RoleView,
  access: 'role:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'PATCH /roles/:role',
  mcp: null,
  say: ({ key, permissions }) => `The role ${key} holds ${permissions.length} permissions.`,
  async run({ role: key, name, version, ...words }, { roles, grants, call, emit }) {
    if (roleOf(key)) throw predefined(key)
    const before = await roles.get(key)
    if (version !== undefined && version !== before.version) throw roleChanged(key)
    const had = holdsOf(before.permissions)
    const under = (when: 'held' | 'own' | null) =>
      [...had].flatMap(([word, condition]) => (condition === when ? [word] : []))
    const holds = readHolds({
      permissions: words.permissions ?? under(null),
      held: words.held ?? under('held'),
      own: words.own ?? under('own'),
    })
    refuseUnknownConditions(holds)
    // Where the role is denied to somebody, a word taken out of it opens that to them again.
    const places = [had, holds].map((one) => ({ projectId: null, holds: one }))
    refuseMoreThanHeld(await holderOf(grants, call), places)
    const permissions = kept(holds)
    const after = { key, name: name ?? before.name, permissions, version: before.version + 1 }
    await roles.save(after)
    const change = { from: before.permissions, to: permissions }
    emit(RoleSaved({ orgId: call.actor.orgId, role: key, permissions: change }))
    return roleView(after)
  },
})

/** Deletes a role of the organisation's own that nobody has. */
export const deleteRole = operation<IdentityNeeds>()({
  name: 'identity.delete_role',
  about: 'Delete a role of your own. Take it from everybody who has it first.',
  input: z.strictObject({ role: RoleKey }),
  output: z.object({ role: RoleKey }),
  access: 'role:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'DELETE /roles/:role',
  mcp: null,
  say: ({ role }) => `The role ${role} is gone.`,
  async run({ role: key }, { roles, grants, call, emit }) {
    if (roleOf(key)) throw predefined(key)
    await roles.get(key)
    const used = await grants.list({ role: key, limit: 1 })
    if (used.length > 0) throw inUse(key)
    await roles.remove(key)
    emit(RoleDeleted({ orgId: call.actor.orgId, role: key }))
    return { role: key }
  },
})

const kept = (holds: Held) =>
  Object.fromEntries([...holds].toSorted(([a], [b]) => (a < b ? -1 : 1)))

const predefined = (key: string) => {
  const message = `"${key}" is a role that every organisation has; make one of your own.`
  return refuse('conflict', 'identity.role_predefined', message, { role: key })
}

const roleChanged = (key: string) => {
  const message = `The role "${key}" has changed; read it again, then decide.`
  return refuse('conflict', 'identity.role_changed', message)
}

const inUse = (key: string) => {
  const message = `Somebody has the role "${key}"; list the grants and take it from them first.`
  return refuse('conflict', 'identity.role_in_use', message, { role: key })
}
