import { Client } from 'pg'
import { clientOptions } from './target.ts'

/** Facts by which a running server is recognised; a process id proves nothing. */
export type ServerFacts = Readonly<{
  dataDirectory: string
  systemIdentifier: string
  version: string
  clusterName: string
  /** Seconds since the epoch; line 3 of `postmaster.pid` is of the same start, and never later. */
  startedAt: number
}>

/** What somebody finds who knocks at a socket directory. */
export type Finding =
  | { kind: 'answers'; facts: ServerFacts }
  | { kind: 'recovering' }
  | { kind: 'nobody' }
  | { kind: 'strange'; reason: string; code: string }

/** Names the owner's login and the port that is part of the socket's file name. */
export const ADMIN_LOGIN = 'guildhall'
/** Names the number in the socket's file name; nothing listens on a network port. */
export const SOCKET_PORT = 5432

/** Gives the SQL state or system error code of whatever was thrown. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** Connects to a server behind a socket directory as its owner; the caller ends the client. */
export const connectSocket = async (socketDir: string, database: string): Promise<Client> => {
  const target = { host: socketDir, port: SOCKET_PORT, database, ssl: false, embedded: true }
  const client = new Client(
    clientOptions({ ...target, adminUser: ADMIN_LOGIN, appUser: ADMIN_LOGIN }, 'admin'),
  )
  // Without a listener a lost server would end the hub.
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Knocks once at a socket directory and says who answers. */
export const probe = async (socketDir: string): Promise<Finding> => {
  try {
    const client = await connectSocket(socketDir, 'postgres')
    try {
      return { kind: 'answers', facts: await factsOf(client) }
    } finally {
      await client.end().catch(() => {})
    }
  } catch (error) {
    return findingOf(error)
  }
}

const GONE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTDIR'])

const findingOf = (error: unknown): Finding => {
  const code = sqlStateOf(error) ?? ''
  if (code.startsWith('57P0')) return { kind: 'recovering' }
  const reason = error instanceof Error ? error.message : String(error)
  // A server that dies in the middle of the greeting leaves no code.
  if (GONE.has(code) || /terminated unexpectedly|Connection ended/i.test(reason)) {
    return { kind: 'nobody' }
  }
  return { kind: 'strange', reason, code }
}

const factsOf = async (client: Client): Promise<ServerFacts> => {
  const { rows } = await client.query<ServerFacts>(
    `select current_setting('data_directory') as "dataDirectory",
            system_identifier::text as "systemIdentifier",
            current_setting('server_version') as "version",
            current_setting('cluster_name') as "clusterName",
            trunc(extract(epoch from pg_postmaster_start_time()))::float8 as "startedAt"
       from pg_control_system()`,
  )
  const [facts] = rows
  if (facts === undefined) throw new Error('The server told nothing about itself.')
  return facts
}
