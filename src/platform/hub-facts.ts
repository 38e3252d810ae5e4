import type { Database } from './database.ts'
import { sweepLimitTables } from './limits/sweep.ts'
import { at } from './sql.ts'

/** Reads a value of 32 random bytes that all processes of this database share; makes it once. */
export const sharedKey = async (
  database: Database,
  name: string,
  fresh: Uint8Array,
): Promise<Uint8Array> => {
  const row = await database.system(async (sql) => {
    await sql`
      insert into platform.hub (name, value) values (${name}, ${Buffer.from(fresh).toString('hex')})
      on conflict (name) do nothing`
    return sql.one<{ value: string }>`select value from platform.hub where name = ${name}`
  })
  return Buffer.from(row.value, 'hex')
}

const SESSION_KEPT_MS = 7 * 86_400_000

/** Remembers ended sessions for as long as their ids could be read. */
export const endedSessions = (database: Database, now: () => number) => ({
  async has(hash: string): Promise<boolean> {
    const found = await database.system(
      (sql) => sql`select 1 from platform.ended_session where hash = ${hash}`,
    )
    return found.length > 0
  },
  async add(hash: string): Promise<void> {
    await database.system(async (sql) => {
      await sql`
        insert into platform.ended_session (hash, expires_at)
        values (${hash}, ${at(now() + SESSION_KEPT_MS)}) on conflict (hash) do nothing`
      await sql`delete from platform.ended_session where expires_at < ${at(now())}`
    })
  },
})

/** Forgets what has had its time: idempotency keys older than a day, and idle limits. */
export const tidyUp = async (database: Database, now: number): Promise<void> => {
  await database.system(
    (sql) => sql`delete from platform.idempotency where created_at < ${at(now - 86_400_000)}`,
  )
  await sweepLimitTables(database, now)
}
