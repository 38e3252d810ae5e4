import { z } from 'zod'
import type { TransferPart, TransferRow } from '../../platform/transfer.ts'
import { Category, Moment, ProjectKey } from '../contract.ts'
import { HandleLine, jsonPieces, moments } from './transfer-pages.ts'

const Id = z.uuid()
const Count = z.int().min(0)
const WhenOrNull = Moment.nullable()
const Name = z.string().min(1).max(300)

const nobody = async (): Promise<readonly string[]> => []

async function* listed(
  rows: Promise<readonly TransferRow[]>,
  times: readonly string[] = [],
): AsyncGenerator<TransferRow> {
  for (const row of await rows) yield moments(row, times)
}

const projects: TransferPart = {
  kind: 'project',
  shape: z.strictObject({
    id: Id,
    key: ProjectKey,
    keys: z.array(ProjectKey),
    name: Name,
    settings: z.record(z.string(), z.unknown()),
    wipLimit: z.int().min(1).nullable(),
    nextNumber: z.int().min(1),
    version: z.int().min(1),
    createdAt: Moment,
    archivedAt: WhenOrNull,
  }),
  links: [],
  people: [],
  named: nobody,
  rows: ({ sql, orgId }, { projectId }) =>
    listed(
      sql<TransferRow>`
        select p.id, p.key, p.name, p.settings, p.wip_limit as "wipLimit",
               p.next_number as "nextNumber", p.version, p.created_at as "createdAt",
               p.archived_at as "archivedAt",
               array(select k.key from work.project_key k
                      where k.org_id = ${orgId} and k.project_id = p.id
                      order by k.key collate "C") as keys
          from work.project p
         where p.org_id = ${orgId} and (${projectId}::uuid is null or p.id = ${projectId})
         order by p.key collate "C"`,
      ['createdAt', 'archivedAt'],
    ),
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        with given as (
          select * from jsonb_to_recordset(${piece}::jsonb) as p
            (id uuid, key text, keys text[], name text, settings jsonb, "wipLimit" integer,
             "nextNumber" integer, version bigint, "createdAt" timestamptz,
             "archivedAt" timestamptz)),
        made as (
          insert into work.project
            (org_id, id, key, name, settings, next_number, wip_limit, version, created_at,
             archived_at)
          select ${orgId}::uuid, id, key, name, settings, "nextNumber", "wipLimit", version,
                 "createdAt", "archivedAt" from given)
        insert into work.project_key (org_id, key, project_id)
        select ${orgId}::uuid, unnest(keys), id from given`
    }
  },
}

const columns: TransferPart = {
  kind: 'column',
  shape: z.strictObject({
    id: Id,
    project: Id,
    name: Name,
    category: Category,
    position: Count,
    role: z.literal('review').nullable(),
    limit: z.int().min(1).nullable(),
    hard: z.boolean(),
  }),
  links: [{ field: 'project', to: 'project' }],
  people: [],
  named: nobody,
  rows: ({ sql, orgId }, { projectId }) =>
    listed(sql<TransferRow>`
      select c.id, c.project_id as project, c.name, c.category, c.position, c.role,
             c.wip_limit as "limit", c.wip_hard as hard
        from work.board_column c
        join work.project p on p.org_id = c.org_id and p.id = c.project_id
       where c.org_id = ${orgId} and (${projectId}::uuid is null or p.id = ${projectId})
       order by p.key collate "C", c.position, c.id`),
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.board_column
          (org_id, id, project_id, name, category, position, role, wip_limit, wip_hard)
        select ${orgId}::uuid, id, project, name, category, position, role, "limit", hard
          from jsonb_to_recordset(${piece}::jsonb) as c
            (id uuid, project uuid, name text, category text, position integer, role text,
             "limit" integer, hard boolean)`
    }
  },
}

