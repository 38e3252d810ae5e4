import type { AnyOperation } from '../../kernel/operation.ts'
import { addTeamMember, removeTeamMember } from './change-team-members.ts'
import { addTeamProject, removeTeamProject } from './change-team-projects.ts'
import { changeRole, createRole, deleteRole } from './create-role.ts'
import { createTeam, deleteTeam, renameTeam } from './create-team.ts'
import { explainAccess } from './explain-access.ts'
import {
  giveAgentDelegation,
  listAgentDelegations,
  withdrawAgentDelegation,
} from './give-delegation.ts'
import { giveGrant } from './give-grant.ts'
import { giveRole } from './give-role.ts'
import { listGrants } from './list-grants.ts'
import { listRights } from './list-rights.ts'
import { listRoles } from './list-roles.ts'
import { listTeams } from './list-teams.ts'
import { takeGrant } from './take-grant.ts'
import { takeRole } from './take-role.ts'

/** Lists what decides who may do what, in the order of the reference. */
export const PERMISSION_OPERATIONS: readonly AnyOperation[] = [
  giveRole,
  takeRole,
  giveGrant,
  takeGrant,
  listGrants,
  createTeam,
  renameTeam,
  deleteTeam,
  addTeamMember,
  removeTeamMember,
  addTeamProject,
  removeTeamProject,
  listTeams,
  createRole,
  changeRole,
  deleteRole,
  listRoles,
  giveAgentDelegation,
  withdrawAgentDelegation,
  listAgentDelegations,
  explainAccess,
  listRights,
]
