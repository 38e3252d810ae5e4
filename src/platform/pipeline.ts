import { randomFillSync } from 'node:crypto'
import { assert } from '../kernel/assert.ts'
import type { Happened } from '../kernel/event.ts'
import type { Answer, Asked } from '../kernel/hall.ts'
import { idMaker } from '../kernel/id.ts'
import type { AnyOperation, Call } from '../kernel/operation.ts'
import { refuse } from '../kernel/refusal.ts'
import { answerCache } from './cache.ts'
import { CommitUnknown, type Database } from './database.ts'
import { findKey, keepAnswer, requestHash, takeKey } from './idempotency.ts'
import { parseInput } from './input.ts'
import type { Log } from './log.ts'
import { outboxInserts } from './outbox.ts'
import { type AccessSource, type Permit, permit } from './permit.ts'
import { withRetries } from './retry.ts'
import type { Room } from './room.ts'
import type { Waiters } from './waiters.ts'

/** Milliseconds a call may take before nobody waits for it any more, long polls aside. */
export const CALL_MS = 30_000
/** Milliseconds after which a long poll looks by itself, for what only the clock makes ready. */
const RECHECK_MS = 5_000

/** What the pipeline is made of. */
export type PipelineOptions = Readonly<{
  database: Database
  rooms: readonly Room[]
  access: AccessSource
  now: () => number
  log: Log
  waiters: Waiters
  /** Hears of each commit, before the answer leaves: caches, rights, the sequencer. */
  committed: (orgId: string, happened: readonly Happened[]) => void
}>

/** The one way through which every door, schedule and reaction runs operations. */
export type Pipeline = Readonly<{
  run(operation: AnyOperation, input: unknown, asked: Asked): Answer | Promise<Answer>
  /** Every operation by name, internal ones too. */
  readonly operations: ReadonlyMap<string, AnyOperation>
  /** Empties the cache of an organisation: something happened there. */
  stir(orgId: string): void
}>

type Kept = Readonly<{ output: unknown; text: { said?: string } }>

