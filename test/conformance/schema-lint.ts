import type { Client } from 'pg'
import { ruleOf, type TableRule } from '../../src/platform/security.ts'

// The rules that let the schema be spread over many servers later, read from the catalogue of a
// migrated database. What they say about sources (every statement names the organisation, no
// merge, no set without local, no notify) is checked by scripts/tidy.ts.

/** A breach of a rule: which one, where, and what is wrong. */
export type Breach = Readonly<{ rule: string; where: string; said: string }>

type Named = Readonly<{ name: string }>
type Table = Readonly<{
  id: number
  name: string
  schema: string
  comment: string | null
  kind: 'r' | 'p'
  forced: boolean
  levels: number
}>
type Constraint = Readonly<{
  table: number
  name: string
  type: 'p' | 'u' | 'f'
  columns: readonly string[]
  target: number | null
  targetColumns: readonly string[] | null
  onUpdate: string
}>

const OURS = `n.nspname = any($1::text[])`

const rowsOf = async <Row extends object>(
  client: Client,
  text: string,
  schemas: readonly string[],
): Promise<readonly Row[]> => {
  const found = await client.query<Row>(text, [schemas])
  return found.rows
}

const tablesOf = (client: Client, schemas: readonly string[]) =>
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

const constraintsOf = (client: Client, schemas: readonly string[]) =>
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

type Index = Readonly<{ table: number; name: string; unique: boolean; columns: readonly string[] }>

const indexesOf = (client: Client, schemas: readonly string[]) =>
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

type Column = Readonly<{
  table: number
  name: string
  place: number
  type: string
  notNull: boolean
  identity: string
  hasVolatileDefault: boolean
}>

const columnsOf = (client: Client, schemas: readonly string[]) =>
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

const policiesOf = (client: Client, schemas: readonly string[]) =>
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

const grantsOf = (client: Client, schemas: readonly string[]) =>
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

type Facts = Readonly<{
  rules: ReadonlyMap<number, TableRule>
  tables: readonly Table[]
  constraints: readonly Constraint[]
  indexes: readonly Index[]
  columns: readonly Column[]
}>

const breach = (rule: string, where: string, said: string): Breach => ({ rule, where, said })

/** Finds every breach of the rules of the schema in the given schemas of a database. */
export const lintSchema = async (
  client: Client,
  schemas: readonly string[],
): Promise<readonly Breach[]> => {
  const tables = await tablesOf(client, schemas)
  const rules = new Map(
    tables.flatMap(({ id, name, comment }) => {
      const rule = ruleOf(name, comment ?? '')
      return rule ? [[id, rule] as const] : []
    }),
  )
  const facts: Facts = {
    rules,
    tables,
    constraints: await constraintsOf(client, schemas),
    indexes: await indexesOf(client, schemas),
    columns: await columnsOf(client, schemas),
  }
  return [
    ...classes(facts),
    ...organisationFirst(facts),
    ...foreignKeys(facts),
    ...types(facts),
    ...(await walls(client, schemas, facts)),
    ...(await machinery(client, schemas)),
    ...(await partitions(client, schemas, facts)),
  ]
}

const tableOf = ({ tables }: Facts, id: number): string =>
  tables.find((table) => table.id === id)?.name ?? String(id)

const classes = (facts: Facts): readonly Breach[] =>
  facts.tables.flatMap(({ id, name }) => [
    ...(facts.rules.has(id) ? [] : [breach('class', name, 'says no class in its comment')]),
    ...(facts.constraints.some(({ table, type }) => table === id && type === 'p')
      ? []
      : [breach('key', name, 'has no primary key')]),
  ])

