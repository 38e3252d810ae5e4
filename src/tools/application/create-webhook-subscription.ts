import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { placeOf } from './secret-place.ts'
import { SubscriptionCreated } from './webhook-events.ts'
import { makerOf, namedOf, nameTaken, tooManyOf } from './webhook-place.ts'
import type { Subscription, WebhookNeeds } from './webhook-ports.ts'
import { makeSigningSecret } from './webhook-secret.ts'
import {
  EventPatterns,
  NewSubscriptionView,
  ProjectFilter,
  showSubscriptions,
  TargetUrl,
} from './webhook-views.ts'

/** Subscriptions that an organisation has at most: every event looks at all of them. */
const SUBSCRIPTIONS_MAX = 100

/** Sends events to somebody outside from now on. */
export const createSubscription = operation<WebhookNeeds>()({
  name: 'tools.create_subscription',
  about:
    'Send events to an address outside, signed as Standard Webhooks. Only events are sent that ' +
    'you may read, for as long as you may. The secret is shown once.',
  input: z.strictObject({
    name: SecretName,
    project: SecretPlace.optional(),
    url: TargetUrl,
    events: EventPatterns,
    projects: ProjectFilter.optional(),
  }),
  output: NewSubscriptionView,
  access: 'webhook:write',
  effect: 'write',
  fresh: true,
  secret: true,
  orgWide: true,
  http: 'POST /subscriptions',
  mcp: null,
  scope: placeOf,
  say: ({ name, host }) => `${name} created: events go to ${host}`,
  async ahead({ url }, { webhookSecrets, webhookPlace, call }) {
    const host = webhookPlace.hostOf(url)
    const secret = makeSigningSecret(call.random)
    await webhookSecrets.prepare([
      { kind: 'signing', text: secret },
      { kind: 'target', text: url },
    ])
    return { host, secret }
  },
  async run({ name, project, url, events, projects }, needs) {
    const { subscriptions, webhookSecrets, call, emit, ahead } = needs
    const { now } = call
    const { projectId } = await namedOf(needs, { name, project })
    const count = await subscriptions.count()
    if (count >= SUBSCRIPTIONS_MAX) throw tooManyOf('subscriptions', SUBSCRIPTIONS_MAX)
    const made: Subscription = {
      ...{ id: call.newId(), name, projectId, host: ahead.host, events: [...new Set(events)] },
      projectIds: await filterOf(needs, projectId, projects),
      ...{ state: 'active', stopReason: null, activeSince: now },
      ...{ failures: 0, failingSince: null, waiting: 0 },
      ...{ maker: makerOf(call), version: 1, createdAt: now },
    }
    if (!(await subscriptions.add(made))) throw nameTaken(name)
    const id = made.id
    const signing = { kind: 'signing', text: ahead.secret } as const
    await webhookSecrets.put(id, signing, { id: call.newId(), now, until: now })
    await webhookSecrets.put(
      id,
      { kind: 'target', text: url },
      { id: call.newId(), now, until: now },
    )
    const about = { subscriptionId: id, projectId, events: [...made.events], version: 1 }
    emit(SubscriptionCreated(about, { content: { name, host: ahead.host } }))
    const [view] = await showSubscriptions(needs, [made])
    return NewSubscriptionView.parse({ ...view, secret: ahead.secret })
  },
})

type FilterNeeds = Pick<WebhookNeeds, 'projects'> & Pick<Words, 'may'>

/** Reads the filter of projects; one of a project itself has none. */
export const filterOf = async (
  { projects, may }: FilterNeeds,
  projectId: string | null,
  keys: readonly string[] | null | undefined,
): Promise<readonly string[] | null> => {
  if (keys === null || keys === undefined) return null
  if (projectId !== null) throw filterTwice()
  const ids: string[] = []
  for (const key of new Set(keys)) {
    const id = await projects.idOf(key)
    if (id === null || !may('project:read', id)) throw notFound(key)
    ids.push(id)
  }
  return ids
}

const filterTwice = () => {
  const message = 'A subscription of a project is sent the events of that project; leave this out.'
  return refuse('invalid', 'tools.subscription_filter', message, { field: 'projects' })
}
