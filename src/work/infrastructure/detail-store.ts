import { readSubject } from '../../platform/ledger/ledger.ts'
import type { Ground } from '../../platform/room.ts'
import type { People } from '../application/ports.ts'
import type { DetailStore } from '../application/save-ports.ts'
import { iso } from '../application/moments.ts'

type CommentRow = Readonly<{ id: string; authorId: string | null; body: string; at: number }>

/** What hangs on a task and grows: comments, and what happened to it. */
export const detailStore = ({ sql, orgId }: Ground, people: People): DetailStore => {
  const namesOf = (ids: readonly (string | null)[]) =>
    people.handles([...new Set(ids.filter((id) => id !== null))])
  return {
    async comments(taskId, limit) {
      const rows = await sql<CommentRow>`
        select id, author_id as "authorId", body, created_at as at from work.comment
         where org_id = ${orgId} and task_id = ${taskId}
         order by created_at desc, id desc limit ${limit}`
      const names = await namesOf(rows.map(({ authorId }) => authorId))
      return rows.map(({ id, authorId, body, at }) => ({
        id,
        author: authorId === null ? null : (names.get(authorId) ?? 'unknown'),
        body,
        at: iso(at),
      }))
    },

    async log(taskId, limit) {
      const events = await readSubject(sql, orgId, { subject: taskId, limit })
      const names = await namesOf(events.map(({ actor }) => actor))
      return events.map(({ actor, name, data, happenedAt }) => ({
        at: iso(happenedAt),
        by: actor === null ? null : (names.get(actor) ?? 'guildhall'),
        what: describe(name, data),
      }))
    },
  }
}

/** Says an event in a few words. */
const describe = (name: string, data: Readonly<Record<string, unknown>>): string => {
  const text = (field: string) => {
    const value = data[field]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const verb = name.replace(/^work\.task_/, '').replaceAll('_', ' ')
  if (name === 'work.task_changed' && Array.isArray(data['changed'])) {
    return `changed ${data['changed'].join(', ')}`
  }
  if (name === 'work.task_moved') return `moved ${text('from')} > ${text('to')}`
  if (name === 'work.task_ended') return `ended ${text('outcome')}`
  if (name === 'work.task_noted') return `${text('what')} ${text('progress')}`.trim()
  return verb
}
