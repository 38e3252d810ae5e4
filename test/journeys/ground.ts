import { join } from 'node:path'
import { afterEach } from 'vitest'
import { readLockFile } from '../../src/platform/postgres/processes.ts'
import { startTestHub, type TestHub, type TestHubOptions } from '../hub.ts'

/** How long a fact of a journey may take, on a machine that is busy with others. */
export const PATIENCE_MS = 30_000
const LOOK_MS = 20

// What a test has opened, in order; closed in the opposite order, also when it fails.
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
}, 60_000)

/** Closes something when the test is over. */
export const later = (close: () => Promise<unknown>): void => {
  open.push(close)
}

/** Starts a hub that ends with the test. */
export const hubOf = async (options: TestHubOptions = {}): Promise<TestHub> => {
  const hub = await startTestHub(options)
  later(() => hub.stop())
  return hub
}

/** Waits for a fact; throws a sentence about it when it does not come in time. */
export const until = async (
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  ms = PATIENCE_MS,
): Promise<void> => {
  const deadline = performance.now() + ms
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Not in ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** Gives what comes in time, or throws a sentence. */
export const inTime = async <T>(what: string, wanted: Promise<T>, ms = PATIENCE_MS): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not in ${ms} ms: ${what}`)), ms)
  })
  return Promise.race([wanted, late]).finally(() => clearTimeout(timer))
}

/** One request as it goes over the wire. */
export type Wish = Readonly<{
  url: string
  key: string
  method: string
  path: string
  /** Text goes as it is, everything else as JSON. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
}>

/** What came back: the body as text, and as data where it is JSON. */
export type Got = Readonly<{ status: number; headers: Headers; text: string; body: unknown }>

/** Sends one request and reads its answer; ends after the usual patience. */
export const send = async (wish: Wish): Promise<Got> => {
  const { url, key, method, path, body, headers } = wish
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== ''
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : null,
  }
}

/** The process of the embedded server of a home; 0 while there is none. */
export const postmasterOf = async (home: string): Promise<number> =>
  (await readLockFile(join(home, 'postgres', 'data-18')))?.pid ?? 0

/** Kills the embedded server of a home. */
export const killPostmaster = async (home: string): Promise<void> => {
  const pid = await postmasterOf(home)
  if (pid > 0) process.kill(pid, 'SIGKILL')
}
