import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Handle, HandleIn, TeamKey } from '../contract.ts'
import { scopeName } from './find-place.ts'
import { guardTeamGrants } from './guard-team.ts'
import { TeamMemberAdded, TeamMemberRemoved } from './permission-events.ts'
import type { IdentityNeeds } from './ports.ts'

const Membership = z.object({ team: TeamKey, handle: Handle, isMember: z.boolean() })

/** Takes somebody into a team: they have what was granted to it. */
export const addTeamMember = operation<IdentityNeeds>()({
  name: 'identity.add_team_member',
  about: 'Take a person, a service or an agent into a team. They get what the team was granted.',
  input: z.strictObject({ team: TeamKey, handle: HandleIn }),
  output: Membership,
  access: 'team:write',
  effect: 'write',
  fresh: true,
  http: 'POST /teams/:team/members',
  mcp: null,
  scope: ({ team }) => [scopeName(team)],
  say: ({ team, handle }) => `@${handle} is in ${team}.`,
  async run({ team, handle }, needs) {
    const { teams, principals, call, emit } = needs
    const [{ id: teamId }, principal] = await Promise.all([teams.get(team), principals.get(handle)])
    await guardTeamGrants(needs, { teamId })
    const by = { id: call.actor.id, at: call.now }
    if (await teams.addMember(teamId, principal.id, by)) {
      emit(TeamMemberAdded({ teamId, principalId: principal.id }))
    }
    return { team, handle, isMember: true }
  },
})

/** Takes somebody out of a team. */
export const removeTeamMember = operation<IdentityNeeds>()({
  name: 'identity.remove_team_member',
  about: 'Take somebody out of a team. They lose what they had by it.',
  input: z.strictObject({ team: TeamKey, handle: HandleIn }),
  output: Membership,
  access: 'team:write',
  effect: 'write',
  fresh: true,
  http: 'DELETE /teams/:team/members/:handle',
  mcp: null,
  scope: ({ team }) => [scopeName(team)],
  say: ({ team, handle }) => `@${handle} is not in ${team} any more.`,
  async run({ team, handle }, needs) {
    const { teams, principals, emit } = needs
    const [{ id: teamId }, principal] = await Promise.all([teams.get(team), principals.get(handle)])
    await guardTeamGrants(needs, { teamId })
    if (await teams.removeMember(teamId, principal.id)) {
      emit(TeamMemberRemoved({ teamId, principalId: principal.id }))
    }
    return { team, handle, isMember: false }
  },
})
