import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { GrantTaken, GrantView, HandleIn, ProjectKey, RoleKey } from '../contract.ts'
import { refuseLastOwner, refuseMoreThanHeld } from './guard-grants.ts'
import { projectIds } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Takes a role away; who takes it must hold what it gives. One owner always stays. */
export const takeRole = operation<IdentityNeeds>()({
  name: 'identity.take_role',
  about: 'Take a role away, in one project or, if none is named, in the organisation.',
  input: z.strictObject({ handle: HandleIn, role: RoleKey, project: ProjectKey.optional() }),
  output: GrantView,
  access: 'grant:write',
  orgWide: true,
  effect: 'write',
  http: 'DELETE /principals/:handle/roles/:role',
  mcp: null,
  scope: ({ project }) => (project ? [project] : []),
  say: ({ handle, role, project }) =>
    `@${handle} is not ${role} in ${project ?? 'the organisation'} any more.`,
  async run({ handle, role: roleKey, project }, { principals, grants, projects, call, emit }) {
    const principal = await principals.get(handle)
    const [projectId = null] = project ? await projectIds(projects, [project]) : []
    const [role, rights] = await Promise.all([grants.role(roleKey), grants.rights(call.actor.id)])
    refuseMoreThanHeld({ actor: call.actor, rights }, [{ holds: role.holds, projectId }])
    if (roleKey === 'owner') refuseLastOwner(await grants.lockOwners(), principal.id)
    const grant = { principalId: principal.id, role: roleKey, projectId }
    if (await grants.take(grant)) emit(GrantTaken(grant))
    return { handle, role: roleKey, project: project ?? null }
  },
})
