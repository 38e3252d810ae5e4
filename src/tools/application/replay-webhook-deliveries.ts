import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { WAITING_MAX } from '../domain/webhook-delivery.ts'
import { placeOf } from './secret-place.ts'
import { DeliveriesReplayed, SubscriptionPinged } from './webhook-events.ts'
import { found, namedOf } from './webhook-place.ts'
import { newDelivery } from './queue-webhooks-when-sealed.ts'
import type { Subscription, WebhookNeeds } from './webhook-ports.ts'

/** Deliveries that one call sends again. */
const REPLAYED_MAX = 1_000
const named = { name: SecretName, project: SecretPlace.optional() }

/** The event that a ping is called. */
export const PING = 'tools.ping'

/** Sends again what was given up, or one delivery whatever became of it. */
export const replayDeliveries = operation<WebhookNeeds>()({
  name: 'tools.replay_deliveries',
  about:
    'Send deliveries again, with the same webhook-id: one by its id, or all that were given up, ' +
    'up to 1000 at a time.',
  input: z.strictObject({
    ...named,
    delivery: z.uuid().optional().describe('One of them; left out: all that were given up'),
  }),
  output: z.object({ name: SecretName, replayed: z.int(), dead: z.int() }),
  access: 'webhook:write',
  effect: 'write',
  orgWide: true,
  http: 'POST /subscriptions/:name/replay',
  mcp: null,
  scope: placeOf,
  say: ({ name, replayed, dead }) => `${name}: ${replayed} sent again, ${dead} still given up`,
  async run({ name, project, delivery }, needs) {
    const { subscriptions, deliveries, call, emit } = needs
    const place = await namedOf(needs, { name, project })
    const before = activeOne(found(await subscriptions.lock(place), { name }))
    const { id: subscriptionId, projectId, waiting } = before
    const room = Math.max(0, WAITING_MAX - waiting)
    if (room === 0) throw tooManyWait(name)
    const replayed = await deliveries.replay({
      ...{ subscriptionId, id: delivery ?? null, now: call.now },
      limit: Math.min(room, REPLAYED_MAX),
    })
    if (delivery !== undefined && replayed === 0) throw notFound('This delivery')
    if (replayed > 0) {
      await subscriptions.save({ ...before, waiting: waiting + replayed })
      emit(DeliveriesReplayed({ subscriptionId, projectId, count: replayed }))
    }
    return { name, replayed, dead: await deliveries.countDead(subscriptionId) }
  },
})

/** Sends a delivery that is about nothing, to see whether it arrives. */
export const pingSubscription = operation<WebhookNeeds>()({
  name: 'tools.ping_subscription',
  about: 'Send a test delivery; list the deliveries to see what became of it.',
  input: z.strictObject(named),
  output: z.object({ name: SecretName, delivery: z.uuid() }),
  access: 'webhook:write',
  effect: 'write',
  orgWide: true,
  http: 'POST /subscriptions/:name/ping',
  mcp: null,
  scope: placeOf,
  say: ({ name }) => `${name} pinged`,
  async run({ name, project }, needs) {
    const { subscriptions, deliveries, call, emit } = needs
    const place = await namedOf(needs, { name, project })
    const before = activeOne(found(await subscriptions.lock(place), { name }))
    const { id: subscriptionId, projectId, waiting } = before
    if (waiting >= WAITING_MAX) throw tooManyWait(name)
    const delivery = newDelivery(call, { subscriptionId, event: PING })
    await deliveries.add([delivery])
    await subscriptions.save({ ...before, waiting: waiting + 1 })
    emit(SubscriptionPinged({ subscriptionId, projectId, deliveryId: delivery.id }))
    return { name, delivery: delivery.id }
  },
})

const activeOne = (one: Subscription): Subscription => {
  if (one.state === 'active') return one
  const message = `${one.name} is ${one.state}: switch it on first, then send.`
  throw refuse('conflict', 'tools.subscription_not_active', message, { state: one.state })
}

const tooManyWait = (name: string) => {
  const message = `${WAITING_MAX} deliveries of ${name} wait already; send more when they are gone.`
  return refuse('conflict', 'tools.too_many_deliveries', message, { limit: WAITING_MAX })
}
