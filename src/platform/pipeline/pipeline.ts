import { assert } from '../../kernel/assert.ts'
import { isForPeople } from '../../kernel/access.ts'
import { type Actor, strangerIn } from '../../kernel/actor.ts'
import type { Answer, Asked, Quota } from '../../kernel/hall.ts'
import { idMaker } from '../../kernel/id.ts'
import type { AnyOperation, Call } from '../../kernel/operation.ts'
import { Refusal, refuse } from '../../kernel/refusal.ts'
import type { Log } from '../log.ts'
import { systemRandom } from '../random.ts'
import type { Room } from '../room.ts'
import { recordRead } from '../ledger/audit.ts'
import { type AnswerCache, answerCache } from './cache.ts'
import { gate } from './gate.ts'
import { parseInput } from './input.ts'
import { type AccessSource, type Permit, permit } from './permit.ts'
import { readNeeds } from './read-needs.ts'
import type { Refusals } from './refusals.ts'
import { withRetries } from './retry.ts'
import { runOutside } from './run-outside.ts'
import { type Prepared, runWriteOrWait, type WriteGround } from './run-write.ts'
import { emitsNothing, wordsFor } from './words.ts'

/** Milliseconds a call may take before nobody waits for it any more, long polls aside. */
export const CALL_MS = 30_000

/** What the pipeline is made of. */
export type PipelineOptions = WriteGround &
  Readonly<{
    rooms: readonly Room[]
    access: AccessSource
    log: Log
    /** Counts a call against the limits of its caller; refuses with `too_many`. */
    take: (actor: Actor, operation: AnyOperation) => Quota | null
    /** Holds acts that only people may do against the addresses they may come from. */
    guard: (actor: Actor, address: string | undefined) => Actor | Promise<Actor>
    /** Remembers refusals, until they are written into the ledger. */
    refusals: Pick<Refusals, 'note'>
  }>

/** The one way through which every door, schedule and reaction runs operations. */
export type Pipeline = Readonly<{
  run(operation: AnyOperation, input: unknown, asked: Asked): Answer | Promise<Answer>
  /** Every operation by name, internal ones too. */
  readonly operations: ReadonlyMap<string, AnyOperation>
  /** Empties the cache of an organisation: something happened there. */
  stir(orgId: string): void
}>

/** An answer as the cache keeps it, and its text as it was said last. */
type Kept = { readonly output: unknown; said?: Readonly<{ at: number; text: string }> }

/** Milliseconds for which a text is said again as it was: none counts in less than seconds. */
const SAID_MS = 1_000

/** Builds the pipeline: parse, actor, permission, transaction, run, events, commit, shape, log. */
export const pipeline = (options: PipelineOptions): Pipeline => {
  const { access, rooms } = options
  const roomOf = new Map(rooms.flatMap((room) => room.operations.map((one) => [one, room])))
  const cache = answerCache<Kept>()
  const callOf = callMaker(options.now)

  const answer = (prepared: Prepared, generation: number): Answer | Promise<Answer> => {
    const { operation } = prepared
    if (operation.effect === 'write') {
      return runWriteOrWait(options, prepared).then((output) =>
        answerOf(prepared, { output }, options.now),
      )
    }
    if (operation.effect === 'outside') {
      return runOutside(options, prepared).then((output) =>
        answerOf(prepared, { output }, options.now),
      )
    }
    return readThrough({ ...options, cache, generation }, prepared)
  }

  const runAs = (operation: AnyOperation, raw: unknown, asked: Asked): Answer | Promise<Answer> => {
    const room = roomOf.get(operation)
    assert(room, `${operation.name} belongs to a room`)
    const call = callOf(asked)
    gate(operation, asked.actor, call.now)
    const quota = options.take(asked.actor, operation)
    const input = parseInput(operation.input, raw)
    // Taken before the rights are read: what was read under old rights is not kept under new.
    const generation = cache.generation(asked.actor.orgId)
    const { actor, address } = asked
    const allowed = permit(access, operation, { actor, input, address, now: call.now })
    const go = (known: Permit) =>
      answer({ operation, room, input, call, quota, allowed: known }, generation)
    const guarded = isForPeople(operation.access)
      ? options.guard(asked.actor, asked.address)
      : asked.actor
    if (guarded instanceof Promise) {
      // Heard of below; until then, a refusal that nobody listens to would end the process.
      if (allowed instanceof Promise) allowed.catch(() => {})
      return guarded.then(async () => go(await allowed))
    }
    return allowed instanceof Promise ? allowed.then(go) : go(allowed)
  }

  const run = (operation: AnyOperation, raw: unknown, given: Asked): Answer | Promise<Answer> => {
    if (operation.open === undefined) return noting(operation, raw, given)
    // Whoever signs in is nobody yet: the input says which organisation it is about.
    const opened = operation.input.safeParse(raw)
    const about = opened.success ? operation.open(opened.data) : null
    return access
      .orgOf(about)
      .then((orgId) => noting(operation, raw, { ...given, actor: strangerIn(orgId) }))
  }

  const noting = (operation: AnyOperation, raw: unknown, asked: Asked) => {
    const noted = noteOf(options, operation, asked)
    try {
      const result = runAs(operation, raw, asked)
      if (result instanceof Promise) return result.then(noted.ok, noted.failed)
      return noted.ok(result)
    } catch (error) {
      return noted.failed(error)
    }
  }

  const operations = new Map([...roomOf.keys()].map((operation) => [operation.name, operation]))
  return { run, operations, stir: (orgId) => cache.empty(orgId) }
}

