import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn } from '../contract.ts'
import type { Principal } from '../domain/principal.ts'
import { placesOf } from '../domain/rights.ts'
import { personOf } from './find-person.ts'
import { type Holder, holderOf, looksAfter, refuseMoreThanHeld } from './guard-grants.ts'
import { ResponsibleChanged } from './key-events.ts'
import { DelegationWithdrawn } from './permission-events.ts'
import type { IdentityNeeds } from './ports.ts'

/**
 * Gives an agent or a service to another person, who answers for it from then on. An agent's rights
 * end where those of its new person end; nobody hands one over to make it stronger than they are.
 */
export const handOverAgent = operation<IdentityNeeds>()({
  name: 'identity.hand_over_agent',
  about: 'Let another person answer for an agent or a service. Its keys stay; replace known ones.',
  input: z.strictObject({
    handle: HandleIn.describe('The agent or service'),
    to: HandleIn.describe('The person who answers for it from now on'),
  }),
  output: z.object({ handle: Handle, responsible: Handle, version: z.int() }),
  access: 'agent:write',
  effect: 'write',
  fresh: true,
  http: 'POST /agents/:handle/hand-over',
  mcp: null,
  say: ({ handle, responsible }) =>
    `@${responsible} answers for @${handle}. Its keys stay; replace those that others know.`,
  async run({ handle, to }, needs) {
    const { principals, answering, grants, call, emit } = needs
    const own = await holderOf(grants, call)
    const [agent] = await principals.find({ handles: [handle] })
    if (!agent || agent.kind === 'person' || !looksAfter(own, agent)) throw notFound(`@${handle}`)
    const person = await personOf(principals, to)
    if (agent.status === 'removed') throw removed(handle)
    if (person.status !== 'active') throw notActive(to)
    if (person.id === agent.responsibleId) {
      return { handle, responsible: to, version: agent.version }
    }
    const handed = { ...agent, responsibleId: person.id, version: agent.version + 1 }
    await answering.hand(handed)
    if (agent.kind === 'agent') await settleRights(needs, own, { before: agent, after: handed })
    const responsibleId = { from: agent.responsibleId, to: person.id }
    emit(ResponsibleChanged({ principalId: agent.id, responsibleId, version: handed.version }))
    return { handle, responsible: to, version: handed.version }
  },
})

type Handed = Readonly<{ before: Principal; after: Principal }>

/** Ends what the agent did for its former person, and looks at what it may do for the new one. */
const settleRights = async (
  { grants, delegations, call, emit }: IdentityNeeds & Pick<Words, 'call' | 'emit'>,
  own: Holder,
  { before, after }: Handed,
): Promise<void> => {
  // What cut the agent down while its person answered for it would now let it act in their name.
  const personId = before.responsibleId
  if (personId !== null && (await delegations.remove(before.id, personId))) {
    emit(DelegationWithdrawn({ agentId: before.id, personId }))
  }
  const rights = await grants.rights(after.id, { now: call.now })
  refuseMoreThanHeld(own, placesOf(rights))
}

const notActive = (handle: string) => {
  const message = `@${handle} is not active and cannot answer for anybody; name another person.`
  return refuse('conflict', 'identity.not_active', message)
}

const removed = (handle: string) => {
  const message = `@${handle} was removed; create a new principal instead.`
  return refuse('conflict', 'identity.principal_removed', message)
}
