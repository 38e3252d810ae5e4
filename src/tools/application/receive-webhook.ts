import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { keptHeaders } from '../domain/webhook-scheme.ts'
import { applyRule, type Came } from './apply-webhook-rule.ts'
import { verifyCall, type Verified } from './verify-webhook.ts'
import { WebhookReceived } from './webhook-events.ts'
import type { Hook, WebhookNeeds } from './webhook-ports.ts'

/** Characters of a body that its event keeps; rules have looked at all of it. */
const BODY_KEPT_MAX = 32_768
const CHALLENGE = /^[A-Za-z0-9_-]{1,200}$/
const NUL = /\u0000/g // biome-ignore lint: no text that is stored has it

/** Takes a call of another system: checked, once, and with what its rule makes of it. */
export const receiveWebhook = operation<WebhookNeeds>()({
  name: 'tools.receive_webhook',
  about: 'Take a signed call of another system.',
  input: z.strictObject({
    webhookId: z.uuid(),
    headers: z.record(z.string(), z.string()),
    /** As it came, in base64. */
    body: z.string(),
    /** Why its rule failed when it was tried; the call is taken without it then. */
    failed: z.string().nullable(),
  }),
  output: z.object({ challenge: z.string().nullable(), taken: z.boolean() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async ahead({ webhookId, headers, body }, { hooks, webhookSecrets, webhookPlace, call }) {
    const hook = await hooks.byId(webhookId)
    if (!hook?.active) throw noSuchWebhook()
    const secrets = await webhookSecrets.open(webhookId, 'signing', call.now)
    const raw = { headers, body: Buffer.from(body, 'base64') }
    const verified = verifyCall(hook, raw, { secrets, now: call.now })
    if (verified === null) throw noSuchWebhook()
    // Only what was proven counts: nobody else can use up what a sender may send.
    webhookPlace.count(webhookId, call.now)
    return { hook, verified, bytes: raw.body.length }
  },
  async run({ headers, failed }, needs) {
    const { receipts, call, emit, ahead } = needs
    const { hook, verified, bytes } = ahead
    const challenge = challengeOf(hook, verified)
    if (challenge !== null) return { challenge, taken: false }
    const first: Came = { outcome: 'kept', taskKey: null, why: null }
    const receipt = { ...first, id: call.newId(), hookId: hook.id, receivedAt: call.now, bytes }
    if (!(await receipts.take(receipt, verified.keys))) return { challenge: null, taken: false }
    const kept = keptHeaders(headers)
    const received = { body: verified.json, headers: kept }
    const { rule } = hook
    let came: Came = failed === null ? first : { outcome: 'failed', taskKey: null, why: failed }
    if (rule !== null && failed === null) came = await applyRule(needs, { hook, rule, received })
    if (came.outcome !== 'kept') await receipts.settle(receipt.id, came)
    const about = { webhookId: hook.id, projectId: hook.projectId, receiptId: receipt.id, bytes }
    const text = verified.text.replaceAll(NUL, '')
    const body = text.slice(0, BODY_KEPT_MAX).toWellFormed()
    const isCut = text.length > BODY_KEPT_MAX
    const content = { name: hook.name, headers: kept, body }
    emit(WebhookReceived({ ...about, isCut, ...came }, { content }))
    return { challenge: null, taken: true }
  },
})

/** Slack asks a new address to repeat a word before it sends anything. */
const challengeOf = ({ scheme }: Hook, { json }: Verified): string | null => {
  if (scheme !== 'slack') return null
  const asked = Handshake.safeParse(json)
  return asked.success ? asked.data.challenge : null
}

const Handshake = z.object({
  type: z.literal('url_verification'),
  challenge: z.string().regex(CHALLENGE),
})

/** Refuses a call that is not proven, in the same words as an address that nobody has. */
export const noSuchWebhook = () => {
  const message = 'There is no webhook at this address, or the call is not signed as it should be.'
  return refuse('not_found', 'tools.no_such_webhook', message)
}
