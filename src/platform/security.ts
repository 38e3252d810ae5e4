import type { Sql } from './sql.ts'

/** The class of a table and the rights on it, read from its comment. */
export type TableRule = Readonly<{
  table: string
  kind: 'tenant' | 'reference' | 'local'
  app: string
  system: string
}>

const TENANT_RIGHTS = 'select, insert, update, delete'
const RIGHTS = /^(select|insert|update|delete)(, (select|insert|update|delete))*$/
const COMMENT = /^class: (tenant|reference|local)((?:; (?:app|system): [a-z, ]+)*)(?:;? .*)?$/s

/** Reads the rule out of a table's comment; `null` where the comment is not one. */
export const ruleOf = (table: string, comment: string): TableRule | null => {
  const [, kind, rest = ''] = COMMENT.exec(comment) ?? []
  if (kind !== 'tenant' && kind !== 'reference' && kind !== 'local') return null
  const given = new Map<string, string>()
  for (const clause of rest.split('; ').filter(Boolean)) {
    const [role = '', rights = ''] = clause.split(': ')
    if (!RIGHTS.test(rights)) return null
    given.set(role, rights)
  }
  const usual = kind === 'tenant' ? TENANT_RIGHTS : ''
  return { table, kind, app: given.get('app') ?? usual, system: given.get('system') ?? usual }
}

const OWN_ORG = `org_id = (select nullif(current_setting('guildhall.org', true), '')::uuid)`

/** Writes the statements that give one table its rights and, if it is a tenant's, its policies. */
export const protection = ({ table, kind, app, system }: TableRule): string => {
  const lines = [`revoke all on ${table} from public, guildhall_app, guildhall_system`]
  if (app) lines.push(`grant ${app} on ${table} to guildhall_app`)
  if (system) lines.push(`grant ${system} on ${table} to guildhall_system`)
  if (kind === 'tenant') {
    lines.push(
      `alter table ${table} enable row level security`,
      `alter table ${table} force row level security`,
      `drop policy if exists org on ${table}`,
      `drop policy if exists sys on ${table}`,
      `create policy org on ${table} to guildhall_app using (${OWN_ORG}) with check (${OWN_ORG})`,
      `create policy sys on ${table} to guildhall_system using (true)`,
    )
  }
  return lines.join(';\n')
}

/** Finds the tables of our schemas that are no partitions, with their comments. */
export const commentedTables = (sql: Sql, schemas: readonly string[]) =>
  sql<{ table: string; schema: string; comment: string | null }>`
    select format('%I.%I', n.nspname, c.relname) as "table", n.nspname as "schema",
           obj_description(c.oid, 'pg_class') as "comment"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any(${schemas}::text[]) and c.relkind in ('r', 'p')
       and not c.relispartition
     order by 1`
