import { hash } from 'node:crypto'
import { CommitUnknown, type Database } from '../database.ts'
import { databaseAway, retryOf } from '../database-errors.ts'
import type { Sql } from '../sql.ts'
import { type Rate, timesRate } from './gcra.ts'
import { rateOfLimit, SHARED_LIMITS, type SharedLimitName } from './limit-table.ts'
import { sqlLimits } from './sql-limits.ts'
import { tooMany } from './too-many.ts'

/** What throttles stand on: they write in transactions of their own. */
export type ThrottleGround = Readonly<{
  database: Database
  orgId: string
  now: () => number
  /** Multiplies every rate; see `openLimits`. */
  factor?: number
}>

/** Limits that hold across all processes, at the price of a write each. */
export type Throttle = Readonly<{
  /**
   * Counts a call of the limit `name` for a key, which is kept as a digest. Refuses with
   * `too_many`, and with `unavailable` where the database is away: what cannot be counted does
   * not pass. The count stays, whatever becomes of the call.
   */
  take(name: string, key: string, rate: Rate): Promise<void>
  /** Does so for a limit of the table. */
  takeShared(name: SharedLimitName, key: string): Promise<void>
}>

/** Makes the throttle of one organisation. */
export const throttle = ({ database, orgId, now, factor = 1 }: ThrottleGround): Throttle => {
  const takeOne = async ({ name, key, rate, why }: Asked): Promise<void> => {
    const digest = hash('sha256', `${name}\n${key}`, 'base64url')
    const verdict = await onItsOwn(database, orgId, (sql) =>
      sqlLimits({ sql, orgId }, name).take(digest, timesRate(rate, factor), {
        cost: 1,
        now: now(),
      }),
    )
    if (!verdict.ok) throw tooMany(why, verdict.waitMs, { policy: name })
  }
  return {
    take: (name, key, rate) => takeOne({ name, key, rate, why: 'This is asked for too often' }),
    takeShared(name, key) {
      const limit = SHARED_LIMITS[name]
      const why = `${limit.says} more often than ${limit.calls * factor} times per ${limit.per}`
      return takeOne({ name, key, rate: rateOfLimit(limit), why })
    },
  }
}

type Asked = Readonly<{ name: string; key: string; rate: Rate; why: string }>

/** Commits what a body counted, before anything is refused; a database that is away refuses. */
export const onItsOwn = async <T>(
  database: Database,
  orgId: string,
  body: (sql: Sql) => Promise<T>,
): Promise<T> => {
  try {
    return await database.write(orgId, async (sql) => ({ value: await body(sql), tail: [] }))
  } catch (error) {
    throw error instanceof CommitUnknown || retryOf(error) !== 'no' ? databaseAway() : error
  }
}
