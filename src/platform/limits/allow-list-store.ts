import type { Ground } from '../room.ts'
import { at } from '../sql.ts'

/** The networks of an organisation as they are kept; version 0: none have been set. */
export type KeptAllowList = Readonly<{
  web: readonly string[]
  keys: readonly string[]
  admin: readonly string[]
  version: number
}>

/** Where an organisation's allow-list is kept. */
export type AllowListStore = Readonly<{
  read(): Promise<KeptAllowList>
  /** Tells whether it was kept: not where somebody has set another since version - 1. */
  save(list: KeptAllowList, now: number): Promise<boolean>
}>

/** Keeps allow-lists in PostgreSQL. */
export const allowListStore = ({ sql, orgId }: Ground): AllowListStore => ({
  async read() {
    const kept = await sql.maybe<KeptAllowList>`
      select web, keys, admin, version from platform.allow_list where org_id = ${orgId}`
    return kept ?? { web: [], keys: [], admin: [], version: 0 }
  },
  async save({ web, keys, admin, version }, now) {
    const saved = await sql`
      insert into platform.allow_list as l (org_id, web, keys, admin, version, changed_at)
      select ${orgId}::uuid, ${web}::text[], ${keys}::text[], ${admin}::text[],
             ${version}::bigint, ${at(now)}::timestamptz
       where ${version}::bigint = 1 or exists (
         select 1 from platform.allow_list where org_id = ${orgId})
      on conflict (org_id) do update
         set web = excluded.web, keys = excluded.keys, admin = excluded.admin,
             version = excluded.version, changed_at = excluded.changed_at
       where l.version = excluded.version - 1
      returning version`
    return saved.length > 0
  },
})
