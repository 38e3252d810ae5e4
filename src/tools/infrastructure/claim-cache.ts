import { LRUCache } from 'lru-cache'
import type { Ground } from '../../platform/room.ts'
import type { WorkApi } from '../../work/contract.ts'
import type { Claims } from '../application/hub-ports.ts'
import type { Claim } from '../application/hub-records.ts'

/** Principals whose claims are at hand. */
const PRINCIPALS_MAX = 20_000

/** Claims of tasks, kept until something happens to tasks of an organisation. */
export type ClaimCache = Readonly<{
  of(ground: Ground): Claims
  forget(orgId: string, names: readonly string[]): void
}>

/** Makes the cache of this process: each call of an agent asks for its claims. */
export const claimCache = (work: (ground: Ground) => Pick<WorkApi, 'heldClaims'>): ClaimCache => {
  const generations = new Map<string, number>()
  const kept = new LRUCache<string, Promise<readonly Claim[]>>({ max: PRINCIPALS_MAX })
  const generation = (orgId: string) => generations.get(orgId) ?? 0
  return {
    of: (ground) => ({
      held(principalId, now) {
        // What was read before a change is kept under a number that nobody asks for any more.
        const key = `${ground.orgId}/${generation(ground.orgId)}/${principalId}`
        const known = kept.get(key)
        if (known) return known
        const read = work(ground).heldClaims(principalId, now)
        kept.set(key, read)
        read.catch(() => kept.delete(key))
        return read
      },
    }),
    forget(orgId, names) {
      if (names.some((name) => name.startsWith('work.'))) {
        generations.set(orgId, generation(orgId) + 1)
      }
    },
  }
}
