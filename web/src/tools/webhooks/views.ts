import { shape } from '../../live/api.ts'

// What the hub answers about webhooks, as far as these pages read it.

/** Where something of webhooks is: its name, in a project or in the organisation. */
export type Place = Readonly<{ name: string; project: string | null }>

/** A place that other systems call. */
export type Webhook = Place &
  Readonly<{
    scheme: string
    url: string
    active: boolean
    rule: Readonly<{ project: string; title: string }> | null
    createdAt: string
    version: number
  }>

/** A call that was taken. */
export type Call = Readonly<{
  id: string
  at: string
  outcome: 'kept' | 'unmatched' | 'task' | 'comment' | 'failed'
  task: string | null
  why: string | null
}>

/** Who outside is sent events. */
export type Subscription = Place &
  Readonly<{
    host: string
    events: readonly string[]
    projects: readonly string[] | null
    state: 'active' | 'paused' | 'stopped'
    stopReason: 'gone' | 'failing' | 'too_far_behind' | null
    waiting: number
    failures: number
    version: number
  }>

/** One event on its way. */
export type Delivery = Readonly<{
  id: string
  event: string
  state: 'waiting' | 'held' | 'done' | 'dead' | 'withheld'
  tries: number
  status: number | null
  said: string | null
  why: string | null
  createdAt: string
  nextAt: string | null
}>

export const isWebhooks = shape<{ items: readonly Webhook[] }>('items')
export const isCalls = shape<{ items: readonly Call[] }>('items')
export const isSubscriptions = shape<{ items: readonly Subscription[] }>('items')
export const isDeliveries = shape<{ items: readonly Delivery[] }>('items')
export const isNewWebhook = shape<{ url: string; secret: string | null }>('url', 'secret')
export const isNewSubscription = shape<{ secret: string }>('secret')
export const isReplayed = shape<{ replayed: number; dead: number }>('replayed', 'dead')

/** Gives the address of something of webhooks on the hub. */
export const pathOf = (
  kind: 'webhooks' | 'subscriptions',
  { name, project }: Place,
  act = '',
): string => {
  const place = project === null ? '' : `?project=${project}`
  return `/${kind}/${encodeURIComponent(name)}${act}${place}`
}

/** Tells things of equal names in several places apart. */
export const keyOf = ({ name, project }: Place): string => `${project ?? ''}/${name}`
