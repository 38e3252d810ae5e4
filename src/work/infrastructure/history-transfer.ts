import { z } from 'zod'
import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import type { TransferPart, TransferRow, TransferScope } from '../../platform/transfer.ts'
import { isBrought } from '../application/history-rows.ts'
import type { HistoryRow } from '../application/number-ports.ts'
import { Moment } from '../contract.ts'
import { HISTORY_KINDS } from '../domain/history.ts'
import { freshRows, tasksWithRows, unreadOf } from './past-store.ts'
import { HandleLine, jsonPieces, moments, PAGE_ROWS, paged } from './transfer-pages.ts'

const Id = z.uuid()

/** Events that an export reads by itself; behind more, the reader of the ledger comes first. */
const UNREAD_MAX = 50_000
const STEPS_MAX = 100
const RETRY_AFTER_S = 10

/** A row of a page with the place it stands at. */
type Placed = TransferRow &
  Readonly<{ projectKey: string; number: number; version: number; step: number }>

/** What tasks were: with it, charts are the same in another hub. */
export const historyPart: TransferPart = {
  kind: 'history',
  shape: z.strictObject({
    task: Id,
    version: z.int().min(1),
    step: z.int().min(0).max(STEPS_MAX),
    at: Moment,
    kind: z.enum(HISTORY_KINDS),
    value: z.string().max(20).nullable(),
    by: HandleLine.nullable(),
  }),
  links: [{ field: 'task', to: 'task' }],
  people: ['by'],
  async named(ground, scope) {
    const { sql, orgId } = ground
    const [kept, fresh] = await Promise.all([
      sql<{ id: string }>`
        select distinct by_id as id from work.history
         where org_id = ${orgId} and by_id is not null
           and (${scope.projectId}::uuid is null or project_id = ${scope.projectId})`,
      unreadRows(ground, scope),
    ])
    return [...new Set([...kept.map(({ id }) => id), ...fresh.flatMap(({ by }) => by ?? [])])]
  },
  async *rows(ground, scope) {
    const fresh = (await placedRows(ground, await unreadRows(ground, scope))).toSorted(byPlace)
    let next = 0
    for await (const row of keptRows(ground, scope)) {
      for (let one = fresh[next]; one && byPlace(one, row) < 0; one = fresh[++next]) {
        yield lineOf(one)
      }
      yield lineOf(row)
    }
    for (const one of fresh.slice(next)) yield lineOf(one)
  },
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.history
          (org_id, task_id, version, step, project_id, number, at, kind, value, by_id)
        select ${orgId}::uuid, t.id, h.version, h.step, t.project_id, t.number, h.at, h.kind,
               h.value, h.by
          from jsonb_to_recordset(${piece}::jsonb) as h
            (task uuid, version bigint, step smallint, at timestamptz, kind text, value text,
             by uuid)
          join work.task t on t.org_id = ${orgId} and t.id = h.task`
    }
  },
}

const lineOf = (placed: Placed): TransferRow => {
  const { projectKey: _, number: __, ...row } = placed
  return moments(row, ['at'])
}

const byPlace = (a: Placed, b: Placed): number => {
  if (a.projectKey !== b.projectKey) return a.projectKey < b.projectKey ? -1 : 1
  return a.number - b.number || a.version - b.version || a.step - b.step
}

const keptRows = ({ sql, orgId }: Ground, { projectId }: TransferScope) => {
  const page = (after: Placed | null) => sql<Placed>`
    select h.task_id as task, h.version, h.step, h.at, h.kind, h.value, h.by_id as "by",
           p.key as "projectKey", h.number
      from work.history h
      join work.task t on t.org_id = h.org_id and t.id = h.task_id
      join work.project p on p.org_id = h.org_id and p.id = h.project_id
     where h.org_id = ${orgId} and (${projectId}::uuid is null or h.project_id = ${projectId})
       and (p.key collate "C", h.number, h.version, h.step)
         > (${after?.projectKey ?? ''}, ${after?.number ?? 0}, ${after?.version ?? 0},
            ${after?.step ?? 0})
     order by p.key collate "C", h.number, h.version, h.step limit ${PAGE_ROWS}`
  return paged(page)
}

/** Gives what is not in rows yet: an export does not wait for it, it reads it from the ledger. */
const unreadRows = async (
  ground: Ground,
  { projectId }: TransferScope,
): Promise<readonly HistoryRow[]> => {
  const { events } = await unreadOf(ground, projectId, UNREAD_MAX)
  if (events.length > UNREAD_MAX) {
    const message = 'The past of tasks is still being read from the ledger; export in a minute.'
    throw refuse('unavailable', 'work.history_behind', message, { retryAfterS: RETRY_AFTER_S })
  }
  const brought = events.filter(isBrought).map(({ subject }) => subject)
  return freshRows(events, await tasksWithRows(ground, brought))
}

/** Gives rows the places at which they stand; tasks that are gone have none. */
const placedRows = async (
  { sql, orgId }: Ground,
  rows: readonly HistoryRow[],
): Promise<readonly Placed[]> => {
  const tasks = await sql<{ id: string; projectKey: string }>`
    select t.id, p.key as "projectKey"
      from work.task t join work.project p on p.org_id = t.org_id and p.id = t.project_id
     where t.org_id = ${orgId} and t.id = any(${rows.map(({ taskId }) => taskId)}::uuid[])`
  const keys = new Map(tasks.map(({ id, projectKey }) => [id, projectKey]))
  return rows.flatMap(({ taskId, number, version, step, at, kind, value, by }): Placed[] => {
    const projectKey = keys.get(taskId)
    const row = { task: taskId, version, step, at, kind, value, by }
    return projectKey === undefined ? [] : [{ ...row, projectKey, number }]
  })
}
