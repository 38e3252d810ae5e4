import type { Ground } from '../../platform/room.ts'
import type { Profile } from '../application/hub-records.ts'
import type { ProfileStore } from '../application/hub-stores.ts'

/** Choices of tools that one organisation has at most. */
const PROFILES_MAX = 100

/** Choices of tools that clients list natively. */
export const profileStore = ({ sql, orgId }: Ground): ProfileStore => ({
  all: () => sql<Profile>`
    select id, name, title, tools, raw, version from tools.profile
     where org_id = ${orgId} order by name limit ${PROFILES_MAX}`,
  async byName(name) {
    const row = await sql.maybe<Profile>`
      select id, name, title, tools, raw, version from tools.profile
       where org_id = ${orgId} and name = ${name}`
    return row ?? null
  },
  async save({ id, name, title, tools, raw }) {
    await sql`
      insert into tools.profile (org_id, id, name, title, tools, raw, version)
      values (${orgId}, ${id}, ${name}, ${title}, ${tools}::text[], ${raw}, 1)
      on conflict (org_id, name)
      do update set title = excluded.title, tools = excluded.tools, raw = excluded.raw,
                    version = tools.profile.version + 1`
  },
  async remove(name) {
    const gone = await sql`
      delete from tools.profile where org_id = ${orgId} and name = ${name} returning name`
    return gone.length > 0
  },
})
