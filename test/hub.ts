import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SettingName } from '../src/platform/config.ts'
import { openHome } from '../src/platform/home.ts'
import { startEmbedded } from '../src/platform/postgres/embedded.ts'

/** What a hub answered: the body as data where it is JSON, else as text. */
export type ApiAnswer = Readonly<{ status: number; headers: Headers; body: unknown }>

/** A call as `api` takes it; without a key it is the owner's. */
export type ApiCall = readonly [method: string, path: string, body?: unknown, key?: string]

/** A real hub process on a free port. */
export type TestHub = Readonly<{
  url: string
  ownerKey: string
  home: string
  pid: number
  /** Milliseconds from the start of the process until it said that it is open. */
  startMs: number
  /** Calls the hub over HTTP, as its owner unless another key is given; ends after 60 s. */
  api(...asked: ApiCall): Promise<ApiAnswer>
  /** Everything it has printed so far. */
  said(): string
  /** Ends it politely; removes a home that `startTestHub` has made, unless it is to be kept. */
  stop(options?: Readonly<{ keep?: boolean }>): Promise<void>
  /** Kills the hub process alone and waits until it is gone; its database and home stay. */
  kill9(): Promise<void>
}>

/** How a hub is started: a home that exists, other environment, settings by name, Node's flags. */
export type TestHubOptions = Readonly<{
  home?: string
  env?: Readonly<Record<string, string>>
  settings?: Readonly<Partial<Record<SettingName, string>>>
  nodeFlags?: readonly string[]
}>

const PREFIX = 'guildhall-hub-'
const CLI = join(import.meta.dirname, '..', 'src', 'main', 'cli.ts')
const OPEN_MS = 60_000
const API_MS = 60_000
const STOP_MS = 15_000

/** Homes that this process has made: they go with the last hub that stops on them. */
const madeHomes = new Set<string>()

/** Makes an empty home that also the account of the database can reach. */
export const newHome = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), PREFIX))
  // mkdtemp gives 0700: under root, the data would then go to /var/lib and stay there.
  await chmod(path, 0o755)
  madeHomes.add(path)
  return path
}

/** Starts a real hub process and waits until it says where it is open. */
export const startTestHub = async (options: TestHubOptions = {}): Promise<TestHub> => {
  const home = options.home ?? (await newHome())
  const begun = performance.now()
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), CLI, 'start'], {
    env: environmentOf(home, options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const watched = watch(child)
  const address = await Promise.race([watched.address, watched.ended.then(() => null), late()])
  if (address === null) {
    child.kill('SIGKILL')
    await watched.ended
    if (madeHomes.has(home)) await removeHome(home)
    throw new Error(`The hub did not open:\n${watched.said()}`)
  }
  const startMs = performance.now() - begun
  const ownerKey = (await readFile(join(home, 'owner.key'), 'utf8')).trim()
  return {
    url: address,
    ownerKey,
    home,
    pid: child.pid ?? 0,
    startMs,
    api: (...[method, path, body, key = ownerKey]) => call(address, { method, path, body, key }),
    said: watched.said,
    async stop({ keep = false } = {}) {
      const isOver = await end(child, watched.ended)
      if (!keep && madeHomes.has(home)) await removeHome(home, isOver)
    },
    async kill9() {
      child.kill('SIGKILL')
      await watched.ended
    },
  }
}

// Settings of whoever runs the tests must not reach the hub.
const environmentOf = (home: string, { env = {}, settings = {} }: TestHubOptions) => {
  const outer = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GUILDHALL_') && !name.startsWith('DATABASE_'),
  )
  return {
    ...Object.fromEntries(outer),
    GUILDHALL_HOME: home,
    GUILDHALL_PORT: '0',
    // Tests and benches call faster than anybody: limits are raised, and never off.
    GUILDHALL_LIMIT_FACTOR: '100000',
    ...settings,
    ...env,
  }
}

const watch = (child: ChildProcess) => {
  let said = ''
  const address = new Promise<string>((resolve) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /^Guildhall is open at (\S+)$/m.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
  })
  const ended = once(child, 'close').then(() => {})
  return { address, ended, said: () => said }
}

const late = () =>
  new Promise<null>((resolve) => {
    setTimeout(resolve, OPEN_MS, null).unref()
  })

/** Asks a process to end; kills it when it does not. Tells whether it ended by itself. */
const end = async (child: ChildProcess, ended: Promise<void>): Promise<boolean> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode === 0
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  child.kill('SIGTERM')
  await ended
  clearTimeout(timer)
  return child.exitCode === 0
}

/** Removes a home; where its hub was killed, the server that still runs on it is stopped first. */
const removeHome = async (path: string, isStopped = false): Promise<void> => {
  if (!isStopped) await stopServer(path)
  await rm(path, { recursive: true, force: true, maxRetries: 3 })
  madeHomes.delete(path)
}

const stopServer = async (path: string): Promise<void> => {
  const home = await openHome({ path, say: () => {} })
  try {
    await (await startEmbedded({ home: home.path, log: () => {} })).stop()
  } finally {
    await home.release()
  }
}

type Asked = Readonly<{ method: string; path: string; body: unknown; key: string }>

const call = async (url: string, { method, path, body, key }: Asked): Promise<ApiAnswer> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(API_MS),
  })
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  const { status, headers } = response
  return { status, headers, body: isJson && text !== '' ? JSON.parse(text) : text }
}
