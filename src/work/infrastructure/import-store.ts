import type { Ground } from '../../platform/room.ts'
import { at, json } from '../../platform/sql.ts'
import type { ImportedTask, ImportLink, ImportStore } from '../application/transfer-ports.ts'
import type { BoardColumn } from '../domain/import-values.ts'
import { importEdits } from './import-edit-store.ts'
import { pieces, timed } from './import-rows.ts'

/** Writes what an import brings, many rows a statement. */
export const importStore = (ground: Ground): ImportStore => {
  const { sql, orgId } = ground
  return {
    ...importEdits(ground),

    async lock(projectId) {
      await sql`
        insert into work.graph (org_id, changes) values (${orgId}, 1)
        on conflict (org_id) do update set changes = work.graph.changes + 1`
      await sql`
        select from work.project where org_id = ${orgId} and id = ${projectId} for update`
    },

    async board(projectId) {
      const [project, branch, columns] = await Promise.all([
        sql.one<{ key: string; nextNumber: number; lastRank: string | null }>`
          select key, next_number as "nextNumber",
                 (select max(rank) from work.task
                   where org_id = ${orgId} and project_id = ${projectId}) as "lastRank"
            from work.project where org_id = ${orgId} and id = ${projectId}`,
        sql.one<{ id: string; name: string }>`
          select id, name from work.branch
           where org_id = ${orgId} and project_id = ${projectId} and archived_at is null
           order by name <> 'main', created_at limit 1`,
        sql<BoardColumn>`
          select id, name, category from work.board_column
           where org_id = ${orgId} and project_id = ${projectId} order by position limit 100`,
      ])
      return { projectId, ...project, branch, columns }
    },

    links: (projectId, source) => sql<ImportLink>`
      select external_id as "externalId", task_id as "taskId", fingerprint, kept
        from work.import_link
       where org_id = ${orgId} and project_id = ${projectId} and source = ${source}`,

    async placeholders() {
      const rows = await sql<{ name: string }>`
        select distinct jsonb_array_elements_text(kept -> 'placeholders') as name
          from work.import_link
         where org_id = ${orgId} and jsonb_array_length(kept -> 'placeholders') > 0`
      return rows.map(({ name }) => name)
    },

    async labels(projectId, names) {
      const folded = names.map((name) => name.toLowerCase())
      await sql`
        insert into work.label (org_id, project_id, folded, name)
        select ${orgId}::uuid, ${projectId}::uuid, l.folded, l.name
          from unnest(${folded}::text[], ${names}::text[]) as l (folded, name)
        on conflict (org_id, project_id, folded) do nothing`
      const rows = await sql<{ folded: string; name: string }>`
        select folded, name from work.label
         where org_id = ${orgId} and project_id = ${projectId} and folded = any(${folded}::text[])`
      return new Map(rows.map((row) => [row.folded, row.name]))
    },

    async take(projectId, count) {
      await sql`
        update work.project set next_number = next_number + ${count}::integer
         where org_id = ${orgId} and id = ${projectId}`
    },

    async addTasks(place, tasks) {
      // Parents stand before their children, so every piece finds the parents of its rows.
      for (const piece of pieces(tasks)) await insertTasks(ground, place, piece)
    },

    async addEdges(edges, now) {
      await sql`
        insert into work.dependency (org_id, task_id, kind, to_id, created_at)
        select ${orgId}::uuid, e.task_id, e.kind, e.to_id, ${at(now)}::timestamptz
          from unnest(${edges.map((edge) => edge.taskId)}::uuid[],
                      ${edges.map((edge) => edge.kind)}::text[],
                      ${edges.map((edge) => edge.toId)}::uuid[]) as e (task_id, kind, to_id)
        on conflict (org_id, task_id, kind, to_id) do nothing`
    },

    async putComments(comments) {
      for (const piece of pieces(comments)) {
        const rows = piece.map((one) => ({ ...one, createdAt: at(one.createdAt) }))
        await sql`
          insert into work.comment (org_id, id, task_id, author_id, body, created_at)
          select ${orgId}::uuid, c.id, c."taskId", c."authorId", c.body, c."createdAt"
            from jsonb_to_recordset(${json(rows)}::jsonb) as c
              (id uuid, "taskId" uuid, "authorId" uuid, body text, "createdAt" timestamptz)
          on conflict (org_id, id) do update set body = excluded.body`
      }
    },

    async keepLinks({ projectId, source }, links) {
      for (const piece of pieces(links)) {
        await sql`
          insert into work.import_link
            (org_id, project_id, source, external_id, task_id, fingerprint, kept)
          select ${orgId}::uuid, ${projectId}::uuid, ${source}, l."externalId", l."taskId",
                 l.fingerprint, l.kept
            from jsonb_to_recordset(${json(piece)}::jsonb) as l
              ("externalId" text, "taskId" uuid, fingerprint text, kept jsonb)
          on conflict (org_id, project_id, source, external_id) do update
            set task_id = excluded.task_id, fingerprint = excluded.fingerprint,
                kept = excluded.kept`
      }
    },
  }
}

type Place = Parameters<ImportStore['addTasks']>[0]

const insertTasks = ({ sql, orgId }: Ground, place: Place, tasks: readonly ImportedTask[]) => {
  const { projectId, branchId, me, now } = place
  return sql`
    insert into work.task
      (org_id, id, project_id, branch_id, number, parent_id, depth, type, title, body, column_id,
       category, priority, rank, estimate, assignee_id, labels, accept, blocked_reason, progress,
       open_blockers, held_above, open_children, version, created_by, created_at, updated_at,
       started_at, completed_at, archived_at)
    select ${orgId}::uuid, t.id, ${projectId}::uuid, ${branchId}::uuid, t.number, t."parentId",
           t.depth, t.type, t.title, t.body, t."columnId", t.category, t.priority, t.rank,
           t.estimate, t."assigneeId", t.labels, t.accept, t.flag,
           case when t.category = 'completed' then 100 else 0 end,
           t."openBlockers", t."heldAbove", t."openChildren", 1, ${me}::uuid, t."createdAt",
           ${at(now)}::timestamptz, t."startedAt", t."completedAt", t."archivedAt"
      from jsonb_to_recordset(${json(tasks.map(timed))}::jsonb) as t
        (id uuid, number integer, "parentId" uuid, depth smallint, type text, title text,
         body text, "columnId" uuid, category text, priority smallint, rank text,
         estimate integer, "assigneeId" uuid, labels text[], accept jsonb, flag text,
         "openBlockers" integer, "heldAbove" integer, "openChildren" integer,
         "createdAt" timestamptz, "startedAt" timestamptz, "completedAt" timestamptz,
         "archivedAt" timestamptz)`
}
