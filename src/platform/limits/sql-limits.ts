import type { Ground } from '../room.ts'
import type { Sql } from '../sql.ts'
import { gcra, type Rate, type Verdict } from './gcra.ts'
import type { LimitStore } from './limit-store.ts'

/** Numbers in PostgreSQL, which all processes of a database share. */
export const sqlLimits = ({ sql, orgId }: Ground, name: string): LimitStore<Promise<Verdict>> => ({
  async take(key, rate, { cost, now }) {
    const at = Math.floor(now)
    const step = cost * rate.periodMs
    const full = rate.burst * rate.periodMs
    // One statement decides and counts, so that any number of calls at once stays within the rate.
    const took = await sql.maybe<{ tat: number }>`
      insert into platform.limit as l (org_id, name, key, tat)
      values (${orgId}, ${name}, ${key}, ${at + step}::float8)
      on conflict (org_id, name, key) do update
         set tat = greatest(l.tat, ${at}::float8) + ${step}::float8
       where greatest(l.tat, ${at}::float8) + ${step}::float8 - ${at}::float8 <= ${full}::float8
      returning tat`
    if (took) return passed(took.tat, at, rate)
    // No row: refused. A second statement finds out for how long.
    const held = await sql.maybe<{ tat: number }>`
      select tat from platform.limit where org_id = ${orgId} and name = ${name} and key = ${key}`
    const tat = held?.tat ?? at + full
    const verdict = gcra(tat, now, { ...rate, cost })
    // Somebody gave back in between: this call stays refused, the next one passes.
    if (verdict.ok) return { ...verdict, ok: false, tat, waitMs: 1 }
    if (verdict.tat < tat) {
      await sql`
        update platform.limit set tat = ${verdict.tat}::float8
         where org_id = ${orgId} and name = ${name} and key = ${key} and tat = ${tat}::float8`
    }
    return verdict
  },
  async giveBack(key, { periodMs }, cost) {
    await sql`
      update platform.limit set tat = tat - ${cost * periodMs}::float8
       where org_id = ${orgId} and name = ${name} and key = ${key}`
  },
})

const passed = (tat: number, at: number, { periodMs, burst }: Rate): Verdict => ({
  ok: true,
  tat,
  waitMs: 0,
  remaining: Math.floor((burst * periodMs - (tat - at)) / periodMs),
  resetMs: Math.ceil(tat - at),
})

/** Forgets numbers that limit nothing any more, across organisations; the caller says how often. */
export const sweepLimits = async (sql: Sql, now: number): Promise<void> => {
  await sql`delete from platform.limit where tat < ${Math.floor(now)}::float8`
}
