import { beforeAll, describe, expect, test } from 'vitest'
import { browserOn } from './oauth-browser.ts'
import { authUrl, begin, bodyOf, consent, goOn, proof, publish, signedIn } from './oauth-flow.ts'
import { openWorld, textIn, type World } from './oauth-world.ts'

let world: World
let viewer: World['owner']
const { challenge } = proof()

beforeAll(async () => {
  world = await openWorld()
  publish(world)
  const eve = { handle: 'eve', name: 'Eve', role: 'viewer' }
  const made = await world.run('identity.create_person', eve)
  viewer = await world.house.hall.authenticate(textIn(made, 'key'))
})

const codeOf = (heard: Awaited<ReturnType<typeof consent>>) => bodyOf(heard)['code']

describe('whoever is not signed in', () => {
  test('is led to the sign-in, and from there to a path of this hub', async () => {
    const browser = browserOn(world.wire, world.home)
    const first = await browser.get(authUrl(world, challenge))
    const go = first.headers.location ?? ''
    expect(go).toMatch(/^\/oauth\/interaction\/[\w-]+\/go$/)
    const second = await browser.get(go)
    expect(second.headers.location).toBe(`/sign-in?next=${go.slice(0, -3)}`)
  })

  test('with a sign-in that is not finished is led to its rest', async () => {
    const cookie = await world.session(world.owner, { stage: 'factor' })
    const browser = browserOn(world.wire, world.home, cookie)
    const first = await browser.get(authUrl(world, challenge))
    const second = await browser.get(first.headers.location ?? '')
    expect(second.headers.location).toContain('/sign-in?next=')
  })

  test('but holds a key is nobody here: keys are for programs', async () => {
    const browser = browserOn(world.wire, world.home)
    const headers = { authorization: `Bearer ${world.ownerKey}` }
    const first = await browser.get(authUrl(world, challenge), headers)
    const second = await browser.get(first.headers.location ?? '', headers)
    expect(second.headers.location).toContain('/sign-in?next=')
  })
})

describe('the request', () => {
  test('shows whose word the name is and where the answer goes', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    expect(bodyOf(await browser.get(`/v1/oauth/consents/${uid}`))).toMatchObject({
      kind: 'browser',
      client: { name: 'Example Client', host: 'client.example' },
      redirect: { host: 'client.example', isLocal: false },
      warning: null,
      resource: 'mcp',
      scopes: [{ scope: 'work:read' }, { scope: 'work:write' }],
      agents: [{ handle: 'dev-1', projects: ['GH'] }],
      next: `/oauth/interaction/${uid}/go`,
    })
  })

  test('warns where the answer goes to a program on this computer', async () => {
    const local = publish(
      world,
      { redirect_uris: ['http://localhost/callback'], client_name: 'Your\u202e Bank\n Inc' },
      'https://local.example/client.json',
    )
    const browser = await signedIn(world)
    const url = authUrl(world, challenge, {
      ...{ client_id: local, redirect_uri: 'http://localhost:4711/callback' },
    })
    const shown = bodyOf(
      await browser.get(`/v1/oauth/consents/${await begin(world, browser, url)}`),
    )
    expect(shown['warning']).toContain('on the computer of this browser')
    expect(shown).toMatchObject({ client: { name: 'Your Bank Inc' }, redirect: { isLocal: true } })
  })

  test('is unknown to another browser, of the same person too', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    for (const who of [world.owner, world.ben]) {
      const other = await signedIn(world, who)
      expect((await other.get(`/v1/oauth/consents/${uid}`)).status).toBe(404)
      const said = await consent(other, uid)
      expect([said.status, codeOf(said)]).toEqual([404, 'identity.consent_not_open'])
      const refusal = await other.post(`/v1/oauth/consents/${uid}/refuse`, {})
      expect(refusal.status).toBe(404)
      const on = await other.get(`/oauth/interaction/${uid}/go`)
      expect([on.status, codeOf(on)]).toEqual([404, 'identity.oauth_request_over'])
    }
    expect((await consent(browser, uid)).status).toBe(200)
  })

  test('decided here is carried out here only', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    await consent(browser, uid)
    const thief = await signedIn(world)
    const stolen = await thief.get(`/oauth/interaction/${uid}/go`)
    expect([stolen.status, codeOf(stolen)]).toEqual([404, 'identity.oauth_request_over'])
    expect((await goOn(browser, uid)).searchParams.get('code')).not.toBeNull()
    expect((await browser.get(`/oauth/interaction/${uid}/go`)).status).toBe(404)
  })
})

