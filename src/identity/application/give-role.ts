import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { GrantView, HandleIn, PlaceWord, ProjectKey, RoleKey } from '../contract.ts'
import { findPlace, scopeName } from './find-place.ts'
import { GRANT_TERMS, readCondition, readEnd } from './grant-input.ts'
import { holderOf } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'
import { writeGrant } from './write-grant.ts'

/** Gives a principal a role in a place, or denies it what the role holds there. */
export const giveRole = operation<IdentityNeeds>()({
  name: 'identity.give_role',
  about: 'Give somebody a role in a project, a team or, if none is named, the organisation.',
  input: z.strictObject({
    handle: HandleIn,
    role: RoleKey,
    project: ProjectKey.optional(),
    on: PlaceWord.optional().describe('Another place: org, a team, or a namespace like GH/docs'),
    ...GRANT_TERMS,
  }),
  output: GrantView,
  access: 'grant:write',
  effect: 'write',
  fresh: true,
  http: 'POST /principals/:handle/roles',
  mcp: null,
  scope: ({ project, on }) => [scopeName(project ?? on ?? 'org')],
  say: ({ handle, role, project }, _, { on, effect }) =>
    effect === 'deny'
      ? `@${handle} is denied what ${role} holds in ${project ?? on ?? 'the organisation'}.`
      : `@${handle} is ${role} in ${project ?? on ?? 'the organisation'}.`,
  async run({ handle, role: key, project, on, effect, ...more }, needs) {
    const { principals, grants, call } = needs
    const principal = await principals.get(handle)
    const at = await findPlace(needs, call.actor.orgId, project ?? on ?? 'org')
    const [role, giver] = await Promise.all([grants.role(key), holderOf(grants, call)])
    await writeGrant(
      { ...needs, giver },
      {
        holder: { kind: 'principal', principal },
        ...{ effect, role, at },
        holds: role.holds,
        condition: readCondition(more),
        expiresAt: readEnd(more),
      },
    )
    return { handle, role: key, project: project ?? null }
  },
})
