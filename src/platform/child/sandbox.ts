import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { sep } from 'node:path'
import type { Account } from './child.ts'

// Under bubblewrap a program sees the system read-only, no other process, and neither the hub's
// home nor its account's: there are keys in both, and sockets that believe in the account. The
// network stays. Deeper mounts lie over shallower ones, whoever asked for them.

/** What a program runs with: links are followed in all of its paths. */
export type Place = Readonly<{
  command: string
  args: readonly string[]
  cwd: string
  home: string
  shows: readonly string[]
  opens: readonly string[]
}>

/** A bubblewrap that works here. */
export type Sandbox = Readonly<{
  /** Gives the arguments with which bubblewrap runs a program in its place. */
  wrap(place: Place): Readonly<{ command: string; args: readonly string[] }>
}>

/** Where distributions put it. */
export const BUBBLEWRAPS = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'] as const

const SHARED = ['/tmp', '/var/tmp', '/run'] as const
const RESOLVER = '/etc/resolv.conf'
const EMPTY_BYTES = String(64 * 1024 * 1024)
const TRY_MS = 5_000

/** Finds a bubblewrap that this system lets us use; null when there is none. */
export const findSandbox = async (options: {
  programs: readonly string[]
  hidden: readonly string[]
  account: Account | null
}): Promise<Sandbox | null> => {
  const program = options.programs.find((path) => existsSync(path))
  if (program === undefined) return null
  const hidden = [...SHARED, homedir(), ...options.hidden]
  const wrap = (place: Place) => {
    const there = hidden.filter((path) => existsSync(path)).map((path) => realpathSync(path))
    return { command: program, args: sandboxArgs(place, there) }
  }
  // A container may forbid it: better to know before the first start than to look for the reason.
  const place = {
    command: realpathSync(process.execPath),
    args: ['--version'],
    shows: [],
    opens: [],
  }
  const isWorking = await works(wrap({ ...place, cwd: '/', home: '/' }), options.account)
  return isWorking ? { wrap } : null
}

/** Writes the arguments for bubblewrap; exported for what no test can run without it. */
export const sandboxArgs = (place: Place, hidden: readonly string[]): readonly string[] => {
  const resolver = existsSync(RESOLVER) ? [realpathSync(RESOLVER)] : []
  const readable = [place.command, ...place.shows, ...resolver]
  const mounts = [
    ...readable.map((path) => ({ path, args: ['--ro-bind', path, path] })),
    // The root itself stays read-only, also for who asks for it as a working folder.
    ...[place.cwd, place.home, ...place.opens]
      .filter((path) => path !== sep)
      .map((path) => ({ path, args: ['--bind', path, path] })),
    ...hidden.map((path) => ({ path, args: ['--size', EMPTY_BYTES, '--tmpfs', path] })),
  ].toSorted((a, b) => depthOf(a.path) - depthOf(b.path))
  return [
    ...['--die-with-parent', '--unshare-pid', '--unshare-ipc', '--unshare-uts'],
    ...['--cap-drop', 'ALL', '--ro-bind', '/', '/'],
    ...mounts.flatMap(({ args }) => args),
    // To a hub that is root the kernel's settings would be writable even without capabilities.
    ...['--dev', '/dev', '--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys'],
    ...['--chdir', place.cwd, '--', place.command, ...place.args],
  ]
}

const depthOf = (path: string): number => path.split(sep).filter((step) => step !== '').length

const works = (
  { command, args }: Readonly<{ command: string; args: readonly string[] }>,
  account: Account | null,
): Promise<boolean> =>
  new Promise((resolve) => {
    const options = { stdio: 'ignore', env: {}, timeout: TRY_MS, ...account } as const
    const attempt = spawn(command, args, options)
    attempt.once('error', () => resolve(false))
    attempt.once('exit', (code) => resolve(code === 0))
  })
