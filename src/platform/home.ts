import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { refuse } from '../kernel/refusal.ts'

/** The directory of one hub, held by this process until `release()` or its end, even `kill -9`. */
export type Home = {
  readonly path: string
  /** Tells the command line and other hubs who holds the home and where it listens. */
  writeHubFile(hub: HubFile): Promise<void>
  release(): Promise<void>
}

/** Who holds a home: what `hub.json` says. */
export type HubFile = Readonly<{ pid: number; address: string }>

const HubShape = z.object({ pid: z.int(), address: z.string() })
const SQLITE_BUSY = 5

/** Opens a home, makes it if there was none, and refuses one that another hub holds. */
export const openHome = async (options: {
  path: string
  say: (line: string) => void
}): Promise<Home> => {
  const made = await mkdir(options.path, { recursive: true, mode: 0o700 }).catch(
    (error: unknown) => {
      throw notUsable(options.path, error)
    },
  )
  const path = await realpath(options.path)
  if (made !== undefined) options.say(`Created the home ${path}.`)
  const lock = await holdLock(path)
  const hubFile = join(path, 'hub.json')
  // Left over from a hub that was killed: its address may belong to somebody else by now.
  await rm(hubFile, { force: true })
  let isHeld = true
  return {
    path,
    async writeHubFile({ pid, address }) {
      await writeFile(`${hubFile}.new`, `${JSON.stringify({ pid, address })}\n`, { mode: 0o600 })
      await rename(`${hubFile}.new`, hubFile)
    },
    async release() {
      if (!isHeld) return
      isHeld = false
      await rm(hubFile, { force: true })
      lock.close()
    },
  }
}

const notUsable = (path: string, error: unknown) => {
  const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const message = `${path} cannot be the home (${why}): choose another GUILDHALL_HOME.`
  return refuse('invalid', 'platform.home_not_usable', message)
}

/** Reads who holds a home; undefined when nobody does, or nobody has said so yet. */
export const readHubFile = async (home: string): Promise<HubFile | undefined> => {
  const text = await readFile(join(home, 'hub.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = HubShape.safeParse(parseJson(text))
  return parsed.success ? parsed.data : undefined
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// Node has no flock. SQLite, which is built in, holds a lock of the kernel: it is free in the
// moment in which the process ends, however it ends. Nothing else may ever open this file:
// closing any other handle to it would free the lock.
const holdLock = async (home: string): Promise<DatabaseSync> => {
  const { DatabaseSync: Database } = await importSqlite()
  const file = join(home, 'home.lock')
  let lock: DatabaseSync | undefined
  try {
    lock = new Database(file)
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock?.close()
    if (isBusy(error)) throw await busy(home)
    const why = error instanceof Error ? error.message : 'unknown'
    const message = `${file} cannot be locked (${why}): choose a GUILDHALL_HOME on a local disk.`
    throw refuse('unavailable', 'platform.home_not_lockable', message)
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

const busy = async (home: string) => {
  const hub = await readHubFile(home)
  const who = hub ? ` (pid ${hub.pid}, ${hub.address})` : ''
  const message = `Another hub${who} runs on this home. Stop it or choose another GUILDHALL_HOME.`
  return refuse('conflict', 'platform.home_busy', message, { home, ...hub })
}

// Early releases of Node 24 warn that SQLite is experimental; for a lock that is no news.
const importSqlite = async () => {
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return await import('node:sqlite')
  } finally {
    if (before) Object.defineProperty(process, 'emitWarning', before)
  }
}
