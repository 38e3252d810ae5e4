import type { Client } from 'pg'
import { sqlStateOf } from './probe.ts'

/** Names the login that serves requests on the embedded server. */
export const APP_LOGIN = 'guildhall_hub'

/** Names the two roles that a request takes on; row-level security is written for them. */
export const REQUEST_ROLES = ['guildhall_app', 'guildhall_system'] as const

const TRIES = 5
const ALREADY_THERE = new Set(['42710', '23505'])
// Two hubs that grant at the same moment: "tuple concurrently updated", or the same row twice.
const FASTER_NEIGHBOUR = new Set(['XX000', '23505'])
const NOT_ALLOWED = '42501'

/**
 * Creates the roles that row-level security needs and lets `appUser` take them on.
 * Answers 'off' when this login may not create roles; may be repeated, also by two hubs at once.
 */
export const ensureRoles = async (client: Client, appUser?: string): Promise<'on' | 'off'> => {
  try {
    for (const role of REQUEST_ROLES) await ensureRole(client, role, 'nologin')
    const login = appUser ?? (await currentUser(client))
    await grantRoles(client, login)
    return 'on'
  } catch (error) {
    if (sqlStateOf(error) === NOT_ALLOWED)
      return (await rolesAreThere(client, appUser)) ? 'on' : 'off'
    throw error
  }
}

/** Creates the hub's own login on a server that belongs to the hub: it inherits nothing. */
export const ensureAppLogin = (client: Client): Promise<void> =>
  ensureRole(client, APP_LOGIN, 'login noinherit')

const ensureRole = async (client: Client, role: string, kind: string): Promise<void> => {
  const known = await client.query('select 1 from pg_catalog.pg_roles where rolname = $1', [role])
  if (known.rows.length > 0) return
  try {
    await client.query(`create role ${client.escapeIdentifier(role)} ${kind}`)
  } catch (error) {
    if (!ALREADY_THERE.has(sqlStateOf(error) ?? '')) throw error
  }
}

const grantRoles = async (client: Client, login: string): Promise<void> => {
  for (let attempt = 1; !(await isMember(client, login)); attempt += 1) {
    try {
      await client.query(`grant ${REQUEST_ROLES.join(', ')} to ${client.escapeIdentifier(login)}`)
    } catch (error) {
      if (!FASTER_NEIGHBOUR.has(sqlStateOf(error) ?? '') || attempt === TRIES) throw error
    }
  }
}

// A superuser may take on every role. From 16 on whoever has made a role is its member without
// the right to take it on, which has a word of its own there.
const isMember = async (client: Client, login: string): Promise<boolean> => {
  const { rows } = await client.query<{ member: boolean }>(
    `select bool_and(pg_catalog.pg_has_role($1::name, r.rolname, v.privilege)) as member
       from pg_catalog.pg_roles r,
            (select case when current_setting('server_version_num')::int < 160000
                         then 'member' else 'set' end as privilege) v
      where r.rolname = any($2::name[])`,
    [login, [...REQUEST_ROLES]],
  )
  return rows[0]?.member === true
}

const rolesAreThere = async (client: Client, appUser?: string): Promise<boolean> => {
  const { rows } = await client.query<{ found: number }>(
    'select count(*)::int as found from pg_catalog.pg_roles where rolname = any($1::name[])',
    [[...REQUEST_ROLES]],
  )
  const complete = rows[0]?.found === REQUEST_ROLES.length
  return complete && isMember(client, appUser ?? (await currentUser(client)))
}

const currentUser = async (client: Client): Promise<string> => {
  const { rows } = await client.query<{ login: string }>('select current_user as login')
  return rows[0]?.login ?? ''
}
