import { request } from 'node:http'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  answersIn,
  givenKey,
  givenProject,
  joins,
  openWeb,
  ownerOf,
  type Person,
  sessionOf,
  talk,
  type Web,
} from './web-house.ts'

// What stays open outlives the moment in which it was allowed. It is opened by pages of this hub
// only, shows each event to whoever may see it then, and ends when its right to be open ends.

let web: Web
let owner: Person
beforeAll(async () => {
  web = await openWeb()
  owner = await ownerOf(web)
  await givenProject(web, 'GH')
  await givenProject(web, 'ZZ')
})

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

type Headers = Readonly<Record<string, string>>

/** One live connection: what it said so far, and how it ended, if it did. */
type Ear = Readonly<{ said(): string; ended: Promise<number> }>

/** Opens the stream; an answer without a stream ends with its status. */
const stream = (to: Web, headers: Headers): Promise<Ear> =>
  new Promise((resolve, reject) => {
    let said = ''
    const all = { host: to.host, ...headers }
    const req = request(`${to.url}/v1/stream`, { headers: all }, (res) => {
      const ended = new Promise<number>((end) => {
        res.once('close', () => end(res.statusCode ?? 0))
      })
      res.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
      res.on('error', () => {}) // The hub may cut what it ends.
      resolve({ said: () => said, ended })
    })
    open.push({ close: () => req.destroy() })
    req.on('error', reject)
    req.end()
  })

/** Opens the socket; gives the status where it was refused, the code of its close later. */
const socket = (to: Web, headers: Headers): Promise<Ear & { ws: WebSocket; status: number }> =>
  new Promise((resolve) => {
    let said = ''
    const ws = new WebSocket(`${to.url.replace('http', 'ws')}/v1/ws`, {
      headers: { host: to.host, ...headers },
    })
    open.push({ close: () => ws.terminate() })
    const ended = new Promise<number>((end) => ws.once('close', end))
    ws.on('message', (data) => {
      if (Buffer.isBuffer(data)) said += `${data.toString()}\n`
    })
    ws.once('unexpected-response', (_, { statusCode = 0 }) => {
      resolve({ ws, said: () => said, ended, status: statusCode })
      ws.terminate()
    })
    ws.on('error', () => {}) // A refusal is an answer, not an accident.
    ws.once('open', () => resolve({ ws, said: () => said, ended, status: 101 }))
  })

const cookie = (session: string): Headers => ({ cookie: `${web.cookieName}=${session}` })
const ours = (session: string): Headers => ({ ...cookie(session), origin: web.origin })

/** Who may open with a cookie, by what its browser says of the page. */
const PAGES: readonly (readonly [what: string, of: (web: Web) => Headers, status: number])[] = [
  ['of this hub by its origin', ({ origin }) => ({ origin }), 200],
  ['of this hub by its site', () => ({ 'sec-fetch-site': 'same-origin' }), 200],
  ['of this hub by both', ({ origin }) => ({ origin, 'sec-fetch-site': 'same-origin' }), 200],
  ['that says nothing', () => ({}), 403],
  ['of another site', () => ({ 'sec-fetch-site': 'cross-site' }), 403],
  ['of the same site', () => ({ 'sec-fetch-site': 'same-site' }), 403],
  ['that was typed', () => ({ 'sec-fetch-site': 'none' }), 403],
  ['of a foreign origin', () => ({ origin: 'http://evil.test' }), 403],
  ['of an opaque origin', () => ({ origin: 'null' }), 403],
  ['of another port', () => ({ origin: 'http://localhost:1' }), 403],
  [
    'of a foreign origin that lies about its site',
    () => ({ origin: 'http://evil.test', 'sec-fetch-site': 'same-origin' }),
    403,
  ],
  [
    'of our origin whose browser says otherwise',
    ({ origin }) => ({ origin, 'sec-fetch-site': 'cross-site' }),
    403,
  ],
]

test.each(PAGES)('a page %s opens stream and socket as it should', async (_, of, status) => {
  const { session } = await joins(web)
  const headers = { ...cookie(session), ...of(web) }
  const ear = await stream(web, headers)
  if (status === 200) await expect.poll(ear.said).toContain('event: pos')
  else
    expect([await ear.ended, ear.said()]).toEqual([403, expect.stringContaining('origin_refused')])
  const dialled = await socket(web, headers)
  expect(dialled.status).toBe(status === 200 ? 101 : status)
  if (status === 200) await expect.poll(dialled.said).toContain('"pos"')
})

