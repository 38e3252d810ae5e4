import { part } from '../../platform/sql.ts'

/** The columns of a `SavedTask`, over the tables of `savedTables`. */
export const savedColumns = part`
  t.id as "taskId", p.key || '-' || t.number as key, t.project_id as "projectId", t.number,
  t.branch_id as "branchId", t.parent_id as "parentId", t.depth, t.column_id as "columnId",
  t.category, t.rank, t.progress, t.open_blockers as "openBlockers", t.held_above as "heldAbove",
  t.version, t.fence, l.holder_id as "holderId", t.type, t.title, t.body, t.priority, t.estimate,
  t.assignee_id as "assigneeId", t.delegate_id as "delegateId", t.skills, t.labels,
  t.sprint_id as "sprintId", t.lane, t.accept, t.due_at as due, t.hold_until as "holdUntil",
  t.blocked_reason as blocked, t.failures, t.archived_at as "archivedAt"`

/** The tables behind a `SavedTask`; the caller adds `where t.org_id = ..`. */
export const savedTables = part`
  work.task t
  join work.project p on p.org_id = t.org_id and p.id = t.project_id
  left join work.lease l on l.org_id = t.org_id and l.task_id = t.id`
