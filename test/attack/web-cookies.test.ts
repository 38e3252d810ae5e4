import { beforeAll, expect, test } from 'vitest'
import {
  bodyOf,
  COOKIE,
  givenKey,
  joins,
  openWeb,
  ownerOf,
  type Person,
  PUBLIC,
  sessionOf,
  type Web,
} from './web-house.ts'

// Cookies come along from wherever somebody could set them: another port of the machine, a name
// below or above ours, a plain connection. Whatever they bring, nobody becomes somebody by it.

let plain: Web
let secure: Web
let ada: Person
let eve: Person
beforeAll(async () => {
  plain = await openWeb()
  secure = await openWeb({ publicUrl: PUBLIC })
  await ownerOf(plain)
  ada = await joins(plain)
  eve = await joins(plain)
})

const PREFIXED = `__Host-${COOKIE}`
const ask = (web: Web, cookie: string | string[], headers: Record<string, string> = {}) =>
  web.say('GET', '/v1/me', { headers: { cookie, ...headers } })
const who = async (web: Web, cookie: string | string[]) => {
  const heard = await ask(web, cookie)
  const { handle, code } = bodyOf(heard)
  return heard.status === 200 ? handle : code
}

const NOBODY = 'identity.key_missing'
const OVER = 'identity.session_ended'
const TWO = 'platform.two_credentials'

test('the cookie of this hub counts, wherever it stands among others', async () => {
  const own = `${COOKIE}=${ada.session}`
  for (const cookie of [
    own,
    `a=b; ${own}`,
    `${own}; a=b`,
    `a=b;${own};c=d`,
    ` ${own} `,
    `x; ${own}`,
  ]) {
    expect([cookie, await who(plain, cookie)]).toEqual([cookie, ada.handle])
  }
})

test('two sessions in one request are refused, in either order and in two headers', async () => {
  const [one, two] = [`${COOKIE}=${ada.session}`, `${COOKIE}=${eve.session}`]
  for (const cookie of [
    `${one}; ${two}`,
    `${two}; ${one}`,
    `${one}; ${one}`,
    `${COOKIE}=; ${one}`,
  ]) {
    expect([cookie, await who(plain, cookie)]).toEqual([cookie, TWO])
  }
  expect(await who(plain, [one, two])).toBe(TWO)
  const changing = { session: ada.session, headers: { cookie: `${one}; ${two}` } }
  expect((await plain.page('POST', '/v1/sessions/sign-out-everywhere', changing)).status).toBe(400)
})

const NAMED: readonly (readonly [what: string, cookie: (session: string) => string])[] = [
  ['another hub', (session) => `guildhall-000000=${session}`],
  ['a hub without a word', (session) => `guildhall=${session}`],
  ['ours in capitals', (session) => `${COOKIE.toUpperCase()}=${session}`],
  ['ours with more behind it', (session) => `${COOKIE}x=${session}`],
  ['ours with something before it', (session) => `x${COOKIE}=${session}`],
  ['ours in quotes', (session) => `"${COOKIE}"=${session}`],
  ['ours, percent-encoded', (session) => `${encodeURIComponent(COOKIE)}%20=${session}`],
  ['ours with a space before the sign', (session) => `${COOKIE} =${session}`],
  ['nothing', (session) => `=${COOKIE}=${session}`],
  ['another prefix', (session) => `__Secure-${COOKIE}=${session}`],
  ['another domain', (session) => `$Domain=${COOKIE}=${session}`],
]

test.each(NAMED)('a cookie by the name of %s lets nobody in', async (_, of) => {
  for (const web of [plain, secure]) {
    expect(await who(web, of(ada.session))).not.toBe(ada.handle)
    expect((await ask(web, of(ada.session))).status).toBe(401)
  }
})

test('over https only the name counts that no other host and no plain page can set', async () => {
  expect(await who(secure, `${PREFIXED}=${ada.session}`)).toBe(ada.handle)
  expect(await who(secure, `${COOKIE}=${ada.session}`)).toBe(NOBODY)
  expect(await who(secure, `__host-${COOKIE}=${ada.session}`)).toBe(NOBODY)
  // Tossed beside the true one, the other name changes nothing.
  const both = `${COOKIE}=${eve.session}; ${PREFIXED}=${ada.session}`
  expect(await who(secure, both)).toBe(ada.handle)
  expect(await who(plain, `${PREFIXED}=${ada.session}`)).toBe(NOBODY)
})

