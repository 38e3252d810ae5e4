import pg from 'pg'
import { assert } from '../kernel/assert.ts'
import { isUuid } from '../kernel/id.ts'
import { refuse } from '../kernel/refusal.ts'
import { isEcho, isLost, lacksPartition, retryOf, translated } from './database-errors.ts'
import { driverTypes } from './driver-types.ts'
import { type Query, type Sql, sqlOver } from './sql.ts'

const WRITE_CLIENTS = 8
const WRITE_WAITING_MAX = 256
const CONNECT_MS = 2_000
// Sixty-four workers that claim at once stand in one queue; a call has thirty seconds.
const WRITE_WAIT_MS = 10_000
const READ_CLIENTS = 2

/** What a write transaction's body gives back: its value, and statements sent with the commit. */
export type Outcome<T> = Readonly<{ value: T; tail: readonly Query[] }>

/** The way to the data: transactions of one organisation, single reads, the hub's own work. */
export type Database = Readonly<{
  /** Runs one write transaction of an organisation; row-level security is bound to it. */
  write<T>(orgId: string, body: (sql: Sql) => Promise<Outcome<T>>): Promise<T>
  /** Gives reads of an organisation; every statement is a read-only transaction of its own. */
  read(orgId: string): Sql
  /** Runs reads of an organisation that all see the same moment. */
  snapshot<T>(orgId: string, body: (sql: Sql) => Promise<T>): Promise<T>
  /** Runs one transaction across organisations: for stores on tidy's list only. */
  system<T>(body: (sql: Sql) => Promise<T>): Promise<T>
  /** Tells whether the database answers. */
  alive(): Promise<boolean>
  /** Tells whether row-level security holds here (the hub may make roles). */
  readonly rls: boolean
  stop(): Promise<void>
}>

/** How to reach the database: the driver's settings, complete, so that `PG*` is never asked. */
export type DatabaseOptions = Readonly<{
  client: pg.ClientConfig
  rls: boolean
  log: (line: string, fields?: Record<string, unknown>) => void
  /**
   * Keeps statements prepared on each connection: planning them is most of what a write costs.
   * Only where no pooler stands between us and the server (decision 0013).
   */
  prepared?: boolean
  /** Creates the partitions that are missing; the transaction that met one then runs again. */
  partitions?: () => Promise<void>
}>

const SNAPSHOT = 'begin isolation level repeatable read read only'

/** Opens the pools of one process. */
export const openDatabase = (options: DatabaseOptions): Database => {
  const { client, rls, log, prepared = false, partitions } = options
  const wire = prepared ? namedStatements() : unnamed
  const settings = { ...client, pipeline: true, types: driverTypes }
  const pool = new pg.Pool({
    ...settings,
    max: WRITE_CLIENTS,
    connectionTimeoutMillis: WRITE_WAIT_MS,
    idleTimeoutMillis: 60_000,
  })
  // Without listeners on the pool and on each client a lost connection ends the process.
  pool.on('error', (error) => log('An idle database connection was lost.', { code: codeOf(error) }))
  pool.on('connect', (made) => {
    made.on('error', (error) => log('A database connection was lost.', { code: codeOf(error) }))
  })
  const readers = Array.from({ length: READ_CLIENTS }, () => sharedClient(settings, log))
  let turn = 0

  const attempt = async <T>(head: string, body: (sql: Sql) => Promise<Outcome<T>>) => {
    const borrowed = await borrow(pool)
    let failed: unknown
    try {
      return await insideTransaction({ client: borrowed, wire }, head, body)
    } catch (error) {
      failed = error
      throw translated(error)
    } finally {
      await giveBack(borrowed, failed)
    }
  }
  const transaction = async <T>(head: string, body: (sql: Sql) => Promise<Outcome<T>>) => {
    try {
      return await attempt(head, body)
    } catch (error) {
      if (!partitions || !lacksPartition(error)) throw error
    }
    await partitions()
    return attempt(head, body)
  }

  const system: Database['system'] = (body) =>
    transaction(head('begin', rls ? 'guildhall_system' : null, null), async (sql) => ({
      value: await body(sql),
      tail: [],
    }))

  return {
    rls,
    system,
    alive: () =>
      system((sql) => sql`select 1`).then(
        () => true,
        () => false,
      ),
    write: (orgId, body) => transaction(head('begin', rls ? 'guildhall_app' : null, orgId), body),
    snapshot: (orgId, body) =>
      transaction(head(SNAPSHOT, rls ? 'guildhall_app' : null, orgId), async (sql) => ({
        value: await body(sql),
        tail: [],
      })),
    read(orgId) {
      const before = head('begin read only', rls ? 'guildhall_app' : null, orgId)
      return sqlOver(async (asked) => {
        turn = (turn + 1) % READ_CLIENTS
        const reader = readers[turn]
        assert(reader, 'there is a shared client for each turn')
        try {
          return await readOnce(await reader.client(), before, wire(asked))
        } catch (error) {
          throw translated(error)
        }
      })
    },
    async stop() {
      await Promise.all([pool.end(), ...readers.map((reader) => reader.stop())])
    },
  }
}

