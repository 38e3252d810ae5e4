import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { ConsentGiven, GrantGiven, HandleIn, PrincipalAdded, ProjectKey } from '../contract.ts'
import { newPrincipal } from '../domain/principal.ts'
import { refuseMoreThanHeld } from './guard-grants.ts'
import { projectIds, takeHandle } from './names.ts'
import type { Consent, ConsentRequest } from './oauth-ports.ts'
import { CONSENT_MS, redirectPlace } from './oauth-words.ts'
import { DecidedView, Scope, Uid } from './oauth-views.ts'
import { goPath, notOpen, openRequest } from './open-request.ts'
import type { IdentityNeeds } from './ports.ts'

const NewAgent = z.strictObject({
  name: z.string().min(1).max(80).describe('Its name; becomes the handle'),
})

const Chosen = z.strictObject({
  uid: Uid,
  scopes: z.array(Scope).max(20).default([]).describe('What it may do, of what it asks for'),
  agent: HandleIn.optional().describe('The agent of yours that it acts as'),
  newAgent: NewAgent.optional().describe('Or a new one, made for it'),
  projects: z.array(ProjectKey).min(1).max(50).optional().describe('Projects it is cut down to'),
})

type Given = z.output<typeof Chosen>
type Ground = IdentityNeeds & Words

/** Allows a program to act: as an agent of the person, or, the hub's own command line, as them. */
export const giveConsent = operation<IdentityNeeds>()({
  name: 'identity.give_consent',
  about: 'Allow the program that asks to act as one of your agents, as far as you say.',
  input: Chosen,
  output: DecidedView,
  access: null,
  effect: 'write',
  fresh: true,
  http: 'POST /oauth/consents/:uid',
  mcp: null,
  async run(given, words) {
    const { consents, call, emit, principals } = words
    const { uid } = given
    const request = await openRequest(consents, uid, call)
    const { resource, clientId, clientName, redirectUri, personId } = request
    const [person] = await principals.find({ ids: [personId] })
    if (!person) throw notFound('Your account')
    const allowed = resource === 'mcp' ? await allowAgent(words, request, given) : AS_PERSON
    const createdAt = Math.trunc(call.now)
    const consent: Consent = {
      ...{ ...allowed, id: call.newId(), personId, clientId, clientName, redirectUri, resource },
      epoch: person.epoch,
      authTime: request.decider.authTime,
      createdAt,
      expiresAt: createdAt + CONSENT_MS,
      endedAt: null,
    }
    // Two answers at once are one: whoever is second finds the request decided.
    if (!(await consents.decide(uid, 'given', consent.id))) throw notOpen(uid)
    await consents.add(consent)
    emit(
      ConsentGiven({
        ...{ consentId: consent.id, personId, agentId: consent.agentId, clientId, resource },
        redirectHost: redirectUri === null ? null : redirectPlace(redirectUri).host,
        scopes: [...consent.scopes],
        projectIds: consent.projectIds && [...consent.projectIds],
        expiresAt: consent.expiresAt,
      }),
    )
    return { uid, next: goPath(uid) }
  },
})

type Allowed = Pick<Consent, 'agentId' | 'scopes' | 'projectIds'>

const AS_PERSON: Allowed = { agentId: null, scopes: ['full'], projectIds: null }

const allowAgent = async (
  words: Ground,
  request: ConsentRequest,
  given: Given,
): Promise<Allowed> => {
  const scopes = [...new Set(given.scopes)]
  const beyond = scopes.filter((scope) => !request.scopes.includes(scope))
  if (beyond.length > 0) throw notAskedFor(beyond)
  if (scopes.length === 0) throw nothingAllowed()
  if ((given.agent === undefined) === (given.newAgent === undefined)) throw oneAgent()
  const ids = given.projects ? await projectIds(words.projects, [...new Set(given.projects)]) : null
  const agentId = given.newAgent
    ? await makeAgent(words, { name: given.newAgent.name, ids })
    : await ownAgent(words, request, given.agent ?? '')
  return { agentId, scopes, projectIds: ids }
}

const ownAgent = async (
  { principals }: Ground,
  { personId }: ConsentRequest,
  handle: string,
): Promise<string> => {
  const [agent] = await principals.find({ handles: [handle] })
  const isOwn = agent?.kind === 'agent' && agent.responsibleId === personId
  if (!isOwn || agent.status !== 'active') throw notFound(`@${handle}`)
  return agent.id
}

/** Makes an agent of the person, with the usual role of agents in the chosen projects. */
const makeAgent = async (
  words: Ground,
  { name, ids }: Readonly<{ name: string; ids: readonly string[] | null }>,
): Promise<string> => {
  const { principals, grants, call, emit, may } = words
  if (ids === null) throw whichProjects()
  if (ids.some((projectId) => !may('agent:write', projectId))) throw noAgents()
  const [role, rights] = await Promise.all([grants.role('agent'), grants.rights(call.actor.id)])
  const places = ids.map((projectId) => ({ holds: role.holds, projectId }))
  refuseMoreThanHeld({ actor: call.actor, rights }, places)
  const handle = takeHandle(name)
  const responsibleId = call.actor.id
  const agent = newPrincipal({ id: call.newId(), kind: 'agent', handle, responsibleId })
  await principals.add(agent, call.now)
  emit(
    PrincipalAdded(
      { principalId: agent.id, kind: 'agent', responsibleId, version: agent.version },
      { personal: { handle } },
    ),
  )
  for (const projectId of ids) {
    const grant = { principalId: agent.id, role: 'agent', projectId }
    await grants.give(grant, { id: call.actor.id, at: call.now })
    emit(GrantGiven(grant))
  }
  return agent.id
}

const notAskedFor = (beyond: readonly string[]) => {
  const message = `The program did not ask for ${beyond.join(', ')}; leave that out.`
  return refuse('invalid', 'identity.scope_not_asked', message, { field: 'scopes' })
}

const nothingAllowed = () => {
  const message = 'Choose at least one thing that the program may do, or turn it away.'
  return refuse('invalid', 'identity.scope_missing', message, { field: 'scopes' })
}

const oneAgent = () => {
  const message = 'Say which agent the program acts as: one of yours, or a new one, not both.'
  return refuse('invalid', 'identity.agent_missing', message, { field: 'agent' })
}

const whichProjects = () => {
  const message = 'Say in which projects the new agent works.'
  return refuse('invalid', 'identity.projects_missing', message, { field: 'projects' })
}

const noAgents = () => {
  const message =
    'You may not make agents in all of these projects; choose others or an agent you have.'
  return refuse('forbidden', 'identity.not_allowed', message, { needs: 'agent:write' })
}
