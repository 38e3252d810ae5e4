import type { Ground } from '../../platform/room.ts'
import { approvalHash } from '../application/approval-hash.ts'
import { askApproval } from '../application/ask-approval.ts'
import { withdrawFound } from '../application/withdraw-approval.ts'
import type { AgentsApi } from '../contract.ts'
import { approvalMismatch, expireApproval } from '../domain/approval.ts'
import { approvalStore } from './approval-store.ts'

/** Answers what other rooms may ask of this one, in their transaction. */
export const agentsApi = (ground: Ground): AgentsApi => {
  const approvals = approvalStore(ground)
  return {
    async ask(wish, words) {
      const { id, key, argsSha256, expiresAt } = await askApproval(approvals, wish, words)
      return { id, key, argsSha256, expiresAt }
    },
    hash: (wish) => approvalHash(ground.orgId, wish),
    async use(id, argsSha256, now) {
      if (!(await approvals.use({ id, argsSha256, now }))) throw approvalMismatch()
    },
    async stateOf(id) {
      const found = await approvals.find({ id })
      if (found === null) return null
      const { key, state, reason, usedAt, expiresAt } = found
      return { key, state, reason, usedAt, expiresAt }
    },
    async withdraw(id, words) {
      const found = await approvals.lock({ id })
      if (found === null) return
      const isOpen = expireApproval(found, words.call.now).state === 'open'
      if (isOpen) await withdrawFound({ approvals, ...words }, found, () => 'Somebody')
    },
  }
}
