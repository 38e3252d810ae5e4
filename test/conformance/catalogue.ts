import type { Client } from 'pg'
import type { TableRule } from '../../src/platform/security.ts'

/** A breach of a rule: which one, where, and what is wrong. */
export type Breach = Readonly<{ rule: string; where: string; said: string }>

/** Stands for one row of the catalogue, or all of them together. */
export type Named = Readonly<{ name: string }>
/** Stands for one row of the catalogue, or all of them together. */
export type Table = Readonly<{
  id: number
  name: string
  schema: string
  comment: string | null
  kind: 'r' | 'p'
  forced: boolean
  levels: number
}>
/** Stands for one row of the catalogue, or all of them together. */
export type Constraint = Readonly<{
  table: number
  name: string
  type: 'p' | 'u' | 'f'
  columns: readonly string[]
  target: number | null
  targetColumns: readonly string[] | null
  onUpdate: string
}>

/** Reads a part of the catalogue. */
export const OURS = `n.nspname = any($1::text[])`

/** Reads a part of the catalogue. */
export const rowsOf = async <Row extends object>(
  client: Client,
  text: string,
  schemas: readonly string[],
): Promise<readonly Row[]> => {
  const found = await client.query<Row>(text, [schemas])
  return found.rows
}

/** Reads a part of the catalogue. */
export const tablesOf = (client: Client, schemas: readonly string[]) =>
  rowsOf<Table>(
    client,
    `select c.oid::int as id, format('%I.%I', n.nspname, c.relname) as name, n.nspname as schema,
            obj_description(c.oid, 'pg_class') as comment, c.relkind as kind,
            c.relrowsecurity and c.relforcerowsecurity as forced,
            coalesce((select max(level) from pg_partition_tree(c.oid)), 0)::int as levels
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition
      order by 2`,
    schemas,
  )

/** Reads a part of the catalogue. */
export const constraintsOf = (client: Client, schemas: readonly string[]) =>
  rowsOf<Constraint>(
    client,
    `select k.conrelid::int as table, k.conname as name, k.contype as type,
            array(select a.attname::text from unnest(k.conkey) with ordinality u (n, o)
                    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n
                   order by u.o) as columns,
            nullif(k.confrelid, 0)::int as target,
            array(select a.attname::text from unnest(k.confkey) with ordinality u (n, o)
                    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n
                   order by u.o) as "targetColumns",
            k.confupdtype as "onUpdate"
       from pg_constraint k join pg_class c on c.oid = k.conrelid
       join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and k.contype in ('p', 'u', 'f') and not c.relispartition
        and k.conparentid = 0
      order by 2`,
    schemas,
  )

/** Stands for one row of the catalogue, or all of them together. */
export type Index = Readonly<{
  table: number
  name: string
  unique: boolean
  columns: readonly string[]
}>

/** Reads a part of the catalogue. */
export const indexesOf = (client: Client, schemas: readonly string[]) =>
  rowsOf<Index>(
    client,
    `select x.indrelid::int as table, i.relname as name, x.indisunique as unique,
            array(select coalesce(a.attname::text, '(expression)')
                    from unnest(x.indkey::int2[]) with ordinality u (n, o)
                    left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = u.n
                     and u.n > 0
                   where u.o <= x.indnkeyatts order by u.o) as columns
       from pg_index x join pg_class i on i.oid = x.indexrelid
       join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and not c.relispartition`,
    schemas,
  )

/** Stands for one row of the catalogue, or all of them together. */
export type Column = Readonly<{
  table: number
  name: string
  place: number
  type: string
  notNull: boolean
  identity: string
  hasVolatileDefault: boolean
}>

/** Reads a part of the catalogue. */
export const columnsOf = (client: Client, schemas: readonly string[]) =>
  rowsOf<Column>(
    client,
    `select a.attrelid::int as table, a.attname as name, a.attnum::int as place,
            format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
            a.attidentity as identity,
            exists (select from pg_attrdef d join pg_depend e
                      on e.classid = 'pg_attrdef'::regclass and e.objid = d.oid
                    join pg_proc p on e.refclassid = 'pg_proc'::regclass and p.oid = e.refobjid
                   where d.adrelid = a.attrelid and d.adnum = a.attnum and p.provolatile <> 'i')
            or exists (select from pg_attrdef d
                        where d.adrelid = a.attrelid and d.adnum = a.attnum
                          and a.attgenerated = ''
                          and pg_get_expr(d.adbin, d.adrelid) ~* $q$\\(|CURRENT_|LOCALTIME$q$
                          and pg_get_expr(d.adbin, d.adrelid) !~ $q$^'[^']*'::$q$)
              as "hasVolatileDefault"
       from pg_attribute a join pg_class c on c.oid = a.attrelid
       join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition
        and a.attnum > 0 and not a.attisdropped
      order by 1, 3`,
    schemas,
  )

/** Reads a part of the catalogue. */
export const policiesOf = (client: Client, schemas: readonly string[]) =>
  rowsOf<{
    table: number
    name: string
    roles: readonly string[]
    check: string | null
    using: string
  }>(
    client,
    `select p.polrelid::int as table, p.polname as name,
            array(select r.rolname::text from pg_roles r where r.oid = any(p.polroles)) as roles,
            pg_get_expr(p.polqual, p.polrelid) as using,
            pg_get_expr(p.polwithcheck, p.polrelid) as check
       from pg_policy p join pg_class c on c.oid = p.polrelid
       join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
    schemas,
  )

/** Reads a part of the catalogue. */
export const grantsOf = (client: Client, schemas: readonly string[]) =>
  rowsOf<{ name: string; partition: boolean; who: string; rights: readonly string[] }>(
    client,
    `select format('%I.%I', n.nspname, c.relname) as name, c.relispartition as partition,
            coalesce(r.rolname, 'PUBLIC') as who,
            array_agg(lower(g.privilege_type) order by g.privilege_type) as rights
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join lateral aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
      where ${OURS} and c.relkind in ('r', 'p') and g.grantee <> c.relowner
      group by 1, 2, 3 order by 1, 3`,
    schemas,
  )

/** Stands for one row of the catalogue, or all of them together. */
export type Facts = Readonly<{
  rules: ReadonlyMap<number, TableRule>
  tables: readonly Table[]
  constraints: readonly Constraint[]
  indexes: readonly Index[]
  columns: readonly Column[]
}>
