import { systemActor } from '../../kernel/actor.ts'
import type { Asked } from '../../kernel/hall.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { shorten } from '../../kernel/text.ts'
import { claimDeliveries, ClaimedList, recordDelivery } from '../application/send-webhooks.ts'
import { retryAfterMs, SAID_MAX } from '../domain/webhook-delivery.ts'
import { orgsWithDueDeliveries } from './webhook-delivery-store.ts'
import {
  came,
  type ClaimedDelivery,
  type Message,
  type MessageGround,
  messageFor,
  type Outcome,
} from './webhook-message.ts'

// Sends what waits, on every process of the hub. A delivery is claimed in a transaction, sent
// outside of any, and its outcome is recorded in another one: at least once, always under the same
// id. The order of deliveries is not promised, since one that fails does not hold up the next.

/** Deliveries that one process has under way. */
const IN_FLIGHT_MAX = 16
/** Deliveries that one look claims of an organisation: no receiver takes all places. */
const CLAIMED_MAX = 4
/** Milliseconds between looks for what is due. */
const LOOK_MS = 1_000
/** Milliseconds that a receiver may take for its answer; less than a claim lasts. */
const TIMEOUT_MS = 15_000

/** What sends deliveries: it starts, it stops, and for tests it works off what is due. */
export type WebhookSender = Readonly<{
  start(): void
  /** Ends what is under way; it is sent again when its claims run out. */
  stop(): Promise<void>
  /** Sends all that is due now and waits for the outcomes. */
  settle(): Promise<void>
}>

type Fetch = (input: string, init: RequestInit) => Promise<Response>
type Run = (operation: AnyOperation, input: unknown, asked: Asked) => unknown

/** What the sender stands on. */
export type WebhookSenderGround = MessageGround &
  Readonly<{
    /** Runs operations: the pipeline. */
    run: Run
    /** The one way out; the wait is asked for, so that no answer takes longer than a claim. */
    fetch: (limits: Readonly<{ timeoutMs: number }>) => Fetch
    scrub: (text: string) => string
    failed: (error: unknown) => void
  }>

/** Makes the sender of one process. */
export const webhookSender = (ground: WebhookSenderGround): WebhookSender => {
  const { database, now, failed } = ground
  const fetch = ground.fetch({ timeoutMs: TIMEOUT_MS })
  const stopping = new AbortController()
  const inFlight = new Map<string, Readonly<{ subscriptionId: string; done: Promise<void> }>>()
  let looking: Promise<void> = Promise.resolve()
  let isLooking = false
  let timer: ReturnType<typeof setInterval> | undefined

  const begin = (orgId: string, delivery: ClaimedDelivery): void => {
    const { id, subscriptionId } = delivery
    const done = deliver({ ...ground, post: fetch, signal: stopping.signal }, orgId, delivery)
      .catch(failed)
      .finally(() => {
        inFlight.delete(id)
        // A place is free, and there may be more: it does not wait for the clock.
        if (timer !== undefined) look()
      })
    inFlight.set(id, { subscriptionId, done })
  }

  const lookOnce = async (): Promise<number> => {
    let count = 0
    if (inFlight.size >= IN_FLIGHT_MAX) return count
    for (const orgId of await database.system((sql) => orgsWithDueDeliveries(sql, now()))) {
      const limit = Math.min(CLAIMED_MAX, IN_FLIGHT_MAX - inFlight.size)
      if (limit <= 0 || stopping.signal.aborted) break
      const except = [...new Set([...inFlight.values()].map((one) => one.subscriptionId))]
      const claimed = await runFor(ground, orgId, [claimDeliveries, { limit, except }])
      const { items } = ClaimedList.parse(claimed)
      for (const delivery of items) begin(orgId, delivery)
      count += items.length
    }
    return count
  }

  const look = (): void => {
    if (isLooking || stopping.signal.aborted) return
    isLooking = true
    looking = lookOnce()
      .then(() => {}, failed)
      .finally(() => {
        isLooking = false
      })
  }

  return {
    start() {
      timer ??= setInterval(look, LOOK_MS)
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      stopping.abort()
      await looking
      await Promise.all([...inFlight.values()].map(({ done }) => done))
    },
    async settle() {
      for (;;) {
        const count = await lookOnce()
        if (count === 0 && inFlight.size === 0) return
        await Promise.all([...inFlight.values()].map(({ done }) => done))
      }
    },
  }
}

/** Runs an operation as the hub itself and gives its output. */
const runFor = async (
  { run }: Pick<WebhookSenderGround, 'run'>,
  orgId: string,
  [operation, input]: readonly [AnyOperation, unknown],
): Promise<unknown> => {
  const answer = await run(operation, input, { actor: systemActor(orgId), door: 'job' })
  return typeof answer === 'object' && answer !== null && 'output' in answer ? answer.output : null
}

type Trying = WebhookSenderGround & Readonly<{ post: Fetch; signal: AbortSignal }>

/** Sends one delivery and records what came of it. */
const deliver = async (trying: Trying, orgId: string, delivery: ClaimedDelivery): Promise<void> => {
  const { signal } = trying
  const begun = performance.now()
  const message = await messageFor(trying, orgId, delivery).catch((error: unknown) => {
    trying.failed(error)
    return came('failed', 'not_written')
  })
  const outcome = 'outcome' in message ? message : await send(trying, message)
  // Cut off by our own stop: nobody knows what the other side has of it, so it is sent again.
  if (signal.aborted && outcome.outcome === 'failed') return
  const { id, subscriptionId, fence } = delivery
  const ms = Math.round(performance.now() - begun)
  const record = { id, subscriptionId, fence, ms, ...outcome }
  await runFor(trying, orgId, [recordDelivery, record])
}

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g // biome-ignore lint: what is taken out
const isDone = (status: number) => status >= 200 && status < 300
const GONE = 410

const send = async ({ post, signal, scrub, now }: Trying, message: Message): Promise<Outcome> => {
  try {
    const response = await post(message.url, { ...message.init, signal })
    const { status } = response
    const said = scrub(await beginningOf(response))
    const more = { status, said: said === '' ? null : shorten(said, SAID_MAX) }
    if (isDone(status)) return came('done', null, more)
    if (status === GONE) return came('gone', 'gone', more)
    const waitMs = retryAfterMs(response.headers.get('retry-after'), now())
    return came('failed', `status_${status}`, { ...more, waitMs })
  } catch (error) {
    if (!(error instanceof Refusal)) return came('failed', 'not_reached')
    const why = error.code.split('.')[1] ?? error.code
    // Our own way out says no to the address, whatever the receiver would say.
    return came(error.kind === 'invalid' ? 'refused' : 'failed', why)
  }
}

/** Reads the beginning of an answer and lets the rest go; one that breaks off is as good. */
const beginningOf = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of body ?? []) {
      const piece: unknown = chunk
      if (!(piece instanceof Uint8Array)) break
      chunks.push(piece)
      bytes += piece.byteLength
      if (bytes >= SAID_MAX) break
    }
  } catch {
    // The status has arrived: what was to be said besides is nothing to fail for.
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, SAID_MAX))
  return text.replaceAll(CONTROL, '')
}
