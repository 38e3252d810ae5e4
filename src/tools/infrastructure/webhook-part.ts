import { assert } from '../../kernel/assert.ts'
import type { Ground, Reaction, Schedule } from '../../platform/room.ts'
import { isSent, queueWebhooksWhenSealed } from '../application/queue-webhooks-when-sealed.ts'
import { tidyWebhooks } from '../application/tidy-webhooks.ts'
import { WEBHOOK_OPERATIONS } from '../application/webhook-operations.ts'
import type { WebhookNeeds } from '../application/webhook-ports.ts'
import { orgsWithOldWebhooks } from './webhook-delivery-store.ts'
import { type WebhookOthers, webhookNeeds } from './webhook-needs.ts'
import { noSubscriptions } from './webhook-subscription-store.ts'

/** How often old calls and deliveries are looked for. */
const TIDY_EVERY_MS = 600_000

type Needs = Partial<WebhookNeeds>

/** Wires webhooks for the room: nothing of them is there where nobody says what they stand on. */
export const webhookPart = (others: WebhookOthers | undefined) => ({
  needs: others ? webhookNeeds(others) : (_ground: Ground): Needs => ({}),
  operations: others ? WEBHOOK_OPERATIONS : [],
  reactions: others ? [queueing(others)] : [],
  schedules: others ? [TIDYING] : [],
})

const queueing = ({ rooms }: WebhookOthers): Reaction<Needs> => ({
  name: queueWebhooksWhenSealed.name,
  // Asked when the reactions are started: by then every room of the house is made.
  get events() {
    return rooms().flatMap(({ events }) => Object.values(events).flat())
  },
  wants: ({ name }) => isSent(name),
  idle: noSubscriptions,
  unhurried: true,
  run(event, words) {
    const { subscriptions, deliveries, makers } = words
    assert(subscriptions && deliveries && makers, 'a room with webhooks has their needs')
    return queueWebhooksWhenSealed.run(event, { ...words, subscriptions, deliveries, makers })
  },
})

const TIDYING: Schedule = {
  name: 'tools.tidy_webhooks',
  everyMs: TIDY_EVERY_MS,
  operation: tidyWebhooks,
  due: orgsWithOldWebhooks,
}
