import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { tokenFor } from './login-store.ts'
import { CliFailure, exitOfStatus, fail, type Problem } from './failure.ts'
import type { CliEnv, Hub, HubRequest, Switches } from './session.ts'

/** The address a hub has when nothing says otherwise. */
export const DEFAULT_URL = 'http://127.0.0.1:7420'

const ANSWER_MS_MAX = 90_000
const RETRY_AFTER_MS = 200

type HubGround = Readonly<{
  env: CliEnv
  switches: Pick<Switches, 'url' | 'keyFile'>
  signal: AbortSignal
  detail: (text: string) => void
}>

/** Makes the client of the hub; address and key are looked up at the first request. */
export const hubClient = (ground: HubGround): Hub => {
  let url: Promise<string> | undefined
  let key: Promise<string | undefined> | undefined
  const hub: Hub = {
    url: () => {
      url ??= addressOf(ground.env, ground.switches.url)
      return url
    },
    key: () => {
      key ??= keyOf(ground.env, ground.switches.keyFile)
      return key
    },
    open: (request) => withOneRetry(hub, ground, { request, take: async (answer) => answer }),
    ask: (request) => {
      const take = async (answer: Response) => readJson(answer, await hub.url())
      return withOneRetry(hub, ground, { request, take })
    },
  }
  return hub
}

/** Finds the hub's address: flag, environment, the running hub's own note, the default. */
export const addressOf = async (env: CliEnv, flag: string | undefined): Promise<string> => {
  const given = flag ?? env.url ?? (await notedAddress(env.home)) ?? DEFAULT_URL
  if (!/^https?:\/\/[^/\s]+/.test(given)) {
    throw fail('invalid', `"${given}" is not an address of a hub; it looks like ${DEFAULT_URL}.`)
  }
  return given.replace(/\/+$/, '')
}

const notedAddress = async (home: string): Promise<string | undefined> => {
  const note = await readNote(home)
  return note?.address
}

/** Reads the note that a running hub leaves in its home; undefined where there is none. */
export const readNote = async (
  home: string,
): Promise<Readonly<{ pid: number | undefined; address: string | undefined }> | undefined> => {
  const text = await readOrNothing(path.join(home, 'hub.json'))
  if (text === undefined) return undefined
  try {
    const note: unknown = JSON.parse(text)
    if (typeof note !== 'object' || note === null) return undefined
    const pid = 'pid' in note && typeof note.pid === 'number' ? note.pid : undefined
    const address = 'address' in note && typeof note.address === 'string' ? note.address : undefined
    return { pid, address }
  } catch {
    return undefined // Half a note is no note: the hub was stopped while it wrote.
  }
}

/** Lists the files a key is looked for in, in order, when neither flag nor environment has one. */
export const keyFiles = (env: CliEnv): readonly string[] => [
  path.join(env.home, 'keys', 'default.key'),
  path.join(env.home, 'owner.key'),
]

/** Finds the key: `--key-file`, environment, the home's files. */
export const keyOf = async (env: CliEnv, file: string | undefined): Promise<string | undefined> => {
  if (file !== undefined) {
    const text = await readOrNothing(path.resolve(env.cwd, file))
    if (text === undefined) throw fail('invalid', `The key file ${file} cannot be read.`)
    return text.trim()
  }
  if (env.key) return env.key
  for (const candidate of keyFiles(env)) {
    const text = await readOrNothing(candidate)
    if (text?.trim()) return text.trim()
  }
  return undefined
}

const readOrNothing = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined // Absent and unreadable look the same to us: there is nothing to use.
  }
}

type Asked<T> = Readonly<{ request: HubRequest; take: (answer: Response) => Promise<T> }>

