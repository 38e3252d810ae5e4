import { z } from 'zod'
import { event } from '../../kernel/event.ts'
import { GrantAddresses, GrantMore, RoleKey, TeamKey } from '../contract.ts'

// What happens to teams, roles and delegations. No other room reads these, so they stand beside
// the operations that make them.

const TeamGrant = z.object({ teamId: z.uuid(), role: z.string().nullable(), ...GrantMore })

/** A team got a role or permissions in a place, or was denied them. */
export const TeamGrantGiven = event('identity.team_grant_given', 'teamId', TeamGrant, {
  personal: GrantAddresses,
})

/** A team lost a grant, or a deny, in a place. */
export const TeamGrantTaken = event('identity.team_grant_taken', 'teamId', TeamGrant)

const TeamName = { content: z.object({ name: z.string() }) }

/** A team was made. */
export const TeamCreated = event(
  'identity.team_created',
  'teamId',
  z.object({ teamId: z.uuid(), key: TeamKey, version: z.int() }),
  TeamName,
)

/** A team got another key or name. */
export const TeamChanged = event(
  'identity.team_changed',
  'teamId',
  z.object({
    teamId: z.uuid(),
    key: z.object({ from: TeamKey, to: TeamKey }),
    version: z.int(),
  }),
  TeamName,
)

/** A team is gone, with every grant it had or that held in it. */
export const TeamDeleted = event(
  'identity.team_deleted',
  'teamId',
  z.object({ teamId: z.uuid(), key: TeamKey }),
)

const Member = z.object({ teamId: z.uuid(), principalId: z.uuid() })

/** A principal came into a team. */
export const TeamMemberAdded = event('identity.team_member_added', 'teamId', Member)

/** A principal left a team. */
export const TeamMemberRemoved = event('identity.team_member_removed', 'teamId', Member)

const Looked = z.object({ teamId: z.uuid(), projectId: z.uuid() })

/** A team looks after a project now. */
export const TeamProjectAdded = event('identity.team_project_added', 'teamId', Looked)

/** A team looks after a project no longer. */
export const TeamProjectRemoved = event('identity.team_project_removed', 'teamId', Looked)

/** The organisation made or changed a role of its own; `null` before it was made. */
export const RoleSaved = event(
  'identity.role_saved',
  'orgId',
  z.object({
    orgId: z.uuid(),
    role: RoleKey,
    permissions: z.object({
      from: z.record(z.string(), z.string().nullable()).nullable(),
      to: z.record(z.string(), z.string().nullable()),
    }),
  }),
)

/** A role of the organisation's own is gone. */
export const RoleDeleted = event(
  'identity.role_deleted',
  'orgId',
  z.object({ orgId: z.uuid(), role: RoleKey }),
)

/** A person lets an agent act in their name, within what this says. */
export const DelegationGiven = event(
  'identity.delegation_given',
  'agentId',
  z.object({
    agentId: z.uuid(),
    personId: z.uuid(),
    scopes: z.array(z.string()).nullable(),
    projectIds: z.array(z.uuid()).nullable(),
    expiresAt: z.int().nullable(),
  }),
)

/** A person has taken back what an agent did in their name. */
export const DelegationWithdrawn = event(
  'identity.delegation_withdrawn',
  'agentId',
  z.object({ agentId: z.uuid(), personId: z.uuid() }),
)

/** Lists what happens to the grants of teams. */
export const TEAM_GRANT_EVENTS = [TeamGrantGiven, TeamGrantTaken] as const

/** Lists what happens to teams. */
export const TEAM_EVENTS = [
  ...[TeamCreated, TeamChanged, TeamDeleted, TeamMemberAdded, TeamMemberRemoved],
  ...[TeamProjectAdded, TeamProjectRemoved],
] as const

/** Lists what happens to roles. */
export const ROLE_EVENTS = [RoleSaved, RoleDeleted] as const

/** Lists what happens to delegations. */
export const DELEGATION_EVENTS = [DelegationGiven, DelegationWithdrawn] as const
