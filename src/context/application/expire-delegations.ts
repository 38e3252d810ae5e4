import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { expireDelegation } from '../domain/delegation.ts'
import { decidedEvent } from './decide-delegation.ts'
import type { ContextNeeds } from './ports.ts'

/** Proposals that one run lets expire; the next run takes the others. */
const EXPIRED_MAX = 100

/** Lets proposals expire that no person has decided on in time. */
export const expireDelegations = operation<ContextNeeds>()({
  name: 'context.expire_delegations',
  about: 'Let proposals expire that waited too long.',
  input: z.strictObject({}),
  output: z.object({ expired: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_input, { delegations, call, emit }) {
    const overdue = await delegations.lockOverdue(call.now, EXPIRED_MAX)
    for (const one of overdue) {
      const expired = { ...one, ...expireDelegation(one, call.now), version: one.version + 1 }
      await delegations.save(expired)
      emit(decidedEvent(expired, one))
    }
    return { expired: overdue.length }
  },
})
