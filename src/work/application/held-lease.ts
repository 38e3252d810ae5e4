import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { partsOfLease } from '../domain/key.ts'
import type { HeldLease } from './claim-ports.ts'
import type { WorkNeeds } from './ports.ts'

/**
 * Locks a lease and checks that the caller holds it under this fence: the first step of whatever a
 * worker does to its task. Valid is the lease whose row exists with that fence; the clock does not
 * count, only the sweeper reads it.
 */
export const heldLease = async (
  { leases, people, reads, call }: Pick<WorkNeeds, 'leases' | 'people' | 'reads'> & Words,
  lease: string,
): Promise<HeldLease & Readonly<{ key: string }>> => {
  const { key, fence } = partsOfLease(lease)
  const held = await leases.lock(key)
  if (held?.fence === fence && held.holderId === call.actor.id) return { ...held, key }
  const ids = await reads.ids(key)
  const mine = (await reads.attempts(ids.taskId, 20)).find(
    (attempt) => attempt.holder === call.actor.handle && attempt.outcome !== null,
  )
  const how = mine?.outcome ? ` (${mine.outcome.replace('_', '-')})` : ''
  const handles = held ? await people.handles([held.holderId]) : new Map<string, string>()
  const holder = held ? handles.get(held.holderId) : undefined
  const since = held ? ` since ${new Date(held.claimedAt).toISOString().slice(11, 16)}` : ''
  const fact = held ? `is held by @${holder ?? 'somebody'}${since}` : 'is not held any more'
  const message = `${key} ${fact}${how}. Stop this work and call work_next.`
  throw refuse('conflict', 'work.lease_lost', message, { key, ...(holder && { holder }) })
}
