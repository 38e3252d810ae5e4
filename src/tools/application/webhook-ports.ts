import type { Words } from '../../kernel/operation.ts'
import type { HmacPlace, WebhookScheme } from '../domain/webhook-scheme.ts'
import type {
  DeliveryState,
  Health,
  StopReason,
  SUBSCRIPTION_STATES,
} from '../domain/webhook-delivery.ts'
import type { Condition } from '../domain/webhook-template.ts'
import type { Projects } from './ports.ts'

/** What the operations of webhooks need. */
export type WebhookNeeds = Readonly<{
  hooks: HookStore
  receipts: ReceiptStore
  webhookSecrets: WebhookSecrets
  subscriptions: SubscriptionStore
  deliveries: DeliveryStore
  makers: Makers
  taskMaker: TaskMaker
  projects: Projects
  webhookPlace: WebhookPlace
}>

/** Who answers for a webhook, as far as their rights go: those of the credential they had. */
export type Maker = Readonly<{
  id: string
  scopes: readonly string[] | null
  projects: readonly string[] | null
}>

/** What becomes a task, and how. */
export type Rule = Readonly<{
  projectId: string
  title: string
  body: string | null
  type: string | null
  labels: readonly string[]
  when: readonly Condition[]
  /** Where the body names the thing that a task stands for. */
  sameAs: string | null
}>

/** A place that outsiders call. */
export type Hook = Readonly<{
  id: string
  projectId: string | null
  name: string
  path: string
  scheme: WebhookScheme
  place: HmacPlace | null
  rule: Rule | null
  active: boolean
  maker: Maker
  version: number
  createdAt: number
}>

/** Names a webhook or a subscription within its place. */
export type Named = Readonly<{ name: string; projectId: string | null }>

/** How a list is read on: by name, then id. */
export type ListWanted = Readonly<{
  projectId: string | null
  visible: readonly string[] | null
  after: readonly [string, string] | null
  limit: number
}>

/** Keeps webhooks. */
export type HookStore = {
  count(): Promise<number>
  /** Adds one; false where the name is taken. */
  add(hook: Hook): Promise<boolean>
  find(named: Named): Promise<Hook | null>
  /** The same, locked. */
  lock(named: Named): Promise<Hook | null>
  byId(id: string): Promise<Hook | null>
  save(hook: Hook): Promise<void>
  remove(id: string): Promise<void>
  list(wanted: ListWanted): Promise<readonly Hook[]>
}

/** What came of a call that was taken. */
export const RECEIPT_OUTCOMES = ['kept', 'unmatched', 'task', 'comment', 'failed'] as const

/** A call that was taken. */
export type Receipt = Readonly<{
  id: string
  hookId: string
  receivedAt: number
  bytes: number
  outcome: (typeof RECEIPT_OUTCOMES)[number]
  taskKey: string | null
  why: string | null
}>

/** Keeps the calls that were taken, and the tasks they are about. */
export type ReceiptStore = {
  /** Takes a call; false where it was taken before. Waits for others that are at the same. */
  take(
    receipt: Receipt,
    keys: Readonly<{ delivery: string; signed: string | null }>,
  ): Promise<boolean>
  /** Says what came of it. */
  settle(id: string, came: Pick<Receipt, 'outcome' | 'taskKey' | 'why'>): Promise<void>
  /** Gives the task of a thing; `null`: the caller has to make it. Locks the thing. */
  taskOf(hookId: string, thing: string, now: number): Promise<string | null>
  setTask(hookId: string, thing: string, taskKey: string): Promise<void>
  list(
    hookId: string,
    wanted: Readonly<{ after: string | null; limit: number }>,
  ): Promise<readonly Receipt[]>
  /** Forgets what is older than it has to be; a bounded number at a time. */
  forget(now: number): Promise<number>
}

/** What is kept sealed for a webhook or a subscription. */
export type SealedWord = Readonly<{ kind: 'signing' | 'target'; text: string }>

