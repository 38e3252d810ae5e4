import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { Refusal } from '../src/kernel/refusal.ts'
import { type Home, openHome } from '../src/platform/home.ts'
import { startEmbedded } from '../src/platform/postgres/embedded.ts'
import { ensureRoles } from '../src/platform/postgres/roles.ts'
import { clientOptions, type DatabaseTarget, targetOfUrl } from '../src/platform/postgres/target.ts'

/** The one database server of a test run. */
export type TestServer = {
  readonly target: DatabaseTarget
  stop(): Promise<void>
}

const ROOT_PREFIX = 'guildhall-test-'
const MIGRATIONS = 'src/*/infrastructure/migrations/*.sql'
const PLATFORM_MIGRATIONS = 'src/platform/**/*.sql'
// Any number will do, as long as every run of the tests takes the same.
const TEMPLATE_LOCK = 7_420_001

/**
 * Brings up the server of a test run: the one in DATABASE_URL, else an embedded one without
 * durability in a temporary home. Tests run against one at a time, each in a clone of its own.
 */
export const startTestServer = async (
  databaseUrl: string | undefined = process.env['DATABASE_URL'],
): Promise<TestServer> => {
  if (databaseUrl) return startOnServer(databaseUrl)
  await sweepLeftovers()
  const home = await openTestHome()
  const database = await startEmbedded(quiet(home))
  return {
    target: database.target,
    async stop() {
      await database.stop()
      await home.release()
      await rm(home.path, { recursive: true, force: true })
    },
  }
}

const quiet = (home: Home) => ({
  home: home.path,
  log: () => {},
  fsync: false,
  settings: { full_page_writes: 'off' },
})

const startOnServer = async (databaseUrl: string): Promise<TestServer> => {
  const target = targetOfUrl(databaseUrl, process.env['DATABASE_ADMIN_URL'])
  await asAdmin(target, (client) => ensureRoles(client, target.appUser))
  return { target, stop: async () => {} }
}

/** Makes and holds a temporary home that also the account of the database can reach. */
export const openTestHome = async (): Promise<Home> => {
  const path = await mkdtemp(join(tmpdir(), ROOT_PREFIX))
  // mkdtemp gives 0700: under root, the data would then go to /var/lib and stay there.
  await chmod(path, 0o755)
  return openHome({ path, say: () => {} })
}

// A run that was killed leaves its server and its files; its lock is free, a running one's is not.
const sweepLeftovers = async (): Promise<void> => {
  const names = await readdir(tmpdir())
  for (const name of names.filter((entry) => entry.startsWith(ROOT_PREFIX))) {
    const path = join(tmpdir(), name)
    // Without data it may belong to a run that is about to lock it.
    if (!existsSync(join(path, 'postgres.json'))) continue
    const home = await openHome({ path, say: () => {} }).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined
      throw error
    })
    if (home === undefined) continue
    await startEmbedded(quiet(home)).then(
      (database) => database.stop(),
      () => {},
    )
    await home.release()
    await rm(path, { recursive: true, force: true })
  }
}

/** Runs something as the owner of the database; other databases of the server by their name. */
export const asAdmin = async <T>(
  target: DatabaseTarget,
  run: (client: Client) => Promise<T>,
  database: string = target.database,
): Promise<T> => {
  const client = new Client({ ...clientOptions(target, 'admin'), database })
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

/**
 * Makes the migrated database that clones are taken from, once for each state of the migrations,
 * and gives its name. On a server that stays, old templates are dropped.
 */
export const templateDatabase = async (
  target: DatabaseTarget,
  migrate: (target: DatabaseTarget) => Promise<void>,
): Promise<string> => {
  const name = `template_${await migrationsHash()}`
  await asAdmin(target, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname like 'template\\_%'`,
    )
    const known = rows.map(({ datname }) => datname)
    for (const old of known.filter((datname) => datname !== name)) {
      await client.query(`drop database if exists ${client.escapeIdentifier(old)}`)
    }
    if (known.includes(name)) return
    // Under another name until it is whole: a killed migration must not become a template.
    const fresh = `template_new_${process.pid}`
    await client.query(`create database ${fresh} template template0`)
    await migrate({ ...target, database: fresh })
    await client.query(`alter database ${fresh} rename to ${name}`)
  })
  return name
}

/** Copies the template into a database of its own for one test file. */
export const cloneDatabase = async (
  { target, template }: { target: DatabaseTarget; template: string },
  name: string,
): Promise<DatabaseTarget> => {
  await asAdmin(target, async (client) => {
    const [copy, original] = [client.escapeIdentifier(name), client.escapeIdentifier(template)]
    await client.query(`create database ${copy} template ${original} strategy file_copy`)
  })
  return { ...target, database: name }
}

/**
 * Drops a clone whose connections are closed. Without force, on purpose: a forced drop would end
 * a forgotten connection as an unhandled 57P01, far from the test that forgot it.
 */
export const dropDatabase = (target: DatabaseTarget, name: string): Promise<void> =>
  asAdmin(target, async (client) => {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)}`)
  })

const migrationsHash = async (): Promise<string> => {
  const root = join(import.meta.dirname, '..')
  const files = [MIGRATIONS, PLATFORM_MIGRATIONS].flatMap((cwd) => globSync(cwd, { cwd: root }))
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(`${file}\n`).update(await readFile(join(root, file)))
  return hash.digest('hex').slice(0, 12)
}
