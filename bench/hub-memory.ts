import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { newHome, startTestHub, type TestHub } from '../test/hub.ts'
import { type Finding, median, round } from './result.ts'

// Servers that are programs run when they are called and for some minutes after. The hub is started
// again for each number, so that what adding and listing took is not counted. What a process holds
// is its resident memory; what programs share counts for each of them.

const SERVERS = 20
const RUNNING = 8
const STARTS = 3
const SETTLE_MS = 3_000
const ADDED_MB_MAX = 5
const ENTRY = 'memory'
const PACKAGES = join(import.meta.dirname, '..', 'node_modules', '.cache', 'guildhall-tools')

/** Measures the memory of a hub with twenty programs as servers: none running, eight running. */
export const bench = async (): Promise<Finding> => {
  const home = await newHome()
  await mkdir(join(home, 'tools'), { mode: 0o700 })
  await mkdir(PACKAGES, { recursive: true })
  // What other runs have installed is not installed again.
  await symlink(PACKAGES, join(home, 'tools', 'packages'))
  let hub = await startTestHub({ home })
  const again = async () => {
    await hub.stop({ keep: true })
    hub = await startTestHub({ home })
  }
  try {
    const without = await settledMb(() => hub, again)
    for (let number = 1; number <= SERVERS; number++) await add(hub, number)
    await again()
    const idle = await settledMb(() => hub, again)
    const none = await programsOf(home)
    for (let number = 1; number <= RUNNING; number++) await call(hub, number)
    await pause(SETTLE_MS)
    const busy = await residentMb(hub.pid)
    const programs = await programsOf(home)
    const added = round(idle - without, 1)
    return {
      name: 'hub-memory',
      value: added,
      unit: `MB added by ${SERVERS} servers that are programs, none of which runs`,
      baseline: 'the same hub without servers, in MB',
      baselineValue: round(without, 1),
      ratio: round(idle / without),
      budget: `< ${ADDED_MB_MAX} MB and no program`,
      met: added < ADDED_MB_MAX && none.pids === 0,
      also: [
        { what: 'nothing called', processes: none.pids, hubMb: round(idle, 1) },
        {
          ...{ what: `${RUNNING} running`, processes: programs.pids, hubMb: round(busy, 1) },
          ...{ hubAddedMb: round(busy - idle, 1), programsMb: round(programs.mb, 1) },
        },
      ],
    }
  } finally {
    await hub.stop()
  }
}

const slugOf = (number: number): string => `mem-${number}`

const add = async (hub: TestHub, number: number): Promise<void> => {
  const body = { slug: slugOf(number) }
  const added = await hub.api('POST', `/v1/tool-catalogue/${ENTRY}`, body)
  if (added.status !== 200) throw new Error(JSON.stringify(added.body))
}

const call = async (hub: TestHub, number: number): Promise<void> => {
  const path = `/v1/tools/${slugOf(number)}__read_graph/calls`
  const { status, body } = await hub.api('POST', path, {})
  if (status !== 200 || Reflect.get(Object(body), 'state') !== 'done') {
    throw new Error(JSON.stringify(body))
  }
}

/** Starts a hub some times; gives what it holds when it has found its servers and rests. */
const settledMb = async (hub: () => TestHub, again: () => Promise<void>): Promise<number> => {
  const seen: number[] = []
  for (let start = 0; start < STARTS; start++) {
    if (start > 0) await again()
    for (const path of ['/v1/tools', '/v1/tools?q=graph']) {
      const found = await hub().api('GET', path)
      if (found.status !== 200) throw new Error(JSON.stringify(found.body))
    }
    await pause(SETTLE_MS)
    seen.push(await residentMb(hub().pid))
  }
  return median(seen)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const residentMb = async (pid: number | string): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024
}

/** Counts the programs that run with a home below the hub's, and what they hold. */
const programsOf = async (home: string): Promise<Readonly<{ pids: number; mb: number }>> => {
  const mark = `HOME=${join(home, 'tools', 'homes')}`
  const sizes: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const variables = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!variables.split('\0').some((one) => one.startsWith(mark))) continue
    sizes.push(await residentMb(pid).catch(() => 0))
  }
  return { pids: sizes.length, mb: sizes.reduce((sum, one) => sum + one, 0) }
}