describe('the request', () => {
  test('is not moved to another one by its name', async () => {
    const browser = await signedIn(world)
    const one = await begin(world, browser, authUrl(world, challenge))
    const cookie = [...browser.jar].find(([, { path }]) => path.includes(one))
    const two = `${one.slice(0, -1)}${one.endsWith('a') ? 'b' : 'a'}`
    const [name = '', { value = '' } = {}] = cookie ?? []
    const heard = await browser.get(`/oauth/interaction/${two}/go`, {
      cookie: `${name}=${value}; ${await world.session(world.owner)}`,
    })
    expect(heard.status).toBe(404)
  })

  test('with a cookie nobody signed is over', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    for (const name of [...browser.jar.keys()]) if (name.endsWith('.sig')) browser.jar.delete(name)
    expect((await browser.get(`/oauth/interaction/${uid}/go`)).status).toBe(404)
  })

  test('refused is told to the program, without a code', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    expect((await browser.post(`/v1/oauth/consents/${uid}/refuse`, {})).status).toBe(200)
    expect((await consent(browser, uid)).status).toBe(404)
    const back = await goOn(browser, uid)
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.get('code')).toBeNull()
  })
})

type Wrong = readonly [why: string, more: object, status: number, code: string]

const WRONG: readonly Wrong[] = [
  [
    'more than was asked for',
    { scopes: ['work:read', 'tools:call'] },
    422,
    'identity.scope_not_asked',
  ],
  ['nothing', { scopes: [] }, 422, 'identity.scope_missing'],
  ['what is no scope', { scopes: ['org:delete'] }, 422, 'platform.input_not_valid'],
  ['no agent', { agent: undefined }, 422, 'identity.agent_missing'],
  ['two agents', { newAgent: { name: 'x' }, projects: ['GH'] }, 422, 'identity.agent_missing'],
  ['an agent that is not there', { agent: 'nobody' }, 404, 'platform.not_found'],
  ['a person as the agent', { agent: 'ben' }, 404, 'platform.not_found'],
  ['themselves as the agent', { agent: 'owner' }, 404, 'platform.not_found'],
  [
    'a new agent nowhere',
    { agent: undefined, newAgent: { name: 'x' } },
    422,
    'identity.projects_missing',
  ],
  ['a project that is not there', { projects: ['NO'] }, 404, 'platform.not_found'],
]

describe('a consent', () => {
  test.each(WRONG)('to %s is refused, and the request stays', async (_, more, status, code) => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const said = await consent(browser, uid, more)
    expect([said.status, codeOf(said)]).toEqual([status, code])
    expect((await consent(browser, uid)).status).toBe(200)
  })

  test('of somebody else’s agent is refused', async () => {
    const browser = await signedIn(world, world.ben)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const said = await consent(browser, uid)
    expect([said.status, codeOf(said)]).toEqual([404, 'platform.not_found'])
  })

  test('with a new agent is refused to whom may not make one there', async () => {
    const browser = await signedIn(world, viewer)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const more = { agent: undefined, newAgent: { name: 'eve-bot' }, projects: ['GH'] }
    const said = await consent(browser, uid, more)
    expect([said.status, codeOf(said)]).toEqual([403, 'identity.not_allowed'])
  })

  test('with a new agent makes one of the person, in these projects', async () => {
    const browser = await signedIn(world, world.ben)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const more = { agent: undefined, newAgent: { name: 'Ben Bot' }, projects: ['GH'] }
    expect((await consent(browser, uid, more)).status).toBe(200)
    expect(await world.run('identity.get_agent', { id: 'ben-bot' })).toMatchObject({
      ...{ handle: 'ben-bot', responsible: 'ben', projects: ['GH'] },
    })
  })

  test('wants a fresh sign-in', async () => {
    const cookie = await world.session(world.owner, { authTime: world.clock.now() - 601_000 })
    const browser = browserOn(world.wire, world.home, cookie)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const said = await consent(browser, uid)
    expect([said.status, codeOf(said)]).toEqual([403, 'identity.fresh_sign_in_needed'])
  })

  test('is given by a browser, not by a key', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const bare = browserOn(world.wire, world.home)
    const said = await consent(bare, uid)
    expect(said.status).toBe(401)
    const byKey = await bare.post(
      `/v1/oauth/consents/${uid}`,
      { agent: 'dev-1', scopes: ['work:read'] },
      { authorization: `Bearer ${world.ownerKey}` },
    )
    expect([byKey.status, codeOf(byKey)]).toEqual([403, 'identity.session_needed'])
  })
})

