import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, realpath, rename } from 'node:fs/promises'
import { rm, stat, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Package, StdioEntry } from '../domain/catalogue-entry.ts'
import type { Environment, NpmEnd } from './npm-program.ts'
import { findNpm, runNpm } from './npm-program.ts'

// Puts programs of the catalogue on the disk: the exact version, the bytes that the entry names,
// without running any script of a package. A folder appears whole or not at all.

/** A program of the catalogue, ready to be started as `node <program>`. */
export type InstalledPackage = Readonly<{
  /** The real path of its script. */
  program: string
  version: string
  /** The folder that holds it and everything it depends on. */
  folder: string
  /** SHA-256 over names, versions and hashes of everything that was installed. */
  tree: string
}>

/** Installs programs of the catalogue. */
export type PackageInstaller = {
  /** Gives the program of an entry; installs it first if it is not there. */
  install(entry: Pick<StdioEntry, 'key' | 'package'>): Promise<InstalledPackage>
  /** Ends what is being installed. */
  stop(): Promise<void>
}

/** What installing needs to know. */
export type InstallGround = Readonly<{
  /** The folder of all programs, in the home of the hub. */
  folder: string
  /** npm's own script; `null` looks for it. */
  npm: string | null
  node: string
  environment: Environment
  /** Dependencies are taken as they were on this day, like `2026-11-21`; `null`: as they are. */
  day: string | null
  now: () => number
}>

/** The largest entry takes 45 seconds on a fast line. */
const INSTALL_MS = 600_000

/** Folders of installations that were cut off are removed after this time. */
const LEFT_OVER_MS = 3_600_000

const MARK = 'guildhall.json'
const NEW = '.new-'
const OLD = '.old-'

// Settings of the user that would change what is installed or where are set here; those of the
// registry and the way to it stay theirs.
const FLAGS = [
  '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--no-update-notifier',
  '--loglevel=error', '--package-lock', '--lockfile-version=3', '--install-strategy=hoisted',
  '--no-global', '--no-dry-run', '--fetch-retries=1', '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
] // biome-ignore format: a list of flags

/** Makes the installer of a home. Two calls for one entry share one installation. */
export const packageInstaller = (ground: InstallGround): PackageInstaller => {
  const running = new Map<string, Promise<InstalledPackage>>()
  const stopping = new AbortController()
  return {
    install(entry) {
      const name = `${entry.key}@${entry.package.version}`
      const known = running.get(name)
      if (known !== undefined) return known
      const begun = installOnce(ground, entry, stopping.signal).finally(() => running.delete(name))
      running.set(name, begun)
      return begun
    },
    async stop() {
      stopping.abort()
      await Promise.allSettled(running.values())
    },
  }
}

type Wanted = Pick<StdioEntry, 'key' | 'package'>

const installOnce = async (ground: InstallGround, entry: Wanted, stopping: AbortSignal) => {
  await mkdir(ground.folder, { recursive: true, mode: 0o700 })
  const root = await realpath(ground.folder)
  const place = join(root, `${entry.key}@${entry.package.version}`)
  const found = await installedAt(place, entry)
  if (found !== null) return found
  await removeLeftOvers(root, ground.now())
  const fresh = await mkdtemp(join(root, `${NEW}${entry.key}-`))
  try {
    await runInstall({ ...ground, fresh }, entry, stopping)
    const tree = await checkLock(fresh, entry)
    const mark = { packages: wantedOf(entry), tree }
    await writeFile(join(fresh, MARK), `${JSON.stringify(mark)}\n`)
    // All went well and the script that the entry names may still not be there.
    if ((await installedAt(fresh, entry)) === null) throw fail(entry, 'integrity')
    await putInPlace({ fresh, place, root }, entry)
    const installed = await installedAt(place, entry)
    assert(installed !== null, 'what was put in place is there')
    return installed
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

const wantedOf = ({ package: main }: Wanted): readonly Package[] =>
  [main, ...(main.beside ?? [])].map(({ name, version, integrity }) => ({
    name,
    version,
    integrity,
  }))

const runInstall = async (
  ground: InstallGround & { fresh: string },
  entry: Wanted,
  stopping: AbortSignal,
): Promise<void> => {
  const { node, environment, fresh } = ground
  const npm = ground.npm ?? (await findNpm(node, environment))
  if (npm === null) throw fail(entry, 'no_npm')
  const dependencies = Object.fromEntries(wantedOf(entry).map((one) => [one.name, one.version]))
  const manifest = { name: 'guildhall-tool', private: true, dependencies }
  await writeFile(join(fresh, 'package.json'), `${JSON.stringify(manifest)}\n`)
  const before = ground.day === null ? [] : [`--before=${ground.day}`]
  const args = ['install', `--prefix=${fresh}`, ...before, ...FLAGS]
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(INSTALL_MS)])
  const end = await runNpm({ node, npm, args }, { cwd: fresh, environment, signal })
  if (!end.ok) throw fail(entry, reasonOf(end), end.errorCode)
}

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
})

