import { z } from 'zod'
import { TaskType } from '../../work/contract.ts'
import { SecretName, SecretPlace } from '../contract.ts'
import { DELIVERY_STATES, STOP_REASONS, SUBSCRIPTION_STATES } from '../domain/webhook-delivery.ts'
import { HMAC_ENCODINGS, HMAC_HASHES, WEBHOOK_SCHEMES } from '../domain/webhook-scheme.ts'
import { EVENT_PATTERN } from '../domain/webhook-pattern.ts'
import { JSON_PATH, JSON_PATH_MAX } from '../domain/webhook-template.ts'
import { iso, isoOrNull, keysOf } from './webhook-place.ts'
import {
  type Delivery,
  type Hook,
  RECEIPT_OUTCOMES,
  type Receipt,
  type Rule,
  type Subscription,
  type WebhookNeeds,
} from './webhook-ports.ts'

const TEMPLATE_TITLE_MAX = 400
const TEMPLATE_BODY_MAX = 8_000
const CONDITIONS_MAX = 10
const VALUES_MAX = 20
const LABELS_MAX = 10
const PATTERNS_MAX = 20
const PROJECTS_MAX = 50

const path = z
  .string()
  .max(JSON_PATH_MAX)
  .regex(JSON_PATH, 'is a path such as issue.title, or $headers.x-github-event')
const Scalar = z.union([z.string().max(300), z.number(), z.boolean(), z.null()])
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000') && value.isWellFormed(), {
      error: 'holds a character that cannot be stored',
    })

/** How calls become tasks, as it is given. */
export const RuleInput = z
  .strictObject({
    project: SecretPlace,
    title: text(TEMPLATE_TITLE_MAX).min(1),
    body: text(TEMPLATE_BODY_MAX).optional(),
    type: TaskType.optional(),
    labels: z.array(text(60).min(1)).max(LABELS_MAX).optional(),
    when: z
      .array(
        z
          .strictObject({
            path,
            equals: Scalar.optional(),
            in: z.array(Scalar).min(1).max(VALUES_MAX).optional(),
          })
          .refine((one) => (one.equals === undefined) !== (one.in === undefined), {
            error: 'has either equals or in',
          }),
      )
      .max(CONDITIONS_MAX)
      .optional(),
    dedupe: path.optional(),
  })
  .describe(
    'Makes tasks: title and body with {{json.path}}, conditions, and what tells tasks apart',
  )

/** How calls become tasks, as it is shown. */
const RuleView = z.object({
  project: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  type: z.string().nullable(),
  labels: z.array(z.string()),
  when: z.array(z.object({ path: z.string(), in: z.array(Scalar) })),
  dedupe: z.string().nullable(),
})

/** Where a plain HMAC stands. */
export const HmacInput = z
  .strictObject({
    header: z.string().regex(/^[A-Za-z0-9-]{1,80}$/, 'is the name of a header'),
    prefix: z.string().max(40).default(''),
    encoding: z.enum(HMAC_ENCODINGS).default('hex'),
    hash: z.enum(HMAC_HASHES).default('sha256'),
  })
  .describe('For the scheme hmac: the header with the signature, and how it is written')

/** A webhook as everybody sees it: never what proves its calls. */
export const WebhookView = z.object({
  name: SecretName,
  project: z.string().nullable(),
  scheme: z.enum(WEBHOOK_SCHEMES),
  /** Where it is called. */
  url: z.string(),
  active: z.boolean(),
  hmac: z
    .object({ header: z.string(), prefix: z.string(), encoding: z.string(), hash: z.string() })
    .nullable(),
  rule: RuleView.nullable(),
  createdAt: z.string(),
  version: z.int(),
})

/** A webhook with its secret, which is shown this one time; `null`: the sender's own. */
export const NewWebhookView = WebhookView.extend({ secret: z.string().nullable() })

/** A call that was taken. */
export const ReceiptView = z.object({
  id: z.uuid(),
  at: z.string(),
  bytes: z.int(),
  outcome: z.enum(RECEIPT_OUTCOMES),
  task: z.string().nullable(),
  why: z.string().nullable(),
})

/** Which events are meant. */
export const EventPatterns = z
  .array(z.string().max(90).regex(EVENT_PATTERN, 'is an event such as work.task_moved, or work.*'))
  .min(1)
  .max(PATTERNS_MAX)
  .describe('Events that are sent: names, or beginnings of names with *')

