import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Text } from '../contract.ts'
import { AgentsResumed, AgentsStopped } from '../events.ts'
import type { CrewNeeds } from './crew-ports.ts'
import type { WorkNeeds } from './ports.ts'

/**
 * Stops all agents and services of the organisation at once: they are given no more work, and each
 * reply to the work they hold asks them to stop. Nothing is taken from them: what they hold ends
 * as they say, or when its lease runs out.
 */
export const stopAgents = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.stop_agents',
  about: 'Stop all agents: they get no more work and are asked to stop what they hold.',
  input: z.strictObject({ reason: Text(1_000).optional() }),
  output: z.object({ stopped: z.boolean(), running: z.int() }),
  access: 'task:takeover',
  effect: 'write',
  orgWide: true,
  http: 'POST /work/stop',
  mcp: null,
  say: ({ running }) =>
    `Agents are stopped; ${running} claims hear it with their next update. resume_agents lifts it.`,
  async run({ reason }, { halts, call, emit }) {
    const running = await halts.claims()
    const isNew = await halts.stop({ byId: call.actor.id, at: call.now })
    if (isNew) {
      const { orgId } = call.actor
      emit(AgentsStopped({ orgId, running }, { content: { reason: reason ?? '' } }))
    }
    return { stopped: true, running }
  },
})

/** Lets agents and services work again; who has not heard of the stop yet never does. */
export const resumeAgents = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.resume_agents',
  about: 'Let agents work again after all of them were stopped.',
  input: z.strictObject({}),
  output: z.object({ stopped: z.boolean() }),
  access: 'task:takeover',
  effect: 'write',
  orgWide: true,
  fresh: true,
  http: 'POST /work/resume',
  mcp: null,
  say: () => 'Agents may work again.',
  async run(_, { halts, call, emit }) {
    if (call.actor.kind !== 'person') {
      const message = 'Only people let stopped agents work again.'
      throw refuse('forbidden', 'work.people_only', message)
    }
    if (await halts.lift()) emit(AgentsResumed({ orgId: call.actor.orgId }))
    return { stopped: false }
  },
})
