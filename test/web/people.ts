import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { startChromium } from '../chromium.ts'
import { startTestHub, type TestHub, type TestHubOptions } from '../hub.ts'
import { builtPage } from './visit.ts'

// People of a hub, made over HTTP as a browser would: tests of pages begin where they exist.

const STEP_MS = 30_000
const SETTLED_MS = 20_000
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const WAIT_MS = 30_000
const LOOK_MS = 100

/** The password of everybody in these tests. */
export const PASSWORD = 'four walls and a bell'

/** Somebody who can sign in. */
export type Somebody = Readonly<{ email: string; name: string }>

/** The address of a hub under a name: passkeys are bound to names, cookies to hosts. */
export const namedUrl = ({ url }: TestHub): string => url.replace('127.0.0.1', 'localhost')

/** Gives the code that an authenticator app shows; `back` steps ago. */
export const totpCode = (secret: string, back = 0): string => {
  const bits = [...secret.replaceAll(/[\s=]/g, '')]
    .map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) - back))
  const digest = createHmac('sha1', Buffer.from(bytes)).update(counter).digest()
  const from = (digest.at(-1) ?? 0) & 15
  const number = (digest.readUInt32BE(from) & 0x7fffffff) % 1_000_000
  return String(number).padStart(6, '0')
}

/** Waits until a code that is shown now is good for some seconds more. */
export const codesSettled = (): Promise<boolean> =>
  until(() => Date.now() % STEP_MS < SETTLED_MS, 'The codes never settled.')

/** Looks again and again until there is something. */
const until = async <T>(look: () => T | undefined | false, otherwise: string): Promise<T> => {
  const end = Date.now() + WAIT_MS
  for (;;) {
    const found = look()
    if (found) return found
    if (Date.now() > end) throw new Error(otherwise)
    await pause(LOOK_MS)
  }
}

/** Reads the link for setting up the owner out of what the start has printed. */
export const setUpLink = async (hub: TestHub): Promise<string> => {
  const link = () => /http\S+\/set-up#\S+/.exec(hub.said())?.[0]
  return tokenPath(await until(link, 'The hub printed no link to set it up.'))
}

/** Cuts an address down to what stands behind its host: tests choose the host. */
export const tokenPath = (link: string): string => {
  const { pathname, hash } = new URL(link)
  return pathname + hash
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (body: unknown): body is Fields => typeof body === 'object' && body !== null

/** Talks to a hub as one browser does: with a cookie, from a page of the hub. */
const browserOf = (hub: TestHub) => {
  let cookie = ''
  return async (route: string, body: object): Promise<Fields> => {
    const [method = '', path = ''] = route.split(' ')
    const headers = { 'content-type': 'application/json', cookie, origin: hub.url }
    const answer = await fetch(`${hub.url}/v1${path}`, {
      ...{ method, headers },
      body: JSON.stringify(body),
    })
    const given = answer.headers.getSetCookie()[0]?.split(';')[0]
    if (given !== undefined) cookie = given
    const said: unknown = await answer.json()
    if (answer.status === 200 && isFields(said)) return said
    throw new Error(`${route}: ${answer.status} ${JSON.stringify(said)}`)
  }
}

/** Sets up the owner of a fresh hub and lets people do without a second factor; gives a key. */
export const withOwner = async (hub: TestHub): Promise<string> => {
  const ask = browserOf(hub)
  const token = (await setUpLink(hub)).split('#')[1]
  await ask('POST /set-up', {
    token,
    name: 'Olga Owner',
    email: 'olga@example.org',
    password: PASSWORD,
  })
  const { secret } = await ask('POST /me/totp', {})
  await ask('POST /me/totp/confirm', { code: totpCode(String(secret)) })
  await ask('PUT /settings/sign-in', { secondFactor: 'optional' })
  return String((await ask('POST /keys', { name: 'tests' }))['key'])
}

/** A hub process, a browser, and a key of the hub's owner. */
export type Peopled = Readonly<{
  hub: TestHub
  browser: Browser
  key: string
  stop(): Promise<void>
}>

/** Starts a hub that has an owner, and a browser. */
export const startPeopled = async (options: TestHubOptions = {}): Promise<Peopled> => {
  builtPage()
  const hub = await startTestHub(options)
  const browser = await startChromium()
  return {
    ...{ hub, browser, key: await withOwner(hub) },
    async stop() {
      await browser.close()
      await hub.stop()
    },
  }
}

/** Signs somebody in on the page that asks for it, or in a part of a page that does. */
export const signIn = async (
  place: Page | Locator,
  { email }: Pick<Somebody, 'email'>,
  password = PASSWORD,
): Promise<void> => {
  await place.getByLabel('E-mail').fill(email)
  await place.getByLabel('Password', { exact: true }).fill(password)
  await place.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Invites somebody as the owner does; gives the path of the link. */
export const invited = async (hub: TestHub, key: string, email: string): Promise<string> => {
  const { status, body } = await hub.api('POST', '/v1/invitations', { email }, key)
  if (status !== 200 || !isFields(body)) throw new Error(`No invitation: ${JSON.stringify(body)}`)
  return tokenPath(String(body['link']))
}

/** Makes a member with the usual password. */
export const member = async (hub: TestHub, key: string, name: string): Promise<Somebody> => {
  const email = `${name.toLowerCase()}@example.org`
  const token = (await invited(hub, key, email)).split('#')[1]
  await browserOf(hub)('POST /invitations/accept', { token, name, password: PASSWORD })
  return { email, name }
}

/** Goes to where one changes how one signs in, as people do: by the navigation. */
export const toSecurity = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Settings' }).locator('visible=true').click()
  const sections = page.getByRole('navigation', { name: 'Settings' })
  await sections.getByRole('link', { name: 'Security', exact: true }).click()
}
