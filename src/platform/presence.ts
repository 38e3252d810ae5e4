import type { Database } from './database.ts'

// Hubs of one database know of each other by a lease that each holds under its own name: limits
// are shared out by their number.

const KEPT_S = 20

/** Milliseconds between two signs of life. */
export const PRESENCE_MS = 5_000

/** Says that this process lives; gives how many do. */
export const showPresence = (database: Database, holder: string): Promise<number> =>
  database.system(async (sql) => {
    const name = `hub/${holder}`
    await sql`
      insert into platform.lease (name, holder, fence, expires_at)
      values (${name}, ${holder}, 1, clock_timestamp() + make_interval(secs => ${KEPT_S}))
      on conflict (name) do update set expires_at = excluded.expires_at`
    await sql`
      delete from platform.lease where name like 'hub/%' and expires_at < clock_timestamp()`
    const { count } = await sql.one<{ count: number }>`
      select count(*) as "count" from platform.lease where name like 'hub/%'`
    return Math.max(1, count)
  })

/** Takes the sign of life away, when a process ends in good order. */
export const endPresence = async (database: Database, holder: string): Promise<void> => {
  await database.system((sql) => sql`delete from platform.lease where name = ${`hub/${holder}`}`)
}
