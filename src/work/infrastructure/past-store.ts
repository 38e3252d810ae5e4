import { refuse } from '../../kernel/refusal.ts'
import type { LedgerReader } from '../../platform/ledger/reader.ts'
import { orgsUnread, readUnread, takeNext } from '../../platform/ledger/reader.ts'
import type { Ground } from '../../platform/room.ts'
import { at, json, part, type Sql } from '../../platform/sql.ts'
import {
  HISTORY_READER,
  historyOf,
  isBrought,
  isRemoval,
  type PastEvent,
} from '../application/history-rows.ts'
import type { HistoryRow, PastStore, PastWish, TaskName } from '../application/number-ports.ts'
import type { Change, HistoryKind } from '../domain/history.ts'

/** How much one answer may be computed from. */
export const PAST_LIMITS = {
  /** Some thirty for each of ten thousand tasks. */
  rowsMax: 300_000,
  /** Events that an answer reads by itself; behind more, the reader has to come first. */
  unreadMax: 5_000,
} as const
type Limits = Readonly<{ rowsMax: number; unreadMax: number }>

const RETRY_AFTER_S = 5

const READER: LedgerReader = HISTORY_READER

/** What tasks were, as rows beside the ledger; what is not in them yet is read from the ledger. */
export const pastStore = (ground: Ground, limits: Limits = PAST_LIMITS): PastStore => ({
  async keep() {
    const { sql, orgId } = ground
    const { events, isLast } = await takeNext(sql, orgId, READER)
    if (events.length > 0) await keepRows(ground, events)
    return { events: events.length, isLast }
  },
  async read(wish) {
    const unread = await unreadOf(ground, wish.projectId, limits.unreadMax)
    if (unread.events.length > limits.unreadMax) {
      const message = 'The numbers are still being read from the ledger; try again in a moment.'
      throw refuse('unavailable', 'work.history_behind', message, { retryAfterS: RETRY_AFTER_S })
    }
    const fresh = unread.events.flatMap(historyOf)
    const kept = await keptRows(ground, wish, { fresh, max: limits.rowsMax + 1 })
    if (kept.length > limits.rowsMax) {
      const many = `Over ${limits.rowsMax} changes are too many for one chart`
      const message = `${many}; begin a new project for new work.`
      throw refuse('conflict', 'work.chart_too_large', message, { max: limits.rowsMax })
    }
    return { pos: unread.pos, changes: joined(kept, unread.events) }
  },
  async names(taskIds) {
    const { sql, orgId } = ground
    const rows = await sql<TaskName & { id: string }>`
      select t.id, p.key || '-' || t.number as key, t.title, t.type
        from work.task t join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where t.org_id = ${orgId} and t.id = any(${taskIds}::uuid[])`
    return new Map(rows.map(({ id, ...name }) => [id, name]))
  },
})

/** Finds organisations whose history does not tell yet what the ledger does. */
export const orgsWithoutHistory = (sql: Sql): Promise<readonly string[]> =>
  orgsUnread(sql, READER.name)

/** Reads the events of one project, or all, that the history does not hold yet. */
export const unreadOf = ({ sql, orgId }: Ground, projectId: string | null, max: number) => {
  const only = projectId === null ? part`true` : part`e.data ->> 'projectId' = ${projectId}`
  return readUnread(sql, orgId, { reader: READER, only, max })
}

/**
 * Turns unread events into rows, where some tasks have rows already: one that came with an export
 * has its whole past in them.
 */
export const freshRows = (
  events: readonly PastEvent[],
  known: ReadonlySet<string>,
): readonly HistoryRow[] =>
  events.filter((event) => !isBrought(event) || !known.has(event.subject)).flatMap(historyOf)

/** Adds what unread events say to rows; a task that is gone has no past. */
const joined = (kept: readonly Change[], events: readonly PastEvent[]): readonly Change[] => {
  const known = new Set(kept.map(({ taskId }) => taskId))
  const gone = new Set(events.filter(isRemoval).map(({ subject }) => subject))
  return [...kept, ...freshRows(events, known)].filter(({ taskId }) => !gone.has(taskId))
}

/** Finds which of these tasks have rows. */
export const tasksWithRows = async (
  { sql, orgId }: Ground,
  taskIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const rows = await sql<{ id: string }>`
    select distinct task_id as id from work.history
     where org_id = ${orgId} and task_id = any(${taskIds}::uuid[])`
  return new Set(rows.map(({ id }) => id))
}

const keepRows = async (ground: Ground, events: readonly PastEvent[]): Promise<void> => {
  const { sql, orgId } = ground
  const brought = events.filter(isBrought).map(({ subject }) => subject)
  await insertRows(ground, freshRows(events, await tasksWithRows(ground, brought)))
  const gone = events.filter(isRemoval).map(({ subject }) => subject)
  await sql`delete from work.history where org_id = ${orgId} and task_id = any(${gone}::uuid[])`
}

/** Writes rows of the history; those that are there stay as they are. */
const insertRows = async ({ sql, orgId }: Ground, rows: readonly HistoryRow[]): Promise<void> => {
  if (rows.length === 0) return
  const given = rows.map((row) => ({ ...row, at: at(row.at) }))
  await sql`
    insert into work.history
      (org_id, task_id, version, step, project_id, number, at, kind, value, by_id)
    select ${orgId}::uuid, h."taskId", h.version, h.step, h."projectId", h.number, h.at, h.kind,
           h.value, h.by
      from jsonb_to_recordset(${json(given)}::jsonb) as h
        ("taskId" uuid, version bigint, step smallint, "projectId" uuid, number integer,
         at timestamptz, kind text, value text, by uuid)
    on conflict (org_id, task_id, version, step) do nothing`
}

type Kept = readonly [
  taskId: string,
  number: number,
  version: number,
  step: number,
  at: number,
  kind: HistoryKind,
  value: string | null,
]

/** Reads rows as one value: taken apart one by one, they would keep others waiting. */
const keptRows = async (
  { sql, orgId }: Ground,
  { projectId, sprints }: PastWish,
  { fresh, max }: Readonly<{ fresh: readonly HistoryRow[]; max: number }>,
): Promise<readonly Change[]> => {
  const which = sprints === null ? part`true` : part`h.task_id in (select task_id from wanted)`
  const numbers = sprints ?? []
  // A task in a sprint is worth nothing while an estimated child of it lives, wherever that is.
  const { rows } = await sql.one<{ rows: readonly Kept[] | null }>`
    with member as (
      select h.task_id, h.number from work.history h
       where h.org_id = ${orgId} and h.project_id = ${projectId} and h.kind = 'sprint'
         and h.value = any(${numbers.map(String)}::text[])
      union
      select * from unnest(${fresh.map(({ taskId }) => taskId)}::uuid[],
                           ${fresh.map(({ number }) => number)}::int[])),
    wanted as (
      select task_id from member
      union
      select h.task_id from work.history h
       where h.org_id = ${orgId} and h.project_id = ${projectId} and h.kind = 'parent'
         and h.value in (select number::text from member)),
    kept as (
      select h.task_id, h.number, h.version, h.step, h.at, h.kind, h.value from work.history h
       where h.org_id = ${orgId} and h.project_id = ${projectId} and ${which}
       limit ${max})
    select json_agg(json_build_array(
             task_id, number, version, step, (extract(epoch from at) * 1000)::bigint, kind, value
           )) as rows
      from kept`
  return (rows ?? []).map(([taskId, number, version, step, when, kind, value]) => ({
    ...{ taskId, number, version, step, at: when, kind, value },
  }))
}
