import type { Database } from '../database.ts'

/** How long a lease holds without renewal, and how its owner keeps to that. */
export const LEASE = { ttlS: 5, renewMs: 1_500, stopMs: 3_500 } as const

/** A turn that one process holds in the whole database: sequencer, housekeeper, reactions. */
export type Lease = Readonly<{
  /** The fence under which we hold it now, or `null`. */
  fence(): number | null
  /** Takes or renews the lease where due; gives the fence, or `null` while another holds it. */
  hold(): Promise<number | null>
  release(): Promise<void>
}>

/**
 * Makes a lease by name. `alone` says that no other hub can be on this database (the embedded
 * server is guarded by the lock on the home): then a dead owner's lease is taken over at once.
 */
export const leaseOf = (
  database: Database,
  options: Readonly<{ name: string; holder: string; alone: boolean }>,
): Lease => {
  const { name, holder, alone } = options
  let held: { fence: number; renewed: number } | null = null

  const take = () =>
    database.system(async (sql) => {
      const row = await sql.maybe<{ fence: number }>`
        insert into platform.lease (name, holder, fence, expires_at)
        values (${name}, ${holder}, 1, clock_timestamp() + make_interval(secs => ${LEASE.ttlS}))
        on conflict (name) do update
          set fence = platform.lease.fence + (platform.lease.holder <> excluded.holder)::int,
              holder = excluded.holder, expires_at = excluded.expires_at
        where platform.lease.expires_at < clock_timestamp()
           or platform.lease.holder = excluded.holder or ${alone}
        returning fence`
      return row?.fence ?? null
    })

  return {
    fence: () => (held && performance.now() - held.renewed < LEASE.stopMs ? held.fence : null),
    async hold() {
      const asked = performance.now()
      if (held && asked - held.renewed < LEASE.renewMs) return held.fence
      const fence = await take()
      held = fence === null ? null : { fence, renewed: asked }
      return fence
    },
    async release() {
      held = null
      await database.system(
        (sql) => sql`
          update platform.lease set expires_at = clock_timestamp() - interval '1 second'
           where name = ${name} and holder = ${holder}`,
      )
    },
  }
}
