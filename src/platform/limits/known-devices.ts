import type { Ground } from '../room.ts'
import { at, type Sql } from '../sql.ts'

const KEPT_MS = 90 * 86_400_000
const DEVICES_MAX = 20

/** Which devices have been used for good sign-ins of an account; both come as digests. */
export type KnownDevices = Readonly<{
  isKnown(account: string, device: string, now: number): Promise<boolean>
  /** Remembers a device; of more than twenty the ones not seen longest are forgotten. */
  remember(account: string, device: string, now: number): Promise<void>
  forgetAll(account: string): Promise<void>
}>

/** Keeps known devices in PostgreSQL. */
export const knownDevices = ({ sql, orgId }: Ground): KnownDevices => ({
  async isKnown(account, device, now) {
    const found = await sql`
      select 1 from platform.known_device
       where org_id = ${orgId} and account = ${account} and device = ${device}
         and seen_at > ${at(now - KEPT_MS)}`
    return found.length > 0
  },
  async remember(account, device, now) {
    // Two statements: what the first has written counts for the second.
    await sql`
      insert into platform.known_device (org_id, account, device, seen_at)
      values (${orgId}, ${account}, ${device}, ${at(now)})
      on conflict (org_id, account, device) do update set seen_at = excluded.seen_at`
    await sql`
      delete from platform.known_device
       where org_id = ${orgId} and account = ${account} and device in (
         select device from platform.known_device
          where org_id = ${orgId} and account = ${account}
          order by seen_at desc, device
         offset ${DEVICES_MAX})`
  },
  async forgetAll(account) {
    await sql`
      delete from platform.known_device where org_id = ${orgId} and account = ${account}`
  },
})

/** Forgets devices that nobody signs in with any more, across organisations. */
export const sweepDevices = async (sql: Sql, now: number): Promise<void> => {
  await sql`delete from platform.known_device where seen_at < ${at(now - KEPT_MS)}`
}
