import type { Database } from '../database.ts'
import { sweepBackoffs } from './backoff-store.ts'
import { sweepDevices } from './known-devices.ts'
import { sweepLimits } from './sql-limits.ts'

const TRIES_KEPT_MS = 86_400_000

/** Forgets what no limit asks for any more; for the hub's hourly round. */
export const sweepLimitTables = (database: Database, now: number): Promise<void> =>
  database.system(async (sql) => {
    await sweepLimits(sql, now)
    await sweepBackoffs(sql, now - TRIES_KEPT_MS)
    await sweepDevices(sql, now)
  })
