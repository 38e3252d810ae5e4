import { access, chown, constants, mkdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { refuse } from '../../kernel/refusal.ts'
import type { Account, Launch } from './child.ts'
import { programEnvironment, temporaryFolder } from './environment.ts'
import type { Sandbox } from './sandbox.ts'

/** A launch that was judged: exactly what the system is told. */
export type Plan = Readonly<{
  name: string
  command: string
  args: readonly string[]
  /** What the program believes it was called as: some find their files by it. */
  argv0: string
  env: Readonly<Record<string, string>>
  cwd: string
  account: Account | null
  memoryBytesMax: number
  isWrapped: boolean
}>

/** What a launcher knows besides the launch. */
export type Surroundings = Readonly<{
  account: Account | null
  sandbox: () => Promise<Sandbox | null>
}>

const ARGS_MAX = 256
const ARGS_BYTES_MAX = 64 * 1024

/** Judges a launch and makes its home; refuses what could not or should not be started. */
export const planLaunch = async (launch: Launch, around: Surroundings): Promise<Plan> => {
  checkArgs(launch)
  const command = await readCommand(launch)
  if (!isAbsolute(launch.home)) throw wrong(launch, 'its home is not an absolute path')
  const env = programEnvironment(launch.env, launch.home)
  const cwd = launch.cwd === null ? null : await readFolder(launch, launch.cwd)
  const home = await makeHome(launch.home, around.account)
  const { name, args, memoryBytesMax } = launch
  const plain = { command, args, argv0: launch.command }
  const shows = await Promise.all((launch.shows ?? []).map((path) => readShown(launch, path)))
  const opens = await Promise.all((launch.opens ?? []).map((path) => readShown(launch, path)))
  const place = { command, args, cwd: cwd ?? home, home, shows, opens }
  const sandbox = launch.isolate === 'no' ? null : await around.sandbox()
  if (launch.isolate === 'required' && sandbox === null) throw noSandbox(launch)
  const wrapped = sandbox?.wrap(place)
  return {
    ...(wrapped ? { ...wrapped, argv0: wrapped.command } : plain),
    ...{ name, memoryBytesMax, isWrapped: wrapped !== undefined },
    ...{ cwd: place.cwd, account: around.account },
    env: { ...env, HOME: home, TMPDIR: temporaryFolder(home) },
  }
}

/** Turns what the system said about a start into a refusal. */
export const doesNotStart = (name: string, error: unknown): Error => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const message =
    `The program of ${name} does not start (${code}): see that it is made for this system and ` +
    'that the account it runs under can reach it and its folder.'
  return refuse('unavailable', 'platform.program_does_not_start', message)
}

const checkArgs = (launch: Launch): void => {
  const { args, command, cwd, home, shows = [], opens = [] } = launch
  const bytes = args.reduce((sum, arg) => sum + Buffer.byteLength(arg), 0)
  if (args.length > ARGS_MAX || bytes > ARGS_BYTES_MAX) {
    throw wrong(launch, `it has more than ${ARGS_MAX} arguments or 64 KB of them`)
  }
  if ([...args, ...shows, ...opens, command, cwd ?? '', home].some((text) => text.includes('\0'))) {
    throw wrong(launch, 'an argument or a path holds a zero byte')
  }
}

const readCommand = async (launch: Launch): Promise<string> => {
  if (!isAbsolute(launch.command)) throw wrong(launch, 'its path is not absolute')
  const command = await realpath(launch.command).catch(() => {
    throw wrong(launch, 'it is not there')
  })
  const found = await stat(command)
  const isRunnable = await access(command, constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!found.isFile() || !isRunnable) throw wrong(launch, 'it is not a file that can be run')
  return command
}

const readFolder = async (launch: Launch, path: string): Promise<string> => {
  const real = isAbsolute(path) ? await realpath(path).catch(() => undefined) : undefined
  if (real === undefined || !(await stat(real)).isDirectory()) {
    throw wrong(launch, 'its working folder is not an absolute path of a folder that is there')
  }
  return real
}

const readShown = async (launch: Launch, path: string): Promise<string> => {
  const real = isAbsolute(path) ? await realpath(path).catch(() => undefined) : undefined
  if (real === undefined) throw wrong(launch, 'what it should be shown is not there')
  return real
}

const makeHome = async (path: string, account: Account | null): Promise<string> => {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const home = await realpath(path)
  await mkdir(temporaryFolder(home), { recursive: true, mode: 0o700 })
  if (account !== null) {
    await chown(home, account.uid, account.gid)
    await chown(temporaryFolder(home), account.uid, account.gid)
  }
  return home
}

const wrong = ({ name }: Launch, why: string) => {
  const message = `The program of ${name} cannot be started: ${why}. Correct its entry.`
  return refuse('invalid', 'platform.program_wrong', message)
}

const noSandbox = ({ name }: Launch) => {
  const message =
    `${name} runs only under bubblewrap, which is missing or not allowed here: install it, or ` +
    'let an administrator say that this program needs none.'
  return refuse('unavailable', 'platform.no_sandbox', message)
}
