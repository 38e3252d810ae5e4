import type { Actor } from '../../kernel/actor.ts'
import { refuse } from '../../kernel/refusal.ts'

const MINUTE_MS = 60 * 1000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Lists what a person may be asked to approve. */
export const APPROVAL_KINDS = [
  ...(['gate', 'tool', 'permission', 'budget', 'question', 'choice'] as const),
  ...(['handover', 'unknown_effect', 'auth'] as const),
] as const
/** What a person is asked to approve. */
export type ApprovalKind = (typeof APPROVAL_KINDS)[number]

/** How long an approval of each kind is open, and may be used: what acts at once waits shortest. */
export const APPROVAL_MS: Record<ApprovalKind, number> = {
  permission: 10 * MINUTE_MS,
  tool: 30 * MINUTE_MS,
  auth: 30 * MINUTE_MS,
  budget: DAY_MS,
  unknown_effect: DAY_MS,
  gate: 7 * DAY_MS,
  question: 7 * DAY_MS,
  choice: 7 * DAY_MS,
  handover: 7 * DAY_MS,
}
/** Longest time that whoever asks may set instead. */
export const APPROVAL_MS_MAX = 30 * DAY_MS
/** Approvals that one principal may have open at a time: a person has to read each. */
export const APPROVALS_OPEN_MAX = 50
/** Most characters of the sentence that says what is asked for. */
export const SHOWN_CHARS_MAX = 2_000
/** Most characters of the arguments in their canonical form. */
export const ARGS_CHARS_MAX = 64 * 1024
/** Most characters of a reason. */
export const REASON_CHARS_MAX = 1_000

/** Lists where an approval can stand. */
export const APPROVAL_STATES = [
  ...(['open', 'approved', 'denied', 'changes', 'expired', 'withdrawn'] as const),
] as const
/** Where an approval stands. */
export type ApprovalState = (typeof APPROVAL_STATES)[number]
/** What can happen to an approval. */
export type ApprovalEvent = 'approve' | 'deny' | 'change' | 'expire' | 'withdraw'

const CLOSED = {
  ...({ approve: 'refuse', deny: 'refuse', change: 'refuse' } as const),
  ...({ expire: 'refuse', withdraw: 'refuse' } as const),
} as const

/** What becomes of an approval; once decided it stays decided (A2). */
export const APPROVAL_NEXT: Record<
  ApprovalState,
  Record<ApprovalEvent, ApprovalState | 'refuse'>
> = {
  open: {
    // With two persons needed, the first of them leaves it open.
    approve: 'approved',
    deny: 'denied',
    change: 'changes',
    expire: 'expired',
    withdraw: 'withdrawn',
  },
  approved: CLOSED,
  denied: CLOSED,
  changes: CLOSED,
  expired: CLOSED,
  withdrawn: CLOSED,
}

/** A wish that people decide on: bound to exact arguments, and used once. */
export type Approval = Readonly<{
  key: string
  kind: ApprovalKind
  state: ApprovalState
  risk: 'normal' | 'high'
  /** Persons it takes. */
  needs: 1 | 2
  /** The id of a principal, as are those of `decidedBy`. */
  requester: string
  /** The person in whose name the requester asked. */
  onBehalfOf: string | null
  expiresAt: number
  /** Who has approved it so far, or who has decided otherwise, the last one at the end. */
  decidedBy: readonly string[]
  /** The moment of the last decision. */
  decidedAt: number | null
  reason: string | null
  version: number
}>

/** A person's word on an approval. */
export type Verdict = Readonly<{
  event: 'approve' | 'deny' | 'change'
  reason: string | null
  by: Pick<Actor, 'id' | 'kind' | 'via'>
  now: number
}>

/** Names principals in sentences. */
export type NameOf = (id: string) => string

