import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { sqlStateOf } from './probe.ts'

/** What `postmaster.pid` says about the server that wrote it. */
export type LockFile = Readonly<{ pid: number; startedAt: number; socketDir: string }>

const POLL_MS = 50

/** Reads `postmaster.pid`; undefined when it is missing, empty or cut off. */
export const readLockFile = async (dataDir: string): Promise<LockFile | undefined> => {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const [pid, startedAt] = [Number(lines[0]), Number(lines[2])]
  if (!(pid > 0) || !(startedAt > 0)) return undefined
  return { pid, startedAt, socketDir: lines[4] ?? '' }
}

/**
 * Lists the PostgreSQL processes that work in a data directory, or 'unreadable' where the system
 * does not show them. A shell that somebody has opened there is not one of them.
 */
export const processesIn = async (
  dataDir: string,
  proc = '/proc',
): Promise<readonly number[] | 'unreadable'> => {
  const home = await stat(dataDir)
  const names = await readdir(proc).catch(() => undefined)
  if (names === undefined) return 'unreadable'
  const found: number[] = []
  for (const name of names.filter((entry) => /^\d+$/.test(entry))) {
    const seen = await lookAt(join(proc, name), dataDir, home.uid)
    if (seen === 'unreadable') return 'unreadable'
    if (seen === 'ours') found.push(Number(name))
  }
  return found
}

const lookAt = async (
  path: string,
  dataDir: string,
  owner: number,
): Promise<'ours' | 'other' | 'unreadable'> => {
  try {
    // Only the owner of a data directory can have a server in it.
    if ((await stat(path)).uid !== owner) return 'other'
    const [cwd, exe] = [await readlink(join(path, 'cwd')), await readlink(join(path, 'exe'))]
    const program = basename(exe.replace(/ \(deleted\)$/, ''))
    return cwd === dataDir && program === 'postgres' ? 'ours' : 'other'
  } catch (error) {
    // It has ended while we looked, or it is a zombie; both hold nothing any more.
    return sqlStateOf(error) === 'EACCES' ? 'unreadable' : 'other'
  }
}

/** Sends a signal; false when there is no such process any more. */
export const signal = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, name)
  } catch (error) {
    if (sqlStateOf(error) === 'ESRCH') return false
    throw error
  }
}

/** Waits until something is true; false when the time is over first. */
export const waitUntil = async (
  isTrue: () => Promise<boolean> | boolean,
  timeoutMs: number,
): Promise<boolean> => {
  const end = performance.now() + timeoutMs
  for (;;) {
    if (await isTrue()) return true
    if (performance.now() >= end) return false
    await pause(POLL_MS)
  }
}

/** Waits for a while, or less when the signal says so; never keeps the process alive by itself. */
export const pause = (ms: number, stop?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (stop?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      stop?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    stop?.addEventListener('abort', end)
  })
