import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { EXIT, fail } from './failure.ts'
import { addressOf, away } from './hub.ts'
import { CLIENT_ID, keepLogin, type Login, loginOf, readLogin, TokenAnswer } from './login-store.ts'
import { type CommandSpec, type FlagSpec, type Given, type Session, textOf } from './session.ts'

// Signing in from a terminal (RFC 8628): the hub gives a short code, the person types it into a
// browser that they are signed in with, and the terminal asks until they have decided.

const ANSWER_MS_MAX = 15_000
const SLOWER_S = 5

const Server = z.object({
  issuer: z.string(),
  token_endpoint: z.string(),
  device_authorization_endpoint: z.string(),
  revocation_endpoint: z.string(),
})
const Device = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string().optional(),
  expires_in: z.number(),
  interval: z.number().default(5),
})
const Problem = z.object({ error: z.string() })

type Pause = (ms: number, signal: AbortSignal) => Promise<void>

const HUB_FLAG: FlagSpec = {
  name: 'hub',
  brief: 'Address of the hub',
  kind: 'value',
  placeholder: 'address',
}

/** Makes the command that signs a person in; `pause` waits between two looks. */
export const makeLoginCommand = (pause: Pause): CommandSpec => ({
  path: ['login'],
  brief: 'Sign in at a hub, by way of a browser.',
  details:
    'Prints a short code and an address. Open the address in a browser in which you are signed ' +
    'in, type the code, and allow it. Commands then act as you until you run "guildhall logout".',
  positions: [],
  flags: [HUB_FLAG],
  async run(given, session) {
    const { print, env, switches } = session
    const url = await hubOf(given, session)
    const server = await serverAt(url, session.signal)
    const asked = await post(server.device_authorization_endpoint, session.signal, {
      ...{ client_id: CLIENT_ID, resource: `${url}/v1` },
    })
    if (!asked.ok) throw refused(await errorOf(asked))
    const device = Device.parse(await asked.json())
    print.note(`Open ${device.verification_uri} and type the code ${device.user_code}`)
    if (device.verification_uri_complete !== undefined) {
      print.note(`or open ${device.verification_uri_complete}`)
    }
    const login = await decided({ server, device, pause, signal: session.signal })
    await keepLogin(env, url, login)
    const text = `You are signed in at ${url}.`
    if (switches.json) print.data(`${JSON.stringify({ hub: url, signedIn: true })}\n`)
    else print.line(text)
    return EXIT.ok
  },
})

/** Signs a person in. */
export const loginCommand = makeLoginCommand((ms, signal) => wait(ms, undefined, { signal }))

/** Signs a person out: the hub forgets what it gave, and so does this computer. */
export const logoutCommand: CommandSpec = {
  path: ['logout'],
  brief: 'Sign out: end what "guildhall login" got.',
  positions: [],
  flags: [HUB_FLAG],
  async run(given, session) {
    const { print, env, switches, signal } = session
    const url = await hubOf(given, session)
    const login = await readLogin(env, url)
    if (!login) throw fail('not_found', `You are not signed in at ${url}.`)
    const ended = await revoke(url, login, signal)
    await keepLogin(env, url, null)
    if (!ended) {
      print.note(`${url} did not answer: end the sign-in there, in the list of your programs.`)
    }
    if (switches.json) print.data(`${JSON.stringify({ hub: url, signedIn: false, ended })}\n`)
    else print.line(`You are signed out at ${url}.`)
    return EXIT.ok
  },
}

const hubOf = async (given: Given, { env, hub }: Session): Promise<string> => {
  const flag = textOf(given, 'hub')
  return flag === undefined ? hub.url() : addressOf(env, flag)
}

const serverAt = async (url: string, signal: AbortSignal) => {
  const path = `${url}/.well-known/oauth-authorization-server/oauth`
  const answer = await fetch(path, { signal: bounded(signal) }).catch(() => {
    throw away(url)
  })
  const read = Server.safeParse(answer.ok ? await answer.json().catch(() => null) : null)
  if (!read.success) throw fail('unavailable', `What answers at ${url} is not a Guildhall hub.`)
  const { data: server } = read
  const own = new URL(server.issuer).origin
  // What another name says of itself is not this hub's word: a code would be typed elsewhere.
  if (server.issuer !== `${url}/oauth`) {
    const hint = `guildhall login --hub ${own}`
    throw fail('conflict', `This hub goes by ${own}; sign in there.`, { hint })
  }
  const ways = [server.token_endpoint, server.device_authorization_endpoint]
  if (ways.some((way) => new URL(way).origin !== own)) {
    throw fail('unavailable', `What answers at ${url} sends commands elsewhere; do not use it.`)
  }
  return server
}

const bounded = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)])

const post = (
  to: string,
  signal: AbortSignal,
  fields: Readonly<Record<string, string>>,
): Promise<Response> =>
  fetch(to, { method: 'POST', body: new URLSearchParams(fields), signal: bounded(signal) })

type Waiting = Readonly<{
  server: z.output<typeof Server>
  device: z.output<typeof Device>
  pause: Pause
  signal: AbortSignal
}>

/** Asks, as slowly as the hub wants, until the person has decided. */
const decided = async ({ server, device, pause, signal }: Waiting): Promise<Login> => {
  const fields = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: device.device_code,
    client_id: CLIENT_ID,
  }
  let seconds = device.interval
  let waited = 0
  while (waited < device.expires_in) {
    await pause(seconds * 1_000, signal)
    waited += Math.max(1, seconds)
    const answer = await post(server.token_endpoint, signal, fields).catch(() => undefined)
    if (answer?.ok) return loginOf(TokenAnswer.parse(await answer.json()))
    const error = answer === undefined ? 'away' : await errorOf(answer)
    // A hub that does not answer is asked more rarely, like one that says so.
    if (error === 'away') seconds *= 2
    else if (error === 'slow_down') seconds += SLOWER_S
    else if (error !== 'authorization_pending') throw refused(error)
  }
  throw refused('expired_token')
}

const errorOf = async (answer: Response): Promise<string> => {
  if (answer.status === 429 || answer.status >= 500) return 'slow_down'
  const body: unknown = await answer.json().catch(() => null)
  return Problem.safeParse(body).data?.error ?? 'refused'
}

const refused = (error: string) => {
  const hint = 'guildhall login'
  if (error === 'access_denied') {
    return fail('forbidden', 'The request was turned away in the browser.', { hint })
  }
  if (error === 'expired_token' || error === 'invalid_grant') {
    return fail('conflict', 'Nobody decided in time; ask for a new code.', { hint })
  }
  if (error === 'slow_down') {
    return fail('too_many', 'This address asks for codes too often; try again in some minutes.')
  }
  return fail('forbidden', `The hub refused the sign-in (${error}).`, { hint })
}

const revoke = async (url: string, { refresh }: Login, signal: AbortSignal): Promise<boolean> => {
  const fields = { token: refresh, token_type_hint: 'refresh_token', client_id: CLIENT_ID }
  const answer = await post(`${url}/oauth/revoke`, signal, fields).catch(() => undefined)
  return answer?.ok === true
}
