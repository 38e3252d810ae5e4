import { randomBytes, randomFillSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TOTP } from 'otpauth'
import { afterAll } from 'vitest'
import {
  FIRST_SCOPES,
  firstRun,
  oauthServer,
  RESOURCE_METADATA,
  scopesNeeded,
  setUpLink,
} from '../../src/identity/room.ts'
import { addressReader } from '../../src/interface/http/address.ts'
import { flatSecurity } from '../../src/interface/http/headers.ts'
import { httpServer } from '../../src/interface/http/server.ts'
import type { LiveLimits } from '../../src/interface/live/limits.ts'
import { mcpDoor } from '../../src/interface/mcp/door.ts'
import { shownBy } from '../../src/interface/session-cookie.ts'
import { idMaker } from '../../src/kernel/id.ts'
import { KEY_SOURCES } from '../../src/main/key-sources.ts'
import { TOOL_ABOUT } from '../../src/main/tool-about.ts'
import { readLedger } from '../../src/platform/ledger/ledger.ts'
import { oauthCallback } from '../../src/tools/room.ts'
import { testHouse } from '../bench.ts'
import { type Heard, wireTo } from './wire.ts'

// A whole hub on a socket: every door, the OAuth server, a built page. Its people come in as people
// do: the owner by the link of the first start, others by invitations, all of them by HTTP.

/** The name of the cookie that keeps a browser's session here. */
export const COOKIE = 'guildhall-3fa9c1'
/** The https address that hubs of these tests have. */
export const PUBLIC = 'https://hall.example.org'
/** What stands beside the web folder and is nobody's to read. */
export const BAIT = 'swordfish-beside-the-web-folder'

