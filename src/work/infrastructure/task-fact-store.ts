import type { Ground } from '../../platform/room.ts'
import type { CardFacts, Facts, TaskSaveStore } from '../application/save-ports.ts'
import type { Changed } from '../domain/task-change.ts'
import { priorityWord } from '../domain/words.ts'
import { iso } from '../application/moments.ts'
import { cardColumns, cardTables, type CardRow } from './card-rows.ts'

/** What events say of tasks, and what earlier events said. */
export const taskFactStore = ({
  sql,
  orgId,
}: Ground): Pick<TaskSaveStore, 'facts' | 'changedSince'> => ({
  async facts(taskIds) {
    if (taskIds.length === 0) return new Map()
    const rows = await sql<CardRow & { projectId: string }>`
      select ${cardColumns}, t.project_id as "projectId" from ${cardTables}
       where t.org_id = ${orgId} and t.id = any(${taskIds}::uuid[])`
    return new Map(rows.map((row): [string, Facts] => [row.id, factsOf(row)]))
  },

  async changedSince(taskId, version) {
    const rows = await sql<{
      name: string
      actor: string | null
      at: number
      data: Readonly<Record<string, unknown>>
    }>`
      -- What was committed a moment ago may not be sealed yet: it stands in the outbox.
      select name, actor, happened_at as at, data, subject_version from platform.ledger
       where org_id = ${orgId} and subject = ${taskId} and subject_version > ${version}
      union all
      select name, actor, happened_at, data, subject_version from platform.outbox
       where org_id = ${orgId} and subject = ${taskId} and subject_version > ${version}
       order by subject_version desc limit 50`
    return rows.flatMap(({ name, actor, at, data }): Changed[] =>
      fieldsOf(name, data).map((field) => ({ field, by: actor, at: iso(at) })),
    )
  },
})

const factsOf = (row: CardRow & { projectId: string }): Facts => {
  const { key, id, title, version, projectId, assigneeId, delegateId, holderId, ...rest } = row
  const { priority, blocked, labels, ...same } = rest
  const card: CardFacts = {
    ...same,
    priority: priorityWord(priority),
    assignee: assigneeId,
    delegate: delegateId,
    holder: holderId,
    labels: [...labels],
    blocked: blocked !== null,
  }
  return { taskId: id, key, projectId, version, title, card }
}

/** Names the fields that an event changed. */
const fieldsOf = (name: string, data: Readonly<Record<string, unknown>>): readonly string[] => {
  const { changed } = data
  if (Array.isArray(changed)) return changed.filter((field) => typeof field === 'string')
  if (name === 'work.task_noted') return ['progress']
  return ['status']
}
