import type { Happened } from '../../kernel/event.ts'
import type { Quota } from '../../kernel/hall.ts'
import type { AnyOperation, Call } from '../../kernel/operation.ts'
import { type Refusal, refuse } from '../../kernel/refusal.ts'
import { CommitUnknown, type Database } from '../database.ts'
import { outboxInserts } from '../ledger/outbox.ts'
import type { Room } from '../room.ts'
import { keepAnswer, requestHash, takeKey } from './idempotency.ts'
import type { Permit } from './permit.ts'
import { readNeeds } from './read-needs.ts'
import { withRetries } from './retry.ts'
import type { Waiters } from './waiters.ts'
import { emitsNothing, wordsFor } from './words.ts'

/** An operation with everything its run needs but the database. */
export type Prepared = Readonly<{
  operation: AnyOperation
  room: Room
  input: unknown
  call: Call
  allowed: Permit
  /** What is left of the caller's limit; `null` where none counts. */
  quota: Quota | null
}>

/** What writing stands on. */
export type WriteGround = Readonly<{
  database: Database
  now: () => number
  waiters: Waiters
  /** Gives the refusal of a write while nothing may be written there; `null` while it may. */
  closed: (orgId: string, operation: string) => Refusal | null
  /**
   * Marks an input under a key of its organisation, so that what is kept of it for a day cannot be
   * guessed from the database: inputs may hold passwords. Left out: a bare hash.
   */
  mark?: (orgId: string, bytes: Uint8Array) => Promise<string>
  /** Takes secrets out of what events say; left out: nothing is taken out. */
  hide?: (fields: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** Hears of each commit, before the answer leaves. */
  committed: (orgId: string, happened: readonly Happened[]) => void
}>

/** Milliseconds after which a long poll looks by itself, for what only the clock makes ready. */
const RECHECK_MS = 5_000

/**
 * Runs a change in one transaction: the idempotency key first, state in between, events with the
 * commit. The run is repeated after a serialization failure, so it touches only its needs.
 */
const runWrite = async (ground: WriteGround, prepared: Prepared): Promise<unknown> => {
  const { operation, room, input, call, allowed } = prepared
  const { orgId } = call.actor
  const closed = ground.closed(orgId, operation.name)
  if (closed) throw closed
  const request = { operation: operation.name, hash: await markOf(ground, call, input) }
  const happened: Happened[] = []
  const ahead = await workAhead(ground, prepared)
  const attempt = () =>
    ground.database.write(orgId, async (sql) => {
      happened.length = 0
      const replay = call.idempotencyKey === null ? null : await takeKey(sql, call, request)
      if (replay) return { value: replay.output, tail: [] }
      const emit = (event: Happened) => happened.push(hidden(ground, event))
      const words = wordsFor(room.needs({ sql, orgId }), { call, emit, ...allowed })
      const output = operation.output.parse(await operation.run(input, { ...words, ahead }))
      const tail = [...outboxInserts(happened, call, operation.name)]
      // A long poll that found nothing has done nothing: its key is free for the next look.
      if (call.idempotencyKey !== null && !operation.waiting?.again(output)) {
        tail.push(keepAnswer(call, operation.name, operation.secret ? null : output))
      }
      return { value: output, tail }
    })
  try {
    const output = await withRetries(call, ground.now, attempt)
    if (happened.length > 0) ground.committed(orgId, happened)
    return output
  } catch (error) {
    if (!(error instanceof CommitUnknown)) throw error
    ground.committed(orgId, happened)
    return recoverOutcome(ground, call, request)
  }
}

/** Takes secrets out of an event: the ledger is for ever, and what it seals cannot be mended. */
const hidden = ({ hide }: WriteGround, event: Happened): Happened => {
  if (hide === undefined) return event
  const { content, personal } = event.parts
  return {
    ...event,
    data: hide(event.data),
    parts: {
      ...(content && { content: hide(content) }),
      ...(personal && { personal: hide(personal) }),
    },
  }
}

const NO_MARK = Buffer.alloc(0)

const markOf = async ({ mark }: WriteGround, call: Call, input: unknown): Promise<Buffer> => {
  if (call.idempotencyKey === null) return NO_MARK
  const hash = requestHash(input)
  return mark === undefined ? hash : Buffer.from(await mark(call.actor.orgId, hash), 'hex')
}

/** Does what takes time before the transaction opens, on the ground of a read. */
const workAhead = async (
  { database }: WriteGround,
  { operation, room, input, call, allowed }: Prepared,
): Promise<unknown> => {
  if (operation.ahead === undefined) return undefined
  const { orgId } = call.actor
  const needs = readNeeds(database, room, orgId)
  return operation.ahead(input, wordsFor(needs, { call, emit: emitsNothing, ...allowed }))
}

/** Runs a change, and for a long poll runs it again whenever its topic is woken. */
export const runWriteOrWait = async (ground: WriteGround, prepared: Prepared): Promise<unknown> => {
  const { operation, input, call } = prepared
  const { waiting } = operation
  if (!waiting) return runWrite(ground, prepared)
  const until = call.now + waiting.seconds(input) * 1000
  const topic = `${call.actor.orgId}/${waiting.topic(input, call.actor)}`
  for (;;) {
    const now = ground.now()
    const output = await runWrite(ground, { ...prepared, call: { ...call, now } })
    const left = until - ground.now()
    if (left <= 0 || call.signal.aborted || !waiting.again(output)) return output
    const wait = { ms: Math.min(left, RECHECK_MS), signal: call.signal }
    if (!(await ground.waiters.wait(topic, call.actor.id, wait))) return output
    // Nobody is there any more to take what the next run would give.
    if (call.signal.aborted) return output
  }
}

/**
 * Finds out whether a commit whose answer was lost has happened; only a key can tell. Taking the
 * key again waits for that commit where the server is still at it: to look would be too early.
 */
const recoverOutcome = async (
  { database, now }: WriteGround,
  call: Call,
  request: Readonly<{ operation: string; hash: Buffer }>,
): Promise<unknown> => {
  if (call.idempotencyKey === null) {
    const message =
      'The database went away while this was being saved; read it again before you repeat it.'
    throw refuse('unavailable', 'platform.outcome_unknown', message, { retryAfterS: 1 })
  }
  const look = () =>
    database.write(call.actor.orgId, async (sql) => {
      const kept = await takeKey(sql, call, request)
      if (kept) return { value: kept.output, tail: [] }
      const message =
        'The database went away before this was saved; send it again with the same key.'
      // Thrown, so that the key taken here is given back.
      throw refuse('unavailable', 'platform.outcome_unknown', message, { retryAfterS: 1 })
    })
  return withRetries(call, now, look)
}
