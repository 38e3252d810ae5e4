import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import {
  GrantGiven,
  Handle,
  Moment,
  PrincipalAdded,
  ProjectKey,
  RoleKey,
  Skill,
} from '../contract.ts'
import { newPrincipal } from '../domain/principal.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import { issueKey, KEY_DAYS, KEY_DAYS_MAX } from './issue-key.ts'
import { momentOf, projectIds, takeHandle } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** Makes an agent that may act in the given projects, and its key. */
export const createAgent = operation<IdentityNeeds>()({
  name: 'identity.create_agent',
  about: 'Create an agent that works in the given projects. Its key is shown once.',
  input: z.strictObject({
    name: z.string().min(1).max(80).describe('Its name; becomes the handle'),
    projects: z.array(ProjectKey).min(1).max(50).describe('Projects it works in, like GH'),
    skills: z.array(Skill).max(50).default([]),
    role: RoleKey.default('agent'),
    days: z.int().min(1).max(KEY_DAYS_MAX).default(KEY_DAYS).describe('Days its key lives'),
  }),
  output: z.object({
    handle: Handle,
    projects: z.array(ProjectKey),
    role: z.string(),
    key: z.string(),
    expiresAt: Moment,
  }),
  access: 'agent:write',
  effect: 'write',
  secret: true,
  limit: 'key',
  http: 'POST /agents',
  mcp: 'agent register',
  scope: ({ projects }) => projects,
  say: ({ handle, projects, key }) =>
    `@${handle} works in ${projects.join(', ')}. Its key, shown once: ${key}`,
  async run({ name, projects: keys, skills, role: roleKey, days }, needs) {
    const { principals, grants, projects, call, emit } = needs
    const handle = takeHandle(name)
    const inProjects = [...new Set(keys)]
    const ids = await projectIds(projects, inProjects)
    const [role, giver] = await Promise.all([grants.role(roleKey), holderOf(grants, call)])
    if (!role.scopes.includes('project')) throw notForProjects(roleKey)
    const given = ids.map((projectId) => ({ holds: role.holds, projectId }))
    refuseMoreThanHeld(giver, given)
    const responsibleId = await responsibleOf(needs)
    const agent = newPrincipal({ id: call.newId(), kind: 'agent', handle, responsibleId, skills })
    await principals.add(agent, call.now)
    emit(
      PrincipalAdded(
        { principalId: agent.id, kind: 'agent', responsibleId, version: agent.version },
        { personal: { handle } },
      ),
    )
    for (const projectId of ids) {
      const grant = { principalId: agent.id, role: roleKey, projectId }
      await grants.give(grant, { id: call.actor.id, at: call.now })
      emit(GrantGiven(grant))
    }
    const terms = { name: handle, scopes: null, projectIds: null, days }
    const { text, expiresAt } = await issueKey(needs, agent, terms)
    return {
      handle,
      projects: inProjects,
      role: roleKey,
      key: text,
      expiresAt: momentOf(expiresAt),
    }
  },
})

/** A person answers for what they make; what a service or an agent makes, for whom it works. */
const responsibleOf = async ({
  principals,
  call,
}: Pick<IdentityNeeds, 'principals'> & { call: { actor: { id: string } } }) => {
  const [maker] = await principals.find({ ids: [call.actor.id] })
  return maker?.kind === 'person' ? maker.id : (maker?.responsibleId ?? null)
}

const notForProjects = (role: string) => {
  const message = `The role "${role}" holds for a whole organisation; agents work in projects.`
  return refuse('invalid', 'identity.role_not_for_scope', message, { role })
}
