import { assert } from '../../kernel/assert.ts'
import { cursorNumber, cursorOf } from '../../kernel/page.ts'
import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json, part } from '../../platform/sql.ts'
import type { Question, QuestionStore } from '../application/board-ports.ts'

// Asked at the same time, questions may want the same number; the slower one takes the next.
const TRIES = 50

const columns = part`
  q.id, q.number, q.project_id as "projectId", p.key as "projectKey", q.task_id as "taskId",
  case when t.id is null then null else tp.key || '-' || t.number end as "taskKey", q.kind, q.text,
  q.options, q.asked_by as "askedBy", q.asked_at as "askedAt", q.expires_at as "waitsUntil",
  q.parked, q.answer, q.answered_by as "answeredBy", q.answered_at as "answeredAt"`

const tables = part`
  work.question q
  join work.project p on p.org_id = q.org_id and p.id = q.project_id
  left join work.task t on t.org_id = q.org_id and t.id = q.task_id
  left join work.project tp on tp.org_id = t.org_id and tp.id = t.project_id`

/** Questions to people; locked before leases and tasks. */
export const questionStore = ({ sql, orgId }: Ground): QuestionStore => ({
  async open({ askedBy, taskId, kind, text }) {
    const [row] = await sql<Question>`
      select ${columns} from ${tables}
       where q.org_id = ${orgId} and q.asked_by = ${askedBy} and not q.told
         and q.task_id is not distinct from ${taskId}::uuid and q.kind = ${kind}
         and q.text = ${text}
       order by q.number desc limit 1 for update of q`
    return row ?? null
  },

  async lock(number) {
    const row = await sql.maybe<Question>`
      select ${columns} from ${tables}
       where q.org_id = ${orgId} and q.number = ${number} for update of q`
    return row ?? null
  },

  async ask({ id, projectId, taskId, kind, text, options, askedBy, waitsUntil, now }) {
    for (let turn = 1; ; turn++) {
      assert(turn <= TRIES, 'a question gets a number within its tries')
      const row = await sql.maybe<{ number: number }>`
        insert into work.question
          (org_id, id, number, project_id, task_id, kind, text, options, asked_by, asked_at,
           expires_at)
        select ${orgId}::uuid, ${id}::uuid, coalesce(max(number), 0) + 1, ${projectId}::uuid,
               ${taskId}::uuid, ${kind}, ${text}, ${json(options)}::jsonb, ${askedBy}::uuid,
               ${at(now)}::timestamptz, ${atOrNull(waitsUntil)}::timestamptz
          from work.question where org_id = ${orgId}
        on conflict (org_id, number) do nothing
        returning number`
      if (row) return row.number
    }
  },

  async wait(id, until) {
    await sql`
      update work.question set expires_at = ${at(until)} where org_id = ${orgId} and id = ${id}`
  },

  async park(id) {
    await sql`update work.question set parked = true where org_id = ${orgId} and id = ${id}`
  },

  async told(id) {
    await sql`update work.question set told = true where org_id = ${orgId} and id = ${id}`
  },

  async answer(id, { me, answer, now }) {
    await sql`
      update work.question set answer = ${answer}, answered_by = ${me}, answered_at = ${at(now)}
       where org_id = ${orgId} and id = ${id}`
  },

  async list({ visible, open, taskId, limit, cursor }) {
    const before = cursor === null ? null : cursorNumber(cursor)
    const where = part`
      q.org_id = ${orgId} and (${visible === null} or q.project_id = any(${visible ?? []}::uuid[]))
      and (${open}::boolean is null or (q.answer is null) = ${open}::boolean)
      and (${taskId}::uuid is null or q.task_id = ${taskId}::uuid)`
    const [rows, counted] = await Promise.all([
      sql<Question>`
        select ${columns} from ${tables}
         where ${where} and (${before}::int is null or q.number < ${before}::int)
         order by q.number desc limit ${limit + 1}`,
      sql.one<{ total: number }>`
        select count(*)::int as total from work.question q where ${where}`,
    ])
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    const next = rows.length > limit && last ? cursorOf([last.number]) : null
    return { items, total: counted.total, next }
  },
})
