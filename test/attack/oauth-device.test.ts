import { beforeAll, describe, expect, test } from 'vitest'
import { browserOn } from './oauth-browser.ts'
import { bodyOf, form, signedIn, whoAt, callMcp } from './oauth-flow.ts'
import { openWorld, textIn, type World } from './oauth-world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
})

const CLI = 'guildhall-cli'
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

const start = async (from: World = world) => {
  const fields = { client_id: CLI, resource: `${from.home}/v1` }
  const body = bodyOf(await form(from, '/oauth/device/auth', fields))
  return {
    body,
    device: textIn(body, 'device_code'),
    code: textIn(body, 'user_code'),
  }
}

const poll = (device: string, more: object = {}) =>
  form(world, '/oauth/token', { grant_type: DEVICE, device_code: device, client_id: CLI, ...more })

const errorOf = (heard: Awaited<ReturnType<typeof poll>>) => bodyOf(heard)['error']

/** Opens a device's request in a browser; gives its name. */
const open = async (browser: Awaited<ReturnType<typeof signedIn>>, code: string) => {
  const heard = await browser.get(`/oauth/device/${code}`)
  return /^\/oauth\/interaction\/(device-[\w-]+)$/.exec(heard.headers.location ?? '')?.[1] ?? ''
}

describe('the command line', () => {
  test('is told a short code and where to type it', async () => {
    const { body, code } = await start()
    expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(body).toMatchObject({
      verification_uri: `${world.home}/device`,
      verification_uri_complete: `${world.home}/device?user_code=${code}`,
      expires_in: 600,
      interval: 5,
    })
  })

  test('acts as the person once they have said yes', async () => {
    const { device, code } = await start()
    expect(errorOf(await poll(device))).toBe('authorization_pending')
    const browser = await signedIn(world)
    const uid = await open(browser, code.toLowerCase())
    expect(bodyOf(await browser.get(`/v1/oauth/consents/${uid}`))).toMatchObject({
      ...{ kind: 'device', resource: 'v1', redirect: null },
      client: { name: 'Guildhall command line', host: null },
      warning: expect.stringContaining('the same code'),
    })
    expect((await browser.post(`/v1/oauth/consents/${uid}`, {})).status).toBe(200)
    const done = await browser.get(`/oauth/interaction/${uid}/go`)
    expect(done.headers.location).toBe('/device?done=given')
    world.turn(5_000)
    const tokens = bodyOf(await poll(device))
    const access = textIn(tokens, 'access_token')
    const who = await whoAt(world, access)
    expect([who.status, who.text]).toEqual([200, expect.stringContaining('"owner"')])
    const actor = await world.house.hall.authenticate(access, { audience: 'v1' })
    expect(actor).toMatchObject({ kind: 'person', id: world.owner.id, via: 'oauth', scopes: null })
    expect((await callMcp(world, access)).status).toBe(401)
    world.turn(5_000)
    expect(errorOf(await poll(device))).toBe('invalid_grant')
    expect((await whoAt(world, access)).status).toBe(401)
  })
})

describe('the command line', () => {
  test('cannot decide about programs with its token', async () => {
    const { device, code } = await start()
    const browser = await signedIn(world)
    const uid = await open(browser, code)
    await browser.post(`/v1/oauth/consents/${uid}`, {})
    await browser.get(`/oauth/interaction/${uid}/go`)
    const access = textIn(bodyOf(await poll(device)), 'access_token')
    const actor = await world.house.hall.authenticate(access, { audience: 'v1' })
    const refused = world.run('identity.give_consent', { uid }, actor)
    await expect(refused).rejects.toMatchObject({ code: 'identity.session_needed' })
  })

  test('hears that the person said no', async () => {
    const { device, code } = await start()
    const browser = await signedIn(world)
    const uid = await open(browser, code)
    await browser.post(`/v1/oauth/consents/${uid}/refuse`, {})
    await browser.get(`/oauth/interaction/${uid}/go`)
    expect(errorOf(await poll(device))).toBe('access_denied')
  })

  test('that asks too fast is told to slow down, and then goes on', async () => {
    const { device } = await start()
    expect(errorOf(await poll(device))).toBe('authorization_pending')
    expect(errorOf(await poll(device))).toBe('slow_down')
    world.turn(5_001)
    expect(errorOf(await poll(device))).toBe('authorization_pending')
  })

  test('has ten minutes', async () => {
    const { device, code } = await start()
    world.turn(601_000)
    expect(errorOf(await poll(device))).toBe('invalid_grant')
    const browser = await signedIn(world)
    const heard = await browser.get(`/oauth/device/${code}`)
    expect(heard.headers.location).toBe('/device?problem=identity.device_code_unknown')
  })

  test('asks for the API only', async () => {
    for (const resource of [`${world.home}/mcp`, 'https://evil.example/v1', undefined]) {
      const heard = await form(world, '/oauth/device/auth', { client_id: CLI, resource })
      expect(errorOf(heard)).toBe('invalid_target')
    }
  })
})

