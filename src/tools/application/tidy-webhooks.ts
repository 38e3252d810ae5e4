import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { WebhookNeeds } from './webhook-ports.ts'

/** Forgets calls and deliveries that are old enough, and secrets that count no more. */
export const tidyWebhooks = operation<WebhookNeeds>()({
  name: 'tools.tidy_webhooks',
  about: 'Forget calls and deliveries of webhooks that are old enough.',
  input: z.strictObject({}),
  output: z.object({ forgotten: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_input, { receipts, deliveries, webhookSecrets, call: { now } }) {
    const calls = await receipts.forget(now)
    const sent = await deliveries.forget(now)
    const secrets = await webhookSecrets.forget(now)
    return { forgotten: calls + sent + secrets }
  },
})
