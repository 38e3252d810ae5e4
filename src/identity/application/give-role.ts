import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { GrantGiven, GrantView, HandleIn, ProjectKey, RoleKey } from '../contract.ts'
import { refuseMoreThanHeld } from './guard-grants.ts'
import { projectIds } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Gives a principal a role, in one project or in the whole organisation. */
export const giveRole = operation<IdentityNeeds>()({
  name: 'identity.give_role',
  about: 'Give somebody a role in one project, or in the organisation if no project is named.',
  input: z.strictObject({ handle: HandleIn, role: RoleKey, project: ProjectKey.optional() }),
  output: GrantView,
  access: 'grant:write',
  orgWide: true,
  effect: 'write',
  http: 'POST /principals/:handle/roles',
  mcp: null,
  scope: ({ project }) => (project ? [project] : []),
  say: ({ handle, role, project }) => `@${handle} is ${role} in ${project ?? 'the organisation'}.`,
  async run({ handle, role: roleKey, project }, { principals, grants, projects, call, emit }) {
    const principal = await principals.get(handle)
    const [projectId = null] = project ? await projectIds(projects, [project]) : []
    const [role, rights] = await Promise.all([grants.role(roleKey), grants.rights(call.actor.id)])
    if (!role.scopes.includes(projectId === null ? 'org' : 'project')) throw notThere(roleKey)
    if (principal.kind === 'agent' && projectId === null) throw agentsInProjects(handle)
    refuseMoreThanHeld({ actor: call.actor, rights }, [{ holds: role.holds, projectId }])
    const grant = { principalId: principal.id, role: roleKey, projectId }
    if (await grants.give(grant, { id: call.actor.id, at: call.now })) emit(GrantGiven(grant))
    return { handle, role: roleKey, project: project ?? null }
  },
})

const notThere = (role: string) => {
  const message = `The role "${role}" cannot be given there; some hold in projects, others above.`
  return refuse('invalid', 'identity.role_not_for_scope', message, { role })
}

const agentsInProjects = (handle: string) => {
  const message = `@${handle} is an agent and acts in the projects it is given; name a project.`
  return refuse('invalid', 'identity.agents_act_in_projects', message, { handle })
}
