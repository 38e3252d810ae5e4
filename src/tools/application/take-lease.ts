import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { LeaseWish } from '../contract.ts'
import { LeaseTaken } from '../events.ts'
import { LEASE_MS, LEASES_OPEN_MAX } from '../domain/lease.ts'
import type { LeaseStore } from './ports.ts'
import type { z } from 'zod'

/** Takes a lease for the actor of the call, within a claim that its caller has checked. */
export const takeLease = async (
  leases: LeaseStore,
  given: z.input<typeof LeaseWish>,
  { call, emit }: Pick<Words, 'call' | 'emit'>,
): Promise<Readonly<{ id: string; expiresAt: number }>> => {
  const wish = LeaseWish.parse(given)
  const { actor, now } = call
  if ((await leases.countOpen(actor.id, now)) >= LEASES_OPEN_MAX) throw tooMany()
  const expiresAt = now + LEASE_MS
  const who = { principalId: actor.id, onBehalfOf: actor.onBehalfOf ?? null }
  const lease = { ...wish, ...who, id: call.newId(), takenAt: now, expiresAt }
  await leases.add(lease)
  const { taskId, connection, tools, callsMax } = wish
  const about = { taskId, connection, tools, callsMax, expiresAt: Math.trunc(expiresAt) }
  emit(LeaseTaken({ leaseId: lease.id, ...who, ...about }))
  return { id: lease.id, expiresAt }
}

const tooMany = () => {
  const message = `You hold ${LEASES_OPEN_MAX} leases; finish what you do with one of them first.`
  return refuse('too_many', 'tools.too_many_leases', message, { limit: LEASES_OPEN_MAX })
}

/** Refuses a call that its lease does not cover, whatever the reason is. */
export const leaseOver = () => {
  const message =
    'This lease does not cover the call: it is over, used up, or for other tools. Take a new one.'
  return refuse('forbidden', 'tools.lease_over', message)
}
