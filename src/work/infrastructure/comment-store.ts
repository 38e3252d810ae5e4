import { cursorOf, cursorTime } from '../../kernel/page.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import { iso } from '../application/moments.ts'
import type { CommentStore, HoldStore, Unflagged } from '../application/board-ports.ts'
import type { People } from '../application/ports.ts'
import { QUESTION_FLAG } from '../domain/question.ts'

type Row = Readonly<{ id: string; authorId: string | null; body: string; at: number }>

/** Comments of tasks, page by page. */
export const commentStore = ({ sql, orgId }: Ground, people: People): CommentStore => ({
  async list(taskId, { order, limit, cursor }) {
    const [way, side] = order === 'newest' ? [part`desc`, part`<`] : [part`asc`, part`>`]
    const place = cursor === null ? null : cursorTime(cursor)
    const after = place && at(place.ms)
    const afterId = place && place.id
    const [rows, counted] = await Promise.all([
      sql<Row>`
        select id, author_id as "authorId", body, created_at as at
          from work.comment
         where org_id = ${orgId} and task_id = ${taskId}
           and (${after}::timestamptz is null
                or (created_at, id) ${side} (${after}::timestamptz, ${afterId}::uuid))
         order by created_at ${way}, id ${way} limit ${limit + 1}`,
      sql.one<{ total: number }>`
        select count(*)::int as total from work.comment
         where org_id = ${orgId} and task_id = ${taskId}`,
    ])
    const shown = rows.slice(0, limit)
    const authors = shown.map((row) => row.authorId).filter((id) => id !== null)
    const handles = await people.handles([...new Set(authors)])
    const items = shown.map((row) => ({
      id: row.id,
      author: row.authorId === null ? null : (handles.get(row.authorId) ?? null),
      body: row.body,
      at: iso(row.at),
    }))
    const last = shown.at(-1)
    const next = rows.length > limit && last ? cursorOf([last.at, last.id]) : null
    return { items, total: counted.total, next }
  },
})

/** What is done to a claim, or to the task it left, from outside. */
export const holdStore = ({ sql, orgId }: Ground): HoldStore => ({
  async stop(taskId) {
    await sql`update work.lease set stop = true where org_id = ${orgId} and task_id = ${taskId}`
  },

  async unassign(taskId, me, now) {
    const row = await sql.maybe<{ version: number }>`
      update work.task
         set assignee_id = null, version = version + 1, updated_at = ${at(now)}
       where org_id = ${orgId} and id = ${taskId} and assignee_id = ${me}
      returning version`
    return row?.version ?? null
  },

  async unflag(taskId, now) {
    const row = await sql.maybe<Unflagged>`
      update work.task
         set blocked_reason = null, version = version + 1, updated_at = ${at(now)}
       where org_id = ${orgId} and id = ${taskId} and blocked_reason = ${QUESTION_FLAG}
      returning version, ready,
                case when open_blockers = 0 and category not in ('completed', 'canceled')
                     then -1 else 0 end as holds`
    return row ?? null
  },
})
