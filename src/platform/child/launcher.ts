import { refuse } from '../../kernel/refusal.ts'
import type { Account, Child, Launch, Launcher } from './child.ts'
import { askToEnd, familyOf, killFamily } from './family.ts'
import { planLaunch } from './plan.ts'
import { readProcessTable } from './process-table.ts'
import { waitUntil } from '../postgres/processes.ts'
import { type ProgramRecord, type Records, recordsIn } from './records.ts'
import { type RunningChild, runChild } from './run-child.ts'
import { BUBBLEWRAPS, findSandbox, type Sandbox } from './sandbox.ts'
import { TERM_MS } from './ending.ts'

/** What a launcher is told. */
export type LauncherOptions = Readonly<{
  /** For the records of running programs; in the hub's home. */
  folder: string
  processesMax?: number
  now: () => number
  /** Hears what goes wrong while nobody waits for it. */
  failed: (error: unknown) => void
  /** Folders that no program under bubblewrap sees: the hub's home. */
  hidden?: readonly string[]
  /** Runs programs under this account; null, as if left out: under the hub's own. */
  account?: Account | null
  /** Where to look for bubblewrap. */
  bubblewraps?: readonly string[]
}>

type Watched = Pick<RunningChild, 'pid' | 'look' | 'stop'>

const PROCESSES_MAX = 16
const LOOK_MS = 1_000
const RETRY_S = 5

/** Opens the launcher of a hub; nothing runs until something is started. */
export const openLauncher = (options: LauncherOptions): Launcher => {
  const { failed, account = null } = options
  const records = recordsIn(options.folder)
  const children = new Set<Watched>()
  const starts = new Set<Promise<Child>>()
  const watch = memoryWatch(children, failed)
  let taken = 0
  let isStopped = false
  let found: Promise<Sandbox | null> | undefined
  const sandbox = () => (found ??= sandboxFor(options))

  const run = async (launch: Launch): Promise<RunningChild> => {
    taken += 1
    try {
      return await runChild(await planLaunch(launch, { account, sandbox }), failed)
    } catch (error) {
      taken -= 1
      throw error
    }
  }
  const begin = async (launch: Launch): Promise<Child> => {
    const running = await run(launch)
    const { pid, start, send, onLine, errors, rssBytes, look } = running
    const noted = records.note({ pid, start, name: launch.name, startedAt: options.now() })
    const ended = running.ended.then(async (end) => {
      await noted.catch(() => {}) // Told below, to who has asked for the start.
      await records.forget(pid).catch(failed)
      children.delete(watched)
      taken -= 1
      if (children.size === 0) watch.stop()
      return end
    })
    const stop = async () => {
      await running.stop()
      await ended
    }
    const watched = { pid, look, stop }
    children.add(watched)
    watch.start()
    await noted.catch(async (error: unknown) => {
      // Without its record nobody would find it after a crash of the hub.
      await stop()
      throw error
    })
    return { pid, send, onLine, errors, rssBytes, ended, stop }
  }
  return {
    async start(launch) {
      if (isStopped) throw isClosed()
      if (taken >= (options.processesMax ?? PROCESSES_MAX)) throw tooMany()
      const start = begin(launch)
      starts.add(start)
      try {
        return await start
      } finally {
        starts.delete(start)
      }
    },
    running: () => taken,
    sweep: () => sweep(records, new Set([...children].map(({ pid }) => pid))),
    async stop() {
      isStopped = true
      await Promise.allSettled(starts)
      await Promise.all([...children].map((child) => child.stop()))
      watch.stop()
    },
  }
}

const sandboxFor = (options: LauncherOptions): Promise<Sandbox | null> =>
  findSandbox({
    programs: options.bubblewraps ?? BUBBLEWRAPS,
    hidden: [options.folder, ...(options.hidden ?? [])],
    account: options.account ?? null,
  })

const memoryWatch = (children: ReadonlySet<Watched>, failed: (error: unknown) => void) => {
  let timer: NodeJS.Timeout | undefined
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      const table = await readProcessTable()
      for (const child of children) child.look(table)
    } catch (error) {
      failed(error)
    } finally {
      isLooking = false
    }
  }
  return {
    start() {
      timer ??= setInterval(() => void look(), LOOK_MS).unref()
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
  }
}

const sweep = async (records: Records, ours: ReadonlySet<number>): Promise<number> => {
  const others = (await records.list()).filter(({ pid }) => !ours.has(pid))
  const table = await readProcessTable()
  // A number alone says nothing: by now it may be anybody's.
  const isOrphan = ({ pid, start }: ProgramRecord): boolean => table.get(pid)?.start === start
  const outcomes = others.map(async (record) => {
    const isGone = !isOrphan(record) || (await endOrphan(record))
    if (isGone) await records.forget(record.pid)
    return isGone && isOrphan(record)
  })
  return (await Promise.all(outcomes)).filter((isEnded) => isEnded).length
}

const endOrphan = async (orphan: ProgramRecord): Promise<boolean> => {
  const before = familyOf(await readProcessTable(), orphan)
  askToEnd(orphan)
  await waitUntil(
    async () => familyOf(await readProcessTable(), orphan, before).length === 0,
    TERM_MS,
  )
  return await killFamily(orphan, before)
}

const tooMany = () => {
  const message = 'As many programs run as this hub allows; stop one, or try again in a while.'
  return refuse('too_many', 'platform.too_many_programs', message, { retryAfterS: RETRY_S })
}

const isClosed = () =>
  refuse('unavailable', 'platform.launcher_stopped', 'The hub is stopping; try again later.')