describe('a consent', () => {
  const FOREIGN: readonly (readonly [why: string, headers: Record<string, string>])[] = [
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of this site', { 'sec-fetch-site': 'same-site' }],
    [
      'a page with another name',
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    ],
    ['a page that hides its name', { origin: 'null' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', { 'content-type': 'text/plain' }],
  ]

  test.each(FOREIGN)('sent by %s is refused', async (_, headers) => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const body = { agent: 'dev-1', scopes: ['work:read'] }
    const said = await browser.post(`/v1/oauth/consents/${uid}`, body, headers)
    expect([403, 415]).toContain(said.status)
    // Nothing was decided: the request is still open.
    expect((await browser.get(`/v1/oauth/consents/${uid}`)).status).toBe(200)
  })

  test('twice counts once', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    const all = await Promise.all(Array.from({ length: 8 }, () => consent(browser, uid)))
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('is written down with who allowed what to whom', async () => {
    const browser = await signedIn(world)
    const uid = await begin(world, browser, authUrl(world, challenge))
    await consent(browser, uid, { scopes: ['work:read'], projects: ['GH'] })
    const ledger = await world.ledger()
    const given = ledger.filter(({ name }) => name === 'identity.consent_given').at(-1)
    expect(given?.actor).toBe(world.owner.id)
    expect(given?.data).toMatchObject({
      personId: world.owner.id,
      clientId: 'https://client.example/oauth/client.json',
      redirectHost: 'client.example',
      resource: 'mcp',
      scopes: ['work:read'],
    })
    expect(given?.data['agentId']).not.toBe(world.owner.id)
  })

  test('is listed for whom gave it, and for nobody else', async () => {
    const mine = bodyOf(await (await signedIn(world)).get('/v1/oauth/grants'))
    expect(JSON.stringify(mine)).toContain('Example Client')
    const theirs = bodyOf(await (await signedIn(world, viewer)).get('/v1/oauth/grants'))
    expect(theirs['items']).toEqual([])
  })

  test('of somebody else cannot be revoked', async () => {
    const mine = bodyOf(await (await signedIn(world)).get('/v1/oauth/grants'))
    const [, id = ''] = /"id":"([0-9a-f-]{36})"/.exec(JSON.stringify(mine)) ?? []
    const refused = world.run('identity.revoke_consent', { id }, world.ben)
    await expect(refused).rejects.toMatchObject({ kind: 'not_found' })
  })
})

test('an https hub marks its cookies for encrypted ways only', async () => {
  const secure = await openWorld({ publicUrl: 'https://hub.example' })
  publish(secure)
  const browser = browserOn(secure.wire, secure.home)
  const heard = await browser.get(authUrl(secure, challenge))
  expect(heard.headers.location).toMatch(/^\/oauth\/interaction\//)
  const cookies = heard.headers['set-cookie'] ?? []
  expect(cookies.length).toBeGreaterThan(1)
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Secure-guildhall-oauth/)
    expect(cookie.toLowerCase()).toContain('; secure')
    expect(cookie.toLowerCase()).toContain('; httponly')
    expect(cookie.toLowerCase()).toContain('; samesite=lax')
  }
})
