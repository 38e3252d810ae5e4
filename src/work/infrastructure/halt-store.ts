import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Halt, HaltStore } from '../application/crew-ports.ts'

/** Says in SQL whether agents are stopped; asked once per statement. */
export const isHalted = (orgId: string) =>
  part`exists (select from work.halt h where h.org_id = ${orgId})`

/** Says in SQL whether the holder of a lease `l` is to stop: by itself, or as all agents are. */
export const isToStop = (orgId: string) =>
  part`(l.stop or (l.expires_at is not null and ${isHalted(orgId)}))`

/** Keeps whether the agents of an organisation are stopped. */
export const haltStore = ({ sql, orgId }: Ground): HaltStore => ({
  async read() {
    const row = await sql.maybe<Halt>`
      select by_id as "byId", at from work.halt where org_id = ${orgId}`
    return row ?? null
  },
  async claims() {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from work.lease
       where org_id = ${orgId} and expires_at is not null`
    return count
  },
  async stop({ byId, at: moment }) {
    const [row] = await sql`
      insert into work.halt (org_id, by_id, at) values (${orgId}, ${byId}, ${at(moment)})
      on conflict (org_id) do nothing
      returning by_id`
    return row !== undefined
  },
  async lift() {
    const [row] = await sql`delete from work.halt where org_id = ${orgId} returning by_id`
    return row !== undefined
  },
})
