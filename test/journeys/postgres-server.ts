import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { startEmbedded } from '../../src/platform/postgres/embedded.ts'
import { openTestHome } from '../server.ts'
import { later } from './ground.ts'

/** A PostgreSQL server of one test, reached the way a server of one's own is: by its address. */
export type PostgresServer = Readonly<{
  /** `DATABASE_URL` and `DATABASE_ADMIN_URL` for hubs. */
  env: Readonly<Record<string, string>>
  home: string
  stop(): Promise<void>
  /** Brings it back on the same data and the same socket. */
  start(): Promise<void>
}>

/** Starts a durable server that hubs do not own; it ends with the test. */
export const startServer = async (): Promise<PostgresServer> => {
  const home = await openTestHome()
  const open = () => startEmbedded({ home: home.path, log: () => {} })
  let database = await open()
  later(async () => {
    await database.stop()
    await home.release()
    await rm(home.path, { recursive: true, force: true, maxRetries: 3 })
  })
  const { host, port, adminUser, appUser, database: name } = database.target
  const url = (user: string) =>
    `postgres://${user}@/${name}?host=${encodeURIComponent(host)}&port=${port}`
  return {
    env: {
      DATABASE_URL: url(appUser),
      DATABASE_ADMIN_URL: url(adminUser),
      // Hubs of one database open it with one root key.
      GUILDHALL_ROOT_KEY: randomBytes(32).toString('base64url'),
    },
    home: home.path,
    stop: () => database.stop(),
    async start() {
      database = await open()
    },
  }
}
