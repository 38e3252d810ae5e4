import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import {
  afterHealth,
  afterTry,
  CLAIM_MS,
  SAID_MAX,
  TRY_OUTCOMES,
} from '../domain/webhook-delivery.ts'
import { stop } from './queue-webhooks-when-sealed.ts'
import { DeliveryFailed } from './webhook-events.ts'
import type { WebhookNeeds } from './webhook-ports.ts'

// The two ends of a try. Between them the delivery is sent, outside of any transaction: whoever
// dies there leaves a claim that runs out, and the delivery is sent again under the same id.

const CLAIMED_MAX = 32

/** What is sent, as a claim gives it. */
export const Claimed = z.object({
  id: z.uuid(),
  subscriptionId: z.uuid(),
  fence: z.int(),
  event: z.string(),
  pos: z.int().nullable(),
  eventAt: z.number().nullable(),
  createdAt: z.number(),
})

/** What a claim gives. */
export const ClaimedList = z.object({ items: z.array(Claimed) })

/** Claims deliveries that are due, for the time of a try. */
export const claimDeliveries = operation<WebhookNeeds>()({
  name: 'tools.claim_deliveries',
  about: 'Claim deliveries that are due.',
  input: z.strictObject({
    limit: z.int().min(1).max(CLAIMED_MAX),
    /** Subscriptions that are being sent to already. */
    except: z.array(z.uuid()).max(CLAIMED_MAX),
  }),
  output: ClaimedList,
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run({ limit, except }, { deliveries, call: { now } }) {
    return { items: [...(await deliveries.claim({ now, until: now + CLAIM_MS, limit, except }))] }
  },
})

/** Records what came of a try, and decides what comes next. */
export const recordDelivery = operation<WebhookNeeds>()({
  name: 'tools.record_delivery',
  about: 'Record what came of sending a delivery.',
  input: z.strictObject({
    id: z.uuid(),
    subscriptionId: z.uuid(),
    fence: z.int(),
    outcome: z.enum(TRY_OUTCOMES),
    status: z.int().nullable(),
    said: z.string().max(SAID_MAX).nullable(),
    why: z.string().max(80).nullable(),
    ms: z.int().min(0),
    waitMs: z.number().min(0).nullable(),
  }),
  output: z.object({ state: z.string().nullable() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run({ id, subscriptionId, fence, outcome, waitMs, ...facts }, needs) {
    const { subscriptions, deliveries, call, emit } = needs
    const { now } = call
    const one = await subscriptions.lockById(subscriptionId)
    const tried = await deliveries.lockClaimed(id, fence)
    // Another has it by now, or the subscription is gone, and what waited for it.
    if (one === null || tried === null) return { state: null }
    const chance = (call.random(new Uint8Array(1))[0] ?? 0) / 256
    const { tries } = tried
    const after = afterTry({ outcome, tries, waitMs, now, chance })
    const isOver = after.state !== 'waiting'
    const isHeld = !isOver && one.state !== 'active'
    const state = isHeld ? 'held' : after.state
    const endedAt = isOver ? now : null
    await deliveries.save({ ...tried, ...facts, state, nextAt: after.nextAt, endedAt })
    const { stop: why, ...health } = afterHealth(one, outcome, now)
    const next = { ...one, ...health, waiting: Math.max(0, one.waiting - (isOver ? 1 : 0)) }
    if (state === 'dead') {
      const about = { subscriptionId, projectId: one.projectId, deliveryId: id }
      emit(DeliveryFailed({ ...about, about: tried.event, tries, status: facts.status }))
    }
    if (why !== null && one.state === 'active') emit(await stop(needs, next, why))
    else await subscriptions.save(next)
    return { state }
  },
})
