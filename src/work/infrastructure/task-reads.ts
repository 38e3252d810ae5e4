import { notFound } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { iso, isoOrNull } from '../application/moments.ts'
import type { People, TaskBrief, TaskIds, TaskReads } from '../application/ports.ts'
import type { Task } from '../contract.ts'
import { partsOfKey } from '../domain/key.ts'
import {
  type Category,
  type DependencyKind,
  type EndOutcome,
  POINT,
  priorityWord,
} from '../domain/words.ts'
import { type CardRow, cardColumns, cardTables, handlesOf, toCard } from './card-rows.ts'

type TaskRow = CardRow &
  Readonly<{
    body: string
    skills: readonly string[]
    accept: Task['accept']
    due: number | null
    holdUntil: number | null
    attemptCount: number
    failures: number
    leaseExpires: number | null
    createdBy: string | null
    createdAt: number
    updatedAt: number
    startedAt: number | null
    completedAt: number | null
  }>

type LinkRow = {
  key: string
  kind: DependencyKind
  direction: 'out' | 'in'
  title: string
  category: Category
}

type BriefRow = Omit<TaskBrief, 'priority' | 'points'> &
  Readonly<{ priority: number; estimate: number | null }>

/** Reads of one task: the card, the whole, and what hangs on it. */
export const taskReads = ({ sql, orgId }: Ground, people: People): TaskReads => {
  const links = (id: string) => sql<LinkRow>`
    select p.key || '-' || o.number as key, d.kind, d.direction, o.title, o.category
      from (select to_id as other, kind, 'out' as direction from work.dependency
             where org_id = ${orgId} and task_id = ${id}
            union all
            select task_id, kind, 'in' from work.dependency
             where org_id = ${orgId} and to_id = ${id}) d
      join work.task o on o.org_id = ${orgId} and o.id = d.other
      join work.project p on p.org_id = o.org_id and p.id = o.project_id
     order by d.direction desc, d.kind, p.key, o.number limit 400`

  return {
    async card(key) {
      const { project, number } = partsOfKey(key)
      const row = await sql.maybe<CardRow>`
        select ${cardColumns} from ${cardTables}
          join work.project_key k on k.org_id = t.org_id and k.project_id = t.project_id
         where t.org_id = ${orgId} and k.key = ${project} and t.number = ${number}`
      if (!row) throw notFound(key)
      return toCard(row, await handlesOf(people, [row]))
    },

    async task(key) {
      const { project, number } = partsOfKey(key)
      const row = await sql.maybe<TaskRow>`
        select ${cardColumns}, t.body, t.skills, t.accept, t.due_at as due,
               t.hold_until as "holdUntil", t.attempts as "attemptCount", t.failures,
               l.expires_at as "leaseExpires", t.created_by as "createdBy",
               t.created_at as "createdAt", t.updated_at as "updatedAt",
               t.started_at as "startedAt", t.completed_at as "completedAt"
          from ${cardTables}
          join work.project_key k on k.org_id = t.org_id and k.project_id = t.project_id
         where t.org_id = ${orgId} and k.key = ${project} and t.number = ${number}`
      if (!row) throw notFound(key)
      const [handles, around, children] = await Promise.all([
        people.handles(
          [row.assigneeId, row.delegateId, row.holderId, row.createdBy].filter((id) => id !== null),
        ),
        links(row.id),
        sql<Task['children'][number]>`
          select p.key || '-' || t.number as key, t.title, t.category
            from work.task t join work.project p on p.org_id = t.org_id and p.id = t.project_id
           where t.org_id = ${orgId} and t.parent_id = ${row.id}
           order by t.rank, t.number limit 500`,
      ])
      return {
        ...toCard(row, handles),
        body: row.body,
        skills: [...row.skills],
        accept: row.accept,
        due: isoOrNull(row.due),
        holdUntil: isoOrNull(row.holdUntil),
        attemptCount: row.attemptCount,
        failures: row.failures,
        leaseExpires: isoOrNull(row.leaseExpires),
        createdBy: row.createdBy === null ? null : (handles.get(row.createdBy) ?? 'unknown'),
        createdAt: iso(row.createdAt),
        updatedAt: iso(row.updatedAt),
        startedAt: isoOrNull(row.startedAt),
        completedAt: isoOrNull(row.completedAt),
        links: [...around],
        children: [...children],
      }
    },

    async ids(key) {
      const { project, number } = partsOfKey(key)
      const row = await sql.maybe<TaskIds>`
        select t.id as "taskId", p.key || '-' || t.number as key, t.project_id as "projectId",
               t.branch_id as "branchId", t.parent_id as "parentId", t.column_id as "columnId",
               t.category, t.version, t.blocked_reason as blocked,
               t.open_blockers as "openBlockers", t.archived_at is not null as archived
          from work.task t
          join work.project p on p.org_id = t.org_id and p.id = t.project_id
          join work.project_key k on k.org_id = t.org_id and k.project_id = t.project_id
         where t.org_id = ${orgId} and k.key = ${project} and t.number = ${number}`
      if (!row) throw notFound(key)
      return row
    },

    async brief(taskId) {
      // Scalar questions, no joins: planning a join of eight tables took longer than reading.
      const { priority, estimate, ...row } = await sql.one<BriefRow>`
        select t.type, t.title, t.body, t.priority, t.estimate, t.accept, t.due_at as due,
               t.failures, t.open_children as "openChildren",
               (select b.name from work.branch b
                 where b.org_id = ${orgId} and b.id = t.branch_id) as branch,
               (select l.expires_at from work.lease l
                 where l.org_id = ${orgId} and l.task_id = t.id) as "leaseExpires",
               (select count(*)::int from work.task c
                 where c.org_id = ${orgId} and c.parent_id = t.id) as children,
               array(select p.key || '-' || w.number
                       from work.dependency d
                       join work.task w on w.org_id = d.org_id and w.id = d.task_id
                       join work.project p on p.org_id = w.org_id and p.id = w.project_id
                      where d.org_id = ${orgId} and d.to_id = t.id and d.kind = 'blocks'
                        and w.open_blockers = 1 and w.category in ('backlog', 'unstarted')
                      limit 20) as frees
          from work.task t where t.org_id = ${orgId} and t.id = ${taskId}`
      const points = estimate === null ? null : estimate / POINT
      return { ...row, points, priority: priorityWord(priority) }
    },

    shown: (taskId) => sql.one`
      select t.progress,
             (select c.name from work.board_column c
               where c.org_id = ${orgId} and c.id = t.column_id) as "column"
        from work.task t where t.org_id = ${orgId} and t.id = ${taskId}`,

    async attempts(taskId, limit) {
      const rows = await sql<{
        number: number
        holderId: string
        startedAt: number
        endedAt: number | null
        outcome: EndOutcome | null
        summary: string | null
        evidence: string | null
      }>`
        select number, holder_id as "holderId", started_at as "startedAt", ended_at as "endedAt",
               outcome, summary, evidence
          from work.attempt where org_id = ${orgId} and task_id = ${taskId}
         order by number desc limit ${limit}`
      const handles = await people.handles([...new Set(rows.map((row) => row.holderId))])
      return rows.map(({ holderId, startedAt, endedAt, ...same }) => ({
        ...same,
        holder: handles.get(holderId) ?? 'unknown',
        startedAt: iso(startedAt),
        endedAt: isoOrNull(endedAt),
      }))
    },

    ancestors: (taskId) => sql`
      with recursive up as (
        select t.id, t.parent_id, 0 as height from work.task t
         where t.org_id = ${orgId} and t.id = ${taskId}
        union all
        select t.id, t.parent_id, up.height + 1 from work.task t join up on t.id = up.parent_id
         where t.org_id = ${orgId} and up.height < 20)
      select id from up order by height desc`,

    async standing(projectIds, now) {
      const row = await sql.one<{
        blocked: number
        running: number
        held: number
        until: string | null
      }>`
        select count(*) filter (where category = 'unstarted' and not ready)::int as blocked,
               count(*) filter (where category = 'started')::int as running,
               count(*) filter (where ready and hold_until > ${iso(now)}::timestamptz)::int as held,
               min(hold_until)
                 filter (where ready and hold_until > ${iso(now)}::timestamptz) as until
          from work.task
         where org_id = ${orgId} and project_id = any(${projectIds}::uuid[])
           and category in ('unstarted', 'started') and archived_at is null`
      return { ...row, until: row.until === null ? null : Number(row.until) }
    },
  }
}
