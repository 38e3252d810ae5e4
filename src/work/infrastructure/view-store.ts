import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { ViewStore } from '../application/view-ports.ts'
import { OWN_VIEWS_MAX, type SavedView, SHARED_VIEWS_MAX } from '../domain/saved-view.ts'

const columns = part`
  id, project_id as "projectId", number, owner_id as "ownerId", name, query, shared, version`

/** Views of boards. */
export const viewStore = ({ sql, orgId }: Ground): ViewStore => ({
  list: (projectId, me) => sql<SavedView>`
    select ${columns} from work.saved_view
     where org_id = ${orgId} and project_id = ${projectId} and (shared or owner_id = ${me})
     order by lower(name), number limit ${OWN_VIEWS_MAX + SHARED_VIEWS_MAX}`,

  async find(projectId, number, me) {
    const row = await sql.maybe<SavedView>`
      select ${columns} from work.saved_view
       where org_id = ${orgId} and project_id = ${projectId} and number = ${number}
         and (shared or owner_id = ${me})`
    return row ?? null
  },

  count: (projectId, me) => sql.one<{ own: number; shared: number }>`
    select count(*) filter (where not shared and owner_id = ${me})::int as own,
           count(*) filter (where shared)::int as shared
      from work.saved_view where org_id = ${orgId} and project_id = ${projectId}`,

  async add({ id, projectId, ownerId, name, query, shared, now }) {
    // The caller has locked the project, so nobody else takes this number.
    const row = await sql.one<{ number: number }>`
      insert into work.saved_view
        (org_id, id, project_id, number, owner_id, name, query, shared, version, created_at)
      select ${orgId}::uuid, ${id}::uuid, ${projectId}::uuid, coalesce(max(number), 0) + 1,
             ${ownerId}::uuid, ${name}, ${query}, ${shared}::boolean, 1, ${at(now)}::timestamptz
        from work.saved_view where org_id = ${orgId} and project_id = ${projectId}
      returning number`
    return row.number
  },

  async save({ id, name, query, shared, version }) {
    await sql.one`
      update work.saved_view
         set name = ${name}, query = ${query}, shared = ${shared}, version = ${version}
       where org_id = ${orgId} and id = ${id} and version = ${version - 1} returning id`
  },

  async remove({ id }) {
    await sql`delete from work.saved_view where org_id = ${orgId} and id = ${id}`
  },
})
