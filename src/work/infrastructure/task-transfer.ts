import { z } from 'zod'
import type { TransferPart, TransferRow } from '../../platform/transfer.ts'
import { DependencyKind, Moment, TaskType } from '../contract.ts'
import { BODY_BYTES_MAX, TITLE_MAX } from '../domain/words.ts'
import { HandleLine, jsonPieces, moments, PAGE_ROWS, paged } from './transfer-pages.ts'

const Id = z.uuid()
const Count = z.int().min(0)
const WhenOrNull = Moment.nullable()
const Words = z.array(z.string().min(1).max(300)).max(200)

const TASK_TIMES = [
  'due',
  'holdUntil',
  'createdAt',
  'updatedAt',
  'startedAt',
  'completedAt',
  'archivedAt',
]

/** A row of a page with the place it stands at. */
type Placed = TransferRow & Readonly<{ projectKey: string; number: number }>

/** Tasks, without what follows from others: category, depth, lane, counters. */
export const taskPart: TransferPart = {
  kind: 'task',
  shape: z.strictObject({
    id: Id,
    project: Id,
    branch: Id,
    number: z.int().min(1),
    parent: Id.nullable(),
    type: TaskType,
    title: z
      .string()
      .min(1)
      .max(TITLE_MAX * 2),
    body: z.string().max(BODY_BYTES_MAX),
    column: Id,
    priority: z.int().min(1).max(5),
    rank: z.string().min(1).max(1_000),
    estimate: Count.nullable(),
    assignee: HandleLine.nullable(),
    delegate: HandleLine.nullable(),
    skills: Words,
    labels: Words,
    sprint: Id.nullable(),
    objective: Id.nullable(),
    accept: z.array(z.strictObject({ text: z.string().max(2_000), done: z.boolean() })),
    due: WhenOrNull,
    holdUntil: WhenOrNull,
    blocked: z.string().nullable(),
    progress: z.int().min(0).max(100),
    attempts: Count,
    failures: Count,
    fence: Count,
    version: z.int().min(1),
    createdBy: HandleLine.nullable(),
    createdAt: Moment,
    updatedAt: Moment,
    startedAt: WhenOrNull,
    completedAt: WhenOrNull,
    archivedAt: WhenOrNull,
  }),
  links: [
    { field: 'project', to: 'project' },
    { field: 'branch', to: 'branch' },
    { field: 'column', to: 'column' },
    { field: 'parent', to: 'task' },
    { field: 'sprint', to: 'sprint' },
  ],
  people: ['assignee', 'delegate', 'createdBy'],
  async named({ sql, orgId }, { projectId }) {
    const rows = await sql<{ id: string }>`
      select distinct n.id from work.task t
       cross join lateral (values (t.assignee_id), (t.delegate_id), (t.created_by)) as n (id)
       where t.org_id = ${orgId} and (${projectId}::uuid is null or t.project_id = ${projectId})
         and n.id is not null`
    return rows.map(({ id }) => id)
  },
  async *rows({ sql, orgId }, { projectId }) {
    const page = (after: Placed | null) => sql<Placed>`
      select t.id, t.project_id as project, t.branch_id as branch, t.number,
             t.parent_id as parent, t.type, t.title, t.body, t.column_id as "column", t.priority,
             t.rank, t.estimate, t.assignee_id as assignee, t.delegate_id as delegate, t.skills,
             t.labels, t.sprint_id as sprint, t.objective_id as objective, t.accept,
             t.due_at as due, t.hold_until as "holdUntil", t.blocked_reason as blocked, t.progress,
             t.attempts, t.failures, t.fence, t.version, t.created_by as "createdBy",
             t.created_at as "createdAt", t.updated_at as "updatedAt", t.started_at as "startedAt",
             t.completed_at as "completedAt", t.archived_at as "archivedAt", p.key as "projectKey"
        from work.task t
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where t.org_id = ${orgId} and (${projectId}::uuid is null or t.project_id = ${projectId})
         and (p.key collate "C", t.number) > (${after?.projectKey ?? ''}, ${after?.number ?? 0})
       order by p.key collate "C", t.number limit ${PAGE_ROWS}`
    for await (const { projectKey: _, ...row } of paged(page)) yield moments(row, TASK_TIMES)
  },
  async take({ sql, orgId }, rows) {
    // Parents may have a higher number than their children; a foreign key is checked per statement.
    for (const piece of jsonPieces(parentsFirst(rows))) {
      await sql`
        insert into work.task
          (org_id, id, project_id, branch_id, number, parent_id, type, title, body, column_id,
           category, priority, rank, estimate, assignee_id, delegate_id, skills, labels, sprint_id,
           lane, objective_id, accept, due_at, hold_until, blocked_reason, progress, attempts,
           failures, fence, version, created_by, created_at, updated_at, started_at, completed_at,
           archived_at)
        select ${orgId}::uuid, t.id, t.project, t.branch, t.number, t.parent, t.type, t.title,
               t.body, t."column", c.category, t.priority, t.rank, t.estimate, t.assignee,
               t.delegate, t.skills, t.labels, t.sprint,
               case when s.state = 'active' then 0 else 1 end, t.objective, t.accept, t.due,
               t."holdUntil", t.blocked, t.progress, t.attempts, t.failures, t.fence, t.version,
               t."createdBy", t."createdAt", t."updatedAt", t."startedAt", t."completedAt",
               t."archivedAt"
          from jsonb_to_recordset(${piece}::jsonb) as t
            (id uuid, project uuid, branch uuid, number integer, parent uuid, type text,
             title text, body text, "column" uuid, priority smallint, rank text, estimate integer,
             assignee uuid, delegate uuid, skills text[], labels text[], sprint uuid,
             objective uuid, accept jsonb, due timestamptz, "holdUntil" timestamptz, blocked text,
             progress smallint, attempts integer, failures integer, fence bigint, version bigint,
             "createdBy" uuid, "createdAt" timestamptz, "updatedAt" timestamptz,
             "startedAt" timestamptz, "completedAt" timestamptz, "archivedAt" timestamptz)
          join work.board_column c on c.org_id = ${orgId} and c.id = t."column"
          left join work.sprint s on s.org_id = ${orgId} and s.id = t.sprint`
    }
  },
}

