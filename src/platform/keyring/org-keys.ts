import { at, type Sql } from '../sql.ts'

/** A key of an organisation as it is kept: wrapped under a root key. */
export type KeptKey = Readonly<{ id: string; wrapped: string; rootId: string }>

/** The key that seals now, and what is known of its use. */
export type ActiveKey = KeptKey &
  Readonly<{ number: number; wraps: number; fields: readonly string[] }>

/** Reads a key if it is the active one, held against a change until the transaction ends. */
export const holdActive = (
  sql: Sql,
  orgId: string,
  { id, field }: Readonly<{ id: string; field: string }>,
) => sql.maybe<ActiveKey>`
  select id, number, wrapped, root_id as "rootId", wraps, fields
    from platform.org_kek
   where org_id = ${orgId} and id = ${id} and state = 'active' and ${field} = any(fields)
     for share`

/** Reads the active key without holding it: to know whether there is one. */
export const findActive = (sql: Sql, orgId: string) => sql.maybe<KeptKey>`
  select id, wrapped, root_id as "rootId" from platform.org_kek
   where org_id = ${orgId} and state = 'active'`

/** Reads one key that is still alive. */
export const findKey = (sql: Sql, orgId: string, id: string) => sql.maybe<KeptKey>`
  select id, wrapped, root_id as "rootId" from platform.org_kek
   where org_id = ${orgId} and id = ${id} and state <> 'dead'`

/** Adds a key as the active one, with the next number; does nothing where one is active. */
export const addActive = (
  sql: Sql,
  orgId: string,
  { id, wrapped, rootId, now }: KeptKey & Readonly<{ now: number }>,
) => sql<{ id: string }>`
  insert into platform.org_kek
    (org_id, id, number, state, wrapped, root_id, wraps, fields, created_at)
  select ${orgId}::uuid, ${id}::uuid, coalesce(max(number), 0) + 1, 'active', ${wrapped}::text,
         ${rootId}::text, 0, '{}', ${at(now)}::timestamptz
    from platform.org_kek where org_id = ${orgId}
  on conflict do nothing
  returning id`

/** Takes the active key out of use for sealing; waits for those who are sealing under it. */
export const retireActive = (sql: Sql, orgId: string) => sql`
  update platform.org_kek set state = 'old' where org_id = ${orgId} and state = 'active'`

/**
 * Counts wraps under the active key ahead, notes a kind of value that is sealed under it, and
 * gives it, held against a change until the transaction ends.
 */
export const takeWraps = (
  sql: Sql,
  orgId: string,
  { wraps, field }: Readonly<{ wraps: number; field: string }>,
) => sql.maybe<ActiveKey>`
  update platform.org_kek
     set wraps = wraps + ${wraps},
         fields = case when ${field} = any(fields) then fields
                       else array_append(fields, ${field}) end
   where org_id = ${orgId} and state = 'active'
  returning id, number, wrapped, root_id as "rootId", wraps, fields`

/** Lists the keys that were active before the active one and are still alive. */
export const olderKeys = async (sql: Sql, orgId: string): Promise<readonly string[]> => {
  const rows = await sql<{ id: string }>`
    select id from platform.org_kek
     where org_id = ${orgId} and state = 'old' and number < (
       select number from platform.org_kek where org_id = ${orgId} and state = 'active')
     order by number`
  return rows.map(({ id }) => id)
}

/** Destroys keys, as far as only these kinds of values were ever sealed under them. */
export const destroyKeys = async (
  sql: Sql,
  orgId: string,
  {
    ids,
    fields,
    now,
  }: Readonly<{ ids: readonly string[]; fields: readonly string[]; now: number }>,
): Promise<readonly string[]> => {
  const rows = await sql<{ id: string }>`
    update platform.org_kek set state = 'dead', wrapped = null, died_at = ${at(now)}
     where org_id = ${orgId} and id = any(${ids}::uuid[]) and state = 'old'
       and fields <@ ${fields}::text[]
    returning id`
  return rows.map(({ id }) => id)
}

/** Lists the kinds of values that keep keys alive. */
export const fieldsUnder = async (
  sql: Sql,
  orgId: string,
  ids: readonly string[],
): Promise<readonly string[]> => {
  const rows = await sql<{ field: string }>`
    select distinct unnest(fields) as field from platform.org_kek
     where org_id = ${orgId} and id = any(${ids}::uuid[]) and state = 'old' order by 1`
  return rows.map(({ field }) => field)
}

/** Reads keys that another root key wraps, across organisations. */
export const keysUnderRoot = (sql: Sql, rootId: string, limit: number) =>
  sql<KeptKey & Readonly<{ orgId: string }>>`
    select org_id as "orgId", id, wrapped, root_id as "rootId" from platform.org_kek
     where root_id = ${rootId} and state <> 'dead'
     order by org_id, id limit ${limit}
       for update`

/** Keeps a key under another root. */
export const rewrapKept = (sql: Sql, orgId: string, { id, wrapped, rootId }: KeptKey) => sql`
  update platform.org_kek set wrapped = ${wrapped}, root_id = ${rootId}
   where org_id = ${orgId} and id = ${id} and state <> 'dead'`
