import { z } from 'zod'
import { refuseStale } from '../../kernel/fresh.ts'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { ApprovalKey, ApprovalStateName, PlainText } from '../contract.ts'
import { decideApproval as decide, REASON_CHARS_MAX } from '../domain/approval.ts'
import { decidedEvent } from './approval-events.ts'
import { namesOf } from './approval-views.ts'
import { numberOf } from './ask-approval.ts'
import type { AgentsNeeds } from './ports.ts'

const DECISIONS = ['approve', 'deny', 'changes'] as const
const EVENTS = { approve: 'approve', deny: 'deny', changes: 'change' } as const

/** Decides what was asked for; a yes covers exactly the arguments that were shown, once. */
export const decideApproval = operation<AgentsNeeds>()({
  name: 'agents.decide_approval',
  about:
    'Approve or deny what was asked for, or ask for changes. Persons decide, on the page: keys ' +
    'do not.',
  input: z.strictObject({
    key: ApprovalKey,
    decision: z.enum(DECISIONS),
    reason: PlainText(REASON_CHARS_MAX).optional().describe('Needed with changes'),
  }),
  output: z.object({
    key: z.string(),
    state: ApprovalStateName,
    /** Persons whose yes is missing. */
    missing: z.int(),
    version: z.int(),
  }),
  access: 'approval:decide',
  effect: 'write',
  http: 'POST /approvals/:key/decide',
  mcp: null, // no agent decides
  say: ({ key, state, missing }) =>
    state === 'open' ? `${key} approved, ${missing} more person needed` : `${key} ${state}`,
  async run({ key, decision, reason = '' }, { approvals, people, visible, call, emit }) {
    const { actor } = call
    const found = await approvals.lock({ number: numberOf(key) })
    if (found === null || !isIn(found.projectId, visible)) throw notFound(key)
    if (decision === 'changes' && reason.trim() === '') throw sayWhat()
    const nameOf = await namesOf(people, found.decidedBy)
    const verdict = { event: EVENTS[decision], reason: reason.trim() || null, by: actor }
    const now = Math.trunc(call.now)
    const decided = decide(found, { ...verdict, now }, nameOf)
    // Who says no only has to be there; a yes to what can do harm is worth a password.
    if (found.risk === 'high' && decision === 'approve') refuseStale(actor, now)
    await approvals.save(decided)
    emit(decidedEvent(decided))
    const { state, version, needs, decidedBy } = decided
    return { key, state, version, missing: state === 'open' ? needs - decidedBy.length : 0 }
  },
})

/** What belongs to no project is decided by whoever may decide everywhere. */
const isIn = (projectId: string | null, visible: readonly string[] | null): boolean =>
  visible === null || (projectId !== null && visible.includes(projectId))

const sayWhat = () => {
  const message = 'Say in reason what should change; whoever asked reads it and asks anew.'
  return refuse('invalid', 'agents.reason_needed', message, { field: 'reason' })
}