describe('a code of a device', () => {
  test('sends whoever is not signed in to the sign-in and back to the code', async () => {
    const { code } = await start()
    const heard = await browserOn(world.wire, world.home).get(`/oauth/device/${code}`)
    const next = encodeURIComponent(`/device?user_code=${code}`)
    expect(heard.headers.location).toBe(`/sign-in?next=${next}`)
  })

  test('opened in one browser is decided in no other', async () => {
    const { device, code } = await start()
    const uid = await open(await signedIn(world), code)
    const other = await signedIn(world, world.ben)
    const said = await other.post(`/v1/oauth/consents/${uid}`, {})
    expect(said.status).toBe(404)
    await other.get(`/oauth/interaction/${uid}/go`)
    expect(errorOf(await poll(device))).toBe('authorization_pending')
  })

  test('is used up by its decision', async () => {
    const { code } = await start()
    const browser = await signedIn(world)
    const uid = await open(browser, code)
    await browser.post(`/v1/oauth/consents/${uid}`, {})
    await browser.get(`/oauth/interaction/${uid}/go`)
    const again = await (await signedIn(world, world.ben)).get(`/oauth/device/${code}`)
    expect(again.headers.location).toBe('/device?problem=identity.device_code_unknown')
  })

  test('is not found by guessing: tries of a person are counted', async () => {
    const guarded = await openWorld({ limitFactor: 1 })
    const browser = await signedIn(guarded)
    const statuses: number[] = []
    for (let count = 0; count < 31; count += 1) {
      const letters = 'BCDFGHJKLMNPQRSTVWXZ'
      const guess = `BBBB-BB${letters[count % 20]}${letters[(count * 7) % 20]}`
      statuses.push((await browser.get(`/oauth/device/${guess}`)).status)
    }
    expect(statuses.filter((status) => status === 303)).toHaveLength(30)
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('a stranger', () => {
  type Ask = (from: World) => Promise<{ status: number; headers: object }>
  const LIMITS: readonly (readonly [what: string, most: number, ask: Ask])[] = [
    ['codes for devices', 5, (from) => form(from, '/oauth/device/auth', { client_id: CLI })],
    ['tokens', 30, (from) => form(from, '/oauth/token', { grant_type: 'refresh_token' })],
    [
      'consent',
      30,
      (from) =>
        from.wire.send({
          ...{ method: 'GET', path: '/oauth/auth?client_id=x' },
          headers: { host: new URL(from.home).host },
        }),
    ],
    [
      'new clients',
      10,
      async (from) => {
        const id = encodeURIComponent(`https://client-${Math.random()}.invalid/c.json`)
        const query = `client_id=${id}&redirect_uri=https://x.invalid/&response_type=code`
        return from.wire.send({
          ...{ method: 'GET', path: `/oauth/auth?${query}` },
          headers: { host: new URL(from.home).host },
        })
      },
    ],
  ]

  test.each(LIMITS)('asks for %s %i times, then waits', async (_, most, ask) => {
    const guarded = await openWorld({ limitFactor: 1 })
    await guarded.database.system((sql) => sql`delete from platform.limit where true`)
    const statuses: number[] = []
    for (let count = 0; count <= most; count += 1) statuses.push((await ask(guarded)).status)
    expect(statuses.slice(0, most).every((status) => status !== 429)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
  })
})