/** Orders rows so that each stands behind its parent; the file was checked for circles. */
const parentsFirst = (rows: readonly TransferRow[]): readonly TransferRow[] => {
  const byId = new Map(rows.map((row) => [row['id'], row]))
  const ordered = new Set<TransferRow>()
  for (const row of rows) {
    const chain: TransferRow[] = []
    let up: TransferRow | undefined = row
    while (up !== undefined && !ordered.has(up)) {
      chain.push(up)
      up = byId.get(up['parent'])
    }
    for (const one of chain.toReversed()) ordered.add(one)
  }
  return [...ordered]
}

type Edge = TransferRow & Readonly<{ projectKey: string; number: number; kind: string; to: string }>

/** Edges between tasks; of two projects only where both are exported. */
export const dependencyPart: TransferPart = {
  kind: 'dependency',
  shape: z.strictObject({ task: Id, kind: DependencyKind, to: Id, createdAt: Moment }),
  links: [
    { field: 'task', to: 'task' },
    { field: 'to', to: 'task' },
  ],
  people: [],
  named: async () => [],
  async *rows({ sql, orgId }, { projectId }) {
    const page = (after: Edge | null) => sql<Edge>`
      select d.task_id as task, d.kind, d.to_id as "to", d.created_at as "createdAt",
             p.key as "projectKey", t.number
        from work.dependency d
        join work.task t on t.org_id = d.org_id and t.id = d.task_id
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
        join work.task o on o.org_id = d.org_id and o.id = d.to_id
       where d.org_id = ${orgId}
         and (${projectId}::uuid is null
              or (t.project_id = ${projectId} and o.project_id = ${projectId}))
         and (${after === null}
              or (p.key collate "C", t.number, d.kind collate "C", d.to_id)
                 > (${after?.projectKey ?? ''}, ${after?.number ?? 0}, ${after?.kind ?? ''},
                    ${after?.to ?? null}::uuid))
       order by p.key collate "C", t.number, d.kind collate "C", d.to_id limit ${PAGE_ROWS}`
    for await (const { projectKey: _, number: __, ...row } of paged(page)) {
      yield moments(row, ['createdAt'])
    }
  },
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.dependency (org_id, task_id, kind, to_id, created_at)
        select ${orgId}::uuid, task, kind, "to", "createdAt"
          from jsonb_to_recordset(${piece}::jsonb) as d
            (task uuid, kind text, "to" uuid, "createdAt" timestamptz)`
    }
  },
}
