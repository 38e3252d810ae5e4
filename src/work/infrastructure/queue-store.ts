import { cursorOf, cursorValues } from '../../kernel/page.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { QueueAsked, QueueCounts, QueueStore } from '../application/queue-ports.ts'
import type { QueueReason } from '../domain/readiness.ts'
import { integerOf } from './find-store.ts'

type Row = Readonly<{
  key: string
  title: string
  turn: number
  lane: number
  priority: number
  rank: string
  number: number
}>

/** Lists the queue of a project, and counts what keeps its tasks from being handed out. */
export const queueStore = ({ sql, orgId }: Ground): QueueStore => ({
  async page(asked) {
    const { projectId, forId, limit } = asked
    const turn = part`(t.for_id is null or t.for_id is distinct from ${forId}::uuid)::int`
    const rows = await sql<Row>`
      select p.key || '-' || t.number as key, t.title, ${turn} as turn, t.lane, t.priority,
             t.rank, t.number
        from work.task t
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
        left join work.lease l on l.org_id = t.org_id and l.task_id = t.id
       where t.org_id = ${orgId} and t.project_id = ${projectId} and t.archived_at is null
         and t.category not in ('completed', 'canceled')
         and ${shownOf(asked)} and ${behind(asked, turn)}
       order by turn, t.lane, t.priority, t.rank, t.number limit ${limit + 1}`
    const items = rows.slice(0, limit)
    const last = rows.length > limit ? items.at(-1) : undefined
    return {
      items: items.map(({ key, title }) => ({ key, title })),
      next: last ? next(last) : null,
    }
  },

  counts: (projectId, now) => sql.one<QueueCounts>`
    select count(*) filter (where ${readyAt(now)})::int as ready,
           count(*) filter (where ${waitingAt(now)})::int as waiting,
           count(*) filter (where ${REASONS.blocked_by})::int as blocked_by,
           count(*) filter (where ${REASONS.parent_blocked})::int as parent_blocked,
           count(*) filter (where ${REASONS.open_subtasks})::int as open_subtasks,
           count(*) filter (where ${REASONS.flagged})::int as flagged,
           count(*) filter (where ${heldAt(now)})::int as held_until,
           count(*) filter (where ${REASONS.not_in_queue})::int as not_in_queue,
           count(*) filter (where ${REASONS.claimed})::int as claimed
      from work.task t
      left join work.lease l on l.org_id = t.org_id and l.task_id = t.id
     where t.org_id = ${orgId} and t.project_id = ${projectId} and t.archived_at is null
       and t.category not in ('completed', 'canceled')`,
})

const QUEUED = part`t.category = 'unstarted'`
const REASONS = {
  blocked_by: part`${QUEUED} and t.open_blockers > 0`,
  parent_blocked: part`${QUEUED} and t.held_above > 0`,
  open_subtasks: part`${QUEUED} and t.open_children > 0`,
  flagged: part`${QUEUED} and t.blocked_reason is not null`,
  not_in_queue: part`not (${QUEUED}) and l.task_id is null`,
  claimed: part`l.task_id is not null`,
} as const satisfies Partial<Record<QueueReason, unknown>>

const heldAt = (now: number) =>
  part`${QUEUED} and t.hold_until is not null and t.hold_until > ${at(now)}::timestamptz`
const readyAt = (now: number) =>
  part`t.ready and (t.hold_until is null or t.hold_until <= ${at(now)}::timestamptz)`
const waitingAt = (now: number) => part`${QUEUED} and not (${readyAt(now)})`

const shownOf = ({ show, now }: QueueAsked) => {
  if (show === null) return waitingAt(now)
  if (show === 'ready') return readyAt(now)
  return show === 'held_until' ? heldAt(now) : REASONS[show]
}

const next = ({ turn, lane, priority, rank, number }: Row): string =>
  cursorOf([turn, lane, priority, rank, number])

const CURSOR_PARTS = 5

const behind = ({ cursor }: QueueAsked, turn: ReturnType<typeof part>) => {
  if (cursor === null) return part`true`
  const [own, lane, priority, rank, number] = cursorValues(cursor, CURSOR_PARTS)
  return part`(${turn}, t.lane::int, t.priority::int, t.rank, t.number)
    > (${integerOf(own)}::int, ${integerOf(lane)}::int, ${integerOf(priority)}::int,
       ${String(rank)}::text, ${integerOf(number)}::int)`
}
