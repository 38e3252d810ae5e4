import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, lstat, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../kernel/refusal.ts'
import { sqlStateOf } from './probe.ts'
import { canReach, chooseRunUser, type RunUser, runUserOf } from './run-user.ts'

/** Where the pieces of one embedded database lie, and whose they are. */
export type Layout = Readonly<{
  home: string
  dataRoot: string
  user: RunUser
  logFile: string
  ballast: string
  /** What an earlier start has written down about the data; absent on a fresh home. */
  systemIdentifier: string | undefined
}>

/** PostgreSQL's own limit for the path of a socket, without the closing zero. */
export const SOCKET_PATH_BYTES_MAX = 103

const SOCKET_FILE = '.s.PGSQL.5432'
const ROOT_OF_SERVANTS = '/var/lib/guildhall'

const Notes = z.object({
  /** Relative to the home while it lies inside, so that a home may be moved. */
  dataRoot: z.string(),
  /** The home that made the notes: a copied home must not open the original's data. */
  home: z.string(),
  uid: z.int(),
  systemIdentifier: z.string().optional(),
  binVersion: z.string().optional(),
})
type Notes = z.infer<typeof Notes>

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
const notesFile = (home: string) => join(home, 'postgres.json')

/** Finds or makes the place of a home's database; `home` is a real path, held by this process. */
export const openLayout = async (home: string): Promise<Layout> => {
  const known = await readNotes(home)
  const notes = known ?? (await firstNotes(home))
  if (known === undefined) await writeNotes(home, notes)
  const user = runUserOf(notes.uid)
  const dataRoot = resolve(home, notes.dataRoot)
  await refuseCopy(home, notes)
  await makeOwned(dirname(dataRoot), undefined)
  await makeOwned(dataRoot, user)
  await makeOwned(join(dataRoot, 'log'), user)
  return {
    home,
    dataRoot,
    user,
    logFile: join(dataRoot, 'log', 'postgres.log'),
    ballast: join(dataRoot, 'ballast'),
    systemIdentifier: notes.systemIdentifier,
  }
}

/** Writes down what the data are, so that a later start can tell "lost" from "never there". */
export const noteData = async (
  { home }: Layout,
  facts: { systemIdentifier: string; binVersion: string },
): Promise<void> => {
  const notes = await readNotes(home)
  if (notes === undefined) throw new Error(`${notesFile(home)} has vanished.`)
  if (
    notes.systemIdentifier !== facts.systemIdentifier ||
    notes.binVersion !== facts.binVersion ||
    notes.home !== home
  ) {
    await writeNotes(home, { ...notes, ...facts, home })
  }
}

// A root hub's home is closed to the account of the database: then the data lie elsewhere. A
// place that is taken belongs to a home that was deleted; its data are not ours to touch.
const firstNotes = async (home: string): Promise<Notes> => {
  const user = chooseRunUser()
  const inside = join(home, 'postgres')
  if (!user.foreign || canReach(user, inside)) return { dataRoot: 'postgres', home, uid: user.uid }
  const stem = join(ROOT_OF_SERVANTS, hashOf(home))
  for (let number = 1; ; number += 1) {
    const dataRoot = number === 1 ? stem : `${stem}-${number}`
    if ((await stat(dataRoot).catch(() => undefined)) === undefined) {
      return { dataRoot, home, uid: user.uid }
    }
  }
}

const refuseCopy = async (home: string, notes: Notes): Promise<void> => {
  if (notes.home === home || !isAbsolute(notes.dataRoot)) return
  // A home that was moved, not copied, has left nothing behind.
  if (!existsSync(notesFile(notes.home))) return
  const message =
    `This home is a copy of ${notes.home} and its database is still the original's. ` +
    'Start the original, or restore a backup into an empty home.'
  throw refuse('conflict', 'platform.home_copied', message)
}

const readNotes = async (home: string): Promise<Notes | undefined> => {
  try {
    return Notes.parse(JSON.parse(await readFile(notesFile(home), 'utf8')))
  } catch (error) {
    if (sqlStateOf(error) === 'ENOENT') return undefined
    const message = `${notesFile(home)} cannot be read: repair it or restore a backup.`
    throw refuse('unavailable', 'platform.home_damaged', message)
  }
}

const writeNotes = async (home: string, notes: Notes): Promise<void> => {
  const file = notesFile(home)
  await writeFile(`${file}.new`, `${JSON.stringify(notes, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

/** Makes a directory for the database's account; what exists is left as it is. */
export const makeOwned = async (path: string, user: RunUser | undefined): Promise<void> => {
  // Parents of the data root only have to let the account through.
  const made = await mkdir(path, { mode: user ? 0o700 : 0o755, recursive: user === undefined })
    .then(() => true)
    .catch((error: unknown) => {
      if (sqlStateOf(error) !== 'EEXIST') throw error
      return false
    })
  if (made && user?.foreign) await chown(path, user.uid, user.gid)
}

/**
 * Gives a directory for the socket: `run` beside the data or, where the path is too long for a
 * socket, a private one with a short name. `number` above 1 avoids a stranger's socket.
 */
export const openSocketDir = async (layout: Layout, number = 1): Promise<string> => {
  const suffix = number === 1 ? '' : `-${number}`
  const near = join(layout.dataRoot, `run${suffix}`)
  const path = fits(near) ? near : join(shortRoot(layout), `gh-${hashOf(layout.dataRoot)}${suffix}`)
  await makeOwned(path, layout.user)
  const found = await lstat(path)
  const open = (found.mode & 0o077) !== 0
  // Somebody else may have made this name in a shared directory to get our connections.
  if (!found.isDirectory() || found.uid !== layout.user.uid || open) {
    const message = `${path} is not a private directory of ${layout.user.name}: remove it.`
    throw refuse('conflict', 'platform.socket_directory', message)
  }
  return path
}

const fits = (directory: string) =>
  Buffer.byteLength(join(directory, SOCKET_FILE)) <= SOCKET_PATH_BYTES_MAX

const shortRoot = ({ user }: Layout): string => {
  const longest = 'gh-000000000000-99'
  const roots = [`/run/user/${user.uid}`, tmpdir(), '/tmp']
  const root = roots.find(
    (path) => fits(join(path, longest)) && existsSync(path) && canReach(user, path),
  )
  if (root !== undefined) return root
  const message = 'No directory has a path short enough for a socket: shorten GUILDHALL_HOME.'
  throw refuse('unavailable', 'platform.socket_path_too_long', message)
}
