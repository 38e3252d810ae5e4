import { randomFillSync } from 'node:crypto'
import { afterAll, inject } from 'vitest'
import { z } from 'zod'
import type { Actor } from '../../src/kernel/actor.ts'
import { idMaker } from '../../src/kernel/id.ts'
import type { Call } from '../../src/kernel/operation.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { firstRun } from '../../src/identity/room.ts'
import { compose } from '../../src/main/compose.ts'
import { migrationsOf, rooms } from '../../src/main/rooms.ts'
import { databaseClock } from '../../src/platform/clock.ts'
import { type Database, openDatabase } from '../../src/platform/database.ts'
import { type Keyring, openKeyring } from '../../src/platform/keyring/keyring.ts'
import { openRootKey } from '../../src/platform/keyring/root-key.ts'
import { readLedger } from '../../src/platform/ledger/ledger.ts'
import { openLimits } from '../../src/platform/limits/limits.ts'
import { quietLog } from '../../src/platform/log.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { keepPartitions } from '../../src/platform/partitions.ts'
import { clientOptions } from '../../src/platform/postgres/target.ts'
import { scrubber } from '../../src/platform/scrub/scrubber.ts'
import { toolsRoom, type ToolsOthers, vaultOver } from '../../src/tools/room.ts'
import { workApi } from '../../src/work/room.ts'
import { cloneDatabase, dropDatabase, templateDatabase } from '../server.ts'

// A house around one keyring, so that a test can have its own root key, its own limits of keys and
// sources that fail. Every call of `openVault` is another hub on the same database.

/** Fills bytes by chance. */
export const random = (bytes: Uint8Array) => randomFillSync(bytes)

/** A fresh root key, as text. */
export const rootText = () => Buffer.from(random(new Uint8Array(32))).toString('base64url')

const all = () => [
  ...rooms().filter(({ name }) => name !== 'tools'),
  toolsRoom({ keyring: noKeyring, scrubber: { remember() {} }, work: workApi }),
]

const noKeyring = (): Keyring => {
  throw new Error('Nothing runs in this room.')
}

const openGround = async () => {
  const server = inject('target')
  const options = { rls: true, now: Date.now() }
  const template = await templateDatabase(server, async (target) => {
    await migrate(clientOptions(target, 'admin'), migrationsOf(rooms()), options)
  })
  const name = `test_vault_${process.pid}_${Date.now().toString(36)}`
  const target = await cloneDatabase({ target: server, template }, name)
  const owner = clientOptions(target, 'admin')
  await migrate(owner, migrationsOf(all()), options)
  let turned = 0
  const clock = databaseClock(Date.now(), () => performance.now() + turned)
  const failed = (error: unknown) => {
    throw error
  }
  const partitions = keepPartitions({ owner, now: clock.now, failed })
  const client = clientOptions(target, 'app')
  const database = openDatabase({ client, rls: true, log() {}, partitions: partitions.create })
  const turn = (ms: number) => {
    turned += ms
  }
  return { database, target, clock, turn, partitions, newId: idMaker(clock.now, random) }
}

type Ground = Awaited<ReturnType<typeof openGround>>
let opened: Promise<Ground> | undefined
let hubs = 0
let organisations = 0

/** The database of this test file. */
export const vaultGround = (): Promise<Ground> => {
  opened ??= openGround()
  return opened
}

afterAll(async () => {
  if (!opened) return
  const { database, target, partitions } = await opened
  await partitions.stop()
  await database.stop()
  await dropDatabase({ ...target, database: 'postgres' }, target.database)
})

type Wanted = Readonly<{
  root?: string
  keyring?: (keyring: Keyring) => Keyring
  wraps?: Readonly<{ max: number; step: number }>
}> &
  Pick<ToolsOthers, 'sources' | 'batchRows'>