/** Compares what npm installed with what the entry names; gives the hash of all of it. */
const checkLock = async (fresh: string, entry: Wanted): Promise<string> => {
  const { packages } = Lock.parse(JSON.parse(await readFile(join(fresh, LOCK), 'utf8')))
  for (const { name, version, integrity } of wantedOf(entry)) {
    const got = packages[`node_modules/${name}`]
    // npm has compared the bytes with this hash; what is left to compare is the hash with ours.
    if (got?.version !== version || got.integrity !== integrity) throw fail(entry, 'integrity')
  }
  const rows = Object.entries(packages).filter(([path]) => path !== '')
  // Something from a folder or a repository has no hash: nobody could say what it is.
  if (rows.some(([, one]) => one.integrity === undefined && one.inBundle !== true)) {
    throw fail(entry, 'integrity')
  }
  const lines = rows.map(([path, one]) => [path, one.version ?? '', one.integrity ?? ''].join(' '))
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')
}

const LOCK = 'package-lock.json'

const Mark = z.object({
  packages: z.array(z.object({ name: z.string(), version: z.string(), integrity: z.string() })),
  tree: z.string(),
})

/** Gives what is installed at a place, if it is what the entry names and was finished. */
const installedAt = async (place: string, entry: Wanted): Promise<InstalledPackage | null> => {
  const text = await readFile(join(place, MARK), 'utf8').catch(orNothing)
  if (text === null) return null
  const mark = Mark.safeParse(readJson(text))
  const wanted = JSON.stringify(wantedOf(entry))
  if (!mark.success || JSON.stringify(mark.data.packages) !== wanted) return null
  const { name, version, bin } = entry.package
  const inside = join(place, 'node_modules', name)
  const program = await realpath(join(inside, bin)).catch(orNothing)
  if (program === null || !program.startsWith(inside + sep)) return null
  return { program, version, folder: place, tree: mark.data.tree }
}

const putInPlace = async (
  { fresh, place, root }: { fresh: string; place: string; root: string },
  entry: Wanted,
): Promise<void> => {
  try {
    await rename(fresh, place)
  } catch (error) {
    if (!isTaken(error)) throw error
    // Another process was faster, or what is there is not what the entry names now.
    if ((await installedAt(place, entry)) !== null) return
    const old = await mkdtemp(join(root, OLD))
    await rename(place, join(old, 'it'))
    await rename(fresh, place)
    await rm(old, { recursive: true, force: true })
  }
}

const removeLeftOvers = async (root: string, now: number): Promise<void> => {
  const names = (await readdir(root)).filter((name) => name.startsWith(NEW) || name.startsWith(OLD))
  for (const name of names) {
    const facts = await stat(join(root, name)).catch(orNothing)
    if (facts === null || now - facts.mtimeMs < LEFT_OVER_MS) continue
    await rm(join(root, name), { recursive: true, force: true })
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const isTaken = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))

const orNothing = (error: unknown): null => {
  if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null
  throw error
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const REASONS = {
  no_npm: 'there is no npm on this machine. Install Node with npm and try again.',
  away: 'the package registry could not be reached. Check the network and npm settings, try again.',
  refused: 'the package registry wants a sign-in. Check the npm settings of the hub’s account.',
  not_found: 'the registry does not have this version. Check which registry npm is set to.',
  integrity: 'what the registry gave is not what the catalogue names. Nothing was installed.',
  disk: 'the disk is full or may not be written. Make room in the home of the hub and try again.',
  stopped: 'it took too long or the hub was stopped. Try again.',
  broken: 'npm failed. Try again, and look at npm’s own log if it fails again.',
} as const

type Reason = keyof typeof REASONS

const CODES: Readonly<Record<string, Reason>> = {
  EINTEGRITY: 'integrity',
  E401: 'refused',
  E403: 'refused',
  ENEEDAUTH: 'refused',
  E404: 'not_found',
  ETARGET: 'not_found',
  ENOVERSIONS: 'not_found',
  ENOSPC: 'disk',
  EACCES: 'disk',
  EROFS: 'disk',
  EDQUOT: 'disk',
}
const AWAY = [
  'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENETUNREACH',
  'EHOSTUNREACH', 'ERR_SOCKET_TIMEOUT', 'EIDLETIMEOUT', 'ENOTCACHED',
] // biome-ignore format: a list of codes

const reasonOf = ({ errorCode, wasStopped }: NpmEnd): Reason => {
  if (wasStopped) return 'stopped'
  const code = errorCode ?? ''
  if (Object.hasOwn(CODES, code)) return CODES[code] ?? 'broken'
  return AWAY.includes(code) || /^E5\d\d$/.test(code) ? 'away' : 'broken'
}

const fail = (entry: Wanted, reason: Reason, npmCode: string | null = null) => {
  const message = `${entry.key} was not installed: ${REASONS[reason]}`
  const kind = reason === 'integrity' ? 'conflict' : 'unavailable'
  const details = { entry: entry.key, reason, ...(npmCode === null ? {} : { npmCode }) }
  return refuse(kind, 'tools.install_failed', message, details)
}
