import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorId, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { DELIVERY_STATES } from '../domain/webhook-delivery.ts'
import { placeOf } from './secret-place.ts'
import { found, listWanted, namedOf, pageOf, sayLines } from './webhook-place.ts'
import type { WebhookNeeds } from './webhook-ports.ts'
import {
  DeliveryView,
  ReceiptView,
  showDelivery,
  showHooks,
  showReceipt,
  showSubscriptions,
  SubscriptionView,
  WebhookView,
} from './webhook-views.ts'

const paged = {
  project: SecretPlace.optional(),
  limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
  cursor: z.string().max(2_000).optional(),
}
const next = z.string().nullable()

/** Lists webhooks without their secrets. */
export const listWebhooks = operation<WebhookNeeds>()({
  name: 'tools.list_webhooks',
  about: 'List the webhooks that other systems call, with their addresses and rules.',
  input: z.strictObject(paged),
  output: z.object({ items: z.array(WebhookView), next }),
  access: 'webhook:read',
  effect: 'read',
  http: 'GET /webhooks',
  mcp: null,
  scope: placeOf,
  say: (page) => {
    const lines = page.items.map(({ project, name, scheme, active }) =>
      [project ?? 'all', name, scheme, ...(active ? [] : ['off'])].join(' '),
    )
    return sayLines(lines, { next: page.next, none: 'No webhooks.' })
  },
  async run(input, needs) {
    const rows = await needs.hooks.list(await listWanted(needs, input))
    const page = pageOf(rows, input.limit, ({ name, id }) => [name, id])
    return { items: await showHooks(needs, page.items), next: page.next }
  },
})

/** Lists the calls that a webhook has taken. */
export const listWebhookCalls = operation<WebhookNeeds>()({
  name: 'tools.list_webhook_calls',
  about: 'List the calls that a webhook took in the last week, newest first, and their tasks.',
  input: z.strictObject({ name: SecretName, ...paged }),
  output: z.object({ items: z.array(ReceiptView), next }),
  access: 'webhook:read',
  effect: 'read',
  orgWide: true,
  http: 'GET /webhooks/:name/calls',
  mcp: null,
  scope: placeOf,
  say: (page) => {
    const lines = page.items.map(({ at, outcome, task, why }) =>
      [at, outcome, task, why].filter((word) => word !== null).join(' '),
    )
    return sayLines(lines, { next: page.next, none: 'No calls.' })
  },
  async run({ name, project, limit, cursor }, needs) {
    const hook = found(await needs.hooks.find(await namedOf(needs, { name, project })), { name })
    const after = cursor === undefined ? null : cursorId(cursor)
    const rows = await needs.receipts.list(hook.id, { after, limit: limit + 1 })
    const page = pageOf(rows, limit, ({ id }) => [id])
    return { items: page.items.map(showReceipt), next: page.next }
  },
})

/** Lists who outside is sent events. */
export const listSubscriptions = operation<WebhookNeeds>()({
  name: 'tools.list_subscriptions',
  about: 'List the subscriptions: who outside is sent which events, and how they fare.',
  input: z.strictObject(paged),
  output: z.object({ items: z.array(SubscriptionView), next }),
  access: 'webhook:read',
  effect: 'read',
  http: 'GET /subscriptions',
  mcp: null,
  scope: placeOf,
  say: (page) => {
    const lines = page.items.map(({ project, name, host, state, waiting }) =>
      [project ?? 'all', name, host, state, `${waiting} waiting`].join(' '),
    )
    return sayLines(lines, { next: page.next, none: 'No subscriptions.' })
  },
  async run(input, needs) {
    const rows = await needs.subscriptions.list(await listWanted(needs, input))
    const page = pageOf(rows, input.limit, ({ name, id }) => [name, id])
    return { items: await showSubscriptions(needs, page.items), next: page.next }
  },
})

/** Lists deliveries of a subscription. */
export const listDeliveries = operation<WebhookNeeds>()({
  name: 'tools.list_deliveries',
  about: 'List the deliveries of a subscription, newest first; state dead: what was given up.',
  input: z.strictObject({ name: SecretName, state: z.enum(DELIVERY_STATES).optional(), ...paged }),
  output: z.object({ items: z.array(DeliveryView), next }),
  access: 'webhook:read',
  effect: 'read',
  orgWide: true,
  http: 'GET /subscriptions/:name/deliveries',
  mcp: null,
  scope: placeOf,
  say: (page) => {
    const lines = page.items.map(({ event, state, tries, status, why }) =>
      [event, state, `${tries} tries`, status, why].filter((word) => word !== null).join(' '),
    )
    return sayLines(lines, { next: page.next, none: 'No deliveries.' })
  },
  async run({ name, project, state, limit, cursor }, needs) {
    const named = await namedOf(needs, { name, project })
    const { id } = found(await needs.subscriptions.find(named), { name })
    const after = cursor === undefined ? null : cursorId(cursor)
    const wanted = { subscriptionId: id, state: state ?? null, after, limit: limit + 1 }
    const page = pageOf(await needs.deliveries.list(wanted), limit, (row) => [row.id])
    return { items: page.items.map(showDelivery), next: page.next }
  },
})
