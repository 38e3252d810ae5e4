import type { ApprovalDetails } from '../../../src/agents/contract.ts'
import { shape } from '../live/api.ts'
import type { ApprovalItem } from '../live/inbox.ts'
import type { Hue } from '../ui/badge.tsx'

/** An approval with all that it is bound to. */
export type Details = (typeof ApprovalDetails)['_output']
/** What a person says to an approval. */
export type Decision = 'approve' | 'deny' | 'changes'

type Decided = Readonly<{ key: string; state: ApprovalItem['state']; missing: number }>

export const isDetails = shape<Details>('key', 'args', 'argsSha256', 'ref')
export const isDecided = shape<Decided>('key', 'state', 'missing')
export const isApprovals = shape<{ items: readonly ApprovalItem[] }>('items')

/** Says each kind in plain words. */
export const KINDS: Record<ApprovalItem['kind'], string> = {
  gate: 'Gate',
  tool: 'Tool call',
  permission: 'Permission',
  budget: 'Budget',
  question: 'Question',
  choice: 'Choice',
  handover: 'Handover',
  unknown_effect: 'Unknown outcome',
  auth: 'Sign-in elsewhere',
}

/** Says how an approval stands, with its hue. */
export const STATES: Record<ApprovalItem['state'], readonly [string, Hue]> = {
  open: ['Open', 'wait'],
  approved: ['Approved', 'ok'],
  denied: ['Denied', 'bad'],
  changes: ['Changes wanted', 'plain'],
  expired: ['Expired', 'plain'],
  withdrawn: ['Withdrawn', 'plain'],
}

/** Says what became of a decision. */
export const saidOf = ({ key, state, missing }: Decided): string =>
  state === 'open'
    ? `You approved ${key}; it needs ${missing} more.`
    : `${key}: ${STATES[state][0].toLowerCase()}.`
