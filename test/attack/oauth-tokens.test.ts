import { beforeAll, describe, expect, test } from 'vitest'
import {
  bodyOf,
  callMcp,
  CLIENT,
  form,
  publish,
  refresh,
  signedIn,
  tokensFor,
  whoAt,
} from './oauth-flow.ts'
import { openWorld, textIn, type World } from './oauth-world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
  publish(world)
})

const errorOf = (heard: Awaited<ReturnType<typeof refresh>>) => bodyOf(heard)['error']
const call = (name: string, args: object = {}) => ({
  ...{ method: 'tools/call', params: { name, arguments: args } },
})

describe('a token', () => {
  test('acts as an agent for the person, with the rights of its scopes', async () => {
    const { access } = await tokensFor(world)
    const actor = await world.house.hall.authenticate(access, { audience: 'mcp' })
    expect(actor).toMatchObject({ kind: 'agent', handle: 'dev-1', via: 'oauth' })
    expect(actor.onBehalfOf).toBe(world.owner.id)
    expect(actor.scopes).toContain('task:write')
    expect(actor.scopes).not.toContain('memory:read')
    expect(actor.authTime).toBeTypeOf('number')
  })

  test('opens one door only', async () => {
    const { access } = await tokensFor(world)
    expect((await callMcp(world, access)).status).toBe(200)
    expect((await callMcp(world, access, { path: '/mcp/p/lean' })).status).toBe(200)
    expect((await callMcp(world, access, { path: '/agent/mcp' })).status).toBe(401)
    expect((await whoAt(world, access)).status).toBe(401)
  })

  test('is not looked for in the address', async () => {
    const { access } = await tokensFor(world)
    const heard = await callMcp(world, undefined, { path: `/mcp?access_token=${access}` })
    expect(heard.status).toBe(400)
  })

  test('is over after ten minutes', async () => {
    const { access } = await tokensFor(world)
    world.turn(599_000)
    expect((await callMcp(world, access)).status).toBe(200)
    world.turn(2_000)
    expect((await callMcp(world, access)).status).toBe(401)
  })

  test('is nothing when a letter of it is another one', async () => {
    const { access } = await tokensFor(world)
    const other = `${access.slice(0, -1)}${access.endsWith('A') ? 'B' : 'A'}`
    expect((await callMcp(world, other)).status).toBe(401)
    expect((await callMcp(world, access.toUpperCase())).status).toBe(401)
    expect((await callMcp(world, `${access}.`)).status).toBe(401)
  })

  test('of another kind opens nothing', async () => {
    const { refresh: long, code } = await tokensFor(world)
    expect((await callMcp(world, long)).status).toBe(401)
    expect((await callMcp(world, code)).status).toBe(401)
  })
})

describe('a token', () => {
  test('asks for more where it lacks a scope, and names all it needs', async () => {
    const { access } = await tokensFor(world, { consent: { scopes: ['work:read'] } })
    expect((await callMcp(world, access, call('task_find'))).status).toBe(200)
    const items = [{ title: 'From outside' }]
    const heard = await callMcp(world, access, call('task_save', { project: 'GH', items }))
    expect(heard.status).toBe(403)
    const said = heard.headers['www-authenticate'] ?? ''
    expect(said).toContain('error="insufficient_scope"')
    expect(said).toContain('scope="work:read work:write"')
    expect(said).toContain('/.well-known/oauth-protected-resource/mcp"')
  })

  test('with the scope does what the agent may, and no more', async () => {
    for (const project of ['GH', 'ZZ']) {
      await world.run('work.save_tasks', { project, items: [{ title: `Of ${project}` }] })
    }
    const { access } = await tokensFor(world)
    const own = await callMcp(world, access, call('work_next', { project: 'GH', wait_s: 0 }))
    expect([own.status, own.text]).toEqual([200, expect.stringContaining('Of GH')])
    const other = await callMcp(world, access, call('task_get', { key: 'ZZ-1' }))
    expect([other.status, other.text]).toEqual([200, expect.stringContaining('"isError":true')])
    expect(other.text).not.toContain('Of ZZ')
  })
})

describe('the door for tokens', () => {
  test('tells a stranger where to get one', async () => {
    const heard = await callMcp(world, undefined)
    expect(heard.status).toBe(401)
    expect(heard.headers['www-authenticate']).toBe(
      'Bearer scope="work:read work:write context:write", ' +
        `resource_metadata="${world.home}/.well-known/oauth-protected-resource/mcp"`,
    )
  })

  test('says that a token is wrong', async () => {
    const heard = await callMcp(world, 'A'.repeat(43))
    expect(heard.headers['www-authenticate']).toContain('error="invalid_token"')
  })

  test('takes no key, however it is shown', async () => {
    for (const header of ['authorization', 'x-api-key']) {
      const heard = await callMcp(world, world.agentKey, { header })
      expect(heard.status).toBe(401)
    }
    expect((await callMcp(world, world.agentKey, { path: '/agent/mcp' })).status).toBe(200)
  })

  test('for keys speaks of no sign-in', async () => {
    const heard = await callMcp(world, undefined, { path: '/agent/mcp' })
    expect(heard.status).toBe(401)
    expect(heard.headers['www-authenticate']).toBe('Bearer realm="guildhall"')
  })
})