test('a key opens both without a page, a cookie of nobody and a stranger neither', async () => {
  const key = await givenKey(web, owner.session)
  const keyed = { authorization: `Bearer ${key}` }
  await expect.poll((await stream(web, keyed)).said).toContain('event: pos')
  await expect.poll((await socket(web, keyed)).said).toContain('"pos"')
  expect(await (await stream(web, { ...keyed, origin: 'http://evil.test' })).ended).toBe(403)
  expect((await socket(web, { ...keyed, origin: 'http://evil.test' })).status).toBe(403)
  expect(await (await stream(web, ours('x.y.z'))).ended).toBe(401)
  expect(await (await socket(web, ours('x.y.z'))).ended).toBe(4401)
  expect(await (await stream(web, { origin: web.origin })).ended).toBe(401)
})

test('half a sign-in opens neither', async () => {
  const { email, password } = owner
  const body = { organisation: 'main', email, password }
  const half = sessionOf(await web.page('POST', '/v1/sessions', { body }))
  expect(half).not.toBe('')
  const refused = await stream(web, ours(half))
  expect([await refused.ended, refused.said()]).toEqual([
    401,
    expect.stringContaining('identity.sign_in_not_finished'),
  ])
  expect(await (await socket(web, ours(half))).ended).toBe(4401)
})

const say = (method: string, path: string, body: object, session = owner.session) =>
  web.page(method, path, { session, body })

/** What ends a right to listen, and how; the last word is the code of the socket's close. */
const ENDINGS: readonly (readonly [
  what: string,
  end: (guest: Person) => Promise<{ status: number }>,
])[] = [
  [
    'its person signs out',
    ({ session }) => say('POST', '/v1/sessions/current/sign-out', {}, session),
  ],
  [
    'its person signs out everywhere',
    ({ session }) => say('POST', '/v1/sessions/sign-out-everywhere', {}, session),
  ],
  [
    'the session is revoked',
    ({ session }) => say('POST', `/v1/sessions/${session.split('.')[1]}/revoke`, {}, session),
  ],
  [
    'an owner ends the sessions',
    ({ handle }) => say('POST', `/v1/principals/${handle}/sign-out`, {}),
  ],
  ['the person is suspended', ({ handle }) => say('POST', `/v1/principals/${handle}/suspend`, {})],
  [
    'the password changes',
    ({ session, password }) =>
      say('PUT', '/v1/me/password', { current: password, password: 'five other bridges' }, session),
  ],
  [
    'the sign-in is made fresh, which changes the secret',
    ({ session, password }) => say('POST', '/v1/sessions/current/refresh', { password }, session),
  ],
]

test.each(ENDINGS)('when %s, stream and socket end within a second', async (_, end) => {
  const guest = await joins(web)
  const [ear, dialled] = await Promise.all([
    stream(web, ours(guest.session)),
    socket(web, ours(guest.session)),
  ])
  await expect.poll(ear.said).toContain('event: pos')
  await expect.poll(dialled.said).toContain('"pos"')
  const ended = await end(guest)
  expect(ended.status).toBe(200)
  const begun = performance.now()
  expect(await dialled.ended).toBe(4401)
  await ear.ended
  expect(performance.now() - begun).toBeLessThan(1_000)
  // And what happens from now on is heard by neither.
  const before = [ear.said(), dialled.said()]
  await say('POST', '/v1/tasks', { project: 'GH', items: [{ ref: 'a', title: 'After the end' }] })
  await web.house.settle()
  expect([ear.said(), dialled.said()]).toEqual(before)
})

