import type { IdentityApi } from '../../identity/contract.ts'
import type { Permission } from '../../kernel/permission.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Keyring } from '../../platform/keyring/keyring.ts'
import { permissionsOf } from '../../platform/ledger/live.ts'
import { gcra, rateOf, timesRate } from '../../platform/limits/gcra.ts'
import { memoryLimits } from '../../platform/limits/memory-limits.ts'
import { waitS } from '../../platform/limits/too-many.ts'
import type { Ground, Room } from '../../platform/room.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { WorkApi, WorkTasks } from '../../work/contract.ts'
import type { WebhookNeeds } from '../application/webhook-ports.ts'
import { projectsFrom } from './work-adapter.ts'
import { webhookDeliveryStore } from './webhook-delivery-store.ts'
import { makersFrom } from './webhook-identity-adapter.ts'
import { webhookReceiptStore } from './webhook-receipt-store.ts'
import { webhookSecretStore } from './webhook-secret-store.ts'
import { webhookStore } from './webhook-store.ts'
import { webhookSubscriptionStore } from './webhook-subscription-store.ts'
import { taskMakerFrom } from './webhook-work-adapter.ts'

/** What webhooks take from the house and from other rooms. */
export type WebhookOthers = Readonly<{
  keyring: () => Keyring
  scrubber: Pick<Scrubber, 'remember'>
  work: (ground: Ground) => WorkApi
  identity: (ground: Ground) => IdentityApi
  tasks: (ground: Ground) => WorkTasks
  /** Every room of the house: their events are what is sent. */
  rooms: () => readonly Room[]
  /** The address under which the hub is reached. */
  address: () => string
  /** Refuses an address that the hub may not call. */
  checkTarget: (url: string) => void
  now: () => number
  /** Multiplies the limit of calls. */
  limitFactor: () => number
}>

// Of one webhook: bursts of a busy repository pass, a sender that runs wild does not.
const CALLS = rateOf(600, 60_000, 300)
const HOOKS_MAX = 5_000

/** Makes what the operations of webhooks need. */
export const webhookNeeds = (others: WebhookOthers): ((ground: Ground) => WebhookNeeds) => {
  const counted = memoryLimits(HOOKS_MAX)
  let known: ReadonlyMap<string, Permission> | undefined
  const needed = () => {
    known ??= permissionsOf(others.rooms())
    return known
  }
  const webhookPlace: WebhookNeeds['webhookPlace'] = {
    addressOf: (path) => `${others.address()}/hooks/${path}`,
    hostOf(url) {
      others.checkTarget(url)
      return new URL(url).host
    },
    count(hookId, now) {
      const cell = counted.cell(hookId)
      const rate = timesRate(CALLS, others.limitFactor())
      const verdict = gcra(cell.tat, now, { ...rate, cost: 1 })
      if (!verdict.ok) throw tooManyCalls(verdict.waitMs)
      cell.tat = verdict.tat
    },
  }
  return (ground) => {
    const work = others.work(ground)
    const identity = others.identity(ground)
    return {
      hooks: webhookStore(ground),
      receipts: webhookReceiptStore(ground),
      webhookSecrets: webhookSecretStore(ground, others),
      subscriptions: webhookSubscriptionStore(ground),
      deliveries: webhookDeliveryStore(ground),
      makers: makersFrom({ orgId: ground.orgId, identity, needed, now: others.now }),
      taskMaker: taskMakerFrom(others.tasks(ground), work),
      projects: projectsFrom(work),
      webhookPlace,
    }
  }
}

const tooManyCalls = (waitMs: number) => {
  const message = 'This webhook is called too often; send the call again later.'
  return refuse('too_many', 'tools.webhook_too_often', message, { retryAfterS: waitS(waitMs) })
}
