import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { filterOf } from './create-webhook-subscription.ts'
import { placeOf } from './secret-place.ts'
import { SubscriptionChanged, SubscriptionDeleted } from './webhook-events.ts'
import { found, guardVersion, makerOf, namedOf } from './webhook-place.ts'
import type { Subscription, WebhookNeeds } from './webhook-ports.ts'
import { makeSigningSecret, OverlapHours, overlapEnd } from './webhook-secret.ts'
import {
  EventPatterns,
  NewSubscriptionView,
  ProjectFilter,
  showSubscriptions,
  SubscriptionView,
  TargetUrl,
} from './webhook-views.ts'

const named = { name: SecretName, project: SecretPlace.optional() }

/** Changes what is sent, where to, or whether. */
export const changeSubscription = operation<WebhookNeeds>()({
  name: 'tools.change_subscription',
  about:
    'Change what a subscription is sent, its address, or whether it is sent anything. ' +
    'Switched on again it goes on with what waits.',
  input: z.strictObject({
    ...named,
    url: TargetUrl.optional(),
    events: EventPatterns.optional(),
    projects: ProjectFilter.nullable().optional(),
    active: z.boolean().optional(),
    version: z.int().min(1).optional().describe('Version it changes, against lost updates'),
  }),
  output: SubscriptionView,
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'PATCH /subscriptions/:name',
  mcp: null,
  scope: placeOf,
  say: ({ name, state }) => `${name} changed, ${state}`,
  async ahead({ url }, { webhookSecrets, webhookPlace }) {
    if (url === undefined) return null
    const host = webhookPlace.hostOf(url)
    await webhookSecrets.prepare([{ kind: 'target', text: url }])
    return host
  },
  async run({ name, project, version, ...wish }, needs) {
    const { subscriptions, webhookSecrets, call, emit, ahead } = needs
    const { now } = call
    const place = await namedOf(needs, { name, project })
    const before = found(await subscriptions.lock(place), { name })
    guardVersion(before, version)
    const fields = Object.entries(wish).flatMap(([field, to]) => (to === undefined ? [] : [field]))
    if (fields.length === 0) return viewOf(needs, before)
    const { projects, events, active, url } = wish
    const isNew = [url, events, projects].some((one) => one !== undefined)
    const next: Subscription = {
      ...before,
      ...(active === undefined ? {} : await turn(needs, before, active)),
      host: ahead ?? before.host,
      events: events ? [...new Set(events)] : before.events,
      projectIds:
        projects === undefined
          ? before.projectIds
          : await filterOf(needs, before.projectId, projects),
      // Whoever says what is sent where is asked for their rights from then on.
      maker: isNew ? makerOf(call) : before.maker,
      version: before.version + 1,
    }
    await subscriptions.save(next)
    if (url !== undefined) {
      const given = { id: call.newId(), now, until: now }
      await webhookSecrets.put(before.id, { kind: 'target', text: url }, given)
    }
    emit(changed(next, fields))
    return viewOf(needs, next)
  },
})

const viewOf = async (needs: Pick<WebhookNeeds, 'projects'>, one: Subscription) => {
  const [view] = await showSubscriptions(needs, [one])
  return SubscriptionView.parse(view)
}

type Turning = Pick<WebhookNeeds, 'deliveries'> & Readonly<{ call: Readonly<{ now: number }> }>

/** Switches a subscription on or off; what waits is moved along. */
const turn = async (
  { deliveries, call: { now } }: Turning,
  { id, state }: Subscription,
  active: boolean,
): Promise<Partial<Subscription>> => {
  if (active === (state === 'active')) return {}
  if (!active) {
    await deliveries.hold(id)
    return { state: 'paused', stopReason: null }
  }
  await deliveries.resume(id, now)
  const health = { failures: 0, failingSince: null }
  return { ...health, state: 'active', stopReason: null, activeSince: now }
}

const changed = (one: Subscription, fields: readonly string[]) => {
  const { id, projectId, name, host, state, version } = one
  const about = { subscriptionId: id, projectId, active: state === 'active', version }
  return SubscriptionChanged({ ...about, fields: [...fields] }, { content: { name, host } })
}

/** Gives a subscription another secret; for a while deliveries are signed with both. */
export const rotateSubscription = operation<WebhookNeeds>()({
  name: 'tools.rotate_subscription',
  about: 'Give a subscription another secret. For a day deliveries are signed with both.',
  input: z.strictObject({ ...named, overlapHours: OverlapHours }),
  output: NewSubscriptionView,
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  secret: true,
  orgWide: true,
  http: 'POST /subscriptions/:name/rotate',
  mcp: null,
  scope: placeOf,
  say: ({ name }) => `${name} has another secret`,
  async ahead(_, { webhookSecrets, call }) {
    const secret = makeSigningSecret(call.random)
    await webhookSecrets.prepare([{ kind: 'signing', text: secret }])
    return secret
  },
  async run({ name, project, overlapHours }, needs) {
    const { subscriptions, webhookSecrets, call, emit, ahead } = needs
    const place = await namedOf(needs, { name, project })
    const before = found(await subscriptions.lock(place), { name })
    const next = { ...before, version: before.version + 1 }
    await subscriptions.save(next)
    const given = { id: call.newId(), now: call.now, until: overlapEnd(call.now, overlapHours) }
    await webhookSecrets.put(before.id, { kind: 'signing', text: ahead }, given)
    emit(changed(next, ['secret']))
    return NewSubscriptionView.parse({ ...(await viewOf(needs, next)), secret: ahead })
  },
})

/** Sends nothing any more. */
export const deleteSubscription = operation<WebhookNeeds>()({
  name: 'tools.delete_subscription',
  about: 'Delete a subscription. What waits for it is not sent.',
  input: z.strictObject(named),
  output: z.object({ name: SecretName, project: z.string().nullable() }),
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'DELETE /subscriptions/:name',
  mcp: null,
  scope: placeOf,
  say: ({ name }) => `${name} deleted`,
  async run({ name, project }, needs) {
    const { subscriptions, deliveries, webhookSecrets, emit } = needs
    const place = await namedOf(needs, { name, project })
    const { id, projectId, version } = found(await subscriptions.lock(place), { name })
    await deliveries.dropWaiting(id)
    await webhookSecrets.removeAll(id)
    await subscriptions.remove(id)
    const about = { subscriptionId: id, projectId, version: version + 1 }
    emit(SubscriptionDeleted(about, { content: { name } }))
    return { name, project: project ?? null }
  },
})
