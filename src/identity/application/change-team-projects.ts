import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ProjectKey, TeamKey } from '../contract.ts'
import { scopeName } from './find-place.ts'
import { guardTeamGrants } from './guard-team.ts'
import { projectIds } from './names.ts'
import { TeamProjectAdded, TeamProjectRemoved } from './permission-events.ts'
import type { IdentityNeeds } from './ports.ts'

const Belonging = z.object({ team: TeamKey, project: ProjectKey, belongs: z.boolean() })

/** Puts a project under a team: what is granted on the team holds in the project. */
export const addTeamProject = operation<IdentityNeeds>()({
  name: 'identity.add_team_project',
  about: 'Put a project under a team; what is granted on the team holds in the project.',
  input: z.strictObject({ team: TeamKey, project: ProjectKey }),
  output: Belonging,
  access: 'team:write',
  effect: 'write',
  fresh: true,
  http: 'POST /teams/:team/projects',
  mcp: null,
  scope: ({ team, project }) => [scopeName(team), project],
  say: ({ team, project }) => `${project} belongs to ${team}.`,
  async run({ team, project }, needs) {
    const { teams, projects, call, emit } = needs
    const { id: teamId } = await teams.get(team)
    const [projectId = ''] = await projectIds(projects, [project])
    const before = await teams.ofProject(projectId)
    if (before && before.id !== teamId) throw belongsElsewhere(project, before.key)
    await guardTeamGrants(needs, { inTeam: teamId }, { projectId })
    const by = { id: call.actor.id, at: call.now }
    if (await teams.addProject(teamId, projectId, by)) {
      emit(TeamProjectAdded({ teamId, projectId }))
    }
    return { team, project, belongs: true }
  },
})

/** Takes a project from under a team. */
export const removeTeamProject = operation<IdentityNeeds>()({
  name: 'identity.remove_team_project',
  about: 'Take a project from under a team; what is granted on the team ends there.',
  input: z.strictObject({ team: TeamKey, project: ProjectKey }),
  output: Belonging,
  access: 'team:write',
  effect: 'write',
  fresh: true,
  http: 'DELETE /teams/:team/projects/:project',
  mcp: null,
  scope: ({ team, project }) => [scopeName(team), project],
  say: ({ team, project }) => `${project} does not belong to ${team} any more.`,
  async run({ team, project }, needs) {
    const { teams, projects, emit } = needs
    const { id: teamId } = await teams.get(team)
    const [projectId = ''] = await projectIds(projects, [project])
    await guardTeamGrants(needs, { inTeam: teamId }, { projectId })
    if (await teams.removeProject(teamId, projectId)) {
      emit(TeamProjectRemoved({ teamId, projectId }))
    }
    return { team, project, belongs: false }
  },
})

const belongsElsewhere = (project: string, team: string) => {
  const message = `${project} belongs to the team ${team}; take it from there first.`
  return refuse('conflict', 'identity.project_has_team', message, { project, team })
}
