import type { Ground } from '../../platform/room.ts'
import { leaseOver, takeLease } from '../application/take-lease.ts'
import type { ToolsApi } from '../contract.ts'
import { leaseStore } from './lease-store.ts'

/** Answers what other rooms may ask of this one. */
export const toolsApi = (ground: Ground): ToolsApi => {
  const leases = leaseStore(ground)
  return {
    takeLease: (wish, words) => takeLease(leases, wish, words),
    async countCall(lease, tool, { actor, now }) {
      const counted = await leases.count({ id: lease, principalId: actor.id, tool, now })
      if (counted === null) throw leaseOver()
      return counted
    },
  }
}
