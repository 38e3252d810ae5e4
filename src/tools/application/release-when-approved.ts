import type { Words } from '../../kernel/operation.ts'
import { ApprovalDecided, ApprovalExpired, ApprovalWithdrawn } from '../../agents/contract.ts'
import type { HubNeeds } from './hub-ports.ts'

type Sealed = Readonly<{ name: string; data: Readonly<Record<string, unknown>> }>

/** Lets a call go that was approved, and ends one that was not. */
export const releaseWhenApproved = {
  name: 'tools.release_calls',
  events: [ApprovalDecided, ApprovalExpired, ApprovalWithdrawn],
  async run(
    { name, data }: Sealed,
    words: Pick<HubNeeds, 'parked' | 'waiting'> & Pick<Words, 'call' | 'emit'>,
  ): Promise<void> {
    const { approvalId } = ApprovalExpired.shape.pick({ approvalId: true }).parse(data)
    const isApproved = name === ApprovalDecided.event && data['outcome'] === 'approved'
    if (isApproved) await words.parked.release(approvalId)
    else await words.waiting.drop(approvalId, words)
  },
}
