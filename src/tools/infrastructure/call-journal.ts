import { LRUCache } from 'lru-cache'
import { assert } from '../../kernel/assert.ts'
import type { Happened } from '../../kernel/event.ts'
import type { Call } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { CommitUnknown, type Database } from '../../platform/database.ts'
import { type Outcome, outboxInsertsOf } from '../../platform/ledger/outbox.ts'
import { withRetries } from '../../platform/pipeline/retry.ts'
import type { Sql } from '../../platform/sql.ts'
import type { CallTail, NewCall } from '../application/hub-records.ts'
import type { CallJournal } from '../application/hub-ports.ts'
import type { CallRecord } from '../domain/call.ts'
import {
  begunEvent,
  type CarriedLabels,
  carryLabels,
  closeCalls,
  countUses,
  endedEvent,
  type GivenLabel,
  insertCalls,
  insertLabels,
  insertResults,
  takeNumbers,
  type Uses,
} from './call-rows.ts'
import { repeatedOf } from './call-keys.ts'
import { closeParked } from './parked-store.ts'

// Every call is written down, and a commit of its own for each would be most of what a call
// costs. So calls that begin or end while a commit is under way share the next one: alone, a call
// waits for one commit; a thousand at a time wait for a few.

/** Commits that one organisation has under way: while one waits for the disk, others fill. */
const COMMITS_MAX = 3
/** Entries that one commit takes. */
const BATCH_MAX = 256
/** Entries of one organisation that wait for their commit; more are refused. */
const WAITING_MAX = 4_096

/** Organisations whose line is remembered. */
const LINES_MAX = 1_000
/** Labels that are known to be written. */
const LABELS_MAX = 50_000
/** Milliseconds after which a label that is given again is written again. */
const LABEL_AGAIN_MS = 600_000
/** Milliseconds for which uses of tools are gathered. */
const USES_EVERY_MS = 2_000
/** Numbers that are taken ahead at most, and the time in which a second taking is a fast one. */
const NUMBERS_MAX = 512
const NUMBERS_MS = 1_000

/** What the journal stands on. */
export type JournalGround = Readonly<{
  database: Database
  now: () => number
  /** Hears of each commit, so that it is sealed at once. */
  committed: (orgId: string, happened: readonly Happened[]) => void
}>

type Entry = Readonly<{
  record: NewCall | CallRecord
  tail: CallTail | null
  call: Call
  done: (record: CallRecord | null) => void
  failed: (error: unknown) => void
}>

type Line = {
  readonly waiting: Entry[]
  /** A commit is about to begin, and how many are under way. */
  isDue: boolean
  running: number
  /** Numbers of calls that are ours to give: the next, and how many are left. */
  next: number
  left: number
  /** When numbers were taken last, and how many. */
  tookAt: number
  took: number
  /** Uses of tools that are still to be counted, and since when. */
  readonly uses: Map<string, Uses>
  usesSince: number
}

/** The journal of this process, for every organisation. */
export type Journals = Readonly<{ of(orgId: string): CallJournal }>

/** Makes the journal of this process. */
export const callJournals = (ground: JournalGround): Journals => {
  const lines = new LRUCache<string, Line>({ max: LINES_MAX })
  // Those that were written a moment ago are not written again.
  const labelled = new LRUCache<string, true>({ max: LABELS_MAX, ttl: LABEL_AGAIN_MS })

  const flush = async (orgId: string, line: Line): Promise<void> => {
    line.isDue = false
    line.running += 1
    while (line.waiting.length > 0) {
      const batch = line.waiting.splice(0, BATCH_MAX)
      await writeBatch({ ...ground, labelled, line, orgId }, batch)
    }
    line.running -= 1
  }
  const write = (orgId: string, entry: Omit<Entry, 'done' | 'failed'>) =>
    new Promise<CallRecord | null>((done, failed) => {
      const line = lines.get(orgId) ?? freshLine()
      if (line.waiting.length >= WAITING_MAX) return failed(notRecorded())
      lines.set(orgId, line)
      line.waiting.push({ ...entry, done, failed })
      if (line.isDue || line.running >= COMMITS_MAX) return
      line.isDue = true
      // Whatever comes in the same turn goes along with the first commit.
      setImmediate(() => void flush(orgId, line))
    })
  return {
    of: (orgId) => ({
      begin: (record, call) => write(orgId, { record, tail: null, call }),
      async end(record, tail, call) {
        const ended = await write(orgId, { record, tail, call })
        assert(ended, 'only a beginning can be a repetition')
        return ended
      },
    }),
  }
}

