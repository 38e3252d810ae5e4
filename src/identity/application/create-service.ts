import { z } from 'zod'
import { type Call, operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import {
  GrantGiven,
  Handle,
  HandleIn,
  Moment,
  PrincipalAdded,
  ProjectKey,
  RoleKey,
} from '../contract.ts'
import { newPrincipal, type Principal } from '../domain/principal.ts'
import type { Role } from '../domain/role.ts'
import { KeyAddresses } from './create-key.ts'
import { personOf } from './find-person.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import { issueKey, KEY_DAYS, KEY_DAYS_MAX } from './issue-key.ts'
import { momentOf, projectIds, takeHandle } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/**
 * Makes a service: a program with rights of its own. A person answers for it, and is named wherever
 * it is listed; unlike an agent it goes on when they are suspended, because what depends on it must
 * not stop with one person. For that reason only who manages members makes one.
 */
export const createService = operation<IdentityNeeds>()({
  name: 'identity.create_service',
  about: 'Create a service, a program with a role of its own. Its key is shown once.',
  input: z.strictObject({
    name: z.string().min(1).max(80).describe('Its name; becomes the handle'),
    role: RoleKey.describe('What it may do: as little as it needs'),
    projects: z
      .array(ProjectKey)
      .min(1)
      .max(50)
      .optional()
      .describe('Projects it works in; the whole organisation if left out'),
    responsible: HandleIn.optional().describe('The person who answers for it; you if left out'),
    addresses: KeyAddresses,
    days: z.int().min(1).max(KEY_DAYS_MAX).default(KEY_DAYS).describe('Days its key lives'),
  }),
  output: z.object({
    handle: Handle,
    role: z.string(),
    projects: z.array(ProjectKey).nullable(),
    responsible: Handle,
    key: z.string(),
    expiresAt: Moment,
  }),
  access: 'member:write',
  orgWide: true,
  effect: 'write',
  secret: true,
  fresh: true,
  limit: 'key',
  http: 'POST /services',
  mcp: null,
  say: ({ handle, responsible, key }) =>
    `@${handle} is a service that @${responsible} answers for. Its key, shown once: ${key}`,
  async run({ name, role: roleKey, projects: keys, responsible, addresses, days }, needs) {
    const { principals, grants, projects, call, emit } = needs
    const handle = takeHandle(name)
    const inProjects = keys ? [...new Set(keys)] : null
    const ids = inProjects ? await projectIds(projects, inProjects) : [null]
    const [role, giver] = await Promise.all([grants.role(roleKey), holderOf(grants, call)])
    refuseWrongPlace(role, inProjects === null)
    refuseMoreThanHeld(
      giver,
      ids.map((projectId) => ({ holds: role.holds, projectId })),
    )
    const person = await answeringFor(needs, responsible)
    const { id: responsibleId } = person
    const made = newPrincipal({ id: call.newId(), kind: 'service', handle, responsibleId })
    await principals.add(made, call.now)
    emit(
      PrincipalAdded(
        { principalId: made.id, kind: 'service', responsibleId, version: made.version },
        { personal: { handle } },
      ),
    )
    for (const projectId of ids) {
      const grant = { principalId: made.id, role: roleKey, projectId }
      await grants.give(grant, { id: call.actor.id, at: call.now })
      emit(GrantGiven(grant))
    }
    const terms = { name: handle, scopes: null, projectIds: null, addresses: addresses ?? null }
    const { text, expiresAt } = await issueKey(needs, made, { ...terms, days })
    return {
      handle,
      role: roleKey,
      projects: inProjects,
      responsible: person.handle,
      key: text,
      expiresAt: momentOf(expiresAt),
    }
  },
})

/** Finds the person who answers for a service: the one named, the maker, or the maker's own. */
const answeringFor = async (
  { principals, call }: Pick<IdentityNeeds, 'principals'> & Readonly<{ call: Call }>,
  handle: string | undefined,
): Promise<Principal> => {
  if (handle !== undefined) {
    const named = await personOf(principals, handle)
    if (named.status !== 'active') throw nobodyAnswers()
    return named
  }
  const [maker] = await principals.find({ ids: [call.actor.id] })
  if (maker?.kind === 'person') return maker
  const answering = maker?.responsibleId ? [maker.responsibleId] : []
  const [person] = await principals.find({ ids: answering })
  if (person?.status !== 'active') throw nobodyAnswers()
  return person
}

const nobodyAnswers = () => {
  const message = 'An active person has to answer for a service; name one as responsible.'
  return refuse('invalid', 'identity.responsible_needed', message, { field: 'responsible' })
}

const refuseWrongPlace = ({ key, scopes }: Role, isWide: boolean): void => {
  if (scopes.includes(isWide ? 'org' : 'project')) return
  const message = isWide
    ? `The role "${key}" holds in single projects; name them, or take another role.`
    : `The role "${key}" holds for a whole organisation; leave projects out, or take another role.`
  throw refuse('invalid', 'identity.role_not_for_scope', message, { role: key })
}
