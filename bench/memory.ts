import { readFile } from 'node:fs/promises'
import { startTestHub } from '../test/hub.ts'
import { baselineServer } from './processes.ts'
import { type Finding, round } from './result.ts'
import { makeProject, seedTasks } from './seed.ts'

const TASKS = 100_000
const IDLE_MB_MAX = 150
const FULL_MB_MAX = 300
const SETTLE_MS = 3_000

/** Measures the memory of the hub process, idle and with 100,000 tasks after reading the board. */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  const bare = await baselineServer('echo', '200')
  try {
    await pause(SETTLE_MS)
    const idle = await residentMb(hub.pid)
    const baselineValue = await residentMb(bare.pid)
    await makeProject(hub, 'MEM')
    await seedTasks(hub, 'MEM', { tasks: TASKS })
    for (let turn = 0; turn < 5; turn++) {
      const board = await hub.api('GET', '/v1/projects/MEM/board')
      if (board.status !== 200) throw new Error(`The board answered ${board.status}.`)
      const list = await hub.api('GET', '/v1/tasks?project=MEM&limit=100')
      if (list.status !== 200) throw new Error(`The list answered ${list.status}.`)
    }
    const value = await residentMb(hub.pid)
    return {
      name: 'memory',
      value: round(value, 0),
      unit: `MB resident with ${TASKS} tasks, after reading board and lists`,
      baseline: 'bare node:http server, idle',
      baselineValue: round(baselineValue, 0),
      ratio: round(value / baselineValue),
      budget: `idle < ${IDLE_MB_MAX} MB, with tasks < ${FULL_MB_MAX} MB`,
      met: idle < IDLE_MB_MAX && value < FULL_MB_MAX,
      also: [{ unit: 'MB resident, idle', value: round(idle, 0), met: idle < IDLE_MB_MAX }],
    }
  } finally {
    await bare.stop()
    await hub.stop()
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const residentMb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}
