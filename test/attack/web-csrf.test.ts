import { beforeAll, expect, test } from 'vitest'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { testHouse } from '../bench.ts'
import { modern } from '../mcp-door.ts'
import { asAdmin } from '../server.ts'
import { routeOf } from './crawl-doors.ts'
import {
  type Asked,
  bodyOf,
  eventsOf,
  givenKey,
  givenProject,
  joins,
  openWeb,
  ownerOf,
  PUBLIC,
  type Web,
} from './web-house.ts'

// A page of somebody else sits in a browser that holds a session here. It can send whatever forms,
// images, scripts and links can send; nothing of it may be taken for a wish of the person.

let plain: Web
let secure: Web
let session = ''
beforeAll(async () => {
  plain = await openWeb()
  secure = await openWeb({ publicUrl: PUBLIC })
  session = (await ownerOf(plain)).session
  await givenProject(plain, 'GH')
})

const routesOf = (web: Web, wanted: (operation: AnyOperation) => boolean) =>
  web.house.hall.operations
    .filter((operation) => operation.http !== null && !operation.internal && wanted(operation))
    .map((operation) => {
      const { method, path } = routeOf(operation)
      return { operation, method, path: path.replaceAll(/:\w+/g, 'x') }
    })

const isUnsafe = ({ http }: AnyOperation): boolean => !http?.startsWith('GET ')
const codeOf = ({ text }: { text: string }): unknown => bodyOf({ text })['code']

type Headers = Readonly<Record<string, string | string[]>>

