import { part } from '../../platform/sql.ts'
import type { People } from '../application/ports.ts'
import type { Card } from '../contract.ts'
import { type Category, POINT, priorityWord, type TaskType } from '../domain/words.ts'

/** A card as the tables give it: people are ids, the estimate hundredths. */
export type CardRow = Readonly<{
  key: string
  id: string
  branch: string
  type: TaskType
  title: string
  column: string
  category: Category
  priority: number
  rank: string
  estimate: number | null
  assigneeId: string | null
  delegateId: string | null
  holderId: string | null
  labels: readonly string[]
  sprint: number | null
  parent: string | null
  blocked: string | null
  openBlockers: number
  heldAbove: number
  openChildren: number
  ready: boolean
  progress: number
  archived: boolean
  version: number
}>

/** The columns of a `CardRow`, over the tables of `cardTables`. */
export const cardColumns = part`
  p.key || '-' || t.number as key, t.id, b.name as branch, t.type, t.title, c.name as "column",
  t.category, t.priority, t.rank, t.estimate, t.assignee_id as "assigneeId",
  t.delegate_id as "delegateId", l.holder_id as "holderId", t.labels, s.number as sprint,
  case when u.id is null then null else up.key || '-' || u.number end as parent,
  t.blocked_reason as blocked, t.open_blockers as "openBlockers", t.held_above as "heldAbove",
  t.open_children as "openChildren", t.ready, t.progress,
  t.archived_at is not null as archived, t.version`

/** The tables behind a card; the caller adds `where t.org_id = ..`. */
export const cardTables = part`
  work.task t
  join work.project p on p.org_id = t.org_id and p.id = t.project_id
  join work.branch b on b.org_id = t.org_id and b.id = t.branch_id
  join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
  left join work.lease l on l.org_id = t.org_id and l.task_id = t.id
  left join work.sprint s on s.org_id = t.org_id and s.id = t.sprint_id
  left join work.task u on u.org_id = t.org_id and u.id = t.parent_id
  left join work.project up on up.org_id = u.org_id and up.id = u.project_id`

/** Names every person of the rows with one look-up. */
export const handlesOf = (
  people: People,
  rows: readonly Pick<CardRow, 'assigneeId' | 'delegateId' | 'holderId'>[],
): Promise<ReadonlyMap<string, string>> => {
  const ids = rows.flatMap((row) => [row.assigneeId, row.delegateId, row.holderId])
  return people.handles([...new Set(ids.filter((id) => id !== null))])
}

/** Turns a row into the card that leaves. */
export const toCard = (row: CardRow, handles: ReadonlyMap<string, string>): Card => {
  const name = (id: string | null) => (id === null ? null : (handles.get(id) ?? 'unknown'))
  const { assigneeId, delegateId, holderId, estimate, priority, labels, ...same } = row
  return {
    ...same,
    labels: [...labels],
    priority: priorityWord(priority),
    points: estimate === null ? null : estimate / POINT,
    assignee: name(assigneeId),
    delegate: name(delegateId),
    holder: name(holderId),
  }
}