const organisationFirst = ({ rules, columns, constraints, indexes, tables }: Facts) =>
  [...rules].flatMap(([id, { table, kind }]) => {
    if (kind !== 'tenant') return []
    const first = columns.find((column) => column.table === id)
    const fits = first?.name === 'org_id' && first.type === 'uuid' && first.notNull
    const keys = constraints.filter((one) => one.table === id)
    const uniques = indexes.filter((one) => one.table === id && one.unique)
    const known = tables.some((one) => one.id === id)
    return [
      ...(fits && known ? [] : [breach('org', table, 'does not begin with org_id uuid not null')]),
      ...[...keys, ...uniques]
        .filter((key) => key.columns[0] !== 'org_id')
        .map((key) => breach('org', table, `${key.name} does not begin with org_id`)),
    ]
  })

const foreignKeys = (facts: Facts): readonly Breach[] =>
  facts.constraints
    .filter(({ type }) => type === 'f')
    .flatMap((key) => {
      const name = tableOf(facts, key.table)
      const target = facts.tables.find(({ id }) => id === key.target)
      const said: string[] = []
      if (target?.schema !== facts.tables.find(({ id }) => id === key.table)?.schema) {
        said.push('leaves its schema')
      }
      const kinds = [facts.rules.get(key.table)?.kind, facts.rules.get(key.target ?? 0)?.kind]
      if (kinds[0] !== 'tenant' && kinds[1] === 'tenant') said.push('points at a tenant table')
      if (kinds[1] === 'tenant' && key.targetColumns?.[0] !== 'org_id') {
        said.push('does not point at org_id first')
      }
      if (key.onUpdate === 'c') said.push('cascades updates')
      const covered = facts.indexes.some(
        (index) => index.table === key.table && leads(index.columns, key.columns),
      )
      if (!covered) said.push('has no index')
      return said.map((what) => breach('foreign-key', name, `${key.name} ${what}`))
    })

/** Tells whether an index finds rows by the columns of a key, in whatever order. */
const leads = (index: readonly string[], key: readonly string[]): boolean => {
  const front = index.slice(0, key.length)
  return key.every((column) => front.includes(column))
}