/** What pages of others can make a browser send along with the cookie. */
const FOREIGN: readonly (readonly [name: string, headers: (web: Web) => Headers])[] = [
  ['from another site', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['from another host of the same site', () => ({ 'sec-fetch-site': 'same-site' })],
  ['typed by the person', () => ({ 'sec-fetch-site': 'none' })],
  ['of a browser that says nothing', () => ({})],
  ['with an empty word', () => ({ 'sec-fetch-site': '' })],
  ['with the word in capitals', () => ({ 'sec-fetch-site': 'Same-Origin' })],
  ['with both words', () => ({ 'sec-fetch-site': 'same-origin, cross-site' })],
  ['with the header twice', () => ({ 'sec-fetch-site': ['cross-site', 'same-origin'] })],
  ['from an opaque origin', () => ({ origin: 'null' })],
  ['from a foreign origin', () => ({ origin: 'http://evil.test' })],
  [
    'from a foreign origin that lies about its site',
    () => ({ origin: 'http://evil.test', 'sec-fetch-site': 'same-origin' }),
  ],
  [
    'of our origin, whose browser says otherwise',
    ({ origin }) => ({ origin, 'sec-fetch-site': 'cross-site' }),
  ],
  ['from another port of this machine', () => ({ origin: 'http://localhost:1' })],
  ['from our name with more behind it', ({ origin }) => ({ origin: `${origin}.evil.test` })],
  ['from our name with something before it', ({ host }) => ({ origin: `http://evil.${host}` })],
  ['with our address as the referrer only', ({ home }) => ({ referer: `${home}/` })],
]

test.each(FOREIGN)('no changing route takes a request %s, and nothing changes', async (_, of) => {
  for (const web of [plain, secure]) {
    const before = await eventsOf(plain, session)
    const routes = routesOf(web, (operation) => isUnsafe(operation) && !operation.open)
    for (const { method, path } of routes) {
      const heard = await web.say(method, path, { session, body: {}, headers: of(web) })
      const name = `${method} ${path}`
      expect([name, heard.status, codeOf(heard)]).toEqual([name, 403, 'platform.origin_refused'])
    }
    expect(routes.length).toBeGreaterThan(70)
    expect(await eventsOf(plain, session)).toEqual(before)
  }
})

test('from a page of this hub the same requests get further', async () => {
  const guest = await joins(plain, 'viewer')
  for (const { method, path } of routesOf(plain, isUnsafe)) {
    if (path.includes('sign-out')) continue
    const asked = { session: guest.session, body: { no: 1 } }
    const { text } = await plain.page(method, path, asked)
    expect([path, text]).not.toEqual([path, expect.stringContaining('platform.origin_refused')])
    // A browser that says nothing of sites names the origin.
    const { origin } = plain
    const named = await plain.say(method, path, { ...asked, headers: { origin } })
    expect([path, named.text]).not.toEqual([path, expect.stringContaining('origin_refused')])
  }
})

/** Bodies that a form or a simple script may send to another site without asking first. */
const SIMPLE: readonly (readonly [type: string | undefined, body: string])[] = [
  ['application/x-www-form-urlencoded', 'name=x'],
  ['application/x-www-form-urlencoded; charset=utf-8', '{"name":"x"}'],
  [
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--',
  ],
  ['text/plain', '{"name":"x"}'],
  ['text/plain; application/json', '{"name":"x"}'],
  ['application/jsonx', '{"name":"x"}'],
  ['text/json', '{"name":"x"}'],
  ['application/csp-report', '{"name":"x"}'],
  ['', '{"name":"x"}'],
  [undefined, '{"name":"x"}'],
]

test.each(SIMPLE)(
  'a body of type %s is read by no route, signing in included',
  async (...given) => {
    const [type, body] = given
    const routes = routesOf(plain, isUnsafe)
    for (const { operation, method, path } of routes) {
      const headers = { 'content-type': type === undefined ? [] : type }
      const asked: Asked = { ...(operation.open === undefined && { session }), body, headers }
      const heard = await plain.page(method, path, asked)
      expect([path, heard.status, codeOf(heard)]).toEqual([
        path,
        415,
        'platform.media_type_not_supported',
      ])
    }
  },
)

test('strangers’ routes refuse pages of others by their origin', async () => {
  const routes = routesOf(plain, (operation) => isUnsafe(operation) && operation.open !== undefined)
  expect(routes.length).toBeGreaterThan(8)
  for (const { method, path } of routes) {
    for (const origin of ['http://evil.test', 'null', `${plain.origin}.evil.test`]) {
      const heard = await plain.say(method, path, { body: {}, headers: { origin } })
      expect([path, codeOf(heard)]).toEqual([path, 'platform.origin_refused'])
    }
  }
})

test('a key is good without a page, and no good to a page of others', async () => {
  const key = await givenKey(plain, session)
  const ask = (headers: Headers) => plain.say('GET', '/v1/me', { key, headers })
  expect((await ask({})).status).toBe(200)
  expect((await ask({ origin: 'http://evil.test' })).status).toBe(403)
  const body = { name: 'x', key: 'XX' }
  const made = { key, body, headers: { 'sec-fetch-site': 'cross-site', origin: 'null' } }
  expect((await plain.say('POST', '/v1/projects', made)).status).toBe(403)
})

test('no header and no field turns a request into another method', async () => {
  const before = await eventsOf(plain, session)
  const names = [
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-original-method',
  ]
  for (const name of names) {
    for (const word of ['DELETE', 'POST', 'PATCH']) {
      const headers = { [name]: word }
      const heard = await plain.page('GET', '/v1/projects/GH', { session, headers })
      expect([name, heard.status]).toEqual([name, 200])
      expect(bodyOf(heard)).toMatchObject({ key: 'GH' })
      const gone = await plain.page('POST', '/v1/projects/GH', { session, body: {}, headers })
      expect([name, gone.status]).toEqual([name, 405])
    }
  }
  const asked = await plain.page('GET', '/v1/projects/GH?_method=DELETE', { session })
  expect([asked.status, codeOf(asked)]).toEqual([422, 'platform.input_not_valid'])
  const body = { _method: 'DELETE' }
  expect((await plain.page('PATCH', '/v1/projects/GH', { session, body })).status).toBe(422)
  expect(await eventsOf(plain, session)).toEqual(before)
})

test('links and pictures reach no changing route', async () => {
  const before = await eventsOf(plain, session)
  const reads = plain.house.hall.operations
    .filter((operation) => operation.http !== null && !isUnsafe(operation))
    .map((operation) => routeOf(operation).path.replaceAll(/:\w+/g, '[^/]+'))
  const isRead = (path: string) => reads.some((read) => new RegExp(`^${read}$`).test(path))
  for (const { path } of routesOf(plain, isUnsafe)) {
    for (const method of ['GET', 'HEAD'] as const) {
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
      const { status } = await plain.say(method, path, { session, headers })
      if (!isRead(path)) expect([path, status]).toEqual([path, 405])
    }
    const asked = await plain.say('OPTIONS', path, { session })
    expect([path, asked.status, asked.text]).toEqual([path, 204, ''])
  }
  expect(await eventsOf(plain, session)).toEqual(before)
})

/** Gives a digest of every table but those of what was said and of when somebody was seen. */
const digests = async (): Promise<Readonly<Record<string, string>>> => {
  const { target } = await testHouse()
  return asAdmin(target, async (client) => {
    const { rows } = await client.query<{ name: string }>(`
      select c.oid::regclass::text as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('identity', 'work', 'context', 'tools') and c.relkind in ('r', 'p')
         and not c.relispartition
       order by 1`)
    const found: Record<string, string> = {}
    for (const { name } of rows) {
      const columns = name === 'identity.session' ? 'id, principal_id, revoked_at, expires_at' : 't'
      const { rows: said } = await client.query<{ digest: string }>(
        `select md5(coalesce(string_agg((${columns})::text, '|' order by (${columns})::text), ''))
           as digest from ${name} t`,
      )
      found[name] = said[0]?.digest ?? ''
    }
    return found
  })
}

test('reading changes nothing, whatever is read', async () => {
  const before = await digests()
  expect(Object.keys(before).length).toBeGreaterThan(30)
  const happened = (await eventsOf(plain, session)).length
  for (const { path } of routesOf(plain, (operation) => !isUnsafe(operation))) {
    for (const method of ['GET', 'HEAD'] as const) {
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
      const heard = await plain.say(method, path.replace('/projects/x', '/projects/GH'), {
        session,
        headers,
      })
      expect([path, heard.status]).not.toEqual([path, 500])
    }
  }
  expect(await digests()).toEqual(before)
  // What leaves in bulk, or is looked at with care, leaves a trace in the ledger: that and no more.
  const since = (await eventsOf(plain, session)).slice(happened)
  expect(since.filter((name) => !/(opened|read|looked_at|exported)$/.test(name))).toEqual([])
})

test('the doors of agents know no cookie', async () => {
  const { headers = {}, body } = modern('tools/list', {})
  for (const path of ['/agent/mcp', '/mcp']) {
    const heard = await plain.page('POST', path, { session, body: String(body), headers })
    expect([path, heard.status]).toEqual([path, 401])
    const legacy = await plain.page('GET', path, { session, headers: { 'mcp-session-id': 'x' } })
    expect([path, legacy.status]).toEqual([path, 401])
  }
})