/** The projects whose events are meant. */
export const ProjectFilter = z
  .array(SecretPlace)
  .min(1)
  .max(PROJECTS_MAX)
  .describe('Only events of these projects')

/** Where deliveries go. */
export const TargetUrl = z
  .string()
  .min(1)
  .max(2_000)
  .describe('Address that deliveries are sent to')

/** A subscription as everybody sees it: of its address the host only. */
export const SubscriptionView = z.object({
  name: SecretName,
  project: z.string().nullable(),
  host: z.string(),
  events: z.array(z.string()),
  projects: z.array(z.string()).nullable(),
  state: z.enum(SUBSCRIPTION_STATES),
  stopReason: z.enum(STOP_REASONS).nullable(),
  /** Deliveries on their way. */
  waiting: z.int(),
  /** Tries in a row that have failed. */
  failures: z.int(),
  failingSince: z.string().nullable(),
  createdAt: z.string(),
  version: z.int(),
})

/** A subscription with its secret, which is shown this one time. */
export const NewSubscriptionView = SubscriptionView.extend({ secret: z.string() })

/** One event on its way to one receiver. */
export const DeliveryView = z.object({
  /** Also its `webhook-id`, in every try. */
  id: z.uuid(),
  event: z.string(),
  state: z.enum(DELIVERY_STATES),
  tries: z.int(),
  status: z.int().nullable(),
  said: z.string().nullable(),
  why: z.string().nullable(),
  ms: z.int().nullable(),
  createdAt: z.string(),
  nextAt: z.string().nullable(),
  endedAt: z.string().nullable(),
})

type Keys = ReadonlyMap<string, string>

/** Shows webhooks. */
export const showHooks = async (
  needs: Pick<WebhookNeeds, 'projects' | 'webhookPlace'>,
  hooks: readonly Hook[],
): Promise<z.output<typeof WebhookView>[]> => {
  const ids = hooks.flatMap(({ projectId, rule }) => [projectId, rule?.projectId ?? null])
  const keys = await keysOf(needs, ids)
  return hooks.map(({ name, projectId, scheme, path: last, active, place, ...hook }) => ({
    ...{ name, scheme, active, hmac: place, version: hook.version },
    project: keys.get(projectId ?? '') ?? null,
    url: needs.webhookPlace.addressOf(last),
    rule: hook.rule && showRule(hook.rule, keys),
    createdAt: iso(hook.createdAt),
  }))
}

const showRule = ({ projectId, sameAs, labels, when, ...rule }: Rule, keys: Keys) => ({
  ...rule,
  project: keys.get(projectId) ?? '',
  labels: [...labels],
  when: when.map((one) => ({ path: one.path, in: [...one.in] })),
  dedupe: sameAs,
})

/** Shows subscriptions. */
export const showSubscriptions = async (
  needs: Pick<WebhookNeeds, 'projects'>,
  all: readonly Subscription[],
): Promise<z.output<typeof SubscriptionView>[]> => {
  const ids = all.flatMap(({ projectId, projectIds }) => [projectId, ...(projectIds ?? [])])
  const keys = await keysOf(needs, ids)
  return all.map(({ name, projectId, projectIds, host, events, state, stopReason, ...one }) => ({
    ...{ name, host, state, stopReason, waiting: one.waiting, failures: one.failures },
    events: [...events],
    project: keys.get(projectId ?? '') ?? null,
    projects: projectIds && projectIds.flatMap((id) => keys.get(id) ?? []),
    failingSince: isoOrNull(one.failingSince),
    createdAt: iso(one.createdAt),
    version: one.version,
  }))
}

/** Shows a call that was taken. */
export const showReceipt = (receipt: Receipt): z.output<typeof ReceiptView> => ({
  ...{ id: receipt.id, at: iso(receipt.receivedAt), bytes: receipt.bytes },
  ...{ outcome: receipt.outcome, task: receipt.taskKey, why: receipt.why },
})

/** Shows a delivery. */
export const showDelivery = (delivery: Delivery): z.output<typeof DeliveryView> => {
  const { id, event, state, tries, status, said, why, ms } = delivery
  return {
    ...{ id, event, state, tries, status, said, why, ms },
    createdAt: iso(delivery.createdAt),
    nextAt: state === 'waiting' ? isoOrNull(delivery.nextAt) : null,
    endedAt: isoOrNull(delivery.endedAt),
  }
}
