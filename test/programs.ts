import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Child, Launch } from '../src/platform/child/child.ts'
import { type LauncherOptions, openLauncher } from '../src/platform/child/launcher.ts'
import { readProcess } from '../src/platform/child/process-table.ts'
import { waitUntil } from '../src/platform/postgres/processes.ts'

export const MIB = 1024 * 1024

/** Runs until its input ends. */
export const IDLE = 'process.stdin.resume();'
/** Runs whatever happens to its input. */
export const FOREVER = 'setInterval(() => {}, 1000);'
/** Runs until it is killed. */
export const DEAF = `process.on('SIGTERM', () => {});${FOREVER}`

const WAIT_MS = 20_000

/** Opens a launcher on a folder of its own; both are gone after the test. */
export const programGround = async (more: Partial<LauncherOptions> = {}) => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'guildhall-child-')))
  const folder = join(root, 'programs')
  const errors: unknown[] = []
  const failed = (error: unknown) => void errors.push(error)
  const launcher = openLauncher({ folder, now: () => 7, failed, bubblewraps: [], ...more })
  onTestFinished(async () => {
    await launcher.stop()
    await rm(root, { recursive: true })
  })
  const launch = (code: string, other: Partial<Launch> = {}): Launch => ({
    ...{ name: 'tester', command: process.execPath, args: ['-e', code], env: {}, cwd: null },
    ...{ home: join(root, 'home'), memoryBytesMax: 512 * MIB, isolate: 'no' },
    ...other,
  })
  const start = (code: string, other: Partial<Launch> = {}) => launcher.start(launch(code, other))
  return { root, folder, errors, launcher, launch, start }
}

/** Gives the next line of a program. */
export const nextLine = (child: Child): Promise<string> =>
  new Promise((resolve) => {
    const off = child.onLine((line) =>
      queueMicrotask(() => {
        off()
        resolve(line)
      }),
    )
  })

/** Tells whether a process runs. */
export const isAlive = async (pid: number): Promise<boolean> => {
  const seen = await readProcess(pid)
  return seen !== undefined && !seen.isZombie
}

/** Waits for a fact. */
export const until = async (
  what: string,
  isTrue: () => Promise<boolean> | boolean,
): Promise<void> => {
  if (!(await waitUntil(isTrue, WAIT_MS))) throw new Error(`Not in time: ${what}.`)
}
