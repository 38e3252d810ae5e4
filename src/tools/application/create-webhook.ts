import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { WEBHOOK_SCHEMES } from '../domain/webhook-scheme.ts'
import { placeOf } from './secret-place.ts'
import { WebhookCreated } from './webhook-events.ts'
import { makerOf, namedOf, nameTaken, tooManyOf } from './webhook-place.ts'
import type { Hook, WebhookNeeds } from './webhook-ports.ts'
import { readRule } from './webhook-rule.ts'
import { secretFor, SharedSecret } from './webhook-secret.ts'
import { HmacInput, NewWebhookView, RuleInput, showHooks } from './webhook-views.ts'

/** Webhooks that an organisation has at most. */
const HOOKS_MAX = 200
const PATH_BYTES = 18

/** Opens a place that outsiders call. */
export const createWebhook = operation<WebhookNeeds>()({
  name: 'tools.create_webhook',
  about:
    'Let another system call the hall: signed calls become events and, by a rule, tasks. ' +
    'A secret that the hub makes is shown once.',
  input: z.strictObject({
    name: SecretName,
    project: SecretPlace.optional(),
    scheme: z.enum(WEBHOOK_SCHEMES).describe('How the sender signs its calls'),
    secret: SharedSecret.optional(),
    hmac: HmacInput.optional(),
    rule: RuleInput.optional(),
  }),
  output: NewWebhookView,
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  secret: true,
  orgWide: true,
  http: 'POST /webhooks',
  mcp: null,
  scope: placeOf,
  say: ({ name, url }) => `${name} created: ${url}`,
  async ahead({ scheme, secret, hmac }, { webhookSecrets, call }) {
    if ((scheme === 'hmac') !== (hmac !== undefined)) throw hmacPlace()
    const shared = secretFor(scheme, secret, call.random)
    await webhookSecrets.prepare([{ kind: 'signing', text: shared.text }])
    return shared
  },
  async run({ name, project, scheme, hmac, rule }, needs) {
    const { hooks, webhookSecrets, call, emit, ahead } = needs
    const { now } = call
    const { projectId } = await namedOf(needs, { name, project })
    if ((await hooks.count()) >= HOOKS_MAX) throw tooManyOf('webhooks', HOOKS_MAX)
    const hook: Hook = {
      ...{ id: call.newId(), projectId, name, scheme, place: hmac ?? null, active: true },
      path: Buffer.from(call.random(new Uint8Array(PATH_BYTES))).toString('base64url'),
      rule: rule === undefined ? null : await readRule(needs, rule, projectId),
      ...{ maker: makerOf(call), version: 1, createdAt: now },
    }
    if (!(await hooks.add(hook))) throw nameTaken(name)
    const word = { kind: 'signing', text: ahead.text } as const
    await webhookSecrets.put(hook.id, word, { id: call.newId(), now, until: now })
    const about = { webhookId: hook.id, projectId, scheme, version: 1 }
    emit(WebhookCreated(about, { content: { name } }))
    const [view] = await showHooks(needs, [hook])
    return NewWebhookView.parse({ ...view, secret: ahead.isOurs ? ahead.text : null })
  },
})

const hmacPlace = () => {
  const message = 'Say in "hmac" where the signature stands, for the scheme hmac and no other.'
  return refuse('invalid', 'tools.webhook_hmac_place', message, { field: 'hmac' })
}
