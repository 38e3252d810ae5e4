import type { Client } from 'pg'
import { ruleOf } from '../../src/platform/security.ts'
import {
  type Breach,
  columnsOf,
  constraintsOf,
  type Facts,
  grantsOf,
  indexesOf,
  type Named,
  OURS,
  policiesOf,
  rowsOf,
  tablesOf,
} from './catalogue.ts'

// The rules that let the schema be spread over many servers later, read from the catalogue of a
// migrated database. What they say about sources (every statement names the organisation, no
// merge, no set without local, no notify) is checked by scripts/tidy.ts.

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
  /^(json|timestamp.* without .*|money|character.*|"char"|time(\(\d\))? with .*)(\[\])?$/

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
    const names = own.map((one) => one.name).toSorted()
    if (names.join() !== 'org,sys') {
      said.push(`has the policies ${names.join(' and ') || 'none'}`)
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
