import { link, open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'

// Write and execute for the group, and everything for others: a key that they can read is none.
const TOO_OPEN = 0o037

/** Reads a key file; `null` where there is none. Refuses one that other accounts can read. */
export const readRootFile = async (path: string): Promise<string | null> => {
  try {
    const { mode } = await stat(path)
    if ((mode & TOO_OPEN) !== 0) throw tooOpen(path)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (codeOf(error) === undefined) throw error
    const message = `The root key ${path} cannot be read (${codeOf(error)}); let the hub read it.`
    throw refuse('invalid', 'platform.root_key_not_readable', message)
  }
}

/**
 * Makes a key file, safe on disk before anything is sealed under it, and gives what it holds: the
 * text of whoever was first, when two start at once. `mark` keeps their beginnings apart.
 */
export const makeRootFile = async (
  path: string,
  { text, mark }: Readonly<{ text: string; mark: string }>,
): Promise<string> => {
  const fresh = `${path}.${mark}.new`
  const file = await open(fresh, 'wx', 0o400)
  try {
    await file.writeFile(`${text}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    // A link never replaces: a key that is already there stays.
    await link(fresh, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(fresh)
  }
  await syncFolder(dirname(path))
  return readFile(path, 'utf8')
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && !('kind' in error)
    ? error.code
    : undefined

const tooOpen = (path: string) => {
  const message = `Other accounts can read the root key ${path}. Run: chmod 400 ${path}`
  return refuse('invalid', 'platform.root_key_too_open', message)
}
