import type { ClientConfig } from 'pg'
import { readFileSync } from 'node:fs'
import { refuse } from '../../kernel/refusal.ts'

/** Says where a database is and which two logins it has: its owner and the hub's own. */
export type DatabaseTarget = Readonly<{
  host: string
  port: number
  database: string
  /** Owns the schemas and migrates them; never serves requests. */
  adminUser: string
  /** Serves requests; owns nothing. */
  appUser: string
  password?: string
  adminPassword?: string
  /** Where the owner connects directly, when the hub's own login goes through a pooler. */
  adminHost?: string
  adminPort?: number
  ssl: boolean
  /** `false` for `sslmode=no-verify`: encrypted, but the certificate is not checked. */
  sslVerify?: boolean
  /** Path of the certificate that has to have signed the server's (`sslrootcert`). */
  sslRootCert?: string
  embedded: boolean
}>

const CONNECT_TIMEOUT_MS = 5_000
const PORT_DEFAULT = 5432

/**
 * Makes the settings of a `pg` client, every one explicitly: `pg` fills what is missing from `PG*`
 * variables and `~/.pgpass`, which belong to whoever started the hub and not to the hub.
 */
export const clientOptions = (target: DatabaseTarget, user: 'admin' | 'app'): ClientConfig => {
  const admin = user === 'admin'
  const password = (admin ? target.adminPassword : target.password) ?? ''
  return {
    host: (admin ? target.adminHost : undefined) ?? target.host,
    port: (admin ? target.adminPort : undefined) ?? target.port,
    database: target.database,
    user: admin ? target.adminUser : target.appUser,
    // A function, since an empty text would send `pg` to PGPASSWORD and ~/.pgpass.
    password: () => password,
    ssl: tlsOptions(target),
    sslnegotiation: 'postgres',
    client_encoding: 'UTF8',
    application_name: admin ? 'guildhall-admin' : 'guildhall',
    options: '-c timezone=UTC',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // The embedded server sets these for everybody; a server of its own knows nothing of us.
    ...(admin || target.embedded ? {} : SERVER_MODE_LIMITS),
  }
}

const SERVER_MODE_LIMITS = {
  statement_timeout: 30_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
}

const tlsOptions = (target: DatabaseTarget): ClientConfig['ssl'] => {
  if (!target.ssl) return false
  const ca =
    target.sslRootCert === undefined ? {} : { ca: readFileSync(target.sslRootCert, 'utf8') }
  return { rejectUnauthorized: target.sslVerify !== false, ...ca }
}

/**
 * Reads `DATABASE_URL`, and `DATABASE_ADMIN_URL` if the owner is another login than the hub's.
 * Refuses what it cannot honour, without ever repeating the URL: it holds a password.
 */
export const targetOfUrl = (databaseUrl: string, adminUrl?: string): DatabaseTarget => {
  const app = partsOf(databaseUrl, 'DATABASE_URL')
  const admin = adminUrl === undefined ? app : partsOf(adminUrl, 'DATABASE_ADMIN_URL')
  if (admin.database !== app.database) {
    const message = 'DATABASE_ADMIN_URL and DATABASE_URL must name the same database.'
    throw refuse('invalid', 'platform.database_url', message)
  }
  return {
    host: app.host,
    port: app.port,
    database: app.database,
    adminUser: admin.user,
    appUser: app.user,
    ...(app.password === '' ? {} : { password: app.password }),
    ...(admin.password === '' ? {} : { adminPassword: admin.password }),
    ...(admin.host === app.host ? {} : { adminHost: admin.host }),
    ...(admin.port === app.port ? {} : { adminPort: admin.port }),
    ...app.tls,
    embedded: false,
  }
}

type Parts = {
  user: string
  password: string
  host: string
  port: number
  database: string
  tls: Pick<DatabaseTarget, 'ssl' | 'sslVerify' | 'sslRootCert'>
}

const partsOf = (text: string, key: string): Parts => {
  const url = parse(text, key)
  const user = decodeURIComponent(url.username)
  if (user === '') throw unfit(key, 'It names no user')
  const { searchParams } = url
  const host = searchParams.get('host') ?? decodeURIComponent(url.hostname)
  return {
    user,
    password: decodeURIComponent(url.password),
    host: host.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(searchParams.get('port') ?? (url.port || PORT_DEFAULT)),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    tls: tlsOf(searchParams, key),
  }
}

const parse = (text: string, key: string): URL => {
  // A socket directory goes into `?host=`; the empty host before it is no URL for the parser.
  const whole = text.trim().replace(/@(?=[:/])/, '@localhost')
  if (!/^postgres(ql)?:\/\//.test(whole) || !URL.canParse(whole)) {
    throw unfit(key, 'It is no address')
  }
  return new URL(whole)
}

const tlsOf = (search: URLSearchParams, key: string): Parts['tls'] => {
  const mode = search.get('sslmode') ?? 'disable'
  const rootCert = search.get('sslrootcert')
  const root = rootCert === null ? {} : { sslRootCert: rootCert }
  if (mode === 'disable') return { ssl: false }
  if (mode === 'no-verify') return { ssl: true, sslVerify: false }
  if (['require', 'verify-ca', 'verify-full'].includes(mode)) {
    return { ssl: true, sslVerify: true, ...root }
  }
  throw unfit(key, 'Its sslmode is none of disable, require, verify-full and no-verify')
}

const unfit = (key: string, what: string) => {
  const form = 'postgres://user:password@host:5432/database'
  return refuse('invalid', 'platform.database_url', `${what}: write ${key} as ${form}.`)
}
