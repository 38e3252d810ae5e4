import type { DatabaseTarget } from '../../src/platform/postgres/target.ts'
import { asAdmin } from '../server.ts'

/** A place where a canary stands. */
export type Found = Readonly<{ table: string; canary: string; row: string }>

/** Says where a canary stands, short enough to read. */
export const textsOf = ({ table, canary }: Found): string => `${table}: ${canary}`

/**
 * Looks for canaries in every row of every table of the database that belongs to the organisation:
 * as text, in JSON, and as bytes. Policies are put aside in a transaction that is taken back.
 */
export const crawled = (
  { target, orgId }: Readonly<{ target: DatabaseTarget; orgId: string }>,
  canaries: readonly string[],
): Promise<readonly Found[]> =>
  asAdmin(target, async (client) => {
    await client.query('begin')
    try {
      const { rows: tables } = await client.query<{ name: string; tenant: boolean }>(
        `select format('%I.%I', n.nspname, c.relname) as name,
                exists (select from pg_attribute a
                         where a.attrelid = c.oid and a.attname = 'org_id') as tenant
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and not c.relispartition
            and n.nspname not in ('pg_catalog', 'information_schema')`,
      )
      const found: Found[] = []
      for (const { name, tenant } of tables) {
        await client.query(`alter table ${name} no force row level security`)
        const { rows } = await client.query<{ row: string; canary: string }>(
          `select left(t.j, 300) as row, c.canary
             from (select to_jsonb(x)::text as j from ${name} x
                    where ${tenant ? 'x.org_id = $1' : '$1::uuid is not null'}) t
             join unnest($2::text[]) as c (canary)
               on strpos(lower(t.j), lower(c.canary)) > 0
               or strpos(t.j, encode(convert_to(c.canary, 'UTF8'), 'hex')) > 0`,
          [orgId, canaries],
        )
        found.push(...rows.map(({ row, canary }) => ({ table: name, canary, row })))
      }
      return found
    } finally {
      await client.query('rollback')
    }
  })
