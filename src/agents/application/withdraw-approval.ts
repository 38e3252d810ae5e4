import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { ApprovalKey, ApprovalStateName } from '../contract.ts'
import { type NameOf, withdrawApproval as withdraw } from '../domain/approval.ts'
import { withdrawnEvent } from './approval-events.ts'
import { namesOf, readerOf, sees } from './approval-views.ts'
import { numberOf } from './ask-approval.ts'
import type { AgentsNeeds, ApprovalStore, StoredApproval } from './ports.ts'

/** Takes back what the caller has asked for; whoever waits for it hears of it. */
export const withdrawApproval = operation<AgentsNeeds>()({
  name: 'agents.withdraw_approval',
  about: 'Take back an approval that you asked for and nobody has decided on.',
  input: z.strictObject({ key: ApprovalKey }),
  output: z.object({ key: z.string(), state: ApprovalStateName, version: z.int() }),
  access: null,
  effect: 'write',
  http: 'POST /approvals/:key/withdraw',
  mcp: null,
  say: ({ key, state }) => `${key} ${state}`,
  async run({ key }, words) {
    const { approvals, people, call } = words
    const found = await approvals.lock({ number: numberOf(key) })
    if (found === null) throw notFound(key)
    if (found.requester !== call.actor.id) {
      throw sees(await readerOf(words), found) ? notYours(key) : notFound(key)
    }
    const nameOf = await namesOf(people, found.decidedBy)
    const { state, version } = await withdrawFound(words, found, nameOf)
    return { key, state, version }
  },
})

const notYours = (key: string) => {
  const message = `Somebody else asked for ${key}; decide on it instead.`
  return refuse('forbidden', 'agents.approval_not_yours', message, { key })
}

type Ground = Readonly<{ approvals: ApprovalStore }> & Pick<Words, 'call' | 'emit'>

/** Withdraws an approval that this transaction has locked. */
export const withdrawFound = async (
  { approvals, call, emit }: Ground,
  found: StoredApproval,
  nameOf: NameOf,
): Promise<StoredApproval> => {
  const withdrawn = withdraw(found, Math.trunc(call.now), nameOf)
  await approvals.save(withdrawn)
  emit(withdrawnEvent(withdrawn))
  return withdrawn
}