/** Opens a hub with a vault. */
export const openVault = async (wanted: Wanted = {}) => {
  const ground = await vaultGround()
  const { database, clock, newId } = ground
  const root = await openRootKey({ kind: 'value', text: wanted.root ?? rootText() }, { random })
  const made = openKeyring({
    ...{ root, database, now: clock.now, random, newId },
    ...(wanted.wraps && { wraps: wanted.wraps }),
  })
  const keyring = wanted.keyring?.(made) ?? made
  const hides = scrubber(clock.now)
  const room = toolsRoom({
    ...{ keyring: () => keyring, scrubber: hides, work: workApi },
    ...(wanted.sources && { sources: wanted.sources }),
    ...(wanted.batchRows !== undefined && { batchRows: wanted.batchRows }),
  })
  const house = compose({
    ...{ database, clock, log: quietLog(), alone: true, closed: () => null },
    rooms: [...rooms().filter(({ name }) => name !== 'tools'), room],
    holder: `vault-${++hubs}`,
    limits: openLimits({ now: clock.now, factor: 1_000_000 }),
    readiness: async () => ({ ready: true, facts: {} }),
  })
  const vault = vaultOver({
    ...{ database, keyring: () => keyring, scrubber: hides, now: clock.now, committed() {} },
  })
  return { ...ground, keyring, hides, house, vault, room }
}

/** A hub with a vault. */
export type VaultHub = Awaited<ReturnType<typeof openVault>>

/** What these tests read of an output; the rest is there for comparing. */
const Output = z.looseObject({
  id: z.string().default(''),
  key: z.string().default(''),
  state: z.string().nullable().default(null),
  next: z.string().nullable().default(null),
  items: z.array(z.looseObject({ name: z.string() })).default([]),
})

/** Makes an organisation in a hub, with an owner. */
export const organisation = async ({ database, clock, newId, house }: VaultHub) => {
  organisations += 1
  const slug = `vault-${process.pid}-${organisations}`
  let key = ''
  const write = async (text: string) => {
    key = text
  }
  const org = { slug, name: slug }
  const { orgId } = await firstRun({ database, now: clock.now, newId, random, org, write })
  const owner = await house.hall.authenticate(key)
  const answer = async (name: string, input: unknown = {}, as = owner, again?: string) => {
    const operation = house.pipeline.operations.get(name)
    if (!operation) throw new Error(`There is no operation ${name}.`)
    return house.pipeline.run(operation, input, { actor: as, door: 'http', idempotencyKey: again })
  }
  const run = async (name: string, input?: unknown, as?: Actor, again?: string) =>
    Output.parse((await answer(name, input, as, again)).output)
  const say = async (name: string, input?: unknown) => (await answer(name, input)).text()
  const refused = async (name: string, input?: unknown, as?: Actor): Promise<Refusal> => {
    const failure: unknown = await answer(name, input, as).then(
      () => new Error(`${name} was not refused.`),
      (error: unknown) => error,
    )
    if (failure instanceof Refusal) return failure
    throw failure
  }
  const ledger = async () => {
    await house.settle()
    return readLedger(database.read(orgId), orgId, { pos: 0, since: 0, limit: 10_000 })
  }
  return { orgId, owner, run, say, refused, ledger, key }
}

/** A call of somebody, as a door would make it. */
export const callOf = ({ clock, newId }: Pick<Ground, 'clock' | 'newId'>, actor: Actor): Call => ({
  ...{ actor, newId, random, door: 'http', trace: '0'.repeat(32), idempotencyKey: null },
  now: clock.now(),
  deadline: clock.now() + 30_000,
  signal: new AbortController().signal,
})

/** Runs something in a write transaction of an organisation. */
export const writing = <T>(
  database: Database,
  orgId: string,
  body: (sql: Parameters<Parameters<Database['write']>[1]>[0]) => Promise<T>,
): Promise<T> => database.write(orgId, async (sql) => ({ value: await body(sql), tail: [] }))
