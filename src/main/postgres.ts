import pg from 'pg'
import type { Config } from '../platform/config.ts'
import type { Database } from '../platform/database.ts'
import type { Log } from '../platform/log.ts'
import { startEmbedded } from '../platform/postgres/embedded.ts'
import { ensureRoles } from '../platform/postgres/roles.ts'
import { clientOptions, type DatabaseTarget, targetOfUrl } from '../platform/postgres/target.ts'
import { diskFull } from '../platform/database-errors.ts'
import type { Refusal } from '../kernel/refusal.ts'
import type { Hall } from '../kernel/hall.ts'

/** The PostgreSQL of this hub: its own, or the server that `DATABASE_URL` names. */
export type Postgres = Readonly<{
  target: DatabaseTarget
  rls: boolean
  readiness: (database: Database) => Hall['readiness']
  /** Gives the refusal of every write while the disk is full. */
  closed: () => Refusal | null
  stop(): Promise<void>
}>

/** Brings up the embedded server or reaches the one that is given, and makes the hub's roles. */
export const openPostgres = async (config: Config, home: string, log: Log): Promise<Postgres> => {
  if (config.databaseUrl !== null) {
    const target = targetOfUrl(config.databaseUrl, config.databaseAdminUrl ?? undefined)
    const rls = await rolesOf(target)
    const readiness = readinessOf(() => ({ database: 'server', rls: rls ? 'on' : 'off' }))
    return { target, rls, readiness, closed: () => null, stop: async () => {} }
  }
  const embedded = await startEmbedded({
    home,
    log: (line, fields) => log.info(line, fields),
  })
  const facts = () => ({
    database: 'embedded',
    rls: 'on',
    postgres: embedded.state(),
    disk: embedded.disk(),
  })
  return {
    target: embedded.target,
    rls: true,
    readiness: readinessOf(facts),
    closed: () => (embedded.disk() === 'full' ? diskFull() : null),
    stop: () => embedded.stop(),
  }
}

const rolesOf = async (target: DatabaseTarget): Promise<boolean> => {
  const client = new pg.Client(clientOptions(target, 'admin'))
  client.on('error', () => {}) // The statement under way reports the loss.
  await client.connect()
  try {
    return (await ensureRoles(client, target.appUser)) === 'on'
  } finally {
    await client.end()
  }
}

const READY_MS = 2_000

/** Asks the database a trivial question; no answer within two seconds is "not ready". */
const readinessOf =
  (facts: () => Readonly<Record<string, unknown>>) =>
  (database: Database): Hall['readiness'] =>
  async () => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), READY_MS)
    })
    const ready = await Promise.race([database.alive(), late])
    clearTimeout(timer)
    return { ready, facts: facts() }
  }