const closers: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const webFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guildhall-attack-web-'))
  closers.push(async () => rmSync(folder, { recursive: true }))
  const root = path.join(folder, 'dist')
  mkdirSync(path.join(root, 'assets'), { recursive: true })
  writeFileSync(path.join(root, 'index.html'), '<!doctype html><title>Hall</title>')
  writeFileSync(path.join(root, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(path.join(root, 'assets', 'app-1a2b.js'), `// ${'x'.repeat(4000)}`)
  writeFileSync(path.join(folder, 'secret.txt'), BAIT)
  return root
}

/** How a hub is opened. */
export type Wanted = Readonly<{
  publicUrl?: string
  trustedProxies?: readonly string[]
  live?: Partial<LiveLimits>
  /** The folder of a page that was built; left out: a small one of the test's own. */
  webRoot?: string
}>

/** A request as a browser's page or a program sends it. */
export type Asked = Readonly<{
  session?: string | undefined
  key?: string | undefined
  body?: unknown
  headers?: Readonly<Record<string, string | string[]>>
}>

const random = (bytes: Uint8Array) => randomFillSync(bytes)

/** Opens a hub with all its doors over the house of this test file. */
export const openWeb = async (wanted: Wanted = {}) => {
  const { house, database, clock, fixtures } = await testHouse()
  const { publicUrl, trustedProxies = [], live, webRoot = webFolder() } = wanted
  const { hall } = house
  const own = { port: 0, publicUrl }
  const place = { publicUrl, port: () => own.port }
  const addressOf = addressReader(trustedProxies)
  const cookie = { name: COOKIE, own }
  const mcp = mcpDoor({
    ...{ hall, version: '1.0.0', publicUrl, port: place.port, sessionKey: randomBytes(32) },
    ...{ toolAbout: TOOL_ABOUT, keySources: KEY_SOURCES },
    tokens: { metadata: RESOURCE_METADATA, scopes: FIRST_SCOPES, needed: scopesNeeded },
  })
  const browsers = {
    ...{ addressOf, headers: flatSecurity(publicUrl) },
    shown: (req: IncomingMessage) =>
      shownBy(
        { headers: req.headers, url: req.url ?? '/', method: req.method ?? 'GET' },
        cookie,
        addressOf(req),
      ),
  }
  const oauth = oauthServer({
    ...{ ...browsers, database, seal: fixtures.keyring, hall, now: clock.now, place },
    ...{ limitFactor: 1_000_000, cookieName: COOKIE, registration: false },
    fetch: () => Promise.reject(new Error('Nothing goes out here.')),
  })
  const connect = oauthCallback({ ...browsers, hall, address: () => fixtures.place.address })
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'up 1\n' }
  const http = httpServer({
    ...{ hall, mcp, version: '1.0.0', publicUrl, cookieName: COOKIE, trustedProxies, metrics },
    ...{ webRoot, mounts: [oauth, connect], live },
  })
  own.port = (await http.listen({ host: '127.0.0.1', port: 0 })).port
  const { port } = own
  const url = `http://127.0.0.1:${port}`
  const wire = wireTo(url)
  closers.push(async () => {
    wire.close()
    await mcp.close()
    await http.close(500)
  })
  const home = publicUrl ?? `http://localhost:${port}`
  const { host, origin } = new URL(home)
  const cookieName = publicUrl?.startsWith('https:') ? `__Host-${COOKIE}` : COOKIE
  const say = (method: string, to: string, { session, key, body, headers }: Asked = {}) =>
    wire.send({
      ...{ method, path: to },
      headers: {
        host,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(session !== undefined && { cookie: `${cookieName}=${session}` }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    })
  /** Asks as a page of this hub does. */
  const page = (method: string, to: string, asked: Asked = {}) =>
    say(method, to, { ...asked, headers: { origin, ...OURS, ...asked.headers } })
  return { url, port, wire, host, origin, home, cookieName, say, page, house }
}

const OURS = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }

/** A hub under attack. */
export type Web = Awaited<ReturnType<typeof openWeb>>

/** Reads an answer's body as data. */
export const bodyOf = ({ text }: Pick<Heard, 'text'>): Readonly<Record<string, unknown>> => {
  const body: unknown = JSON.parse(text)
  return Object({ ...Object(body) })
}

/** Takes the session out of an answer's cookie. */
export const sessionOf = ({ headers }: Heard): string => {
  const [line = ''] = headers['set-cookie'] ?? []
  return /=([^;]+)/.exec(line)?.[1] ?? ''
}

/** Sends what must be answered with 200; gives the answer. */
const well = async (sent: Promise<Heard>): Promise<Heard> => {
  const heard = await sent
  if (heard.status !== 200) throw new Error(`${heard.status} ${heard.text}`)
  return heard
}

const tokenOf = (link: unknown): string => String(link).split('#')[1] ?? ''

/** A person with a browser. */
export type Person = Readonly<{
  handle: string
  email: string
  password: string
  session: string
}>

let owned: Promise<Person> | undefined

/** Gives the owner, who was set up by the link of the first start; the same one in every test. */
export const ownerOf = (web: Web): Promise<Person> => {
  owned ??= setUp(web)
  return owned
}

const setUp = async (web: Web): Promise<Person> => {
  const { database, clock } = await testHouse()
  const run = { database, now: clock.now, newId: idMaker(clock.now, random), random }
  await firstRun({ ...run, write: async () => {} })
  const link = await setUpLink({ ...run, address: web.home })
  const known = { email: 'ada@example.org', password: 'ada walks over five bridges' }
  const body = { token: tokenOf(link), name: 'Ada', ...known }
  const heard = await well(web.page('POST', '/v1/set-up', { body }))
  const handle = String(bodyOf(heard)['handle'])
  // An owner needs a second factor: without one, this session is good for setting one up.
  const half = sessionOf(heard)
  const begun = await well(web.page('POST', '/v1/me/totp', { session: half, body: {} }))
  const totp = new TOTP({ secret: String(bodyOf(begun)['secret']), algorithm: 'SHA1' })
  const code = { code: totp.generate({ timestamp: clock.now() }) }
  const done = await well(web.page('POST', '/v1/me/totp/confirm', { session: half, body: code }))
  return { ...known, handle, session: sessionOf(done) }
}

let joined = 0

/** Invites a person, who accepts and is signed in. */
export const joins = async (web: Web, role = 'member', projects: object[] = []) => {
  const owner = await ownerOf(web)
  const name = `guest${++joined}`
  const known = { email: `${name}@example.org`, password: `${name} walks over five bridges` }
  const wanted = { email: known.email, role, projects }
  const asked = { session: owner.session, body: wanted }
  const invited = await well(web.page('POST', '/v1/invitations', asked))
  const { password } = known
  const body = { token: tokenOf(bodyOf(invited)['link']), name, password }
  const heard = await well(web.page('POST', '/v1/invitations/accept', { body }))
  return { ...known, handle: String(bodyOf(heard)['handle']), session: sessionOf(heard) }
}

/** Makes a project; gives its key. */
export const givenProject = async (web: Web, key: string): Promise<string> => {
  const { session } = await ownerOf(web)
  const body = { key, name: `Project ${key}` }
  await well(web.page('POST', '/v1/projects', { session, body }))
  return key
}

/** Makes a key of a person. */
export const givenKey = async (web: Web, session: string): Promise<string> => {
  const body = { name: 'laptop' }
  const heard = await well(web.page('POST', '/v1/keys', { session, body }))
  return String(bodyOf(heard)['key'])
}

/** Names what has happened in the organisation so far. */
export const eventsOf = async ({ house }: Web, session: string): Promise<readonly string[]> => {
  const { database } = await testHouse()
  const { orgId } = await house.hall.authenticate(session, { cookie: true })
  await house.settle()
  const from = { pos: 0, since: 0, limit: 10_000 }
  return (await readLedger(database.read(orgId), orgId, from)).map(({ name }) => name)
}

/**
 * Writes bytes on a bare socket and gives all that came back until it was closed, or until `enough`
 * was heard.
 */
export const talk = (port: number, text: string | Buffer, enough?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.setTimeout(8000, () => socket.destroy(new Error(`No end; so far: ${said}`)))
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (enough !== undefined && said.includes(enough)) socket.destroy()
    })
    socket.on('error', (error) => (said ? resolve(said) : reject(error)))
    socket.on('close', () => resolve(said))
  })

/** An answer as it stood on the wire. */
export type Answer = Readonly<{
  status: number
  headers: Readonly<Record<string, string>>
  text: string
}>

const LAST_CHUNK = '\r\n0\r\n\r\n'

/** Reads the answers that came back one after the other, each as long as it says it is. */
export const answersIn = (said: string): readonly Answer[] => {
  const answers: Answer[] = []
  for (let rest = said; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.slice(0, end < 0 ? undefined : end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1] ?? Number.NaN)
    const headers = Object.fromEntries(
      lines.map((line): [string, string] => {
        const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
        return [name.toLowerCase(), value]
      }),
    )
    const body = rest.slice(end + 4)
    const isChunked = headers['transfer-encoding'] === 'chunked'
    const last = isChunked ? body.indexOf(LAST_CHUNK) + LAST_CHUNK.length : body.length
    const length = Number(headers['content-length'] ?? last)
    answers.push({ status, headers, text: body.slice(0, length) })
    if (end < 0) break
    rest = body.slice(length)
  }
  return answers
}

/** Lists the status of each answer in what came back. */
export const statusesIn = (said: string): readonly number[] =>
  answersIn(said).map(({ status }) => status)
