import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn } from '../contract.ts'
import { holderOf, looksAfter } from './guard-grants.ts'
import { SeatsChanged } from './key-events.ts'
import type { IdentityNeeds } from './ports.ts'

const SEATS_MAX = 100

/** Sets how many tasks an agent may hold at a time; what it holds already stays with it. */
export const setAgentSeats = operation<IdentityNeeds>()({
  name: 'identity.set_agent_seats',
  about: 'Set how many tasks an agent may hold at a time. What it holds already stays.',
  input: z.strictObject({
    handle: HandleIn.describe('The agent'),
    seats: z.int().min(1).max(SEATS_MAX).describe('Tasks at a time'),
    version: z.int().optional(),
  }),
  output: z.object({ handle: Handle, seats: z.int(), version: z.int() }),
  access: 'agent:write',
  effect: 'write',
  http: 'PUT /agents/:handle/seats',
  mcp: null,
  say: ({ handle, seats }) => `@${handle} may hold ${seats} tasks at a time.`,
  async run({ handle, seats, version }, { principals, answering, grants, call, emit }) {
    const own = await holderOf(grants, call)
    const [agent] = await principals.find({ handles: [handle] })
    // An agent that widens its own seat would be held by nothing.
    const isOther = agent?.id !== call.actor.id
    if (agent?.kind !== 'agent' || agent.status === 'removed' || !isOther) throw none(handle)
    if (!looksAfter(own, agent)) throw none(handle)
    if (version !== undefined && version !== agent.version) throw changed(handle)
    if (agent.seatLimit === seats) return { handle, seats, version: agent.version }
    const after = { ...agent, seatLimit: seats, version: agent.version + 1 }
    await answering.hand(after)
    emit(
      SeatsChanged({
        principalId: agent.id,
        seats: { from: agent.seatLimit, to: seats },
        version: after.version,
      }),
    )
    return { handle, seats, version: after.version }
  },
})

const none = (handle: string) => notFound(`@${handle}`)

const changed = (handle: string) => {
  const message = `@${handle} has changed; read it again, then decide.`
  return refuse('conflict', 'identity.principal_changed', message)
}
