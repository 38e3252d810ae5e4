import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { GrantView, HandleIn, PlaceWord, ProjectKey, RoleKey } from '../contract.ts'
import { findPlace, scopeName } from './find-place.ts'
import { GRANT_TERMS } from './grant-input.ts'
import { holderOf, refuseLastOwner, refuseMoreThanHeld } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'
import { takenEvent } from './write-grant.ts'

/** Takes a role away; who takes it must hold what it gives. One owner always stays. */
export const takeRole = operation<IdentityNeeds>()({
  name: 'identity.take_role',
  about: 'Take a role, or the deny of one, away: in a project, a team or the organisation.',
  input: z.strictObject({
    handle: HandleIn,
    role: RoleKey,
    project: ProjectKey.optional(),
    on: PlaceWord.optional().describe('Another place: org, a team, or a namespace like GH/docs'),
    effect: GRANT_TERMS.effect,
  }),
  output: GrantView,
  access: 'grant:write',
  effect: 'write',
  fresh: true,
  http: 'DELETE /principals/:handle/roles/:role',
  mcp: null,
  scope: ({ project, on }) => [scopeName(project ?? on ?? 'org')],
  say: ({ handle, role, project }, _, { on }) =>
    `@${handle} is not ${role} in ${project ?? on ?? 'the organisation'} any more.`,
  async run({ handle, role: key, project, on, effect }, needs) {
    const { principals, grants, call, emit } = needs
    const principal = await principals.get(handle)
    const { place, scope } = await findPlace(needs, call.actor.orgId, project ?? on ?? 'org')
    const [role, taker] = await Promise.all([grants.role(key), holderOf(grants, call)])
    refuseMoreThanHeld(taker, [{ ...place, holds: role.holds }])
    if (key === 'owner') refuseLastOwner(await grants.lockOwners(), principal.id)
    const grant = { principalId: principal.id, role: key, effect, scope }
    if (await grants.take(grant)) {
      const rest = { teamId: null, permissions: null, condition: null, expiresAt: null }
      emit(takenEvent({ ...grant, ...rest }))
    }
    return { handle, role: key, project: project ?? null }
  },
})