/** The first message of a transaction: the only place where a value is written into text. */
const head = (begin: string, role: string | null, orgId: string | null): string => {
  assert(orgId === null || isUuid(orgId), 'an organisation id is a UUID')
  const become = role === null ? '' : `; set local role ${role}`
  const bind = orgId === null ? '' : `; set local guildhall.org = '${orgId}'`
  return `${begin}${become}${bind}`
}

const borrow = async (pool: pg.Pool): Promise<pg.PoolClient> => {
  if (pool.waitingCount >= WRITE_WAITING_MAX) throw busy()
  try {
    return await pool.connect()
  } catch (error) {
    const full = error instanceof Error && error.message.startsWith('timeout exceeded')
    throw full && pool.totalCount >= WRITE_CLIENTS ? busy() : translated(error)
  }
}

const busy = () => {
  const message = 'The hub has more writes waiting than it can take; try again in a second.'
  return refuse('unavailable', 'platform.busy', message, { retryAfterS: 1 })
}

/** Says that the commit was sent and its answer never came: the change may have happened. */
export class CommitUnknown extends Error {}

/** Sends what is asked in this turn with one write: each write wakes the server up. */
const sendTogether = ({ connection: { stream } }: pg.Client): void => {
  stream.cork()
  process.nextTick(() => stream.uncork())
}

const insideTransaction = async <T>(
  { client, wire }: Readonly<{ client: pg.PoolClient; wire: Wire }>,
  first: string,
  body: (sql: Sql) => Promise<Outcome<T>>,
): Promise<T> => {
  sendTogether(client)
  const begun = client.query(first)
  let cause: unknown
  const noted = (error: unknown): never => {
    cause ??= error
    throw error
  }
  begun.catch(noted).catch(() => {}) // The statement behind it fails, too.
  const sql = sqlOver((query) => rowsOf(client, wire)(query).catch(noted))
  const { value, tail } = await body(sql).catch((error: unknown) => {
    // Of statements sent together the echo of a failure may be heard before the failure.
    throw isEcho(error) ? cause : error
  })
  await begun
  sendTogether(client)
  const sent = tail.map((query) => client.query(wire(query)))
  const committed = client.query('commit')
  committed.catch(() => {})
  // The tail travels with the commit: when the connection goes, both answers are lost.
  const result = await Promise.all(sent)
    .then(() => committed)
    .catch((error: unknown) => {
      throw isLost(error) ? new CommitUnknown('The answer to a commit was lost.') : error
    })
  // A commit of a failed transaction succeeds, with another command tag.
  assert(result.command === 'COMMIT', `the transaction commits, not ${result.command}`)
  return value
}

/** Runs statements on one client; rows leave as unknown, their statement says what they are. */
export const rowsOf =
  (client: pg.ClientBase, wire: Wire = unnamed) =>
  async (query: Query): Promise<readonly unknown[]> => {
    const { rows } = await client.query<pg.QueryResultRow>(wire(query))
    return rows
  }

/** Turns a statement into what the driver sends. */
type Wire = (query: Query) => pg.QueryConfig

const unnamed: Wire = ({ text, values }) => ({ text, values: [...values] })

/** Gives equal statements equal names; texts come from templates, so there are few of them. */
const namedStatements = (): Wire => {
  const names = new Map<string, string>()
  return (query) => {
    // A text without holes may hold several statements, which cannot be prepared.
    if (query.values.length === 0) return unnamed(query)
    const name = names.get(query.text) ?? `guildhall_${names.size}`
    names.set(query.text, name)
    return { name, ...unnamed(query) }
  }
}

const giveBack = async (client: pg.PoolClient, failed: unknown): Promise<void> => {
  if (failed !== undefined && !isLost(failed)) {
    await client.query('rollback').catch(() => {})
  }
  // A server that became read-only is not the one to write to: its connection goes, too.
  const good = client.getTransactionStatus() === 'I' && retryOf(failed) !== 'reconnect'
  client.release(good ? undefined : true)
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined

const readOnce = async (
  client: pg.Client,
  first: string,
  asked: pg.QueryConfig,
): Promise<readonly unknown[]> => {
  // All three messages leave in one tick, so that no other read of this client comes between.
  sendTogether(client)
  const begun = client.query(first)
  const found = client.query<pg.QueryResultRow>(asked)
  const ended = client.query('commit')
  begun.catch(() => {})
  ended.catch(() => {})
  const { rows } = await found
  return rows
}

/** One pipelined connection that many reads share; made anew after it was lost. */
const sharedClient = (settings: pg.ClientConfig, log: DatabaseOptions['log']) => {
  let current: Promise<pg.Client> | undefined
  let lost: pg.Client | undefined
  const connect = async () => {
    const client = new pg.Client({ ...settings, connectionTimeoutMillis: CONNECT_MS })
    // A connection that is lost says so twice; by then its successor may be in place.
    const forget = () => {
      if (lost === client) return
      lost = client
      current = undefined
    }
    client.on('error', (error) => {
      log('A shared database connection was lost.', { code: codeOf(error) })
      forget()
    })
    client.on('end', forget)
    await client.connect()
    return client
  }
  return {
    client(): Promise<pg.Client> {
      current ??= connect().catch((error: unknown) => {
        current = undefined
        throw error
      })
      return current
    },
    async stop() {
      const client = await current?.catch(() => undefined)
      await client?.end()
    },
  }
}
