import { assert } from '../../kernel/assert.ts'
import type { Happened } from '../../kernel/event.ts'
import type { Call } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { CommitUnknown, type Database } from '../../platform/database.ts'
import { type Outcome, outboxInsertsOf } from '../../platform/ledger/outbox.ts'
import { withRetries } from '../../platform/pipeline/retry.ts'
import { at, json, type Sql } from '../../platform/sql.ts'
import type { CallTail, NewCall } from '../application/hub-records.ts'
import type { CallJournal } from '../application/hub-ports.ts'
import type { CallRecord } from '../domain/call.ts'
import {
  begunEvent,
  closeCalls,
  countUses,
  endedEvent,
  insertCalls,
  insertLabels,
  insertResults,
  takeNumbers,
} from './call-rows.ts'
import { parkedStore } from './parked-store.ts'

// Every call is written down, and a commit of its own for each would be most of what a call
// costs. So calls that begin or end while a commit is under way share the next one: alone, a call
// waits for one commit; a thousand at a time wait for a few.

/** Entries that one commit takes. */
const BATCH_MAX = 256
/** Entries of one organisation that wait for their commit; more are refused. */
const WAITING_MAX = 4_096

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

type Line = { readonly waiting: Entry[]; busy: boolean }

/** The journal of this process, for every organisation. */
export type Journals = Readonly<{ of(orgId: string): CallJournal }>

/** Makes the journal of this process. */
export const callJournals = (ground: JournalGround): Journals => {
  const lines = new Map<string, Line>()

  const flush = async (orgId: string, line: Line): Promise<void> => {
    while (line.waiting.length > 0) {
      const batch = line.waiting.splice(0, BATCH_MAX)
      await writeBatch(ground, orgId, batch)
    }
    line.busy = false
    lines.delete(orgId)
  }
  const write = (orgId: string, entry: Omit<Entry, 'done' | 'failed'>) =>
    new Promise<CallRecord | null>((done, failed) => {
      const line = lines.get(orgId) ?? { waiting: [], busy: false }
      if (line.waiting.length >= WAITING_MAX) return failed(notRecorded())
      lines.set(orgId, line)
      line.waiting.push({ ...entry, done, failed })
      if (line.busy) return
      line.busy = true
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

const writeBatch = async (
  ground: JournalGround,
  orgId: string,
  batch: readonly Entry[],
): Promise<void> => {
  const [first] = batch
  if (first === undefined) return
  try {
    const { records, happened } = await withRetries(first.call, ground.now, () =>
      ground.database.write(orgId, (sql) => writeRows(sql, orgId, batch)),
    )
    ground.committed(orgId, happened)
    for (const [index, entry] of batch.entries()) {
      entry.done(records[index] ?? null)
    }
  } catch (error) {
    const said = error instanceof CommitUnknown ? notRecorded() : error
    for (const entry of batch) entry.failed(said)
  }
}

const writeRows = async (sql: Sql, orgId: string, batch: readonly Entry[]) => {
  const fresh = batch.filter(({ record }) => record.number === undefined)
  const known = await repeatedOf(sql, orgId, fresh)
  const last = fresh.length === 0 ? 0 : await takeNumbers(sql, orgId, fresh.length)
  let next = last - fresh.length
  const records = batch.map((entry): CallRecord | null => {
    if (known.has(entry)) return null
    const { record, tail, call } = entry
    const number = record.number ?? (next += 1)
    const open = { number, endedAt: null, ms: null, bytes: null, code: null }
    const state = record.approvalId === null ? ('begun' as const) : ('parked' as const)
    const whole: CallRecord = 'state' in record ? record : { ...bare(record), ...open, state }
    return tail === null ? whole : { ...whole, ...tail.end, endedAt: Math.trunc(endOf(call, tail)) }
  })
  const pairs = batch.flatMap((entry, index) => {
    const record = records[index]
    return record ? [{ entry, record }] : []
  })
  const ended = pairs.flatMap(({ entry, record }) =>
    entry.tail === null ? [] : [{ record, tail: entry.tail }],
  )
  const added = pairs.filter(({ entry }) => entry.record.number === undefined)
  const closed = pairs.filter(({ entry }) => entry.record.number !== undefined)
  const approved = ended.flatMap(({ record }) => (record.approvalId === null ? [] : [record.id]))
  // None needs the answer of another: they travel together.
  await Promise.all([
    added.length > 0 &&
      insertCalls(
        sql,
        orgId,
        added.map(({ record }) => record),
      ),
    closed.length > 0 &&
      closeCalls(
        sql,
        orgId,
        closed.map(({ record }) => record),
      ),
    ended.length > 0 && countUses(sql, orgId, ended),
    insertResults(sql, orgId, ended),
    approved.length > 0 && parkedStore({ sql, orgId }).close(approved),
    insertLabels(sql, orgId, ended),
  ])
  const events = pairs.map(({ entry, record }) => ({
    call: entry.call,
    act: { operation: 'tools.call_tool', out: outOf(record) },
    happened: [entry.tail === null ? begunEvent(record) : endedEvent(record, entry.tail)],
  }))
  const happened = events.flatMap((one) => one.happened)
  return { value: { records, happened }, tail: outboxInsertsOf(events) }
}

const bare = ({ key: _key, number: _number, ...record }: NewCall) => record

const endOf = ({ now }: Call, { end }: CallTail): number => now + end.ms

const outOf = ({ state }: CallRecord): Outcome => {
  if (state === 'done' || state === 'begun' || state === 'parked') return 'ok'
  return state
}

/**
 * Finds the calls whose key their caller has used before: the same is not done again. A key that
 * was used for something else is a mistake.
 */
const repeatedOf = async (sql: Sql, orgId: string, entries: readonly Entry[]) => {
  const repeated = new Set<Entry>()
  const keyed = entries.flatMap((entry) => {
    const { record } = entry
    return 'key' in record && record.key !== null ? [{ entry, record, key: record.key }] : []
  })
  if (keyed.length === 0) return repeated
  const rows = keyed.map(({ record, key }) => ({
    principalId: record.principalId,
    key,
    callId: record.id,
    argsSha256: record.argsSha256,
    createdAt: at(record.at),
  }))
  const taken = await sql<{ callId: string }>`
    insert into tools.call_key (org_id, principal_id, key, call_id, args_sha256, created_at)
    select ${orgId}::uuid, k."principalId", k.key, k."callId", k."argsSha256", k."createdAt"
      from jsonb_to_recordset(${json(rows)}::jsonb) as k
           ("principalId" uuid, key text, "callId" uuid, "argsSha256" text,
            "createdAt" timestamptz)
    on conflict (org_id, principal_id, key) do nothing
    returning call_id as "callId"`
  const fresh = new Set(taken.map(({ callId }) => callId))
  for (const { entry, record } of keyed) {
    if (!fresh.has(record.id)) repeated.add(entry)
  }
  return repeated
}

const notRecorded = () => {
  const message =
    'This call could not be recorded, so nothing is known of it; look before you repeat it.'
  return refuse('unavailable', 'tools.call_not_recorded', message, { retryAfterS: 2 })
}
