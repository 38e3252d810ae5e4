import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'
import { dropBallast } from './disk.ts'
import { openSocketDir } from './layout.ts'
import {
  doesNotStart,
  type Ground,
  isOurs,
  LaunchFailed,
  settle,
  type Server,
  startServer,
  stopProcess,
} from './launch.ts'
import { connectSocket, type Finding, probe, type ServerFacts } from './probe.ts'
import { type LockFile, processesIn, readLockFile, signal, waitUntil } from './processes.ts'

const STRANGERS_MAX = 9
const TRAPS_MAX = 4
const BACKENDS_MS = 10_000

/**
 * Brings our server up: adopts one that runs on our data with our settings, replaces one that
 * runs with others, else starts one, and frees the way where a killed one has left something.
 * The home must be held by this process.
 */
export const launch = async (ground: Ground): Promise<Server> => {
  await stopElsewhere(ground)
  const { socketDir, facts } = await findPlace(ground)
  if (facts !== undefined) {
    if (isCurrent(ground, facts)) return adopt(ground, socketDir, facts)
    ground.log('PostgreSQL runs with other settings or in another version: it is started again.')
    await stopOurs(ground, facts)
  }
  for (let traps = 0; ; traps += 1) {
    try {
      return await startServer(ground, socketDir)
    } catch (error) {
      if (!(error instanceof LaunchFailed) || traps === TRAPS_MAX) throw error
      if (!(await freeTheWay(ground, error.said))) throw error
    }
  }
}

const isCurrent = ({ cluster }: Ground, facts: ServerFacts): boolean =>
  facts.clusterName === cluster.clusterName && facts.version === cluster.version

// The place of the socket depends on the machine's directories, so an earlier start may have
// chosen another one: the lock file knows it.
const stopElsewhere = async (ground: Ground): Promise<void> => {
  const lock = await readLockFile(ground.cluster.dataDir)
  if (!lock?.socketDir || lock.socketDir === (await openSocketDir(ground.layout))) return
  const finding = await probe(lock.socketDir)
  if (finding.kind === 'answers' && isOurs(ground, finding)) await stopOurs(ground, finding.facts)
}

/** Finds the socket directory that is ours: with our server behind it, or with nobody. */
const findPlace = async (
  ground: Ground,
): Promise<{ socketDir: string; facts: ServerFacts | undefined }> => {
  for (let number = 1; number <= STRANGERS_MAX; number += 1) {
    const socketDir = await openSocketDir(ground.layout, number)
    const finding = await greet(ground, socketDir)
    if (finding.kind === 'nobody') return { socketDir, facts: undefined }
    if (finding.kind === 'answers' && isOurs(ground, finding)) {
      return { socketDir, facts: finding.facts }
    }
    if (finding.kind === 'recovering') throw doesNotStart(ground, 'it is still recovering')
    ground.log('Another PostgreSQL answers at our socket: it is left alone.', { socketDir })
  }
  throw doesNotStart(ground, 'other servers hold all its socket directories')
}

const greet = async (ground: Ground, socketDir: string): Promise<Finding> => {
  const finding = await settle(ground, socketDir, ({ kind }) => kind !== 'recovering')
  if (finding.kind !== 'strange') return finding
  const pid = await ourPid(ground)
  if (pid === undefined) return finding
  // Ours, but it does not know the account that the hub has today: let it read the rules again.
  signal(pid, 'SIGHUP')
  return settle(ground, socketDir, ({ kind }) => kind === 'answers' || kind === 'nobody')
}

// A number in a file may by now belong to any process: only one that works in our data counts.
const ourPid = async ({ cluster }: Ground): Promise<number | undefined> => {
  const [lock, running] = [await readLockFile(cluster.dataDir), await processesIn(cluster.dataDir)]
  const known = lock !== undefined && running !== 'unreadable' && running.includes(lock.pid)
  return known ? lock.pid : undefined
}

/** The server notes its start after it has written the file: on a busy machine, seconds later. */
const NOTED_LATER_S_MAX = 60

/** Tells whether a lock file is that of the server that answers: it was written at its start. */
export const isLockOf = (
  lock: Pick<LockFile, 'startedAt'>,
  { startedAt }: Pick<ServerFacts, 'startedAt'>,
): boolean => lock.startedAt <= startedAt && startedAt - lock.startedAt <= NOTED_LATER_S_MAX

