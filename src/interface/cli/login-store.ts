import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { fail } from './failure.ts'
import type { CliEnv } from './session.ts'

// What `guildhall login` got lies in the person's own folder, readable for them alone. Commands
// run side by side, and a refresh token is used once: so whoever renews holds a lock, and looks
// again before it does.

/** The client that the command line is, for every hub. */
export const CLIENT_ID = 'guildhall-cli'

const SOON_MS = 30_000
const LOCK_WAIT_MS = 10_000
const LOCK_STALE_MS = 20_000
const LOCK_LOOK_MS = 50

/** What lets a command in until `expiresAt`, and what renews it. */
export type Login = Readonly<{ access: string; refresh: string; expiresAt: number }>

const Stored = z.object({
  v: z.literal(1),
  hubs: z.record(
    z.string(),
    z.object({ access: z.string(), refresh: z.string(), expiresAt: z.number() }),
  ),
})

/** The answer of a hub that gave tokens. */
export const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number(),
})

type Env = Pick<CliEnv, 'userHome'>

/** The file in which logins are kept. */
export const loginFile = ({ userHome }: Env): string =>
  path.join(userHome, '.config', 'guildhall', 'logins.json')

const readAll = async (env: Env): Promise<Record<string, Login>> => {
  try {
    return Stored.parse(JSON.parse(await readFile(loginFile(env), 'utf8'))).hubs
  } catch {
    return {} // None, or none that we wrote: whoever needs one signs in again.
  }
}

/** Reads the login for a hub, if there is one. */
export const readLogin = async (env: Env, url: string): Promise<Login | undefined> =>
  (await readAll(env))[url]

/** Keeps a login for a hub, or forgets it with `null`. */
export const keepLogin = async (env: Env, url: string, login: Login | null): Promise<void> => {
  const { [url]: _, ...others } = await readAll(env)
  const hubs = login === null ? others : { ...others, [url]: login }
  const file = loginFile(env)
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${process.pid}.new`
  await writeFile(fresh, `${JSON.stringify({ v: 1, hubs }, null, 2)}\n`, { mode: 0o600 })
  await rename(fresh, file)
}

/** Makes a login out of a hub's answer. */
export const loginOf = (answer: z.output<typeof TokenAnswer>): Login => ({
  access: answer.access_token,
  refresh: answer.refresh_token,
  expiresAt: Date.now() + answer.expires_in * 1_000,
})

const renewing = new Map<string, Promise<string | undefined>>()

/**
 * Gives the token that a hub takes from this person, renewed where it is about to end;
 * `undefined` where they have not signed in there, or their sign-in is over.
 */
export const tokenFor = (
  env: Env,
  url: string,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const key = `${loginFile(env)} ${url}`
  const known = renewing.get(key)
  if (known) return known
  const asked = findToken(env, url, signal).finally(() => renewing.delete(key))
  renewing.set(key, asked)
  return asked
}

const isGood = (login: Login): boolean => login.expiresAt > Date.now() + SOON_MS

const findToken = async (env: Env, url: string, signal: AbortSignal) => {
  const login = await readLogin(env, url)
  if (!login || isGood(login)) return login?.access
  return locked(`${loginFile(env)}.lock`, signal, async () => {
    // Somebody else may have renewed it while we waited.
    const now = await readLogin(env, url)
    if (!now || isGood(now)) return now?.access
    const renewed = await renew(url, now, signal)
    await keepLogin(env, url, renewed)
    return renewed?.access
  })
}

const renew = async (
  url: string,
  { refresh }: Login,
  signal: AbortSignal,
): Promise<Login | null> => {
  const fields = { grant_type: 'refresh_token', refresh_token: refresh, client_id: CLIENT_ID }
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    signal: AbortSignal.any([signal, AbortSignal.timeout(LOCK_WAIT_MS)]),
  }).catch(() => undefined)
  if (answer?.status === 400) return null
  if (answer?.status !== 200) {
    throw fail('unavailable', `Your sign-in at ${url} could not be renewed; try again.`)
  }
  return loginOf(TokenAnswer.parse(await answer.json()))
}

const locked = async <T>(file: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> => {
  const until = Date.now() + LOCK_WAIT_MS
  while (!(await taken(file))) {
    if (Date.now() > until) {
      throw fail('unavailable', 'Another command is renewing your sign-in; try again.')
    }
    await pause(LOCK_LOOK_MS, undefined, { signal })
  }
  try {
    return await act()
  } finally {
    await rm(file, { force: true })
  }
}

/** Takes the lock; one that was left behind by a command that died is nobody's. */
const taken = async (file: string): Promise<boolean> => {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.close()
    return true
  } catch {
    const held = await stat(file).catch(() => undefined)
    if (held && Date.now() - held.mtimeMs > LOCK_STALE_MS) await rm(file, { force: true })
    return false
  }
}
