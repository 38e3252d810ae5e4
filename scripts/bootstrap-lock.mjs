// A lock between processes that may run before anything is installed: a folder, since making one
// either succeeds or fails for everybody else.
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'

const POLL_MS = 200
const BEAT_MS = 5_000
// Twelve missed beats: the owner is gone, or on a machine that is.
const STALE_MS = 60_000
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs something while no other process does; takes over from an owner that has died. */
export const withLock = async (folder, run) => {
  mkdirSync(dirname(folder), { recursive: true })
  while (!take(folder)) {
    if (isStale(folder)) breakLock(folder)
    else await pause(POLL_MS)
  }
  const beat = setInterval(() => touch(folder), BEAT_MS)
  try {
    return await run()
  } finally {
    clearInterval(beat)
    rmSync(folder, { recursive: true, force: true })
  }
}

const ownerFile = (folder) => join(folder, 'owner')

const take = (folder) => {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(ownerFile(folder), `${process.pid} ${hostname()}`)
  return true
}

const touch = (folder) => {
  const now = new Date()
  try {
    utimesSync(folder, now, now)
  } catch {
    // Taken over while this machine slept; the work goes on and ends with a rename.
  }
}

const readOwner = (folder) => {
  try {
    return readFileSync(ownerFile(folder), 'utf8')
  } catch {
    return ''
  }
}

const isStale = (folder) => {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return false
  if (Date.now() - found.mtimeMs > STALE_MS) return true
  const [pid, host] = readOwner(folder).split(' ')
  return Number(pid) > 0 && host === hostname() && !isAlive(Number(pid))
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

// Of several that wait, one moves the dead lock away. Whoever comes late may catch a fresh one
// instead: it sees another owner than the dead one and puts it back.
const breakLock = (folder) => {
  const dead = readOwner(folder)
  const aside = `${folder}.${process.pid}`
  try {
    renameSync(folder, aside)
  } catch {
    return
  }
  if (readOwner(aside) === dead) rmSync(aside, { recursive: true, force: true })
  else renameSync(aside, folder)
}
