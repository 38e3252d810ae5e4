import { z } from 'zod'
import { event } from '../../kernel/event.ts'
import { STOP_REASONS } from '../domain/webhook-delivery.ts'
import { WEBHOOK_SCHEMES } from '../domain/webhook-scheme.ts'
import { SecretName } from '../contract.ts'
import { RECEIPT_OUTCOMES } from './webhook-ports.ts'

const id = z.uuid()
const Name = z.object({ name: SecretName })
const hook = { webhookId: id, projectId: id.nullable() }
const subscription = { subscriptionId: id, projectId: id.nullable() }

/** There is a place that outsiders call. */
export const WebhookCreated = event(
  'tools.webhook_created',
  'webhookId',
  z.object({ ...hook, scheme: z.enum(WEBHOOK_SCHEMES), version: z.int() }),
  { content: Name },
)

/** Its rule has changed, its secret, or whether it answers. */
export const WebhookChanged = event(
  'tools.webhook_changed',
  'webhookId',
  z.object({ ...hook, fields: z.array(z.string()), active: z.boolean(), version: z.int() }),
  { content: Name },
)

/** It is gone. */
export const WebhookDeleted = event(
  'tools.webhook_deleted',
  'webhookId',
  z.object({ ...hook, version: z.int() }),
  { content: Name },
)

/** Somebody outside has called, and has proven who they are. */
export const WebhookReceived = event(
  'tools.webhook_received',
  'webhookId',
  z.object({
    ...hook,
    receiptId: id,
    bytes: z.int(),
    /** Set where the event holds the beginning of the body only. */
    isCut: z.boolean(),
    outcome: z.enum(RECEIPT_OUTCOMES),
    taskKey: z.string().nullable(),
    why: z.string().nullable(),
  }),
  {
    content: z.object({
      name: SecretName,
      headers: z.record(z.string(), z.string()),
      body: z.string(),
    }),
  },
)

/** Somebody outside is sent events from now on. */
export const SubscriptionCreated = event(
  'tools.subscription_created',
  'subscriptionId',
  z.object({ ...subscription, events: z.array(z.string()), version: z.int() }),
  { content: Name.extend({ host: z.string() }) },
)

/** What is sent has changed, or where to, or whether. */
export const SubscriptionChanged = event(
  'tools.subscription_changed',
  'subscriptionId',
  z.object({ ...subscription, fields: z.array(z.string()), active: z.boolean(), version: z.int() }),
  { content: Name.extend({ host: z.string() }) },
)

/** Nothing is sent any more, and what was is forgotten in time. */
export const SubscriptionDeleted = event(
  'tools.subscription_deleted',
  'subscriptionId',
  z.object({ ...subscription, version: z.int() }),
  { content: Name },
)

/** The hub has stopped sending: nothing arrives. */
export const SubscriptionStopped = event(
  'tools.subscription_stopped',
  'subscriptionId',
  z.object({
    ...subscription,
    why: z.enum(STOP_REASONS),
    failures: z.int(),
    waiting: z.int(),
    version: z.int(),
  }),
  { content: Name },
)

/** Somebody wants to see whether a delivery arrives. */
export const SubscriptionPinged = event(
  'tools.subscription_pinged',
  'subscriptionId',
  z.object({ ...subscription, deliveryId: id }),
)

/** A delivery was given up: it waits for a person. */
export const DeliveryFailed = event(
  'tools.delivery_failed',
  'subscriptionId',
  z.object({
    ...subscription,
    deliveryId: id,
    about: z.string(),
    tries: z.int(),
    status: z.int().nullable(),
  }),
)

/** Deliveries that had ended are sent again. */
export const DeliveriesReplayed = event(
  'tools.deliveries_replayed',
  'subscriptionId',
  z.object({ ...subscription, count: z.int() }),
)

/** Every event about webhooks. */
export const WEBHOOK_EVENTS = [
  WebhookCreated,
  WebhookChanged,
  WebhookDeleted,
  WebhookReceived,
  SubscriptionCreated,
  SubscriptionChanged,
  SubscriptionDeleted,
  SubscriptionStopped,
  SubscriptionPinged,
  DeliveryFailed,
  DeliveriesReplayed,
]
