import { createHmac } from 'node:crypto'
import type { z } from 'zod'
import type { Database } from '../../platform/database.ts'
import { type LedgerEvent, readLedger } from '../../platform/ledger/ledger.ts'
import { toLive } from '../../platform/ledger/live.ts'
import type { Ground } from '../../platform/room.ts'
import { PING } from '../application/replay-webhook-deliveries.ts'
import type { Claimed } from '../application/send-webhooks.ts'
import type { WebhookNeeds } from '../application/webhook-ports.ts'
import { standardKey } from '../application/webhook-secret.ts'
import type { TryOutcome } from '../domain/webhook-delivery.ts'

/** Bytes of a delivery at most; of a larger event only the public fields are sent. */
const BODY_BYTES_MAX = 262_144
const CONTENT_TYPE = 'application/json'
const USER_AGENT = 'Guildhall-Webhooks/1'

/** A delivery as it was claimed. */
export type ClaimedDelivery = z.output<typeof Claimed>

/** A delivery, written and signed. */
export type Message = Readonly<{ url: string; init: RequestInit }>
/** What came of a try. */
export type Outcome = Readonly<{
  outcome: TryOutcome
  status: number | null
  said: string | null
  why: string | null
  waitMs: number | null
}>

/** What messages are written from. */
export type MessageGround = Readonly<{
  database: Database
  needs: (ground: Ground) => WebhookNeeds
  now: () => number
}>

/** Says what came of a try. */
export const came = (
  outcome: TryOutcome,
  why: string | null,
  more: Partial<Outcome> = {},
): Outcome => ({
  ...{ outcome, why, status: null, said: null, waitMs: null },
  ...more,
})

/** Writes and signs a delivery, or says why it is not sent: its maker may not read it any more. */
export const messageFor = async (
  { database, needs, now }: MessageGround,
  orgId: string,
  delivery: ClaimedDelivery,
): Promise<Message | Outcome> => {
  const sql = database.read(orgId)
  const { subscriptions, webhookSecrets, makers } = needs({ sql, orgId })
  const one = await subscriptions.byId(delivery.subscriptionId)
  if (one === null) return came('withheld', 'subscription_deleted')
  const event = await eventOf({ sql, orgId }, delivery)
  if (event === null) return came('withheld', 'event_dropped')
  if (event !== PING) {
    const place = event.data['projectId']
    const about = { name: event.name, projectId: typeof place === 'string' ? place : null }
    if (!(await makers.mayRead(one.maker, about))) return came('withheld', 'not_allowed')
  }
  const [url] = await webhookSecrets.open(one.id, 'target', now())
  const secrets = await webhookSecrets.open(one.id, 'signing', now())
  if (url === undefined) return came('withheld', 'no_address')
  const body = bodyOf(event, delivery)
  const sent = String(Math.floor(now() / 1_000))
  const headers = {
    'content-type': CONTENT_TYPE,
    'user-agent': USER_AGENT,
    'webhook-id': delivery.id,
    'webhook-timestamp': sent,
    'webhook-signature': signaturesOf(secrets, `${delivery.id}.${sent}.${body}`),
  }
  return { url, init: { method: 'POST', headers, body, redirect: 'manual' } }
}

type About = LedgerEvent | typeof PING | null

const eventOf = async (
  { sql, orgId }: Ground,
  { pos, eventAt }: ClaimedDelivery,
): Promise<About> => {
  if (pos === null || eventAt === null) return PING
  const [event] = await readLedger(sql, orgId, { pos: pos - 1, since: eventAt, limit: 1 })
  return event?.pos === pos ? event : null
}

/** Writes the body of a delivery: type, timestamp and data, as Standard Webhooks has them. */
const bodyOf = (event: LedgerEvent | typeof PING, { createdAt }: ClaimedDelivery): string => {
  if (event === PING) {
    const timestamp = new Date(createdAt).toISOString()
    return JSON.stringify({ type: PING, timestamp, data: {} })
  }
  const { name, id, version, at, actor, data, pos } = toLive(event)
  const whole = { type: name, timestamp: at, id: event.id, pos, subject: id, version, actor }
  const text = JSON.stringify({ ...whole, data })
  if (Buffer.byteLength(text) <= BODY_BYTES_MAX) return text
  const { audit: _, ...fields } = event.data
  const small = JSON.stringify({ ...whole, isCut: true, data: fields })
  return Buffer.byteLength(small) <= BODY_BYTES_MAX
    ? small
    : JSON.stringify({ ...whole, isCut: true, data: {} })
}

const signaturesOf = (secrets: readonly string[], signed: string): string =>
  secrets
    .flatMap((secret) => {
      const key = standardKey(secret)
      return key === null ? [] : [`v1,${createHmac('sha256', key).update(signed).digest('base64')}`]
    })
    .join(' ')
