import { z } from 'zod'
import type { TransferPart, TransferRow } from '../../platform/transfer.ts'
import { Moment } from '../contract.ts'
import { END_OUTCOMES } from '../domain/words.ts'
import { HandleLine, jsonPieces, moments, PAGE_ROWS, paged } from './transfer-pages.ts'

const Id = z.uuid()
const WhenOrNull = Moment.nullable()

type Placed = TransferRow & Readonly<{ projectKey: string; number: number; id: string }>

/** Comments on tasks. */
export const commentPart: TransferPart = {
  kind: 'comment',
  shape: z.strictObject({
    id: Id,
    task: Id,
    author: HandleLine.nullable(),
    body: z.string().max(65_536),
    createdAt: Moment,
  }),
  links: [{ field: 'task', to: 'task' }],
  people: ['author'],
  async named({ sql, orgId }, { projectId }) {
    const rows = await sql<{ id: string }>`
      select distinct c.author_id as id from work.comment c
        join work.task t on t.org_id = c.org_id and t.id = c.task_id
       where c.org_id = ${orgId} and c.author_id is not null
         and (${projectId}::uuid is null or t.project_id = ${projectId})`
    return rows.map(({ id }) => id)
  },
  async *rows({ sql, orgId }, { projectId }) {
    const page = (after: Placed | null) => sql<Placed>`
      select c.id, c.task_id as task, c.author_id as author, c.body, c.created_at as "createdAt",
             p.key as "projectKey", t.number
        from work.comment c
        join work.task t on t.org_id = c.org_id and t.id = c.task_id
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where c.org_id = ${orgId} and (${projectId}::uuid is null or t.project_id = ${projectId})
         and (${after === null} or (p.key collate "C", t.number, c.id)
              > (${after?.projectKey ?? ''}, ${after?.number ?? 0}, ${after?.id ?? null}::uuid))
       order by p.key collate "C", t.number, c.id limit ${PAGE_ROWS}`
    for await (const { projectKey: _, number: __, ...row } of paged(page)) {
      yield moments(row, ['createdAt'])
    }
  },
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.comment (org_id, id, task_id, author_id, body, created_at)
        select ${orgId}::uuid, id, task, author, body, "createdAt"
          from jsonb_to_recordset(${piece}::jsonb) as c
            (id uuid, task uuid, author uuid, body text, "createdAt" timestamptz)`
    }
  },
}

type Tried = TransferRow & Readonly<{ projectKey: string; place: number; number: number }>

/** Attempts on tasks, with what they used. */
export const attemptPart: TransferPart = {
  kind: 'attempt',
  shape: z.strictObject({
    task: Id,
    number: z.int().min(1),
    holder: HandleLine,
    fence: z.int().min(0),
    from: Id,
    startedAt: Moment,
    endedAt: WhenOrNull,
    outcome: z.enum(END_OUTCOMES).nullable(),
    summary: z.string().nullable(),
    evidence: z.string().nullable(),
    usage: z.unknown(),
  }),
  links: [
    { field: 'task', to: 'task' },
    { field: 'from', to: 'column' },
  ],
  people: ['holder'],
  async named({ sql, orgId }, { projectId }) {
    const rows = await sql<{ id: string }>`
      select distinct a.holder_id as id from work.attempt a
        join work.task t on t.org_id = a.org_id and t.id = a.task_id
       where a.org_id = ${orgId} and (${projectId}::uuid is null or t.project_id = ${projectId})`
    return rows.map(({ id }) => id)
  },
  async *rows({ sql, orgId }, { projectId }) {
    const page = (after: Tried | null) => sql<Tried>`
      select a.task_id as task, a.number, a.holder_id as holder, a.fence, a.from_column as "from",
             a.started_at as "startedAt", a.ended_at as "endedAt", a.outcome, a.summary,
             a.evidence, a.usage, p.key as "projectKey", t.number as place
        from work.attempt a
        join work.task t on t.org_id = a.org_id and t.id = a.task_id
        join work.project p on p.org_id = t.org_id and p.id = t.project_id
       where a.org_id = ${orgId} and (${projectId}::uuid is null or t.project_id = ${projectId})
         and (p.key collate "C", t.number, a.number)
             > (${after?.projectKey ?? ''}, ${after?.place ?? 0}, ${after?.number ?? 0})
       order by p.key collate "C", t.number, a.number limit ${PAGE_ROWS}`
    for await (const { projectKey: _, place: __, ...row } of paged(page)) {
      yield moments(row, ['startedAt', 'endedAt'])
    }
  },
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.attempt
          (org_id, task_id, number, holder_id, fence, from_column, started_at, ended_at, outcome,
           summary, evidence, usage)
        select ${orgId}::uuid, task, number, holder, fence, "from", "startedAt", "endedAt",
               outcome, summary, evidence, nullif(usage, 'null'::jsonb)
          from jsonb_to_recordset(${piece}::jsonb) as a
            (task uuid, number integer, holder uuid, fence bigint, "from" uuid,
             "startedAt" timestamptz, "endedAt" timestamptz, outcome text, summary text,
             evidence text, usage jsonb)`
    }
  },
}