/** Makes calls out of what doors ask: time, ids and chance come from here. */
const callMaker = (now: () => number) => {
  const newId = idMaker(now, systemRandom)
  const neverAborted = new AbortController().signal
  return (asked: Asked): Call => {
    const moment = now()
    return {
      actor: asked.actor,
      door: asked.door,
      now: moment,
      newId,
      random: systemRandom,
      deadline: moment + CALL_MS,
      signal: asked.signal ?? neverAborted,
      trace: asked.trace ?? Buffer.from(systemRandom(new Uint8Array(16))).toString('hex'),
      // Strangers have no name to tell their keys apart by.
      idempotencyKey: asked.actor.kind === 'stranger' ? null : (asked.idempotencyKey ?? null),
      address: asked.address,
      ...(asked.client && { client: asked.client }),
    }
  }
}

type ReadGround = WriteGround & Readonly<{ cache: AnswerCache<Kept>; generation: number }>

/** Answers a read from the cache, else from the database; what was read meanwhile is not kept. */
const readThrough = (ground: ReadGround, prepared: Prepared): Answer | Promise<Answer> => {
  const { database, now, cache, generation } = ground
  const { operation, room, input, call, allowed } = prepared
  const { orgId } = call.actor
  const isKept = allowed.lasting && isCached(operation, input)
  const key = isKept ? cacheKey(prepared) : null
  const hit = key === null ? undefined : cache.get(orgId, key)
  if (hit) return answerOf(prepared, hit, now)
  const read = async (): Promise<unknown> => {
    if (operation.sensitive) await recordRead(database, call, operation.name)
    const needs = readNeeds(database, room, orgId)
    const words = wordsFor(needs, { call, emit: emitsNothing, ...allowed })
    return operation.output.parse(await operation.run(input, words))
  }
  return withRetries(call, now, read).then((output) => {
    const kept: Kept = { output }
    if (key !== null) {
      cache.put(orgId, key, { generation, size: JSON.stringify(output).length, value: kept })
    }
    return answerOf(prepared, kept, now)
  })
}

const isCached = ({ cached }: AnyOperation, input: unknown): boolean =>
  typeof cached === 'function' ? cached(input) : cached

const cacheKey = ({ operation, call, input }: Prepared): string =>
  `${operation.name}/${call.actor.id}/${call.actor.credentialId ?? ''}/${JSON.stringify(input)}`

const answerOf = (
  { operation, call, input, quota }: Prepared,
  kept: Kept,
  now: () => number,
): Answer => ({
  output: kept.output,
  quota: quota ?? undefined,
  version: versionOf(kept.output),
  trace: call.trace,
  text: () => saidOf(kept, { operation, call, input }, now()),
})

/** Says an output; texts tell how long ago something was, so they are not kept for long. */
const saidOf = (
  kept: Kept,
  { operation, call, input }: Pick<Prepared, 'operation' | 'call' | 'input'>,
  now: number,
): string => {
  if (kept.said && now - kept.said.at < SAID_MS) return kept.said.text
  const { output } = kept
  const text = operation.say
    ? operation.say(output, { now, actor: call.actor }, input)
    : JSON.stringify(output)
  kept.said = { at: now, text }
  return text
}

const versionOf = (output: unknown): number | null =>
  typeof output === 'object' &&
  output !== null &&
  'version' in output &&
  typeof output.version === 'number'
    ? output.version
    : null

/** Writes the one wide line of a call, whichever way it ends. */
const noteOf = (
  { log, refusals, hide }: Pick<PipelineOptions, 'log' | 'refusals' | 'hide'>,
  operation: AnyOperation,
  asked: Asked,
) => {
  const { door, actor, trace } = asked
  const started = performance.now()
  const note = (out: string, code?: string) =>
    log.wide({
      op: operation.name,
      door,
      actor: actor.id,
      ms: Math.round((performance.now() - started) * 100) / 100,
      out,
      ...(code && { code }),
      ...(trace && { trace }),
    })
  return {
    ok(answer: Answer): Answer {
      note('ok')
      return answer
    },
    failed(error: unknown): never {
      note(...outcomeOf(error))
      if (!(error instanceof Refusal)) throw error
      refusals.note(error, { operation: operation.name, ...asked })
      throw cleaned(error, hide)
    },
  }
}

/** Takes secrets out of what a refusal says: it may repeat what it was given. */
const cleaned = (refusal: Refusal, hide: PipelineOptions['hide']): Refusal => {
  const { kind, code, message, details } = refusal
  const said = { message, details }
  const clean = hide?.(said) ?? said
  if (clean === said) return refusal
  const facts = clean['details']
  return refuse(kind, code, String(clean['message']), isFacts(facts) ? facts : {})
}

const isFacts = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const outcomeOf = (error: unknown): [string, string] =>
  error instanceof Refusal
    ? ['refused', error.code]
    : ['failed', error instanceof Error ? error.name : 'unknown']