const BAD_TYPES =
  /^(json|timestamp( without time zone)?(\(\d\))?|timestamp\(\d\) without .*|money|character varying.*|character\(.*|"?char"?|time with time zone)(\[\])?$/

const types = (facts: Facts): readonly Breach[] =>
  facts.columns.flatMap(({ table, name, type, identity, hasVolatileDefault }) => {
    const where = `${tableOf(facts, table)}.${name}`
    return [
      ...(BAD_TYPES.test(type) ? [breach('type', where, `is of type ${type}`)] : []),
      ...(identity ? [breach('identity', where, 'is an identity')] : []),
      ...(hasVolatileDefault
        ? [breach('default', where, 'has a default that is no constant')]
        : []),
    ]
  })

const OWN_ORG = /org_id = .*current_setting\('guildhall\.org'::text, true\)/s

const walls = async (client: Client, schemas: readonly string[], facts: Facts) => {
  const policies = await policiesOf(client, schemas)
  const grants = await grantsOf(client, schemas)
  const perTable = facts.tables.flatMap(({ id, name, forced }) => {
    if (facts.rules.get(id)?.kind !== 'tenant') return []
    const own = policies.filter(({ table }) => table === id)
    const said: string[] = []
    if (!forced) said.push('does not force row-level security')
    if (
      own
        .map((one) => one.name)
        .toSorted()
        .join() !== 'org,sys'
    ) {
      said.push(`has the policies ${own.map((one) => one.name).join(' and ') || 'none'}`)
    }
    const org = own.find((one) => one.name === 'org')
    const sys = own.find((one) => one.name === 'sys')
    if (org && !(OWN_ORG.test(org.using) && OWN_ORG.test(org.check ?? ''))) {
      said.push('has an org policy that does not compare org_id')
    }
    if (org && org.roles.join() !== 'guildhall_app') said.push('has an org policy for others')
    if (sys && sys.roles.join() !== 'guildhall_system') said.push('has a sys policy for others')
    return said.map((what) => breach('rls', name, what))
  })
  const declared = new Map([...facts.rules.values()].map((rule) => [rule.table, rule]))
  const given = grants.flatMap(({ name, partition, who, rights }) => {
    if (who === 'PUBLIC') return [breach('grant', name, 'gives rights to PUBLIC')]
    if (partition) return [breach('grant', name, `is a partition and gives rights to ${who}`)]
    const rule = declared.get(name)
    const wanted =
      who === 'guildhall_app' ? rule?.app : who === 'guildhall_system' ? rule?.system : ''
    const more = rights.filter((right) => !(wanted ?? '').split(', ').includes(right))
    return more.length === 0
      ? []
      : [breach('grant', name, `gives ${who} more than its comment says: ${more.join(', ')}`)]
  })
  return [...perTable, ...given]
}

const machinery = async (client: Client, schemas: readonly string[]) => {
  const found = (text: string) => rowsOf<Named>(client, text, schemas)
  const triggers = await found(
    `select format('%s on %I.%I', t.tgname, n.nspname, c.relname) as name
       from pg_trigger t join pg_class c on c.oid = t.tgrelid
       join pg_namespace n on n.oid = c.relnamespace where ${OURS} and not t.tgisinternal`,
  )
  const rules = await found(
    `select format('%s on %I.%I', r.rulename, n.nspname, c.relname) as name
       from pg_rewrite r join pg_class c on c.oid = r.ev_class
       join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and r.rulename <> '_RETURN'`,
  )
  const sequences = await found(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
       join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind = 'S'`,
  )
  const functions = await found(
    `select format('%I.%I', n.nspname, p.proname) as name from pg_proc p
       join pg_namespace n on n.oid = p.pronamespace
      where ${OURS} and not (n.nspname = 'platform' and p.proname in ('chain', 'chain_step'))`,
  )
  return [
    ...triggers.map(({ name }) => breach('trigger', name, 'is a trigger')),
    ...rules.map(({ name }) => breach('trigger', name, 'is a rule')),
    ...sequences.map(({ name }) => breach('sequence', name, 'is a sequence')),
    ...functions.map(({ name }) => breach('function', name, 'is a function')),
  ]
}

const partitions = async (client: Client, schemas: readonly string[], { tables }: Facts) => {
  const keys = await rowsOf<{ id: number; key: string }>(
    client,
    `select c.oid::int as id, pg_get_partkeydef(c.oid) as key from pg_class c
       join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind = 'p'`,
    schemas,
  )
  const children = await rowsOf<{ name: string; bound: string }>(
    client,
    `select format('%I.%I', n.nspname, c.relname) as name,
            pg_get_expr(c.relpartbound, c.oid) as bound
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relispartition and c.relkind in ('r', 'p')`,
    schemas,
  )
  return [
    ...tables
      .filter(({ levels }) => levels > 1)
      .map(({ name }) => breach('partition', name, 'is partitioned twice')),
    ...tables.flatMap(({ id, name }) => {
      const key = keys.find((one) => one.id === id)?.key
      return key === undefined || key === 'RANGE (at)'
        ? []
        : [breach('partition', name, `is partitioned by ${key}`)]
    }),
    ...children
      .filter(({ name, bound }) => !isMonth(name, bound))
      .map(({ name, bound }) => breach('partition', name, `holds no month: ${bound}`)),
  ]
}

/** Tells whether a partition holds the month that its name says, in UTC. */
const isMonth = (name: string, bound: string): boolean => {
  const [, year = '', month = ''] = /_(\d{4})(\d{2})$/.exec(name) ?? []
  const [, from = '', to = ''] = /^FOR VALUES FROM \('(.+)'\) TO \('(.+)'\)$/.exec(bound) ?? []
  const start = Date.UTC(Number(year), Number(month) - 1, 1)
  const end = Date.UTC(Number(year), Number(month), 1)
  const ms = (text: string) => Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'))
  return ms(from) === start && ms(to) === end
}