/** Questions to people and their answers. */
export const questionPart: TransferPart = {
  kind: 'question',
  shape: z.strictObject({
    id: Id,
    number: z.int().min(1),
    project: Id,
    task: Id.nullable(),
    kind: z.enum(['approve', 'choose', 'question', 'handover']),
    text: z.string(),
    options: z.unknown(),
    askedBy: HandleLine,
    askedAt: Moment,
    expiresAt: WhenOrNull,
    parked: z.boolean(),
    answer: z.string().nullable(),
    answeredBy: HandleLine.nullable(),
    answeredAt: WhenOrNull,
    told: z.boolean(),
  }),
  links: [
    { field: 'project', to: 'project' },
    { field: 'task', to: 'task' },
  ],
  people: ['askedBy', 'answeredBy'],
  async named({ sql, orgId }, { projectId }) {
    const rows = await sql<{ id: string }>`
      select distinct n.id from work.question q
       cross join lateral (values (q.asked_by), (q.answered_by)) as n (id)
       where q.org_id = ${orgId} and n.id is not null
         and (${projectId}::uuid is null or q.project_id = ${projectId})`
    return rows.map(({ id }) => id)
  },
  async *rows({ sql, orgId }, { projectId }) {
    const page = (after: Placed | null) => sql<Placed>`
      select q.id, q.number, q.project_id as project, q.task_id as task, q.kind, q.text,
             q.options, q.asked_by as "askedBy", q.asked_at as "askedAt",
             q.expires_at as "expiresAt", q.parked, q.answer, q.answered_by as "answeredBy",
             q.answered_at as "answeredAt", q.told, p.key as "projectKey"
        from work.question q
        join work.project p on p.org_id = q.org_id and p.id = q.project_id
       where q.org_id = ${orgId} and (${projectId}::uuid is null or q.project_id = ${projectId})
         and (p.key collate "C", q.number) > (${after?.projectKey ?? ''}, ${after?.number ?? 0})
       order by p.key collate "C", q.number limit ${PAGE_ROWS}`
    for await (const { projectKey: _, ...row } of paged(page)) {
      yield moments(row, ['askedAt', 'expiresAt', 'answeredAt'])
    }
  },
  async take({ sql, orgId }, rows) {
    for (const piece of jsonPieces(rows)) {
      await sql`
        insert into work.question
          (org_id, id, number, project_id, task_id, kind, text, options, asked_by, asked_at,
           expires_at, parked, answer, answered_by, answered_at, told)
        select ${orgId}::uuid, id, number, project, task, kind, text, options, "askedBy",
               "askedAt", "expiresAt", parked, answer, "answeredBy", "answeredAt", told
          from jsonb_to_recordset(${piece}::jsonb) as q
            (id uuid, number integer, project uuid, task uuid, kind text, text text,
             options jsonb, "askedBy" uuid, "askedAt" timestamptz, "expiresAt" timestamptz,
             parked boolean, answer text, "answeredBy" uuid, "answeredAt" timestamptz,
             told boolean)`
    }
  },
}
