import type { z } from 'zod'
import { canonical } from '../../kernel/canonical.ts'
import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ApprovalWish } from '../contract.ts'
import { APPROVAL_MS, APPROVALS_OPEN_MAX, ARGS_CHARS_MAX } from '../domain/approval.ts'
import { askedEvent } from './approval-events.ts'
import { approvalHash } from './approval-hash.ts'
import type { ApprovalStore, StoredApproval } from './ports.ts'

type Asking = Pick<Words, 'call' | 'emit'>

/** Asks people for an approval, in the name of the actor of the call. */
export const askApproval = async (
  approvals: ApprovalStore,
  given: z.input<typeof ApprovalWish>,
  { call, emit }: Asking,
): Promise<StoredApproval> => {
  const { kind, text, bound, policyVersion, projectId, ...wish } = ApprovalWish.parse(given)
  const { actor } = call
  const { args: value, ...rest } = bound
  const args = canonicalArgs(value)
  if (args.length > ARGS_CHARS_MAX) throw tooLong()
  // The number comes first: its lock makes the count below one that nobody changes meanwhile.
  const number = await approvals.nextNumber()
  const now = Math.trunc(call.now)
  if ((await approvals.countOpen(actor.id, now)) >= APPROVALS_OPEN_MAX) throw tooMany()
  const asked: StoredApproval = {
    ...{ id: call.newId(), number, key: keyOf(number), kind, state: 'open', text, args },
    ...{ bound: rest, argsSha256: approvalHash(actor.orgId, { kind, bound, policyVersion }) },
    ...{ policyVersion, projectId, risk: wish.risk, needs: wish.needs, ref: wish.ref },
    ...{ requester: actor.id, onBehalfOf: actor.onBehalfOf ?? null },
    ...{ askedAt: now, expiresAt: now + (wish.ms ?? APPROVAL_MS[kind]) },
    ...{ decidedBy: [], decidedAt: null, reason: null, usedAt: null, version: 1 },
  }
  await approvals.add(asked)
  emit(askedEvent(asked))
  return asked
}

const canonicalArgs = (value: unknown): string => {
  try {
    return canonical(value)
  } catch {
    const message = 'These arguments hold half a character or no number; send plain JSON.'
    throw refuse('invalid', 'agents.approval_args_not_valid', message)
  }
}

/** Writes the short key of an approval. */
export const keyOf = (number: number): string => `AP-${number}`

/** Reads the number out of a short key. */
export const numberOf = (key: string): number => Number(key.slice('AP-'.length))

const tooLong = () => {
  const message = `Nobody reads this much before a yes; send at most ${ARGS_CHARS_MAX} characters.`
  return refuse('invalid', 'agents.approval_too_long', message, { max: ARGS_CHARS_MAX })
}

const tooMany = () => {
  const message = `You wait for ${APPROVALS_OPEN_MAX} approvals; wait for people, or withdraw some.`
  const details = { limit: APPROVALS_OPEN_MAX }
  return refuse('too_many', 'agents.too_many_approvals', message, details)
}
