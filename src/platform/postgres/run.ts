import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { refuse } from '../../kernel/refusal.ts'
import { sqlStateOf } from './probe.ts'
import type { RunUser } from './run-user.ts'

/** How a program ended and what it said. */
export type Said = Readonly<{ code: number | null; stdout: string; stderr: string }>

const RUN_TIMEOUT_MS = 120_000

// The whole environment of PostgreSQL's programs: nothing of the caller's, above all no `PG*`.
const PROGRAM_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', LANG: 'C', TZ: 'UTC' }

/** A program and what it is told. */
export type Command = readonly [program: string, ...args: string[]]

/** Spawns one of PostgreSQL's programs under the given account, far from the caller's folders. */
export const spawnAs = (
  user: RunUser,
  [program, ...args]: Command,
  options: SpawnOptions,
): ChildProcess => {
  const account = user.foreign ? { uid: user.uid, gid: user.gid } : {}
  try {
    return spawn(program, args, { ...options, ...account, cwd: '/', env: PROGRAM_ENV })
  } catch (error) {
    // EPERM is thrown at once, other failures arrive as an event.
    throw spawnRefusal(error, program)
  }
}

/** Runs one of PostgreSQL's short programs to its end, under the given account. */
export const run = (user: RunUser, command: Command): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawnAs(user, command, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_TIMEOUT_MS,
    })
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk) => (stdout += String(chunk)))
    child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
    child.on('error', (error) => reject(spawnRefusal(error, command[0])))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

/** Turns a failed spawn into a sentence that says what to do. */
export const spawnRefusal = (error: unknown, program: string): Error => {
  const code = sqlStateOf(error)
  if (code === 'EPERM') {
    const message =
      'This container does not let root start PostgreSQL under another account. ' +
      'Run Guildhall as an ordinary user or set DATABASE_URL.'
    return refuse('unavailable', 'platform.cannot_change_user', message)
  }
  if (code === 'EACCES' || code === 'ENOENT') {
    const message =
      `${program} cannot be started (${code}): put GUILDHALL_HOME on a disk that allows programs ` +
      'and that the database account can reach, or set DATABASE_URL.'
    return refuse('unavailable', 'platform.cannot_start_database', message)
  }
  return error instanceof Error ? error : new Error(String(error))
}
