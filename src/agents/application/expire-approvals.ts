import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { expireApproval } from '../domain/approval.ts'
import { expiredEvent } from './approval-events.ts'
import type { AgentsNeeds } from './ports.ts'

/** Approvals that one run lets expire; the next run takes the others. */
const EXPIRED_MAX = 200

/** Lets approvals expire that nobody decided on in time; a decision after it is refused anyway. */
export const expireApprovals = operation<AgentsNeeds>()({
  name: 'agents.expire_approvals',
  about: 'Let approvals expire that nobody decided on in time.',
  input: z.strictObject({}),
  output: z.object({ expired: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_input, { approvals, call, emit }) {
    const overdue = await approvals.lockOverdue(call.now, EXPIRED_MAX)
    for (const one of overdue) {
      const expired = expireApproval(one, call.now)
      await approvals.save(expired)
      emit(expiredEvent(expired))
    }
    return { expired: overdue.length }
  },
})
