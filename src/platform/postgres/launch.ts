import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'
import type { Binaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import type { DiskWatch } from './disk.ts'
import type { Layout } from './layout.ts'
import { type Finding, probe } from './probe.ts'
import { pause, signal, waitUntil } from './processes.ts'
import { spawnAs, spawnRefusal } from './run.ts'

/** Everything that starting, adopting and stopping a server have to know. */
export type Ground = Readonly<{
  layout: Layout
  cluster: Cluster
  binaries: Binaries
  disk: DiskWatch
  log: (line: string, fields?: Record<string, unknown>) => void
  /** Aborted when the hub stops: nothing is started any more, waits end. */
  stopping: AbortSignal
}>

/** A running server. `ended` tells, once, what it said before it went. */
export type Server = Readonly<{
  pid: number
  socketDir: string
  adopted: boolean
  ended: Promise<string>
}>

/** A server that has ended before it was ready, and what it said; perhaps a known trap. */
export class LaunchFailed extends Error {
  readonly said: string

  constructor(said: string) {
    super(lastWords(said))
    this.name = 'LaunchFailed'
    this.said = said
  }
}

const READY_MS = 30_000
const RECOVERY_MS = 600_000
const RECOVERY_LINE_MS = 5_000
const POLL_MS = 20
const STOP_MS = 10_000
const LOG_TAIL_BYTES = 64 * 1024
const LOG_BYTES_MAX = 10 * 1024 * 1024

/** Starts PostgreSQL on a free socket directory and waits until it answers. */
export const startServer = async (ground: Ground, socketDir: string): Promise<Server> => {
  const { layout, binaries, cluster } = ground
  await turnLog(layout.logFile)
  const logFile = await open(layout.logFile, 'a', 0o600)
  const from = (await logFile.stat()).size
  const program = join(binaries.root, 'bin', 'postgres')
  try {
    const child = spawnAs(layout.user, [program, ...cluster.args(socketDir)], {
      // A group of its own: Ctrl-C in a terminal must reach the hub, which then stops the server.
      detached: true,
      // A file, since a pipe that nobody reads would in the end stall every backend.
      stdio: ['ignore', logFile.fd, logFile.fd],
    })
    const gone = watchChild(child)
    await once(child, 'spawn')
    child.unref()
    return await firstAnswer(ground, { child, gone, socketDir, from })
  } catch (error) {
    throw error instanceof LaunchFailed ? error : spawnRefusal(error, program)
  } finally {
    await logFile.close()
  }
}

const watchChild = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })

type Start = { child: ChildProcess; gone: Promise<void>; socketDir: string; from: number }

const firstAnswer = async (ground: Ground, start: Start): Promise<Server> => {
  const { logFile } = ground.layout
  const pid = start.child.pid ?? 0
  const isOver = settled(start.gone)
  const isEnough = (found: Finding) => isOver() || found.kind === 'answers'
  const finding = await settle(ground, start.socketDir, isEnough)
  if (isOver()) {
    throw new LaunchFailed(await readTail(logFile, start.from))
  }
  if (isOurs(ground, finding)) {
    const ended = start.gone.then(() => readTail(logFile, start.from))
    return { pid, socketDir: start.socketDir, adopted: false, ended }
  }
  await stopProcess(pid, start.gone)
  if (ground.stopping.aborted) throw new LaunchFailed('The hub was stopped.')
  const why = finding.kind === 'strange' ? finding.reason : 'it did not answer in time'
  throw new LaunchFailed(`FATAL: ${why}`)
}

/**
 * Knocks until the answer satisfies or time is over. A server that recovers gets ten minutes and
 * is never killed for it: killing it would make it begin again.
 */
export const settle = async (
  ground: Ground,
  socketDir: string,
  isEnough: (finding: Finding) => boolean,
): Promise<Finding> => {
  const begin = performance.now()
  let lineAt = begin + RECOVERY_LINE_MS
  for (;;) {
    const finding = await probe(socketDir)
    const now = performance.now()
    const limitMs = finding.kind === 'recovering' ? RECOVERY_MS : READY_MS
    if (isEnough(finding) || ground.stopping.aborted || now - begin > limitMs) return finding
    if (finding.kind === 'recovering' && now > lineAt) {
      ground.log('PostgreSQL is recovering its data.', { seconds: Math.round((now - begin) / 1e3) })
      lineAt = now + RECOVERY_LINE_MS
    }
    await pause(POLL_MS, ground.stopping)
  }
}

/** Says whether the server that answers works on our data; only then may we touch it. */
export const isOurs = ({ cluster }: Ground, finding: Finding): boolean =>
  finding.kind === 'answers' &&
  finding.facts.dataDirectory === cluster.dataDir &&
  finding.facts.systemIdentifier === cluster.systemIdentifier

/**
 * Stops a server: fast, then at once, never SIGTERM (it waits for clients) and never SIGKILL.
 * Answers whether it has gone.
 */
export const stopProcess = async (
  pid: number,
  gone: Promise<unknown> | (() => Promise<boolean> | boolean),
): Promise<boolean> => {
  const isGone = typeof gone === 'function' ? gone : settled(gone)
  for (const name of ['SIGINT', 'SIGQUIT'] as const) {
    if (pid > 0 && !signal(pid, name)) return true
    if (await waitUntil(isGone, STOP_MS)) return true
  }
  return false
}

const settled = (promise: Promise<unknown>): (() => boolean) => {
  let isOver = false
  const end = () => {
    isOver = true
  }
  promise.then(end, end)
  return () => isOver
}

const turnLog = async (path: string): Promise<void> => {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.old`)
}

/** Reads what a server has written since `from`, the end of it if it is long. */
export const readTail = async (path: string, from: number): Promise<string> => {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return ''
  try {
    const { size } = await file.stat()
    const begin = Math.max(Math.min(from, size), size - LOG_TAIL_BYTES)
    const bytes = Buffer.alloc(size - begin)
    await file.read(bytes, 0, bytes.length, begin)
    return bytes.toString('utf8')
  } finally {
    await file.close()
  }
}

/** Picks the line of a server's log that says why it ended. */
export const lastWords = (said: string): string => {
  const lines = said.split('\n').filter((line) => /FATAL:|PANIC:|error while loading/.test(line))
  return lines.at(-1)?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? 'it gave no reason'
}

/** Makes the refusal for a server that will not start, with its own words. */
export const doesNotStart = ({ layout }: Ground, why: string) => {
  const message = `PostgreSQL does not start: ${why.replace(/\.$/, '')}. See ${layout.logFile}.`
  return refuse('unavailable', 'platform.database_away', message, { retryAfterS: 1 })
}
