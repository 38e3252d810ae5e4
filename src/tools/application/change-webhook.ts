import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { placeOf } from './secret-place.ts'
import { WebhookChanged, WebhookDeleted } from './webhook-events.ts'
import { found, guardVersion, makerOf, namedOf } from './webhook-place.ts'
import type { Hook, WebhookNeeds } from './webhook-ports.ts'
import { readRule } from './webhook-rule.ts'
import { OverlapHours, overlapEnd, secretFor, SharedSecret } from './webhook-secret.ts'
import { NewWebhookView, RuleInput, showHooks, WebhookView } from './webhook-views.ts'

const Version = z.int().min(1).optional().describe('Version it changes, against lost updates')

/** Changes what becomes of calls, or whether they are answered. */
export const changeWebhook = operation<WebhookNeeds>()({
  name: 'tools.change_webhook',
  about: 'Change the rule of a webhook, or switch it off and on. Whoever does it answers for it.',
  input: z.strictObject({
    name: SecretName,
    project: SecretPlace.optional(),
    active: z.boolean().optional(),
    rule: RuleInput.nullable().optional(),
    version: Version,
  }),
  output: WebhookView,
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'PATCH /webhooks/:name',
  mcp: null,
  scope: placeOf,
  say: ({ name, active }) => `${name} changed, ${active ? 'active' : 'off'}`,
  async run({ name, project, active, rule, version }, needs) {
    const { hooks, call, emit } = needs
    const hook = found(await hooks.lock(await namedOf(needs, { name, project })), { name })
    guardVersion(hook, version)
    const fields = [
      ...(active === undefined ? [] : ['active']),
      ...(rule === undefined ? [] : ['rule']),
    ]
    const next: Hook = {
      ...hook,
      active: active ?? hook.active,
      rule: rule ? await readRule(needs, rule, hook.projectId) : rule === null ? null : hook.rule,
      // An old rule stays its maker's: switching it on gives nobody's rights to it.
      maker: rule === undefined ? hook.maker : makerOf(call),
      version: hook.version + 1,
    }
    if (fields.length > 0) {
      await hooks.save(next)
      emit(changed(next, fields))
    }
    const [view] = await showHooks(needs, [fields.length > 0 ? next : hook])
    return WebhookView.parse(view)
  },
})

/** Gives a webhook another secret; for a while both count. */
export const rotateWebhook = operation<WebhookNeeds>()({
  name: 'tools.rotate_webhook',
  about: 'Give a webhook another secret. The one before counts for a day, or as long as you say.',
  input: z.strictObject({
    name: SecretName,
    project: SecretPlace.optional(),
    secret: SharedSecret.optional(),
    overlapHours: OverlapHours,
  }),
  output: NewWebhookView,
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  secret: true,
  orgWide: true,
  http: 'POST /webhooks/:name/rotate',
  mcp: null,
  scope: placeOf,
  say: ({ name }) => `${name} has another secret`,
  async ahead({ name, project, secret }, needs) {
    const { hooks, webhookSecrets, call } = needs
    const hook = found(await hooks.find(await namedOf(needs, { name, project })), { name })
    const shared = secretFor(hook.scheme, secret, call.random)
    await webhookSecrets.prepare([{ kind: 'signing', text: shared.text }])
    return shared
  },
  async run({ name, project, overlapHours }, needs) {
    const { hooks, webhookSecrets, call, emit, ahead } = needs
    const hook = found(await hooks.lock(await namedOf(needs, { name, project })), { name })
    const next = { ...hook, version: hook.version + 1 }
    await hooks.save(next)
    const given = { id: call.newId(), now: call.now, until: overlapEnd(call.now, overlapHours) }
    await webhookSecrets.put(hook.id, { kind: 'signing', text: ahead.text }, given)
    emit(changed(next, ['secret']))
    const [view] = await showHooks(needs, [next])
    return NewWebhookView.parse({ ...view, secret: ahead.isOurs ? ahead.text : null })
  },
})

const changed = ({ id, projectId, name, active, version }: Hook, fields: readonly string[]) => {
  const about = { webhookId: id, projectId, fields: [...fields], active, version }
  return WebhookChanged(about, { content: { name } })
}

/** Closes a place that outsiders call. */
export const deleteWebhook = operation<WebhookNeeds>()({
  name: 'tools.delete_webhook',
  about: 'Delete a webhook: its address answers nobody any more.',
  input: z.strictObject({ name: SecretName, project: SecretPlace.optional() }),
  output: z.object({ name: SecretName, project: z.string().nullable() }),
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'DELETE /webhooks/:name',
  mcp: null,
  scope: placeOf,
  say: ({ name }) => `${name} deleted`,
  async run({ name, project }, needs) {
    const { hooks, webhookSecrets, emit } = needs
    const hook = found(await hooks.lock(await namedOf(needs, { name, project })), { name })
    const { id: webhookId, projectId, version } = hook
    await webhookSecrets.removeAll(webhookId)
    await hooks.remove(webhookId)
    emit(WebhookDeleted({ webhookId, projectId, version: version + 1 }, { content: { name } }))
    return { name, project: project ?? null }
  },
})