test('an event is shown by the rights of its moment', async () => {
  const guest = await joins(web, 'viewer')
  const { handle } = guest
  expect((await say('POST', `/v1/principals/${handle}/roles`, DEVELOPER)).status).toBe(200)
  const gone = await web.page('DELETE', `/v1/principals/${handle}/roles/viewer`, {
    session: owner.session,
  })
  expect(gone.status).toBe(200)
  const witness = await stream(web, ours(owner.session))
  const ears = [await stream(web, ours(guest.session)), await socket(web, ours(guest.session))]
  for (const ear of [witness, ...ears]) await expect.poll(ear.said).toMatch(/pos/)
  const happens = async (project: string, title: string) => {
    const made = await say('POST', '/v1/tasks', { project, items: [{ ref: 'a', title }] })
    expect(made.status).toBe(200)
    await web.house.settle()
    await expect.poll(witness.said).toContain(title)
  }
  await happens('GH', 'While a developer')
  for (const ear of ears) await expect.poll(ear.said).toContain('While a developer')
  await happens('ZZ', 'In another project')
  const lost = `/v1/principals/${handle}/roles/developer?project=GH`
  const taken = await web.page('DELETE', lost, { session: owner.session })
  expect(taken.status).toBe(200)
  await happens('GH', 'No developer any more')
  // The connection lives on, is told to forget what it has, and hears no more of the project.
  for (const ear of ears) await expect.poll(ear.said).toContain('purge')
  expect((await say('POST', `/v1/principals/${handle}/roles`, DEVELOPER)).status).toBe(200)
  await happens('GH', 'A developer again')
  for (const ear of ears) {
    await expect.poll(ear.said).toContain('A developer again')
    expect(ear.said()).not.toContain('In another project')
    expect(ear.said()).not.toContain('No developer any more')
  }
})

const DEVELOPER = { role: 'developer', project: 'GH' }

test('sockets of strangers are few, short, and hear nothing', async () => {
  const small = await openWeb({ live: { strangersMax: 3, signInMs: 400 } })
  const own = { origin: small.origin }
  const first = await Promise.all([1, 2, 3].map(() => socket(small, own)))
  expect(first.map(({ status }) => status)).toEqual([101, 101, 101])
  expect((await socket(small, own)).status).toBe(429)
  // Whoever says who they are is not kept out by them.
  expect((await socket(small, ours(owner.session))).status).toBe(403)
  const known = { cookie: `${small.cookieName}=${owner.session}`, ...own }
  expect((await socket(small, known)).status).toBe(101)
  expect(await Promise.all(first.map(({ ended }) => ended))).toEqual([4401, 4401, 4401])
  expect(first.map(({ said }) => said())).toEqual(['', '', ''])
  await expect.poll(async () => (await socket(small, own)).status).toBe(101)
})

/** First messages that are no sign-in. */
const MESSAGES: readonly (readonly [what: string, text: string | Buffer, code: number])[] = [
  ['no JSON', 'hello', 4400],
  ['a list', '[]', 4400],
  ['a word', '"key"', 4400],
  ['an unknown field', '{"key":"x","session":"y"}', 4400],
  ['a key that is no text', '{"key":{"a":1}}', 4400],
  ['a prototype', '{"__proto__":{"key":"x"}}', 4400],
  ['bytes', Buffer.from('{"key":"x"}'), 4400],
  ['no key', '{}', 4401],
  ['an empty key', '{"key":""}', 4401],
  ['a made up key', '{"key":"guild_p_abcdefgh_x_y"}', 4401],
  ['more than a message may hold', JSON.stringify({ key: 'x'.repeat(5_000) }), 1009],
]

test.each(MESSAGES)('a socket whose first message is %s ends', async (_, text, code) => {
  const ear = await socket(web, { origin: web.origin })
  ear.ws.send(text)
  expect([await ear.ended, ear.said()]).toEqual([code, ''])
})

test('a session is no word for a socket’s first message', async () => {
  const ear = await socket(web, { origin: web.origin })
  ear.ws.send(JSON.stringify({ key: owner.session }))
  expect([await ear.ended, ear.said()]).toEqual([4401, ''])
})

test('the subprotocol and the address carry no credential', async () => {
  const key = await givenKey(web, owner.session)
  const head = (path: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: ${web.host}\r\nOrigin: ${web.origin}\r\n` +
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`
  for (const name of ['access_token', 'api_key', 'key', 'token']) {
    const [refused] = answersIn(await talk(web.port, head(`/v1/ws?${name}=${key}`)))
    expect([name, refused?.status]).toEqual([name, 400])
    expect(refused?.text).not.toContain(key)
  }
  const [unknown] = answersIn(await talk(web.port, head('/v1/ws?ticket=abc')))
  expect(unknown?.status).toBe(422)
})