const ownLock = async (ground: Ground, facts: ServerFacts): Promise<LockFile> => {
  const lock = await readLockFile(ground.cluster.dataDir)
  if (lock !== undefined && isLockOf(lock, facts)) return lock
  throw doesNotStart(ground, 'its lock file is not its own')
}

const adopt = async (ground: Ground, socketDir: string, facts: ServerFacts): Promise<Server> => {
  const lock = await ownLock(ground, facts)
  if (ground.cluster.rulesChanged) signal(lock.pid, 'SIGHUP')
  const watch = await connectSocket(socketDir, 'postgres')
  // It is no child of ours: a connection that breaks is the only news of its end.
  const ended = new Promise<string>((resolve) => {
    watch.once('end', () => resolve(''))
    watch.once('error', () => resolve(''))
  })
  ground.stopping.addEventListener('abort', () => void watch.end().catch(() => {}), { once: true })
  ground.log('A PostgreSQL that an earlier hub has left running is taken over.', { pid: lock.pid })
  return { pid: lock.pid, socketDir, adopted: true, ended }
}

const stopOurs = async (ground: Ground, facts: ServerFacts): Promise<void> => {
  const lock = await ownLock(ground, facts)
  if (!(await stopProcess(lock.pid, () => isGone(ground, lock.pid)))) {
    throw doesNotStart(ground, `the one with process id ${lock.pid} does not stop`)
  }
}

/**
 * Says whether the server with this id has gone: also a zombie, which nobody collects in a
 * container without an init, has removed its lock file at the end.
 */
export const isGone = async ({ cluster }: Ground, pid: number): Promise<boolean> =>
  !signal(pid, 0) || (await readLockFile(cluster.dataDir))?.pid !== pid

/** Removes what keeps a server from starting; false when the cause is not one that we know. */
export const freeTheWay = async (ground: Ground, said: string): Promise<boolean> => {
  if (/lock file ".*" (already exists|is empty)/.test(said)) return removeLockFile(ground)
  if (said.includes('pre-existing shared memory block')) return endOrphans(ground)
  if (said.includes('No space left on device')) return makeRoom(ground)
  return false
}

// The number in the lock file belongs to some other process by now. Two servers on one data
// directory would destroy it, so we must be able to see that there is none.
const removeLockFile = async (ground: Ground): Promise<boolean> => {
  const { dataDir } = ground.cluster
  const running = await processesIn(dataDir)
  if (running === 'unreadable') {
    const message =
      `${join(dataDir, 'postmaster.pid')} is from an earlier start. Make sure that no postgres ` +
      'process is running on it, remove the file and start again.'
    throw refuse('unavailable', 'platform.database_locked', message)
  }
  if (running.length > 0) {
    const pid = await ourPid(ground)
    return pid !== undefined && stopProcess(pid, () => isGone(ground, pid))
  }
  ground.log('The lock file of a PostgreSQL that was killed is removed.')
  await rm(join(dataDir, 'postmaster.pid'), { force: true })
  const socketLock = join(await openSocketDir(ground.layout), '.s.PGSQL.5432.lock')
  await rm(socketLock, { force: true })
  return true
}

// A busy backend does not notice at once that its postmaster was killed. The lock file stays
// until they are gone: it is what keeps a second server out.
const endOrphans = async (ground: Ground): Promise<boolean> => {
  const { dataDir } = ground.cluster
  const isEmpty = async () => {
    const left = await processesIn(dataDir)
    return left !== 'unreadable' && left.length === 0
  }
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    const running = await processesIn(dataDir)
    if (running === 'unreadable') return false
    ground.log('Processes of a PostgreSQL that was killed are ended.', { count: running.length })
    for (const pid of running) signal(pid, name)
    if (await waitUntil(isEmpty, BACKENDS_MS)) return true
  }
  return false
}

const makeRoom = async (ground: Ground): Promise<boolean> => {
  ground.disk.ranFull()
  if (await dropBallast(ground.layout.ballast)) {
    ground.log('The disk is full: the ballast is thrown away to let PostgreSQL recover.')
    return true
  }
  const message = `The disk of ${ground.layout.dataRoot} is full: free 512 MB and start again.`
  throw refuse('unavailable', 'platform.disk_full', message)
}
