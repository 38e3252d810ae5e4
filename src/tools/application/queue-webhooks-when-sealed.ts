import type { Call, Words } from '../../kernel/operation.ts'
import { WAITING_MAX } from '../domain/webhook-delivery.ts'
import { isNamed } from '../domain/webhook-pattern.ts'
import { DeliveryFailed, SubscriptionStopped } from './webhook-events.ts'
import type { Delivery, Subscription, WebhookNeeds } from './webhook-ports.ts'

/** An event as the ledger gives it. */
type Sealed = Readonly<{
  id: string
  name: string
  pos: number
  at: number
  happenedAt: number
  data: Readonly<Record<string, unknown>>
}>

type Needs = Pick<WebhookNeeds, 'subscriptions' | 'deliveries' | 'makers'> & Words

/** Tells whether an event may be sent at all: of one that was given up none would ever end. */
export const isSent = (name: string): boolean => name !== DeliveryFailed.event

/** Lets every event wait for the subscriptions that want it and whose makers may read it. */
export const queueWebhooksWhenSealed = {
  name: 'tools.queue_webhooks',
  async run(event: Sealed, words: Needs): Promise<void> {
    const { subscriptions, makers } = words
    const place = event.data['projectId']
    const projectId = typeof place === 'string' ? place : null
    const about = { name: event.name, projectId }
    for (const one of await subscriptions.active()) {
      if (!wants(one, event, projectId)) continue
      if (await makers.mayRead(one.maker, about)) await queue(words, one.id, event)
    }
  },
}

const wants = (one: Subscription, event: Sealed, projectId: string | null): boolean => {
  if (!isNamed(one.events, event.name) || event.happenedAt <= one.activeSince) return false
  if (one.projectId !== null) return one.projectId === projectId
  return one.projectIds === null || (projectId !== null && one.projectIds.includes(projectId))
}

const queue = async (words: Needs, id: string, event: Sealed): Promise<void> => {
  const { subscriptions, deliveries, call, emit } = words
  const one = await subscriptions.lockById(id)
  if (one?.state !== 'active') return
  if (one.waiting >= WAITING_MAX) {
    emit(await stop(words, one, 'too_far_behind'))
    return
  }
  const { id: eventId, pos, at } = event
  const more = { subscriptionId: id, event: event.name, eventId, pos, eventAt: at }
  await deliveries.add([newDelivery(call, more)])
  await subscriptions.save({ ...one, waiting: one.waiting + 1 })
}

type Stopping = Pick<WebhookNeeds, 'subscriptions' | 'deliveries'>

/** Stops a subscription, sets aside what waits for it, and gives the event that says so. */
export const stop = async (
  { subscriptions, deliveries }: Stopping,
  one: Subscription,
  why: NonNullable<Subscription['stopReason']>,
) => {
  const next = { ...one, state: 'stopped', stopReason: why, version: one.version + 1 } as const
  await subscriptions.save(next)
  await deliveries.hold(one.id)
  const { id: subscriptionId, projectId, name, failures, waiting, version } = next
  const about = { subscriptionId, projectId, why, failures, waiting, version }
  return SubscriptionStopped(about, { content: { name } })
}

type About = Pick<Delivery, 'subscriptionId' | 'event'> &
  Partial<Pick<Delivery, 'eventId' | 'pos' | 'eventAt'>>

/** Makes a delivery that is due at once. */
export const newDelivery = (
  { newId, now }: Pick<Call, 'newId' | 'now'>,
  about: About,
): Delivery => ({
  ...{ id: newId(), eventId: null, pos: null, eventAt: null, ...about },
  ...{ state: 'waiting', tries: 0, fence: 0, nextAt: now, createdAt: now },
  ...{ endedAt: null, status: null, said: null, why: null, ms: null },
})
