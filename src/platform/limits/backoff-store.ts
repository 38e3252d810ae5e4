import type { Ground } from '../room.ts'
import type { Sql } from '../sql.ts'

/** Tries since the last one that succeeded, and from when on the next may be made. */
export type Tries = Readonly<{ count: number; freeAt: number }>

/** Where tries at one kind of door are counted. */
export type BackoffStore = Readonly<{
  /** Reads the tries of a key and holds them until the transaction ends: one try at a time. */
  hold(key: string): Promise<Tries>
  /** Keeps the tries of a key that is held. */
  keep(key: string, tries: Tries): Promise<void>
  forget(key: string): Promise<void>
}>

const NONE: Tries = { count: 0, freeAt: 0 }

/** Keeps tries in PostgreSQL. */
export const backoffStore = ({ sql, orgId }: Ground, name: string): BackoffStore => ({
  async hold(key) {
    // Two statements: there has to be a row before it can be locked.
    await sql`
      insert into platform.backoff (org_id, name, key, tries, free_at)
      values (${orgId}, ${name}, ${key}, 0, 0)
      on conflict (org_id, name, key) do nothing`
    const held = await sql.maybe<Tries>`
      select tries as "count", free_at as "freeAt"
        from platform.backoff
       where org_id = ${orgId} and name = ${name} and key = ${key}
         for update`
    return held ?? NONE
  },
  async keep(key, { count, freeAt }) {
    await sql`
      update platform.backoff set tries = ${count}, free_at = ${freeAt}::float8
       where org_id = ${orgId} and name = ${name} and key = ${key}`
  },
  async forget(key) {
    await sql`
      delete from platform.backoff where org_id = ${orgId} and name = ${name} and key = ${key}`
  },
})

/** Forgets tries that nobody has added to for so long, across organisations. */
export const sweepBackoffs = async (sql: Sql, before: number): Promise<void> => {
  await sql`delete from platform.backoff where free_at < ${before}::float8`
}
