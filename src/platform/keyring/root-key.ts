import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import type { Random } from '../../kernel/id.ts'
import { refuse } from '../../kernel/refusal.ts'
import { bytesOf, KEY_BYTES, unwrapKey, wrapKey } from './envelope.ts'
import type { RootKey } from './root.ts'
import { makeRootFile, readRootFile } from './root-file.ts'
import { type TransitSource, transitRoot } from './transit-root.ts'

/** Where the root key comes from. */
export type RootKeySource =
  | Readonly<{ kind: 'file'; path: string }>
  | Readonly<{ kind: 'command'; argv: readonly string[] }>
  | Readonly<{ kind: 'value'; text: string }>
  | TransitSource

/** What opening needs besides the source. */
export type Opening = Readonly<{
  random: Random
  /** Tells whether a missing key file may be made: never over data that another key has sealed. */
  mayMake?: () => Promise<boolean>
}>

const COMMAND_MS = 10_000
const COMMAND_BYTES_MAX = 4_096

/**
 * Opens the root key. A key file that is missing is made where `mayMake` says so; else, and over
 * sealed data always, a missing file stops the start.
 */
export const openRootKey = async (source: RootKeySource, opening: Opening): Promise<RootKey> => {
  const local = (text: string, what: string) => localRoot(keyOf(text, what), opening.random)
  switch (source.kind) {
    case 'transit':
      return transitRoot(source)
    case 'value':
      return local(source.text, 'The root key')
    case 'command':
      return local(await printed(source.argv), 'What the command for the root key prints')
    default:
      return local(await fromFile(source.path, opening), `The root key ${source.path}`)
  }
}

const fromFile = async (path: string, { random, mayMake }: Opening): Promise<string> => {
  const kept = await readRootFile(path)
  if (kept !== null) return kept
  if (!mayMake || !(await mayMake())) {
    const message =
      `The root key ${path} is missing, and this hub holds sealed secrets that only it opens. ` +
      'Put it back from your copy; a new one is never made over sealed data.'
    throw refuse('conflict', 'platform.root_key_missing', message)
  }
  const bytes = random(new Uint8Array(KEY_BYTES))
  try {
    const mark = Buffer.from(random(new Uint8Array(6))).toString('hex')
    return await makeRootFile(path, { text: Buffer.from(bytes).toString('base64url'), mark })
  } finally {
    bytes.fill(0)
  }
}

const printed = (argv: readonly string[]): Promise<string> => {
  const [program, ...rest] = argv
  if (program === undefined) throw commandFailed('it names no program')
  return new Promise((resolve, reject) => {
    const limits = {
      timeout: COMMAND_MS,
      maxBuffer: COMMAND_BYTES_MAX,
      killSignal: 'SIGKILL',
    } as const
    // Without a shell; what it writes to stderr is dropped, since it may hold the key.
    execFile(program, rest, limits, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(commandFailed(reasonOf(error)))
    })
  })
}

const reasonOf = (error: Error & { code?: unknown; killed?: boolean }): string => {
  if (error.killed) return `it took longer than ${COMMAND_MS / 1000} seconds or printed too much`
  return typeof error.code === 'number' ? `it ended with ${error.code}` : String(error.code)
}

const commandFailed = (why: string) => {
  const message = `The command for the root key gave none (${why}). Run it by hand to see why.`
  return refuse('unavailable', 'platform.root_key_command_failed', message)
}

/** Reads 32 bytes written as base64url, base64 or hex. */
const keyOf = (text: string, what: string): Uint8Array => {
  const written = text.trim()
  const plain = written.replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '')
  const bytes = /^[0-9a-fA-F]{64}$/.test(written) ? Buffer.from(written, 'hex') : bytesOf(plain)
  if (bytes?.length === KEY_BYTES) return new Uint8Array(bytes)
  const message = `${what} is no key: it has to be 32 random bytes as base64url, base64 or hex.`
  throw refuse('invalid', 'platform.root_key_not_valid', message)
}

const localRoot = (key: Uint8Array, random: Random): RootKey => {
  const wrap = async (bytes: Uint8Array, aad: Uint8Array) =>
    wrapKey(key, { key: bytes, aad, random })
  const unwrap = async (text: string, aad: Uint8Array) => unwrapKey(key, text, aad)
  const mark = createHmac('sha256', key).update('guildhall/root-key/v1').digest('hex')
  return {
    id: `local-${mark.slice(0, 12)}`,
    wrap,
    unwrap,
    async rewrap(text, aad) {
      const bytes = await unwrap(text, aad)
      return bytes && wrap(bytes, aad)
    },
  }
}
