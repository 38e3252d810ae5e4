import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { atOrNull, json, part } from '../../platform/sql.ts'
import type { Aligned, ObjectiveStore, StoredObjective } from '../application/ports.ts'
import type { ObjectiveName } from '../contract.ts'
import { numberCounter } from './number-counter.ts'

/** Rows that one list may read: the most live objectives, and as many archived ones. */
const ROWS_MAX = 2_000

/** Objectives, and which projects and branches align with them. */
export const objectiveStore = ({ sql, orgId }: Ground): ObjectiveStore => {
  const numbers = numberCounter(sql, orgId, 'objective')
  return {
    lockTree: numbers.lock,
    nextNumber: numbers.next,
    all: (archived) => sql<StoredObjective>`
      select id, number, parent_id as "parentId", title, weight, metric, due_at as due,
             owner_id as owner, archived_at as "archivedAt", version
        from context.objective
       where org_id = ${orgId}${archived ? part`` : part` and archived_at is null`}
       order by number limit ${ROWS_MAX}`,
    async add({ id, number, parentId, title, weight, metric, due, owner, version }) {
      await sql`
        insert into context.objective
          (org_id, id, number, parent_id, title, weight, metric, due_at, owner_id, version)
        values (${orgId}, ${id}, ${number}, ${parentId}, ${title}, ${weight},
                ${metric === null ? null : json(metric)}::jsonb, ${atOrNull(due)}, ${owner},
                ${version})`
    },
    async save({ id, number, parentId, title, weight, metric, due, owner, archivedAt, version }) {
      const [saved] = await sql`
        update context.objective
           set parent_id = ${parentId}, title = ${title}, weight = ${weight},
               metric = ${metric === null ? null : json(metric)}::jsonb,
               due_at = ${atOrNull(due)}, owner_id = ${owner},
               archived_at = ${atOrNull(archivedAt)}, version = ${version}
         where org_id = ${orgId} and id = ${id} and version = ${version - 1}
        returning id`
      if (saved) return
      const message = `O-${number} has changed; read it again, then decide.`
      throw refuse('conflict', 'context.objective_changed', message)
    },
    alignments: () => sql<Aligned>`
      select at_id as "atId", tier, at, project_id as "projectId", objective_id as "objectiveId"
        from context.alignment
       where org_id = ${orgId}
       order by at limit ${ROWS_MAX * 10}`,
    async align(objectiveId, places) {
      await sql`
        delete from context.alignment
         where org_id = ${orgId} and objective_id = ${objectiveId}
           and at_id <> all(${places.map(({ atId }) => atId)}::uuid[])`
      await sql`
        insert into context.alignment (org_id, at_id, tier, at, project_id, objective_id)
        select ${orgId}::uuid, p.at_id, p.tier, p.at, p.project_id, ${objectiveId}::uuid
          from unnest(${places.map(({ atId }) => atId)}::uuid[],
                      ${places.map(({ tier }) => tier)}::text[],
                      ${places.map((place) => place.at)}::text[],
                      ${places.map(({ projectId }) => projectId)}::uuid[])
            as p (at_id, tier, at, project_id)
        on conflict (org_id, at_id) do update
           set objective_id = excluded.objective_id, at = excluded.at`
    },
    async release(objectiveId) {
      await sql`
        delete from context.alignment where org_id = ${orgId} and objective_id = ${objectiveId}`
    },
  }
}

type Named = Readonly<{ id: string; number: number; title: string }>

const toName = ({ id, number, title }: Named): ObjectiveName => ({ id, key: `O-${number}`, title })

/** Finds a live objective by its number. */
export const findObjective = async (
  { sql, orgId }: Ground,
  number: number,
): Promise<ObjectiveName | null> => {
  const row = await sql.maybe<Named>`
    select id, number, title from context.objective
     where org_id = ${orgId} and number = ${number} and archived_at is null`
  return row ? toName(row) : null
}

/** Finds the first live objective among own ones, in their order, then those of the places. */
export const firstObjective = async (
  { sql, orgId }: Ground,
  ownIds: readonly string[],
  placeIds: readonly string[],
): Promise<ObjectiveName | null> => {
  const row = await sql.maybe<Named>`
    select o.id, o.number, o.title
      from (select id, turn from unnest(${ownIds}::uuid[]) with ordinality as own (id, turn)
            union all
            select a.objective_id, 1000 + p.turn
              from unnest(${placeIds}::uuid[]) with ordinality as p (id, turn)
              join context.alignment a on a.org_id = ${orgId} and a.at_id = p.id) named
      join context.objective o on o.org_id = ${orgId} and o.id = named.id
     where o.archived_at is null
     order by named.turn limit 1`
  return row ? toName(row) : null
}