test('the prefix is asked for by where the hub is, not by what the request says', async () => {
  const forged = { 'x-forwarded-proto': 'http', forwarded: 'proto=http' }
  const heard = await ask(secure, `${COOKIE}=${ada.session}`, forged)
  expect(heard.status).toBe(401)
  const body = { organisation: 'main', email: ada.email, password: ada.password }
  const lower = await secure.page('POST', '/v1/sessions', { body, headers: forged })
  expect(String(lower.headers['set-cookie'])).toMatch(/^__Host-.*; Secure$/)
  const higher = await plain.page('POST', '/v1/sessions', {
    ...{ body, headers: { 'x-forwarded-proto': 'https' } },
  })
  expect(String(higher.headers['set-cookie'])).not.toContain('__Host-')
})

const SPOILED: readonly (readonly [what: string, spoil: (session: string) => string])[] = [
  ['cut short', (session) => session.slice(0, -1)],
  ['with more behind it', (session) => `${session}A`],
  ['in quotes', (session) => `"${session}"`],
  ['in capitals', (session) => session.toUpperCase()],
  ['percent-encoded', (session) => session.replace('.', '%2e')],
  ['with a secret of nothing', (session) => `${session.split('.').slice(0, 2).join('.')}.`],
  ['with the secret of somebody else', (session) => swapped(session)],
  ['of a made up length', () => 'x'.repeat(4000)],
  ['with a NUL', (session) => `${session}%00`],
  ['that is a path', () => '../../etc/passwd'],
  ['that is SQL', () => "x' or '1'='1"],
]
const swapped = (session: string) =>
  [...session.split('.').slice(0, 2), eve.session.split('.')[2]].join('.')

test.each(SPOILED)('a session %s lets nobody in, and is not said again', async (_, spoil) => {
  const value = spoil(ada.session)
  const heard = await ask(plain, `${COOKIE}=${value}`)
  expect(heard.status).toBe(401)
  expect(bodyOf(heard)['code']).toMatch(/^identity\.(session_ended|key_malformed)$/)
  expect(heard.text).not.toContain(value)
})

test('a key in the cookie, and a session where keys stand, are neither', async () => {
  const key = await givenKey(plain, ada.session)
  expect(await who(plain, `${COOKIE}=${key}`)).toBe(OVER)
  for (const headers of [
    { authorization: `Bearer ${ada.session}` },
    { 'x-api-key': ada.session },
    { authorization: `Session ${ada.session}` },
    { authorization: `Basic ${Buffer.from(`x:${key}`).toString('base64')}` },
  ]) {
    expect((await plain.say('GET', '/v1/me', { headers })).status).toBe(401)
  }
  const inAddress = await plain.say('GET', `/v1/me?access_token=${ada.session}`)
  expect(inAddress.status).toBe(400)
  expect(inAddress.text).not.toContain(ada.session)
})

test('a session that lay in the browser before is not the one that signs in', async () => {
  // An attacker leaves its own session, or a made up one, in the browser of its victim.
  const made = `${ada.session.split('.')[0]}.${crypto.randomUUID()}.${'A'.repeat(43)}`
  for (const laid of [eve.session, made]) {
    const body = { organisation: 'main', email: ada.email, password: ada.password }
    const heard = await plain.page('POST', '/v1/sessions', { session: laid, body })
    const fresh = sessionOf(heard)
    expect(heard.status).toBe(200)
    expect(fresh).not.toBe(laid)
    expect(fresh.split('.').slice(1)).not.toEqual(laid.split('.').slice(1))
    expect(await who(plain, `${COOKIE}=${fresh}`)).toBe(ada.handle)
  }
  expect(await who(plain, `${COOKIE}=${eve.session}`)).toBe(eve.handle)
  expect(await who(plain, `${COOKIE}=${made}`)).toBe(OVER)
})

test('no address and no body can bring a session in', async () => {
  const body = { organisation: 'main', email: ada.email, password: ada.password }
  const fixed = { ...body, session: eve.session }
  expect((await plain.page('POST', '/v1/sessions', { body: fixed })).status).toBe(422)
  const path = `/v1/sessions?session=${eve.session}`
  const heard = await plain.page('POST', path, { body })
  expect(heard.status).toBe(422)
  expect(heard.headers['set-cookie']).toBeUndefined()
})