const freshLine = (): Line => ({
  ...{ waiting: [], isDue: false, running: 0, next: 0, left: 0, tookAt: 0, took: 0 },
  ...{ uses: new Map(), usesSince: 0 },
})

type BatchGround = JournalGround &
  Readonly<{ line: Line; orgId: string; labelled: LRUCache<string, true> }>

const writeBatch = async (ground: BatchGround, batch: readonly Entry[]): Promise<void> => {
  const [first] = batch
  if (first === undefined) return
  const { orgId, line, labelled } = ground
  const uses = dueUses(line, batch, ground.now())
  try {
    const { records, happened, labels, carried } = await withRetries(first.call, ground.now, () =>
      ground.database.write(orgId, (sql) => writeRows(ground, sql, { batch, uses })),
    )
    for (const one of labels) labelled.set(labelName(orgId, one), true)
    for (const one of carried) labelled.set(carryName(orgId, one), true)
    ground.committed(orgId, happened)
    for (const [index, entry] of batch.entries()) entry.done(records[index] ?? null)
  } catch (error) {
    const said = error instanceof CommitUnknown ? notRecorded() : error
    for (const entry of batch) entry.failed(said)
  }
}

/** Gathers uses of tools, and gives them when they were gathered for long enough. */
const dueUses = (line: Line, batch: readonly Entry[], now: number): ReadonlyMap<string, Uses> => {
  for (const { tail, call } of batch) {
    if (tail === null || tail.definitionId === '') continue
    const known = line.uses.get(tail.definitionId)
    const one = known ?? { calls: 0, failures: 0, ms: 0, lastAt: 0 }
    one.calls += 1
    one.failures += tail.end.state === 'done' ? 0 : 1
    one.ms += tail.end.ms
    one.lastAt = Math.max(one.lastAt, call.now)
    line.uses.set(tail.definitionId, one)
  }
  if (now - line.usesSince < USES_EVERY_MS) return new Map()
  const due = new Map(line.uses)
  line.uses.clear()
  line.usesSince = now
  return due
}

/**
 * Gives the first of the numbers of a batch. Where calls come fast, more are taken than one batch
 * needs, in a transaction of their own: numbers that are kept must be ours for good.
 */
const numbersFor = async (ground: BatchGround, sql: Sql, count: number): Promise<number> => {
  const { line, orgId, now, database } = ground
  if (line.left < count) {
    const isFast = now() - line.tookAt < NUMBERS_MS
    const more = isFast ? Math.min(NUMBERS_MAX, Math.max(count, line.took * 2)) : count
    Object.assign(line, { tookAt: now(), took: more })
    if (!isFast) return (await takeNumbers(sql, orgId, count)) - count + 1
    const last = await database.write(orgId, async (own) => ({
      value: await takeNumbers(own, orgId, more),
      tail: [],
    }))
    Object.assign(line, { next: last - more + 1, left: more })
  }
  // Taken in the same turn as they were found: no other batch comes between.
  const first = line.next
  line.next += count
  line.left -= count
  return first
}

type Batch = Readonly<{ batch: readonly Entry[]; uses: ReadonlyMap<string, Uses> }>

