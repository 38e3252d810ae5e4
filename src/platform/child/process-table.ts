import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A process of the system as it was seen in one moment. */
export type SeenProcess = Readonly<{
  pid: number
  parent: number
  group: number
  /** When it started: together with the number it names one process, also after a reboot. */
  start: string
  rssBytes: number
  /** It has ended and nobody has asked how: it holds nothing and cannot be ended again. */
  isZombie: boolean
}>

/** All processes that the system shows us, by number. */
export type ProcessTable = ReadonlyMap<number, SeenProcess>

const HAS_PROC = process.platform === 'linux'
// Reading one takes about 25 us: calls of people wait at most a millisecond for us.
const SLICE = 32
const PS_TIMEOUT_MS = 5_000
const PS_BYTES_MAX = 4 * 1024 * 1024
const PS_COLUMNS = 'pid=,ppid=,pgid=,rss=,stat=,lstart='

/** Reads all processes: from /proc, or from `ps` where there is none. */
export const readProcessTable = async (): Promise<ProcessTable> => {
  if (!HAS_PROC) return tableOf(await readPs(['-ax']))
  const found: SeenProcess[] = []
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const [index, pid] of pids.entries()) {
    if (index % SLICE === SLICE - 1) await nextTurn()
    const seen = readProc(Number(pid))
    if (seen) found.push(seen)
  }
  return tableOf(found)
}

/** Reads one process; undefined when there is none of this number. */
export const readProcess = async (pid: number): Promise<SeenProcess | undefined> =>
  HAS_PROC ? readProc(pid) : (await readPs(['-p', String(pid)]))[0]

/** Reads processes from `ps`; its start times have whole seconds only. */
export const readPs = async (which: readonly string[]): Promise<readonly SeenProcess[]> => {
  const options = { env: { LC_ALL: 'C' }, timeout: PS_TIMEOUT_MS, maxBuffer: PS_BYTES_MAX }
  // It ends with 1 when there is no such process: what it printed tells as much.
  const said = await promisify(execFile)('/bin/ps', [...which, '-o', PS_COLUMNS], options).catch(
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 1) return { stdout: '' }
      throw error
    },
  )
  return said.stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, rssKb, state = '', ...start] = line.trim().split(/\s+/)
    if (!pid || start.length === 0) return []
    return {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      start: start.join(' '),
      rssBytes: Number(rssKb) * 1024,
      isZombie: state.startsWith('Z'),
    }
  })
}

const tableOf = (found: readonly SeenProcess[]): ProcessTable =>
  new Map(found.map((seen) => [seen.pid, seen]))

// At once and not through the thread pool, where the same takes ten times as long.
const readProc = (pid: number): SeenProcess | undefined => {
  const stat = readOrNothing(`/proc/${pid}/stat`)
  // The name of the program stands in brackets and may itself hold brackets and spaces.
  const [state, parent, group, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [ticks, pages] = [rest[16], rest[18]]
  if (!ticks) return undefined
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    start: `${bootId()} ${ticks}`,
    rssBytes: Number(pages) * pageBytes(),
    isZombie: state === 'Z' || state === 'X',
  }
}

const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // It has ended since the listing, or is not ours to see.
    return ''
  }
}

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

// Ticks count from the boot, so that those of another boot must not match.
const bootId = once(() => readOrNothing('/proc/sys/kernel/random/boot_id').trim())

// The kernel hands every program its page size: pairs of a kind and a value, 6 is the page size.
const pageBytes = once(() => {
  const pairs = readFileSync('/proc/self/auxv')
  for (let at = 0; at + 16 <= pairs.length; at += 16) {
    if (pairs.readUInt32LE(at) === 6) return pairs.readUInt32LE(at + 8)
  }
  return 4_096
})
