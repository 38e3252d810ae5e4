import {
  changeSubscription,
  deleteSubscription,
  rotateSubscription,
} from './change-webhook-subscription.ts'
import { changeWebhook, deleteWebhook, rotateWebhook } from './change-webhook.ts'
import { createSubscription } from './create-webhook-subscription.ts'
import { createWebhook } from './create-webhook.ts'
import {
  listDeliveries,
  listSubscriptions,
  listWebhookCalls,
  listWebhooks,
} from './list-webhooks.ts'
import { receiveWebhook } from './receive-webhook.ts'
import { pingSubscription, replayDeliveries } from './replay-webhook-deliveries.ts'
import { claimDeliveries, recordDelivery } from './send-webhooks.ts'
import { tidyWebhooks } from './tidy-webhooks.ts'

/** Every operation of webhooks. */
export const WEBHOOK_OPERATIONS = [
  createWebhook,
  listWebhooks,
  changeWebhook,
  rotateWebhook,
  deleteWebhook,
  listWebhookCalls,
  receiveWebhook,
  createSubscription,
  listSubscriptions,
  changeSubscription,
  rotateSubscription,
  deleteSubscription,
  pingSubscription,
  listDeliveries,
  replayDeliveries,
  claimDeliveries,
  recordDelivery,
  tidyWebhooks,
]