/** Builds the pipeline: parse, actor, permission, transaction, run, events, commit, shape, log. */
export const pipeline = (options: PipelineOptions): Pipeline => {
  const { access, now, log } = options
  const roomOf = new Map(options.rooms.flatMap((room) => room.operations.map((op) => [op, room])))
  const cache = answerCache<Kept>()
  const random = (bytes: Uint8Array) => randomFillSync(bytes)
  const newId = idMaker(now, random)
  const neverAborted = new AbortController().signal

  const callOf = (asked: Asked, extraMs = 0): Call => {
    const moment = now()
    return {
      actor: asked.actor,
      door: asked.door,
      now: moment,
      newId,
      random,
      deadline: moment + CALL_MS + extraMs,
      signal: asked.signal ?? neverAborted,
      trace: asked.trace ?? newTrace(random),
      idempotencyKey: asked.idempotencyKey ?? null,
    }
  }

  const answerOf = (operation: AnyOperation, kept: Kept, told: Told): Answer => ({
    output: kept.output,
    version: versionOf(kept.output),
    trace: told.trace,
    text() {
      const telling = { now: now(), actor: told.actor }
      if (!operation.say) return JSON.stringify(kept.output)
      // What is cached tells the same text; only waits and leases count down, and they are not.
      if (!operation.cached) return operation.say(kept.output, telling, told.input)
      kept.text.said ??= operation.say(kept.output, telling, told.input)
      return kept.text.said
    },
  })

  const permitted = (operation: AnyOperation, input: unknown, asked: Asked, allowed: Permit) => {
    const room = roomOf.get(operation)
    assert(room, `${operation.name} belongs to a room`)
    const { actor } = asked
    const call = callOf(asked)
    const told = { trace: call.trace, actor, input }
    if (operation.effect === 'write') {
      return writeWaiting(operation, { room, input, call, allowed }).then((output) =>
        answerOf(operation, { output, text: {} }, told),
      )
    }
    const key = operation.cached ? cacheKey(operation, asked, input) : null
    const hit = key === null ? undefined : cache.get(actor.orgId, key)
    if (hit) return answerOf(operation, hit, told)
    const generation = cache.generation(actor.orgId)
    return read(operation, { room, input, call, allowed }).then((output) => {
      const kept: Kept = { output, text: {} }
      if (key !== null) {
        const size = JSON.stringify(output).length
        cache.put(actor.orgId, key, { generation, size, value: kept })
      }
      return answerOf(operation, kept, told)
    })
  }

  const read = (operation: AnyOperation, { room, input, call, allowed }: Prepared) =>
    withRetries(call, now, async () => {
      const sql = options.database.read(call.actor.orgId)
      const needs = Object(room.needs({ sql, orgId: call.actor.orgId }))
      const emit = () => assert(false, `${operation.name} is a read and emits nothing`)
      return operation.output.parse(
        await operation.run(input, { ...needs, call, emit, ...allowed }),
      )
    })

  const write = async (operation: AnyOperation, { room, input, call, allowed }: Prepared) => {
    const { orgId } = call.actor
    const request = { operation: operation.name, hash: requestHash(input) }
    const happened: Happened[] = []
    const attempt = async () =>
      options.database.write(orgId, async (sql) => {
        happened.length = 0
        const replay = call.idempotencyKey === null ? null : await takeKey(sql, call, request)
        if (replay) return { value: replay.output, tail: [] }
        const needs = Object(room.needs({ sql, orgId }))
        const emit = (event: Happened) => happened.push(event)
        const done = await operation.run(input, { ...needs, call, emit, ...allowed })
        const output = operation.output.parse(done)
        const tail = [...outboxInserts(happened, call, operation.name)]
        if (call.idempotencyKey !== null) {
          tail.push(keepAnswer(call, operation.name, operation.secret ? null : output))
        }
        return { value: output, tail }
      })
    try {
      const output = await withRetries(call, now, attempt)
      if (happened.length > 0) options.committed(orgId, happened)
      return output
    } catch (error) {
      if (!(error instanceof CommitUnknown)) throw error
      options.committed(orgId, happened)
      return recoverOutcome(options.database, call, request)
    }
  }

  const writeWaiting = async (operation: AnyOperation, prepared: Prepared): Promise<unknown> => {
    const { waiting } = operation
    const { input, call } = prepared
    if (!waiting) return write(operation, prepared)
    const until = call.now + waiting.seconds(input) * 1000
    const topic = `${call.actor.orgId}/${waiting.topic(input, call.actor)}`
    for (;;) {
      const output = await write(operation, { ...prepared, call: { ...call, now: now() } })
      const left = until - now()
      if (left <= 0 || call.signal.aborted || !waiting.again(output)) return output
      const wait = { ms: Math.min(left, RECHECK_MS), signal: call.signal }
      if (!(await options.waiters.wait(topic, call.actor.id, wait))) return output
    }
  }

  const run = (operation: AnyOperation, raw: unknown, asked: Asked): Answer | Promise<Answer> => {
    const started = performance.now()
    const done = (outcome: string, code?: string) =>
      log.wide({
        op: operation.name,
        door: asked.door,
        actor: asked.actor.id,
        ms: Math.round((performance.now() - started) * 100) / 100,
        out: outcome,
        ...(code && { code }),
        ...(asked.trace && { trace: asked.trace }),
      })
    const finish = (result: Promise<Answer>) =>
      result.then(
        (answer) => {
          done('ok')
          return answer
        },
        (error: unknown) => {
          done(...outcomeOf(error))
          throw error
        },
      )
    try {
      const input = parseInput(operation.input, raw)
      const allowed = permit(access, operation, { actor: asked.actor, input })
      const result =
        allowed instanceof Promise
          ? allowed.then((known) => permitted(operation, input, asked, known))
          : permitted(operation, input, asked, allowed)
      if (result instanceof Promise) return finish(result)
      done('ok')
      return result
    } catch (error) {
      done(...outcomeOf(error))
      throw error
    }
  }

  const operations = new Map([...roomOf.keys()].map((operation) => [operation.name, operation]))
  return { run, operations, stir: (orgId) => cache.empty(orgId) }
}

type Prepared = Readonly<{ room: Room; input: unknown; call: Call; allowed: Permit }>
type Told = Readonly<{ trace: string; actor: Asked['actor']; input: unknown }>

const cacheKey = ({ name }: AnyOperation, { actor }: Asked, input: unknown): string =>
  `${name}/${actor.id}/${actor.credentialId ?? ''}/${JSON.stringify(input)}`

const versionOf = (output: unknown): number | null =>
  typeof output === 'object' &&
  output !== null &&
  'version' in output &&
  typeof output.version === 'number'
    ? output.version
    : null

const newTrace = (random: Call['random']): string =>
  Buffer.from(random(new Uint8Array(16))).toString('hex')

const outcomeOf = (error: unknown): [string, string] =>
  typeof error === 'object' && error !== null && 'kind' in error && 'code' in error
    ? ['refused', String(error.code)]
    : ['failed', error instanceof Error ? error.name : 'unknown']

/** Finds out whether a commit whose answer was lost has happened; only a key can tell. */
const recoverOutcome = async (
  database: Database,
  call: Call,
  request: Readonly<{ operation: string; hash: Buffer }>,
): Promise<unknown> => {
  const kept = call.idempotencyKey
    ? await withRetries(
        call,
        () => call.now,
        () => findKey(database.read(call.actor.orgId), call, request),
      )
    : null
  if (kept) return kept.output
  const message = call.idempotencyKey
    ? 'The database went away before this was saved; send it again with the same key.'
    : 'The database went away while this was being saved; read it again before you repeat it.'
  throw refuse('unavailable', 'platform.outcome_unknown', message, { retryAfterS: 1 })
}
