import { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import { operation } from '../../kernel/operation.ts'
import { isPermission } from '../../kernel/permission.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn, Moment, ProjectKey } from '../contract.ts'
import { isOauthScope, permissionsOfScope } from '../domain/scope.ts'
import type { Principal } from '../domain/principal.ts'
import { type Holder, holderOf, holdsIn, holdsWide, refuseWider } from './guard-grants.ts'
import { momentOf, projectIds, projectKeys } from './names.ts'
import { DelegationGiven, DelegationWithdrawn } from './permission-events.ts'
import type { IdentityNeeds } from './ports.ts'

const ScopeWord = z
  .string()
  .refine((word) => isPermission(word) || isOauthScope(word), 'A scope is like task:read')
const DAYS_MAX = 365
const DAY_MS = 86_400_000

const DelegationView = z.object({
  agent: Handle,
  person: Handle,
  scopes: z.array(z.string()).nullable(),
  projects: z.array(ProjectKey).nullable(),
  expiresAt: Moment.nullable(),
})

/** Lets an agent act in one's own name, within scopes and projects and for a time. */
export const giveAgentDelegation = operation<IdentityNeeds>()({
  name: 'identity.give_agent_delegation',
  about: 'Let an agent act in your name, or cut down what it may do there. Your own name only.',
  input: z.strictObject({
    agent: HandleIn,
    scopes: z.array(ScopeWord).min(1).max(200).optional().describe('Like task:read, work:write'),
    projects: z.array(ProjectKey).min(1).max(50).optional().describe('Only in these projects'),
    days: z.int().min(1).max(DAYS_MAX).optional().describe('Days until it ends by itself'),
  }),
  output: DelegationView,
  access: 'agent:read',
  effect: 'write',
  fresh: true,
  http: 'POST /agents/:agent/delegations',
  mcp: null,
  scope: ({ projects }) => projects ?? [],
  say: ({ agent, person, expiresAt }) =>
    `@${agent} may act for @${person}${expiresAt ? ` until ${expiresAt}` : ''}.`,
  async run({ agent, scopes: words, projects: keys, days }, needs) {
    const { principals, grants, projects, delegations, call, emit } = needs
    const { actor } = call
    if (actor.kind !== 'person') throw personsDelegate()
    const found = await principals.get(agent)
    const holder = await holderOf(grants, call)
    if (!(await isSeen(needs, holder, found))) throw notFound(`@${agent}`)
    if (found.kind !== 'agent') throw notAnAgent(agent)
    const ids = keys ? await projectIds(projects, [...new Set(keys)]) : null
    const scopes = words ? [...new Set(words.flatMap(expand))].toSorted() : null
    refuseWider(actor, { scopes, projectIds: ids })
    const expiresAt = days === undefined ? null : Math.trunc(call.now) + days * DAY_MS
    const terms = { agentId: found.id, personId: actor.id, expiresAt }
    await delegations.put({ ...terms, scopes, projectIds: ids }, call.now)
    emit(DelegationGiven({ ...terms, scopes, projectIds: ids && [...ids] }))
    return {
      agent: found.handle,
      person: actor.handle,
      scopes,
      projects: keys ? [...new Set(keys)] : null,
      expiresAt: expiresAt === null ? null : momentOf(expiresAt),
    }
  },
})

/** Ends what an agent may do in somebody's name. */
export const withdrawAgentDelegation = operation<IdentityNeeds>()({
  name: 'identity.withdraw_agent_delegation',
  about: "End an agent's acting in your name; who answers for the agent may end another's, too.",
  input: z.strictObject({ agent: HandleIn, person: HandleIn.optional() }),
  output: z.object({ agent: Handle, person: Handle, withdrawn: z.boolean() }),
  access: null,
  effect: 'write',
  fresh: true,
  http: 'DELETE /agents/:agent/delegations',
  mcp: null,
  say: ({ agent, person }) => `@${agent} does not act for @${person} by a delegation any more.`,
  async run({ agent, person: named }, { principals, grants, delegations, call, emit }) {
    const { actor } = call
    const handle = named ?? actor.handle
    const [found] = await principals.find({ handles: [agent] })
    const [person] = await principals.find({ handles: [handle] })
    const holder = await holderOf(grants, call)
    if (!found || !person || !mayEnd(holder, found, person)) throw notFound(`@${agent}`)
    const withdrawn = await delegations.remove(found.id, person.id)
    if (withdrawn) emit(DelegationWithdrawn({ agentId: found.id, personId: person.id }))
    return { agent: found.handle, person: person.handle, withdrawn }
  },
})

/**
 * Says who may end a delegation. That of the person who answers for the agent cuts it down, so
 * that ending it would widen the agent: only that person may.
 */
const mayEnd = (holder: Holder, agent: Principal, person: Principal): boolean => {
  const { actor } = holder
  if (actor.kind === 'agent') return false
  if (person.id === actor.id) return true
  if (person.id === agent.responsibleId) return false
  return agent.responsibleId === actor.id || holdsWide(holder, 'member:write')
}

/** Lists for whom an agent may act. */
export const listAgentDelegations = operation<IdentityNeeds>()({
  name: 'identity.list_agent_delegations',
  about: 'List for whom an agent may act besides the person who answers for it, and how far.',
  input: z.strictObject({ agent: HandleIn }),
  output: z.object({ items: z.array(DelegationView) }),
  access: 'agent:read',
  effect: 'read',
  http: 'GET /agents/:agent/delegations',
  mcp: null,
  say: ({ items }) =>
    items.map(({ agent, person }) => `@${agent} for @${person}`).join('\n') || 'none',
  async run({ agent }, needs) {
    const { principals, grants, projects, delegations, call } = needs
    const found = await principals.get(agent)
    if (!(await isSeen(needs, await holderOf(grants, call), found))) throw notFound(`@${agent}`)
    const rows = await delegations.of(found.id)
    const keys = await projectKeys(
      projects,
      rows.flatMap(({ projectIds: ids }) => ids ?? []),
    )
    const items = rows.map(({ person, scopes, projectIds: ids, expiresAt }) => ({
      agent: found.handle,
      person,
      scopes: scopes && [...scopes],
      projects: ids && ids.flatMap((id) => keys.get(id) ?? []),
      expiresAt: expiresAt === null ? null : momentOf(expiresAt),
    }))
    return { items }
  },
})

const expand = (word: string): readonly string[] => {
  const permissions = permissionsOfScope(word)
  return permissions.length > 0 ? permissions : [word]
}

/** An agent is seen by whom it is, who answers for it, and who sees agents where it works. */
const isSeen = async (
  { grants }: Pick<IdentityNeeds, 'grants'> & Pick<Words, 'call'>,
  holder: Holder,
  agent: Principal,
): Promise<boolean> => {
  const { actor } = holder
  if (agent.id === actor.id || agent.responsibleId === actor.id) return true
  if (holdsWide(holder, 'agent:read')) return true
  const given = await grants.of([agent.id])
  return given.some(({ projectId }) => holdsIn(holder, 'agent:read', { projectId }))
}

const personsDelegate = () => {
  const message = 'Only people let somebody act in their name; sign in as the person it is about.'
  return refuse('forbidden', 'identity.persons_delegate', message)
}

const notAnAgent = (handle: string) => {
  const message = `@${handle} is no agent; only agents act in the name of others.`
  return refuse('invalid', 'identity.not_an_agent', message, { handle })
}
