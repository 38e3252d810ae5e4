import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { idMaker, type NewId } from '../kernel/id.ts'
import { refuse } from '../kernel/refusal.ts'
import { type Clock, databaseClock } from '../platform/clock.ts'
import type { RootKeySetting } from '../platform/config.ts'
import { type Database, openDatabase } from '../platform/database.ts'
import { type Keyring, openKeyring } from '../platform/keyring/keyring.ts'
import { hasSealed } from '../platform/keyring/root-check.ts'
import { openRootKey, type RootKeySource } from '../platform/keyring/root-key.ts'
import type { Log } from '../platform/log.ts'
import { migrate } from '../platform/migrate.ts'
import { keepPartitions } from '../platform/partitions.ts'
import { clientOptions } from '../platform/postgres/target.ts'
import { systemRandom } from '../platform/random.ts'
import type { GoOut } from './fixtures.ts'
import type { Postgres } from './postgres.ts'
import { migrationsOf, rooms } from './rooms.ts'

/** What everything in a hub stands on: its database, brought to this program's schema, and keys. */
export type HubGround = Readonly<{
  database: Database
  clock: Clock
  keyring: Keyring
  newId: NewId
  stop(): Promise<void>
}>

type Wanted = Readonly<{
  postgres: Postgres
  log: Log
  home: string
  rootKey: RootKeySetting
  /** The root key of before, at the one start that moves everything under the new one. */
  formerRootKeyFile: string | null
  goOut: GoOut
}>

/**
 * Opens the ground. A hub that has sealed anything is tried with its root key before its schema is
 * touched: with the wrong key nothing is written at all.
 */
export const openGround = async (wanted: Wanted): Promise<HubGround> => {
  const { target, rls } = wanted.postgres
  const { log } = wanted
  const owner = clientOptions(target, 'admin')
  const clock = databaseClock()
  const failed = (error: unknown) =>
    log.warn('The next months could not be prepared.', {
      error: error instanceof Error ? error.message : '?',
    })
  const partitions = keepPartitions({ owner, now: clock.now, failed })
  const database = openDatabase({
    client: clientOptions(target, 'app'),
    rls,
    log: (line, fields) => log.warn(line, fields),
    partitions: partitions.create,
    prepared: target.embedded,
  })
  const newId = idMaker(clock.now, systemRandom)
  let keyring: Keyring | undefined
  const stop = async () => {
    keyring?.stop()
    await partitions.stop()
    await database.stop()
  }
  try {
    const before = await hasVault(owner)
    const keys = () => openKeys(wanted, { database, clock, newId }, before)
    if (before) keyring = await keys()
    await migrate(owner, migrationsOf(rooms()), { rls, now: Date.now() })
    await database.system(clock.correct)
    // Again, by the database's clock: the migrations only knew the one of this machine.
    await partitions.create()
    keyring ??= await keys()
    return { database, clock, keyring, newId, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Tells whether the schema has a vault already; before that, nothing can have been sealed. */
const hasVault = async (owner: pg.ClientConfig): Promise<boolean> => {
  const client = new pg.Client(owner)
  client.on('error', () => {}) // The statement under way reports the loss.
  await client.connect()
  try {
    const { rows } = await client.query<{ there: unknown }>(
      `select to_regclass('platform.org_kek') is not null as there`,
    )
    return rows[0]?.there === true
  } finally {
    await client.end()
  }
}

const openKeys = async (
  { home, rootKey, formerRootKeyFile, goOut }: Wanted,
  { database, clock, newId }: Pick<HubGround, 'database' | 'clock' | 'newId'>,
  before: boolean,
): Promise<Keyring> => {
  const sealed = before && (await hasSealed(database))
  const root = await openRootKey(sourceOf(rootKey, home, goOut), {
    random: systemRandom,
    mayMake: async () => !sealed,
  })
  const former =
    formerRootKeyFile === null
      ? []
      : [await openRootKey({ kind: 'file', path: formerRootKeyFile }, { random: systemRandom })]
  const keyring = openKeyring({
    root,
    former,
    database,
    now: clock.now,
    random: systemRandom,
    newId,
  })
  await keyring.check(sealed)
  return keyring
}

const tokenIn = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch {
    const message = `The token file ${path} cannot be read; set GUILDHALL_VAULT_TOKEN_FILE to one.`
    throw refuse('invalid', 'platform.setting_not_valid', message)
  }
}

const sourceOf = (setting: RootKeySetting, home: string, goOut: GoOut): RootKeySource => {
  switch (setting.kind) {
    case 'home':
      return { kind: 'file', path: join(home, 'root.key') }
    case 'transit': {
      const { url, name, tokenFile } = setting
      const token = () => tokenIn(tokenFile)
      return { kind: 'transit', url, name, token, fetch: goOut }
    }
    default:
      return setting
  }
}
