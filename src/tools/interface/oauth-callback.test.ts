import { afterEach, expect, test } from 'vitest'
import { testHouse } from '../../../test/bench.ts'
import { bodyOf, joins, openWeb, ownerOf } from '../../../test/attack/web-house.ts'
import { protectServer } from '../../../test/mcp/protected-server.ts'
import { startTokenIssuer } from '../../../test/mcp/token-issuer.ts'
import { modernServer } from '../../../test/mcp/upstream-servers.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const MARK = 'abcdefghijklmnopqrstuv'

const moved = async (address: string) => {
  const { fixtures } = await testHouse()
  const before = fixtures.place.address
  fixtures.place.address = address
  ends.push(async () => {
    fixtures.place.address = before
  })
}

let servers = 0

/** A hub with its doors, an owner with a browser, and a server that wants tokens. */
const world = async () => {
  const web = await openWeb()
  await moved(web.home)
  const inner = await modernServer()
  const issuer = await startTokenIssuer()
  const server = await protectServer(inner, issuer)
  ends.push(inner.stop, issuer.stop, server.stop)
  const { session } = await ownerOf(web)
  servers += 1
  const slug = `docs${servers}`
  const wish = { slug, url: server.url, auth: { kind: 'oauth' }, credential: 'person' }
  const added = await web.page('POST', '/v1/tool-servers', { session, body: wish })
  expect(added.status).toBe(200)
  const start = async (as = session) => {
    const path = `/v1/tool-servers/${slug}/connection/start`
    const heard = await web.page('POST', path, { session: as, body: {} })
    return String(bodyOf(heard)['url'])
  }
  /** Follows an address as a browser does that comes from another site. */
  const back = (to: URL, as?: string) =>
    web.say('GET', `${to.pathname}${to.search}`, {
      ...(as !== undefined && { session: as }),
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    })
  const connected = async () => {
    const heard = await web.page('GET', '/v1/tool-servers', { session })
    const text = JSON.stringify(bodyOf(heard)['items'])
    return new RegExp(`"slug":"${slug}".*?"connected":(true|false)`).exec(text)?.[1]
  }
  return { ...web, slug, session, issuer, start, back, connected }
}

test('a browser that comes back ends the sign-in and is led to the server', async () => {
  const w = await world()
  const to = await w.issuer.visit(await w.start())
  const heard = await w.back(to, w.session)
  expect(heard).toMatchObject({ status: 303, headers: { location: `/tools/${w.slug}` } })
  expect(heard.headers['cache-control']).toBe('no-store')
  expect(heard.headers['referrer-policy']).toBe('no-referrer')
  expect(await w.connected()).toBe('true')
})

test('a browser without a session signs in first, and comes back with the answer', async () => {
  const w = await world()
  const to = await w.issuer.visit(await w.start())
  const next = encodeURIComponent(`${to.pathname}${to.search}`)
  const heard = await w.back(to)
  expect(heard).toMatchObject({ status: 303, headers: { location: `/sign-in?next=${next}` } })
  expect(w.issuer.asked.some(({ path }) => path === '/token')).toBe(false)
  expect((await w.back(to, w.session)).status).toBe(303)
})

test('the browser of somebody else ends nothing, and spoils nothing', async () => {
  const w = await world()
  const eve = await joins(w)
  const body = { principal: eve.handle, permissions: ['connection:use'] }
  expect((await w.page('POST', '/v1/grants', { session: w.session, body })).status).toBe(200)
  const to = await w.issuer.visit(await w.start())
  const heard = await w.back(to, eve.session)
  expect(heard.status).toBe(409)
  expect(heard.text).toContain('was not begun by you here')
  expect(w.issuer.asked.some(({ path }) => path === '/token')).toBe(false)
  expect(await w.connected()).toBe('false')
  expect((await w.back(to, w.session)).status).toBe(303)
})

test('a page that tells why says no word of what came in the address', async () => {
  const w = await world()
  const hostile = '<script>alert(1)</script>'
  const to = new URL(`${w.home}/connect/${MARK}/callback`)
  to.searchParams.set('state', 'x')
  to.searchParams.set('error', hostile)
  const heard = await w.back(to, w.session)
  expect(heard.status).toBe(409)
  expect(heard.text).not.toContain('script')
  expect(String(heard.headers['content-security-policy'])).toContain("default-src 'none'")
})

test('the document of a client is there for a hub with https only', async () => {
  const web = await openWeb()
  const path = `/connect/${MARK}/client.json`
  expect((await web.say('GET', path)).status).toBe(404)
  await moved('https://hall.example.org')
  const heard = await web.say('GET', path)
  expect(heard).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' },
  })
  expect(bodyOf(heard)).toMatchObject({
    client_id: `https://hall.example.org${path}`,
    redirect_uris: [`https://hall.example.org/connect/${MARK}/callback`],
  })
  for (const other of ['/connect/', '/connect/short/client.json', `/connect/${MARK}/x`]) {
    expect((await web.say('GET', other)).status).toBe(404)
  }
  const posted = await web.say('POST', path, { headers: { origin: web.origin } })
  expect(posted.status).toBe(405)
})