const writeRows = async (ground: BatchGround, sql: Sql, { batch, uses }: Batch) => {
  const { orgId, labelled } = ground
  const fresh = batch.filter(({ record }) => record.number === undefined)
  const known = await repeatedOf(sql, orgId, fresh)
  const count = fresh.length - known.size
  let next = count === 0 ? 0 : await numbersFor(ground, sql, count)
  const numberOf = () => next++
  const pairs = batch.flatMap((entry) =>
    known.has(entry) ? [] : [{ entry, record: recordOf(entry, numberOf) }],
  )
  const byEntry = new Map(pairs.map(({ entry, record }) => [entry, record]))
  const ended = pairs.flatMap(({ entry: { tail }, record }) =>
    tail === null ? [] : [{ record, tail }],
  )
  const added = pairs.filter(({ entry }) => entry.record.number === undefined)
  const closed = pairs.filter(({ entry }) => entry.record.number !== undefined)
  const approved = ended.flatMap(({ record }) => (record.approvalId === null ? [] : [record.id]))
  const labels = ended.flatMap(labelsOf).filter((one) => !labelled.has(labelName(orgId, one)))
  const carried = ended.flatMap(carriedOf).filter((one) => !labelled.has(carryName(orgId, one)))
  const events = pairs.map(({ entry, record }) => ({
    call: entry.call,
    act: { operation: 'tools.call_tool', out: outOf(record) },
    happened: [entry.tail === null ? begunEvent(record) : endedEvent(record, entry.tail)],
  }))
  const recordsOf = (some: typeof pairs) => some.map(({ record }) => record)
  // Nothing of this needs an answer, so all of it travels with the commit.
  const tail = [
    ...(added.length > 0 ? [insertCalls(orgId, recordsOf(added))] : []),
    ...(closed.length > 0 ? [closeCalls(orgId, recordsOf(closed))] : []),
    ...insertResults(orgId, ended),
    ...(approved.length > 0 ? [closeParked(orgId, approved)] : []),
    ...insertLabels(orgId, labels),
    ...carryLabels(orgId, carried),
    ...countUses(orgId, uses),
    ...outboxInsertsOf(events),
  ]
  const records = batch.map((entry) => byEntry.get(entry) ?? null)
  const happened = events.flatMap((one) => one.happened)
  return { value: { records, labels, carried, happened }, tail }
}

const recordOf = ({ record, tail, call }: Entry, numberOf: () => number): CallRecord => {
  const open = { endedAt: null, ms: null, bytes: null, code: null, state: 'begun' as const }
  const whole: CallRecord =
    'state' in record ? record : { ...bare(record), ...open, number: numberOf() }
  return tail === null ? whole : { ...whole, ...tail.end, endedAt: Math.trunc(endOf(call, tail)) }
}

const labelsOf = ({ record, tail }: { record: CallRecord; tail: CallTail }): GivenLabel[] =>
  tail.labels.flatMap((label) =>
    [record.principalId, ...(record.taskId === null ? [] : [record.taskId])].map((subjectId) => ({
      ...{ subjectId, label, callId: record.id, at: record.at },
    })),
  )

/** Who calls for a task takes with them what others have read for it. */
const carriedOf = ({ record }: { record: CallRecord }): CarriedLabels[] => {
  const { id: callId, taskId, principalId, at: calledAt } = record
  return taskId === null ? [] : [{ callId, taskId, principalId, at: calledAt }]
}

const carryName = (orgId: string, { principalId, taskId }: CarriedLabels): string =>
  `${orgId}/${principalId}/${taskId}`

const labelName = (orgId: string, { subjectId, label }: GivenLabel): string =>
  `${orgId}/${subjectId}/${label}`

const bare = ({ key: _key, number: _number, ...record }: NewCall) => record

const endOf = ({ now }: Call, { end }: CallTail): number => now + end.ms

const outOf = ({ state }: CallRecord): Outcome => {
  if (state === 'done' || state === 'begun' || state === 'parked') return 'ok'
  return state
}

const notRecorded = () => {
  const message =
    'This call could not be recorded, so nothing is known of it; look before you repeat it.'
  return refuse('unavailable', 'tools.call_not_recorded', message, { retryAfterS: 2 })
}
