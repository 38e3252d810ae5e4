import type { Sql } from '../../platform/sql.ts'

/** Gives out the numbers of short keys; whoever holds its row is alone in adding. */
export const numberCounter = (sql: Sql, orgId: string, kind: 'delegation' | 'objective') => ({
  lock: async (): Promise<void> => {
    await sql`
      insert into context.counter (org_id, kind, last) values (${orgId}, ${kind}, 0)
      on conflict (org_id, kind) do update set last = counter.last`
  },
  next: async (): Promise<number> => {
    const { last } = await sql.one<{ last: number }>`
      update context.counter set last = last + 1
       where org_id = ${orgId} and kind = ${kind}
      returning last`
    return last
  },
})