const labels: TransferPart = {
  kind: 'label',
  shape: z.strictObject({ project: Id, folded: Name, name: Name }),
  links: [{ field: 'project', to: 'project' }],
  people: [],
  named: nobody,
  rows: ({ sql, orgId }, { projectId }) =>
    listed(sql<TransferRow>`
      select l.project_id as project, l.folded, l.name
        from work.label l
        join work.project p on p.org_id = l.org_id and p.id = l.project_id
       where l.org_id = ${orgId} and (${projectId}::uuid is null or p.id = ${projectId})
       order by p.key collate "C", l.folded collate "C"`),
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.label (org_id, project_id, folded, name)
        select ${orgId}::uuid, project, folded, name
          from jsonb_to_recordset(${piece}::jsonb) as l (project uuid, folded text, name text)`
    }
  },
}

const branches: TransferPart = {
  kind: 'branch',
  shape: z.strictObject({
    id: Id,
    project: Id,
    name: Name,
    agents: z.array(HandleLine),
    version: z.int().min(1),
    createdAt: Moment,
    archivedAt: WhenOrNull,
  }),
  links: [{ field: 'project', to: 'project' }],
  people: ['agents'],
  async named({ sql, orgId }, { projectId }) {
    const rows = await sql<{ id: string }>`
      select distinct a.principal_id as id from work.branch_agent a
        join work.branch b on b.org_id = a.org_id and b.id = a.branch_id
       where a.org_id = ${orgId} and (${projectId}::uuid is null or b.project_id = ${projectId})`
    return rows.map(({ id }) => id)
  },
  rows: ({ sql, orgId }, { projectId }) =>
    listed(
      sql<TransferRow>`
        select b.id, b.project_id as project, b.name, b.version, b.created_at as "createdAt",
               b.archived_at as "archivedAt",
               array(select a.principal_id::text from work.branch_agent a
                      where a.org_id = ${orgId} and a.branch_id = b.id) as agents
          from work.branch b
          join work.project p on p.org_id = b.org_id and p.id = b.project_id
         where b.org_id = ${orgId} and (${projectId}::uuid is null or p.id = ${projectId})
         order by p.key collate "C", b.id`,
      ['createdAt', 'archivedAt'],
    ),
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        with given as (
          select * from jsonb_to_recordset(${piece}::jsonb) as b
            (id uuid, project uuid, name text, agents uuid[], version bigint,
             "createdAt" timestamptz, "archivedAt" timestamptz)),
        made as (
          insert into work.branch (org_id, id, project_id, name, version, created_at, archived_at)
          select ${orgId}::uuid, id, project, name, version, "createdAt", "archivedAt" from given)
        insert into work.branch_agent (org_id, branch_id, principal_id)
        select distinct ${orgId}::uuid, id, unnest(agents) from given`
    }
  },
}

const Day = z.iso.date().nullable()

const sprints: TransferPart = {
  kind: 'sprint',
  shape: z.strictObject({
    id: Id,
    project: Id,
    number: z.int().min(1),
    goal: z.string(),
    startsOn: Day,
    endsOn: Day,
    state: z.enum(['planned', 'active', 'closed']),
    startedAt: WhenOrNull,
    closedAt: WhenOrNull,
    version: z.int().min(1),
    createdAt: Moment,
  }),
  links: [{ field: 'project', to: 'project' }],
  people: [],
  named: nobody,
  rows: ({ sql, orgId }, { projectId }) =>
    listed(
      sql<TransferRow>`
        select s.id, s.project_id as project, s.number, s.goal, s.starts_on as "startsOn",
               s.ends_on as "endsOn", s.state, s.started_at as "startedAt",
               s.closed_at as "closedAt", s.version, s.created_at as "createdAt"
          from work.sprint s
          join work.project p on p.org_id = s.org_id and p.id = s.project_id
         where s.org_id = ${orgId} and (${projectId}::uuid is null or p.id = ${projectId})
         order by p.key collate "C", s.number, s.id`,
      ['startedAt', 'closedAt', 'createdAt'],
    ),
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.sprint
          (org_id, id, project_id, number, goal, starts_on, ends_on, state, started_at, closed_at,
           version, created_at)
        select ${orgId}::uuid, id, project, number, goal, "startsOn", "endsOn", state, "startedAt",
               "closedAt", version, "createdAt"
          from jsonb_to_recordset(${piece}::jsonb) as s
            (id uuid, project uuid, number integer, goal text, "startsOn" date, "endsOn" date,
             state text, "startedAt" timestamptz, "closedAt" timestamptz, version bigint,
             "createdAt" timestamptz)`
    }
  },
}

/** The lines of projects and their boards. */
export const boardParts: readonly TransferPart[] = [projects, columns, labels, branches, sprints]