/** Keeps what proves calls, and addresses. */
export type WebhookSecrets = {
  /** Prepares keys before a transaction, and hides the words in what is written from now on. */
  prepare(words: readonly SealedWord[]): Promise<void>
  /** Adds a word; the ones of its kind before it count until `until`, and no third one does. */
  put(
    owner: string,
    word: SealedWord,
    given: Readonly<{ id: string; now: number; until: number }>,
  ): Promise<void>
  /** Opens the words of a kind that count, the newest first. */
  open(owner: string, kind: SealedWord['kind'], now: number): Promise<readonly string[]>
  removeAll(owner: string): Promise<void>
  forget(now: number): Promise<number>
}

/** Somebody outside who is sent events. */
export type Subscription = Named &
  Health &
  Readonly<{
    id: string
    host: string
    events: readonly string[]
    projectIds: readonly string[] | null
    state: (typeof SUBSCRIPTION_STATES)[number]
    stopReason: StopReason | null
    activeSince: number
    waiting: number
    maker: Maker
    version: number
    createdAt: number
  }>

/** Keeps subscriptions. */
export type SubscriptionStore = {
  count(): Promise<number>
  add(subscription: Subscription): Promise<boolean>
  find(named: Named): Promise<Subscription | null>
  lock(named: Named): Promise<Subscription | null>
  /** Locks one by its id. */
  lockById(id: string): Promise<Subscription | null>
  byId(id: string): Promise<Subscription | null>
  /** Lists all that are sent events, in the order of their ids. */
  active(): Promise<readonly Subscription[]>
  save(subscription: Subscription): Promise<void>
  remove(id: string): Promise<void>
  list(wanted: ListWanted): Promise<readonly Subscription[]>
}

/** One event on its way to one subscription. */
export type Delivery = Readonly<{
  id: string
  subscriptionId: string
  event: string
  eventId: string | null
  pos: number | null
  eventAt: number | null
  state: DeliveryState
  tries: number
  fence: number
  nextAt: number | null
  createdAt: number
  endedAt: number | null
  status: number | null
  said: string | null
  why: string | null
  ms: number | null
}>

/** Keeps deliveries. */
export type DeliveryStore = {
  add(deliveries: readonly Delivery[]): Promise<void>
  /** Claims deliveries that are due, with a new fence; none of the subscriptions left out. */
  claim(wanted: {
    now: number
    until: number
    limit: number
    except: readonly string[]
  }): Promise<readonly Delivery[]>
  /** Finds one that a claim still holds, and locks it. */
  lockClaimed(id: string, fence: number): Promise<Delivery | null>
  save(delivery: Delivery): Promise<void>
  /** Moves all waiting deliveries of a subscription aside, or back. */
  hold(subscriptionId: string): Promise<void>
  resume(subscriptionId: string, now: number): Promise<void>
  /** Lets deliveries wait anew: one that has ended, or those given up; gives how many. */
  replay(wanted: {
    subscriptionId: string
    id: string | null
    now: number
    limit: number
  }): Promise<number>
  countDead(subscriptionId: string): Promise<number>
  /** Removes what waits for a subscription that goes. */
  dropWaiting(subscriptionId: string): Promise<void>
  list(wanted: {
    subscriptionId: string
    state: DeliveryState | null
    after: string | null
    limit: number
  }): Promise<readonly Delivery[]>
  /** Forgets deliveries that are too old; a bounded number at a time. */
  forget(now: number): Promise<number>
}

/** Asks what those may who answer for webhooks, at this moment. */
export type Makers = {
  /** Tells whether one may read events of a kind in a place; unknown kinds are for nobody. */
  mayRead(
    maker: Maker,
    event: Readonly<{ name: string; projectId: string | null }>,
  ): Promise<boolean>
  /** Gives what one may do in projects. */
  mayAct(maker: Maker): Promise<Words['may']>
}

/** Makes tasks, by the room of work. */
export type TaskMaker = {
  create(
    wish: Readonly<{
      projectId: string
      title: string
      body: string
      type: string | null
      labels: readonly string[]
    }>,
    words: Words,
  ): Promise<string>
  comment(key: string, text: string, words: Words): Promise<void>
}

/** What the hub is to the outside. */
export type WebhookPlace = {
  /** The address that a webhook is called at. */
  addressOf(path: string): string
  /** Refuses an address that the hub may not call; gives its host. */
  hostOf(url: string): string
  /** Counts a call of a webhook that was proven; refuses one too many. */
  count(hookId: string, now: number): void
}
