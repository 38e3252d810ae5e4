import { type Part, part } from '../sql.ts'
import type { SealedSource } from './sources.ts'

/** A column of sealed values: the pieces of statements that name it, and the field it is for. */
export type SealedColumn = Readonly<{
  /** The field in the places of its values. */
  field: string
  /** Schema and table; its rows begin with `org_id`. */
  table: Part
  /** The column that names a row and stands as `secret` in the place of its value. */
  key: Part
  sealed: Part
  /** The version in the places; left out: always 1. */
  version?: Part
}>

type Row = Readonly<{ key: string; version: number; sealed: string }>

/** Tells a rotation of keys how to read, count and write a column of sealed values. */
export const sealedColumn = (name: string, column: SealedColumn): SealedSource => {
  const { field, table, key, sealed, version = part`1` } = column
  return {
    name,
    fields: [field],
    async read({ sql, orgId }, { after, limit, under }) {
      const rows = await sql<Row>`
        select ${key}::text as "key", ${version} as "version", ${sealed} as "sealed" from ${table}
         where org_id = ${orgId} and ${sealed} is not null
           and (${after}::text is null or ${key}::text collate "C" > ${after})
           and (${under}::text[] is null or split_part(${sealed}, '.', 3) = any(${under}::text[]))
         order by ${key}::text collate "C" limit ${limit}
           for update`
      return rows.map((row) => ({
        key: row.key,
        place: { orgId, secret: row.key, field, version: row.version },
        sealed: row.sealed,
      }))
    },
    async write({ sql, orgId }, rows) {
      await sql`
        update ${table} t set ${sealed} = m.value
          from unnest(${rows.map((row) => row.key)}::text[],
                      ${rows.map((row) => row.sealed)}::text[]) as m (name, value)
         where t.org_id = ${orgId} and t.${key}::text = m.name`
    },
    async count({ sql, orgId }, under) {
      const { count } = await sql.one<{ count: number }>`
        select count(*) as "count" from ${table}
         where org_id = ${orgId} and split_part(${sealed}, '.', 3) = any(${under}::text[])`
      return count
    },
  }
}
