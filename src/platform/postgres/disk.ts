import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat, statfs } from 'node:fs/promises'

/** What the disk allows: everything; everything with a warning; reading only. */
export type DiskState = 'ok' | 'low' | 'full'

const MB = 1024 * 1024
const WARN_BYTES = 1024 * MB
const FULL_BYTES = 256 * MB
// Higher than the mark that stops writing, so that the state does not flutter.
const FREE_AGAIN_BYTES = 512 * MB
const BALLAST_BYTES = 64 * MB
const LOOK_EVERY_MS = 5_000

/** Decides what a disk with so many free bytes allows, given what it allowed before. */
export const decideDisk = (freeBytes: number, before: DiskState): DiskState => {
  if (freeBytes < FULL_BYTES) return 'full'
  if (before === 'full' && freeBytes < FREE_AGAIN_BYTES) return 'full'
  return freeBytes < WARN_BYTES ? 'low' : 'ok'
}

/** Watches the disk of the data; `ranFull` is told when PostgreSQL itself met its end. */
export type DiskWatch = Readonly<{
  state: () => DiskState
  ranFull: () => void
  stop: () => void
}>

/** Starts to watch the disk under `path`; says each change of state once. */
export const watchDisk = async (
  path: string,
  log: (line: string, fields?: Record<string, unknown>) => void,
): Promise<DiskWatch> => {
  let state: DiskState = 'ok'
  const look = async () => {
    const freeBytes = await freeBytesOf(path).catch(() => undefined)
    if (freeBytes === undefined) return
    const now = decideDisk(freeBytes, state)
    if (now !== state) log(SENTENCES[now], { freeBytes, path })
    state = now
  }
  await look()
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  timer.unref()
  return {
    state: () => state,
    ranFull: () => {
      state = 'full'
    },
    stop: () => clearInterval(timer),
  }
}

const SENTENCES: Record<DiskState, string> = {
  ok: 'The disk of the database has room again.',
  low: 'The disk of the database is nearly full: free some space.',
  full: 'The disk of the database is full: nothing is written until 512 MB are free.',
}

const freeBytesOf = async (path: string): Promise<number> => {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}

/**
 * Lays down 64 MB that can be thrown away when the disk is full: without them PostgreSQL could not
 * even finish its recovery. Random bytes, because some file systems store no zeros.
 */
export const layBallast = async (path: string): Promise<void> => {
  if ((await stat(path).catch(() => undefined)) !== undefined) return
  const free = await freeBytesOf(path.slice(0, path.lastIndexOf('/')))
  if (free < WARN_BYTES + BALLAST_BYTES) return
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    const chunk = randomBytes(4 * MB)
    for (let written = 0; written < BALLAST_BYTES; written += chunk.length) await file.write(chunk)
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/** Throws the ballast away; false when there was none. */
export const dropBallast = async (path: string): Promise<boolean> => {
  const there = (await stat(path).catch(() => undefined)) !== undefined
  await rm(path, { force: true })
  return there
}