describe('a refresh token', () => {
  test('gives new tokens and is used up', async () => {
    const first = await tokensFor(world)
    const heard = bodyOf(await refresh(world, first.refresh))
    expect(textIn(heard, 'refresh_token')).not.toBe(first.refresh)
    expect((await callMcp(world, textIn(heard, 'access_token'))).status).toBe(200)
  })

  test('passes once more within ten seconds, and not a third time', async () => {
    const { refresh: token } = await tokensFor(world)
    expect((await refresh(world, token)).status).toBe(200)
    const again = bodyOf(await refresh(world, token))
    const access = textIn(again, 'access_token')
    expect((await callMcp(world, access)).status).toBe(200)
    const third = await refresh(world, token)
    expect(errorOf(third)).toBe('invalid_grant')
    expect((await callMcp(world, access)).status).toBe(401)
  })

  test('shown again later ends everything that came of it', async () => {
    const { refresh: token } = await tokensFor(world)
    const next = bodyOf(await refresh(world, token))
    world.turn(10_500)
    expect(errorOf(await refresh(world, token))).toBe('invalid_grant')
    expect((await callMcp(world, textIn(next, 'access_token'))).status).toBe(401)
    expect(errorOf(await refresh(world, textIn(next, 'refresh_token')))).toBe('invalid_grant')
  })

  test('that twenty use at once passes twice at most', async () => {
    const { refresh: token } = await tokensFor(world)
    const all = await Promise.all(Array.from({ length: 20 }, () => refresh(world, token)))
    const passed = all.filter(({ status }) => status === 200).length
    expect([1, 2]).toContain(passed)
  })

  test('widens nothing', async () => {
    const { refresh: token } = await tokensFor(world, { consent: { scopes: ['work:read'] } })
    const wider = await refresh(world, token, { scope: 'work:read work:write' })
    expect(errorOf(wider)).toBe('invalid_scope')
  })

  test('narrows where it is asked to', async () => {
    const { refresh: token } = await tokensFor(world)
    const heard = bodyOf(await refresh(world, token, { scope: 'work:read' }))
    const access = textIn(heard, 'access_token')
    const actor = await world.house.hall.authenticate(access, { audience: 'mcp' })
    expect(actor.scopes).not.toContain('task:write')
  })

  test('is for the resource it was given for', async () => {
    const { refresh: token } = await tokensFor(world)
    const heard = await refresh(world, token, { resource: `${world.home}/v1` })
    expect(errorOf(heard)).toBe('invalid_target')
  })

  test('is over after thirty days without use', async () => {
    const { refresh: token } = await tokensFor(world)
    world.turn(30 * 86_400_000 + 1_000)
    expect(errorOf(await refresh(world, token))).toBe('invalid_grant')
  })

  test('of another client is nobody’s', async () => {
    const other = publish(world, {}, 'https://other.example/client.json')
    const { refresh: token } = await tokensFor(world)
    const heard = await refresh(world, token, { client_id: other })
    expect(errorOf(heard)).toBe('invalid_grant')
    expect((await refresh(world, token)).status).toBe(200)
  })
})

describe('what ends a token', () => {
  type Ending = readonly [why: string, end: (world: World) => Promise<unknown>]
  const newest = async (from: World) => {
    const browser = await signedIn(from)
    const heard: unknown = JSON.parse((await browser.get('/v1/oauth/grants')).text)
    const items: unknown = Reflect.get(Object(heard), 'items')
    return textIn(Array.isArray(items) ? items[0] : {}, 'id')
  }
  const ENDINGS: readonly Ending[] = [
    [
      'its agent is suspended',
      (from) => from.run('identity.suspend_principal', { handle: 'dev-1' }),
    ],
    [
      'its person revokes it',
      async (from) => from.run('identity.revoke_consent', { id: await newest(from) }),
    ],
  ]

  test.each(ENDINGS)('%s: it stops at once, and its refresh token too', async (_, end) => {
    const own = await openWorld()
    publish(own)
    const { access, refresh: token } = await tokensFor(own)
    expect((await callMcp(own, access)).status).toBe(200)
    await end(own)
    expect((await callMcp(own, access)).status).toBe(401)
    expect(errorOf(await refresh(own, token))).toBe('invalid_grant')
  })

  test('its person is suspended: it stops, and does not come back with them', async () => {
    const own = await openWorld()
    publish(own)
    const browser = await signedIn(own, own.ben)
    await own.run('identity.give_role', { handle: 'ben', role: 'lead', project: 'GH' })
    const given = { agent: undefined, newAgent: { name: 'Ben Bot' }, projects: ['GH'] }
    const { access } = await tokensFor(own, { browser, consent: given })
    expect((await callMcp(own, access)).status).toBe(200)
    await own.run('identity.suspend_principal', { handle: 'ben' })
    expect((await callMcp(own, access)).status).toBe(401)
    await own.run('identity.activate_principal', { handle: 'ben' })
    expect((await callMcp(own, access)).status).toBe(401)
  })

  test('the program gives it back: all of it is over, and the list says so', async () => {
    const { access, refresh: token } = await tokensFor(world)
    const heard = await form(world, '/oauth/revoke', { token: access, client_id: CLIENT })
    expect(heard.status).toBe(200)
    expect((await callMcp(world, access)).status).toBe(401)
    expect(errorOf(await refresh(world, token))).toBe('invalid_grant')
    expect(await world.ledger()).toContainEqual(
      expect.objectContaining({
        name: 'identity.consent_ended',
        data: expect.objectContaining({ why: 'given_back' }),
      }),
    )
  })

  test('another program cannot end it', async () => {
    const other = publish(world, {}, 'https://other.example/client.json')
    const { access } = await tokensFor(world)
    const heard = await form(world, '/oauth/revoke', { token: access, client_id: other })
    expect(heard.status).toBe(200)
    expect((await callMcp(world, access)).status).toBe(200)
  })
})
