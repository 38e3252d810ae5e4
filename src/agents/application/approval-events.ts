import {
  ApprovalAsked,
  ApprovalBacked,
  ApprovalDecided,
  ApprovalExpired,
  ApprovalWithdrawn,
} from '../contract.ts'
import type { StoredApproval } from './ports.ts'

const aboutOf = ({ id, key, kind, projectId, requester, ref, version }: StoredApproval) => ({
  ...{ approvalId: id, key, kind, projectId, requester, ref, version },
})

/** Makes the event of a new approval. */
export const askedEvent = (asked: StoredApproval) => {
  const { onBehalfOf, risk, needs, argsSha256, policyVersion, expiresAt, text, args } = asked
  const facts = { onBehalfOf, risk, needs, argsSha256, policyVersion, expiresAt }
  return ApprovalAsked({ ...aboutOf(asked), ...facts }, { content: { text, args } })
}

/** Makes the event of a person's word: the first of two, or the one that decides. */
export const decidedEvent = (decided: StoredApproval) => {
  const { state, decidedBy, needs, argsSha256, reason } = decided
  const parts = reason === null ? {} : { content: { reason } }
  const by = decidedBy.at(-1) ?? ''
  if (state === 'approved' || state === 'denied' || state === 'changes') {
    const outcome = { outcome: state, decidedBy: [...decidedBy], argsSha256 }
    return ApprovalDecided({ ...aboutOf(decided), ...outcome }, parts)
  }
  return ApprovalBacked({ ...aboutOf(decided), by, missing: needs - decidedBy.length }, parts)
}

/** Makes the event of an approval that nobody decided on in time. */
export const expiredEvent = (expired: StoredApproval) => ApprovalExpired(aboutOf(expired))

/** Makes the event of an approval that is no longer asked for. */
export const withdrawnEvent = (withdrawn: StoredApproval) => ApprovalWithdrawn(aboutOf(withdrawn))
