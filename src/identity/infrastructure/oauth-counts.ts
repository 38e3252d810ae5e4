import { HUB_ORG } from '../../kernel/actor.ts'
import type { Database } from '../../platform/database.ts'
import { rateOfLimit, SHARED_LIMITS } from '../../platform/limits/limit-table.ts'
import { rateKey } from '../../platform/limits/rate-key.ts'
import { throttle } from '../../platform/limits/throttle.ts'

type Counted = 'token' | 'authorize' | 'client_metadata' | 'device_code'

/** Counts what strangers ask the OAuth server for, in SQL: across all processes of the hub. */
export const oauthCounts = (
  ground: Readonly<{ database: Database; now: () => number; limitFactor?: number }>,
): ((what: Counted, key: string) => Promise<void>) => {
  const { database, now, limitFactor: factor = 1 } = ground
  const counter = throttle({ database, orgId: HUB_ORG, now, factor })
  return (what, key) => {
    const isAddress = !key.includes(' ')
    const counted = isAddress ? rateKey(key) : key
    return counter.take(`oauth_${what}`, counted, rateOfLimit(SHARED_LIMITS[what]))
  }
}
