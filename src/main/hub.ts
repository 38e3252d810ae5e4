import { randomBytes, randomFillSync, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { firstRun, reissueOwnerKey } from '../identity/room.ts'
import { httpServer } from '../interface/http/server.ts'
import { mcpDoor } from '../interface/mcp/door.ts'
import { idMaker } from '../kernel/id.ts'
import { type Clock, databaseClock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { type Database, openDatabase } from '../platform/database.ts'
import { openHome } from '../platform/home.ts'
import { endedSessions, sharedKey, tidyUp } from '../platform/hub-facts.ts'
import { type Log, openLog } from '../platform/log.ts'
import { migrate } from '../platform/migrate.ts'
import { keepPartitions } from '../platform/partitions.ts'
import { clientOptions } from '../platform/postgres/target.ts'
import { compose } from './compose.ts'
import { KEY_SOURCES } from './key-sources.ts'
import { openPostgres, type Postgres } from './postgres.ts'
import { migrationsOf, rooms } from './rooms.ts'
import { TOOL_ABOUT } from './tool-about.ts'

const TIDY_MS = 3_600_000
const CLOSE_MS = 4_000

/** A running hub. */
export type Hub = Readonly<{
  address: string
  /** Where the owner's key lies, and whether this start made it. */
  ownerKey: Readonly<{ path: string; fresh: boolean }>
  stop(): Promise<void>
}>

/** Starts everything that a hub is, in the order in which it leans on each other. */
export const startHub = async (
  config: Config,
  options: Readonly<{ version: string; say: (line: string) => void }>,
): Promise<Hub> => {
  const { say, version } = options
  // What was opened is closed again in the other direction, also when the start fails half-way.
  const closers: (() => Promise<unknown> | void)[] = []
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close()
  }
  try {
    const home = await openHome({ path: config.home, say })
    closers.push(() => home.release())
    const log = openLog({ file: join(home.path, 'log', 'hub.log'), level: config.log })
    closers.push(() => log.flush())
    const postgres = await openPostgres(config, home.path, log)
    closers.push(() => postgres.stop())
    const ready = await prepare(postgres, log)
    closers.push(() => ready.stop())
    const ownerKey = await ensureOwner(ready, join(home.path, 'owner.key'))
    const { port, close } = await openDoors({ config, version, postgres, log, ...ready })
    closers.push(close)
    const address = config.publicUrl ?? `http://${hostOf(config.host)}:${port}`
    await home.writeHubFile({ pid: process.pid, address: `http://${hostOf(config.host)}:${port}` })
    log.info('The hub is up.', { address, version })
    return { address, ownerKey, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

// A URL wants brackets around an IPv6 address, and something to call for "every address".
const hostOf = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

type Ready = Readonly<{ database: Database; clock: Clock }>

const prepare = async ({ target, rls }: Postgres, log: Log) => {
  const owner = clientOptions(target, 'admin')
  await migrate(owner, migrationsOf(rooms()), { rls, now: Date.now() })
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
  const stop = async () => {
    await partitions.stop()
    await database.stop()
  }
  try {
    await database.system(clock.correct)
    // Again, by the database's clock: the migrations only knew the one of this machine.
    await partitions.create()
    return { database, clock, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const ensureOwner = async ({ database, clock }: Ready, path: string) => {
  const random = (bytes: Uint8Array) => randomFillSync(bytes)
  const write = (key: string) => writeFile(path, `${key}\n`, { mode: 0o600, flag: 'w' })
  const run = { database, now: clock.now, newId: idMaker(clock.now, random), random, write }
  const { key } = await firstRun(run)
  if (key !== null) return { path, fresh: true }
  // The file is the owner's only way in: where it is gone, another key takes its place.
  if (existsSync(path)) return { path, fresh: false }
  await reissueOwnerKey(run)
  return { path, fresh: true }
}

type DoorsWanted = Ready &
  Readonly<{ config: Config; version: string; postgres: Postgres; log: Log }>

const openDoors = async (wanted: DoorsWanted) => {
  const { config, version, postgres, log, database, clock } = wanted
  const house = compose({
    database,
    rooms: rooms(),
    clock,
    log,
    holder: randomUUID(),
    alone: postgres.target.embedded,
    readiness: postgres.readiness(database),
    closed: () => postgres.closed(),
    ...(!postgres.target.embedded && { hints: clientOptions(postgres.target, 'admin') }),
  })
  const sessionKey = await sharedKey(database, 'mcp_session_key', randomBytes(32))
  let port = config.port
  const publicUrl = config.publicUrl ?? undefined
  const mcp = mcpDoor({
    hall: house.hall,
    version,
    publicUrl,
    port: () => port,
    sessionKey,
    toolAbout: TOOL_ABOUT,
    keySources: KEY_SOURCES,
    ended: endedSessions(database, clock.now),
  })
  const http = httpServer({ hall: house.hall, mcp, webRoot: webRoot(), version, publicUrl })
  await house.start()
  const tidying = setInterval(() => {
    tidyUp(database, clock.now()).catch(() => log.warn('Old keys could not be forgotten.'))
  }, TIDY_MS)
  const close = async () => {
    clearInterval(tidying)
    await mcp.close()
    await http.close(CLOSE_MS)
    await house.stop()
  }
  try {
    port = (await http.listen({ host: config.host, port: config.port })).port
  } catch (error) {
    await close()
    throw error
  }
  return { port, close }
}

/** The folder of the built page: beside the sources in a clone, inside the package otherwise. */
const webRoot = (): string | undefined => {
  const places = ['../../web/dist', '../web'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  return places.find((path) => existsSync(join(path, 'index.html')))
}
