import { realpath } from 'node:fs/promises'
import type { Client } from 'pg'
import { findBinaryPackage, hydrate } from './binaries.ts'
import { openCluster } from './cluster.ts'
import { type DiskState, layBallast, watchDisk } from './disk.ts'
import { noteData, openLayout } from './layout.ts'
import { ADMIN_LOGIN, connectSocket, SOCKET_PORT } from './probe.ts'
import { APP_LOGIN, ensureAppLogin, ensureRoles } from './roles.ts'
import { type DatabaseState, Supervisor } from './supervise.ts'
import type { DatabaseTarget } from './target.ts'

/** A PostgreSQL that the hub keeps running for itself. */
export type EmbeddedDatabase = {
  readonly target: DatabaseTarget
  state(): DatabaseState
  /** 'full': writes are to be refused with `platform.disk_full`, reads go on. */
  disk(): DiskState
  stop(): Promise<void>
}

/** What an embedded database needs; `fsync: false` is for tests, which may lose everything. */
export type EmbeddedOptions = Readonly<{
  home: string
  log: (line: string, fields?: Record<string, unknown>) => void
  fsync?: boolean
  settings?: Record<string, string>
}>

const DATABASE = 'guildhall'

/**
 * Brings up the database of a home, whatever an earlier hub has left behind there.
 * The caller must hold the home (`openHome`): two hubs on one data directory would destroy it.
 */
export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedDatabase> => {
  const { log, fsync = true, settings = {} } = options
  const found = await findBinaryPackage()
  const layout = await openLayout(await realpath(options.home))
  const binaries = await hydrate(found, layout.dataRoot, layout.user)
  const cluster = await openCluster(layout, binaries, { fsync, settings })
  const disk = await watchDisk(layout.dataRoot, log)
  const supervisor = new Supervisor({ layout, cluster, binaries, disk, log })
  const stop = async () => {
    disk.stop()
    await supervisor.stop()
  }
  try {
    const socketDir = await supervisor.start()
    await ensureDatabase(socketDir)
    const { systemIdentifier } = cluster
    await noteData(layout, { systemIdentifier, binVersion: found.packageVersion })
    if (fsync) void layBallast(layout.ballast).catch(() => log('The ballast could not be laid.'))
    return {
      target: targetOf(socketDir),
      state: () => supervisor.state(),
      disk: () => disk.state(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const targetOf = (socketDir: string): DatabaseTarget => ({
  host: socketDir,
  port: SOCKET_PORT,
  database: DATABASE,
  adminUser: ADMIN_LOGIN,
  appUser: APP_LOGIN,
  ssl: false,
  embedded: true,
})

const ensureDatabase = async (socketDir: string): Promise<void> => {
  const client = await connectSocket(socketDir, 'postgres')
  try {
    await ensureAppLogin(client)
    await ensureRoles(client, APP_LOGIN)
    await createDatabase(client)
  } finally {
    await client.end()
  }
}

const createDatabase = async (client: Client): Promise<void> => {
  const { rows } = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
  if (rows.length === 0) await client.query(`create database ${DATABASE} template template0`)
  await client.query(`revoke connect, temporary on database ${DATABASE} from public`)
  await client.query(`grant connect on database ${DATABASE} to ${APP_LOGIN}`)
}