const withOneRetry = async <T>(hub: Hub, ground: HubGround, asked: Asked<T>): Promise<T> => {
  const { request, take } = asked
  const headers = await headersOf(hub, ground, request)
  const once = () => send(hub, ground, { request: { ...request, headers }, take })
  try {
    return await once()
  } catch (error) {
    if (ground.signal.aborted || error instanceof CliFailure) throw error
    // The connection broke: the same key makes a second try harmless where the first arrived.
    ground.detail(`${request.method} ${request.path}: connection lost, trying once more`)
    await pause(RETRY_AFTER_MS, undefined, { signal: ground.signal })
  }
  try {
    return await once()
  } catch (error) {
    if (ground.signal.aborted || error instanceof CliFailure) throw error
    throw away(await hub.url())
  }
}

const headersOf = async (
  hub: Hub,
  ground: HubGround,
  request: HubRequest,
): Promise<Record<string, string>> => {
  const key = (await loginOf(hub, ground)) ?? (await hub.key())
  return {
    accept: 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.write ? { 'idempotency-key': randomUUID() } : {}),
    ...request.headers,
  }
}

/** Finds the token of `guildhall login`: behind a key that is named, before those in files. */
const loginOf = async (hub: Hub, { env, switches, signal }: HubGround) =>
  switches.keyFile !== undefined || env.key ? undefined : tokenFor(env, await hub.url(), signal)

const send = async <T>(hub: Hub, ground: HubGround, asked: Asked<T>): Promise<T> => {
  const { request, take } = asked
  const url = await hub.url()
  const started = performance.now()
  const limit = request.answerMsMax ?? ANSWER_MS_MAX
  // Not `AbortSignal.timeout`: a stream may last for days once its headers have come.
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error('late')), limit)
  try {
    const response = await fetch(`${url}${request.path}`, {
      method: request.method,
      headers: { ...request.headers },
      signal: AbortSignal.any([ground.signal, late.signal]),
      ...bodyOf(request),
    })
    const ms = Math.round(performance.now() - started)
    ground.detail(`${request.method} ${request.path} ${response.status} ${ms}ms`)
    if (!response.ok) throw await refusalOf(response)
    return await take(response)
  } catch (error) {
    if (late.signal.aborted) {
      throw fail('unavailable', `Guildhall did not answer within ${Math.round(limit / 1000)} s.`)
    }
    if (causeCode(error) === 'ECONNREFUSED' || causeCode(error) === 'ENOTFOUND') throw away(url)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const bodyOf = (request: HubRequest): RequestInit => {
  if (request.stream) return { body: request.stream(), duplex: 'half' }
  return request.json === undefined ? {} : { body: JSON.stringify(request.json) }
}

/** Says that nobody listens at the address, and how to change that. */
export const away = (url: string): CliFailure =>
  fail('unavailable', `Guildhall is not running at ${url}: npx guildhall start.`, {
    code: 'cli.hub_away',
    hint: 'npx guildhall start',
  })

/** Reads the system's code out of a failed fetch: `ECONNREFUSED` and its like. */
export const causeCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return undefined
  const { cause } = error
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : undefined
  return first instanceof Error && 'code' in first && typeof first.code === 'string'
    ? first.code
    : undefined
}

const refusalOf = async (response: Response): Promise<CliFailure> => {
  const { status } = response
  const text = await response.text()
  const exit = exitOfStatus(status)
  const hint = status === 401 ? 'guildhall login' : status === 503 ? 'guildhall doctor' : undefined
  return new CliFailure(exit, problemOf(text, status), hint)
}

const problemOf = (text: string, status: number): Problem => {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'title' in body) {
      const type = 'type' in body && typeof body.type === 'string' ? body.type : 'about:blank'
      return { ...body, type, title: String(body.title) }
    }
  } catch {
    // Not JSON: something between us and the hub answered. The sentence below says so.
  }
  return { type: 'about:blank', title: `The hub's address answered ${status} without a reason.` }
}

const readJson = async (response: Response, url: string): Promise<unknown> => {
  const text = await response.text()
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    throw fail('unavailable', `What answers at ${url} is not a Guildhall hub.`)
  }
}