/** Decides an approval, or refuses and says who decided before (A1, A2, A4). */
export const decideApproval = <T extends Approval>(
  found: T,
  verdict: Verdict,
  nameOf: NameOf,
): T => {
  const { event, reason, by, now } = verdict
  refuseOtherThanPerson(by)
  if (by.id === found.requester) throw ownApproval(found)
  const approval = expireApproval(found, now)
  const next = APPROVAL_NEXT[approval.state][event]
  if (next === 'refuse') throw alreadyDecided(approval, nameOf)
  if (approval.decidedBy.includes(by.id)) throw decidedByYou(approval)
  const decidedBy = [...approval.decidedBy, by.id]
  const isHalf = next === 'approved' && decidedBy.length < approval.needs
  return {
    ...approval,
    state: isHalf ? 'open' : next,
    ...{ decidedBy, decidedAt: now, reason, version: approval.version + 1 },
  }
}

/** Tells whether a word of this person would count, rights and browser aside. */
export const isUndecidedBy = (
  { state, requester, decidedBy, expiresAt }: Approval,
  by: Pick<Actor, 'id' | 'kind'>,
  now: number,
): boolean =>
  by.kind === 'person' &&
  state === 'open' &&
  expiresAt > now &&
  requester !== by.id &&
  !decidedBy.includes(by.id)

/** Lets an open approval expire whose time is over; leaves every other as it is. */
export const expireApproval = <T extends Approval>(approval: T, now: number): T =>
  approval.state === 'open' && approval.expiresAt <= now
    ? {
        ...approval,
        state: 'expired',
        decidedAt: approval.expiresAt,
        version: approval.version + 1,
      }
    : approval

/** Takes an approval back that is still open. */
export const withdrawApproval = <T extends Approval>(found: T, now: number, nameOf: NameOf): T => {
  const approval = expireApproval(found, now)
  const next = APPROVAL_NEXT[approval.state].withdraw
  if (next === 'refuse') throw alreadyDecided(approval, nameOf)
  return { ...approval, state: next, decidedAt: now, version: approval.version + 1 }
}

/**
 * Refuses whoever is no person at a page. A key shows who has the file that it lies in, and agents
 * run the command line, too: only a browser's session stands for a person (A1).
 */
const refuseOtherThanPerson = ({ kind, via }: Verdict['by']): void => {
  if (kind !== 'person') {
    const message = 'A person decides on this; go on with something else until one has.'
    throw refuse('forbidden', 'agents.approval_needs_person', message)
  }
  if (via === 'session') return
  const message =
    'A key cannot decide: agents hold keys, too. Open the inbox on the page: guildhall open.'
  throw refuse('forbidden', 'agents.approval_needs_person', message, { page: '/inbox' })
}

const ownApproval = ({ key }: Approval) => {
  const message = `You asked for ${key}, so somebody else decides on it.`
  return refuse('forbidden', 'agents.approval_not_yours', message, { key })
}

const decidedByYou = ({ key, needs, decidedAt }: Approval) => {
  const message = `You approved ${key} at ${clock(decidedAt)}; it needs another person now.`
  return refuse('conflict', 'agents.approval_decided', message, { key, needs, state: 'open' })
}

const alreadyDecided = (closed: Approval, nameOf: NameOf) => {
  const { key, state } = closed
  return refuse('conflict', 'agents.approval_decided', endOf(closed, nameOf), { key, state })
}

const endOf = ({ key, state, decidedBy, decidedAt }: Approval, nameOf: NameOf): string => {
  const at = clock(decidedAt)
  const who = nameOf(decidedBy.at(-1) ?? '')
  if (state === 'expired') {
    return `${key} expired at ${at}, which counts as a no; ask again if it is still wanted.`
  }
  if (state === 'withdrawn') return `${key} was withdrawn at ${at}.`
  if (state === 'changes') return `${who} asked for changes at ${at}.`
  return `${who} ${state} it at ${at}.`
}

/** Says the time of day; in UTC, because nobody knows where the reader is. */
const clock = (ms: number | null): string =>
  ms === null ? 'some time' : `${new Date(ms).toISOString().slice(11, 16)} UTC`

/** Refuses to use what is not approved, used up, over, or was approved for something else (A3). */
export const approvalMismatch = () => {
  const message =
    'No approval covers this call: it is not approved, over, used, or was for other arguments. Ask.'
  return refuse('conflict', 'agents.approval_mismatch', message)
}
