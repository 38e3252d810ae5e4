import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { systemActor } from '../../kernel/actor.ts'
import { clientDocument } from '../domain/oauth-client.ts'
import { bench, testHouse } from '../../../test/bench.ts'
import { type ProtectionOptions, protectServer } from '../../../test/mcp/protected-server.ts'
import { startTokenIssuer, type TokenIssuerOptions } from '../../../test/mcp/token-issuer.ts'
import { modernServer, sessionServer } from '../../../test/mcp/upstream-servers.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

type Wanted = Readonly<{
  issuer?: TokenIssuerOptions
  server?: ProtectionOptions
  credential?: 'person' | 'shared'
  era?: 'modern' | 'legacy'
}>

const RULES = { approval: 'never', egress: 'internal' }

/** An organisation with a server that wants tokens, and the issuer that gives them. */
const world = async (wanted: Wanted = {}) => {
  const inner = await (wanted.era === 'legacy' ? sessionServer() : modernServer())
  const issuer = await startTokenIssuer(wanted.issuer)
  const server = await protectServer(inner, issuer, wanted.server)
  ends.push(inner.stop, issuer.stop, server.stop)
  const b = await bench()
  const auth = { kind: 'oauth' }
  const credential = wanted.credential ?? 'person'
  const added = { slug: 'docs', url: server.url, trust: true, rules: RULES, auth, credential }
  await b.run('tools.add_tool_server', added)
  const start = (as = b.owner) => b.run('tools.start_account', { server: 'docs' }, as)
  const finish = (callback: URL | string, as = b.owner) =>
    b.run('tools.finish_account', { callback: String(callback) }, as)
  const connect = async (as = b.owner) => {
    const { url } = await start(as)
    return finish(await issuer.visit(url), as)
  }
  const refresh = () => b.run('tools.refresh_tools', { slug: 'docs' })
  const echo = (text: string, as = b.owner) =>
    b.run('tools.call_tool', { name: 'docs__echo', args: { text } }, as)
  const names = async () => (await b.ledger()).map(({ name }) => name)
  const person = async (handle: string) => {
    const made = await b.given.person(handle)
    const permissions = ['connection:use', 'tool:call', 'tool:read']
    await b.run('identity.give_grant', { principal: handle, permissions })
    return made
  }
  const endAccounts = () => b.run('tools.end_accounts', {}, systemActor(b.orgId))
  const isConnected = async (as = b.owner) =>
    (await b.run('tools.list_tool_servers', {}, as)).items[0].connected
  return {
    ...b,
    inner,
    issuer,
    server,
    start,
    finish,
    connect,
    refresh,
    echo,
    names,
    isConnected,
    endAccounts,
    person,
  }
}

test.each(['modern', 'legacy'] as const)(
  'somebody signs in, and calls go under their token, %s',
  async (era) => {
    const w = await world({ era })
    expect(await w.isConnected()).toBe(false)
    const started = await w.start()
    const address = new URL(started.url)
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: w.server.resource,
      scope: 'files:read offline_access',
    })
    const made = await w.finish(await w.issuer.visit(started.url))
    expect(made).toEqual({ server: 'docs', personal: true, account: null, state: 'ready' })
    await w.refresh()
    expect(await w.echo('hello')).toMatchObject({ state: 'done', text: '{"text":"hello"}' })
    expect(await w.names()).toEqual(
      expect.arrayContaining([
        'tools.oauth_client_set',
        'tools.connection_made',
        'tools.secret_used',
      ]),
    )
    const [access] = w.issuer.tokens().filter((token) => w.server.credentials.includes(token))
    expect(access).toBeDefined()
  },
)

test('a personal account is of whoever connected it', async () => {
  const w = await world()
  const bo = await w.person('bo')
  await w.connect()
  await w.refresh()
  const call = { name: 'docs__echo', args: { text: 'x' } }
  expect(await w.refused('tools.call_tool', call, bo)).toMatchObject({
    code: 'tools.needs_connect',
    details: { url: 'http://localhost:7420/tools/docs' },
  })
  await w.connect(bo)
  expect(await w.echo('bo', bo)).toMatchObject({ state: 'done' })
  expect(new Set(w.server.credentials.filter((token) => token !== '')).size).toBe(2)
})

test('an account for all is connected by whoever may, and used by all', async () => {
  const w = await world({ credential: 'shared' })
  const bo = await w.person('bo')
  expect(await w.refused('tools.start_account', { server: 'docs' }, bo)).toMatchObject({
    code: 'tools.may_not_share',
  })
  expect(await w.connect()).toMatchObject({ personal: false })
  await w.refresh()
  expect(await w.echo('bo', bo)).toMatchObject({ state: 'done' })
})

const HOUR_MS = 3_600_000

test('an ageing token is renewed beside the calls, under the open line', async () => {
  const w = await world({ era: 'legacy' })
  await w.connect()
  await w.refresh()
  await w.echo('first')
  const sessions = () => w.inner.requests.filter(({ headers }) => !headers['mcp-session-id']).length
  // What has happened so far is heard once more when it is sealed, and closes lines again.
  await w.ledger()
  await w.echo('second')
  const before = sessions()
  const [token] = w.server.credentials.slice(-1)
  w.clock.turn(0.79 * HOUR_MS)
  await w.echo('still')
  expect(w.issuer.refreshes()).toBe(0)
  w.clock.turn(0.02 * HOUR_MS)
  expect(await w.echo('again')).toMatchObject({ state: 'done' })
  await vi.waitFor(async () => expect(await w.names()).toContain('tools.token_renewed'))
  expect(await w.echo('after')).toMatchObject({ state: 'done' })
  expect(w.issuer.refreshes()).toBe(1)
  expect(w.server.credentials.at(-1)).not.toBe(token)
  expect(sessions()).toBe(before)
})

test('a token that is over is renewed first, and its refresh token is used once only', async () => {
  const w = await world()
  await w.connect()
  await w.refresh()
  for (let turn = 1; turn <= 3; turn += 1) {
    w.clock.turn(HOUR_MS + 1)
    expect(await w.echo(`turn ${turn}`)).toMatchObject({ state: 'done' })
    expect(w.issuer.refreshes()).toBe(turn)
  }
  const shown = w.issuer.asked
    .filter(({ path }) => path === '/token')
    .map(({ body }) => new URLSearchParams(body))
    .filter((body) => body.get('grant_type') === 'refresh_token')
  expect(new Set(shown.map((body) => body.get('refresh_token'))).size).toBe(3)
  expect(shown.map((body) => body.get('resource'))).toEqual(Array(3).fill(w.server.resource))
})

test('a token that is not taken any more is renewed once, for all who call', async () => {
  const w = await world()
  await w.connect()
  await w.refresh()
  await w.echo('first')
  w.issuer.endAccess()
  const calls = Array.from({ length: 30 }, (_, at) => w.echo(`call ${at}`))
  const answers = await Promise.all(calls)
  expect(answers.map(({ state }) => state)).toEqual(Array(30).fill('done'))
  expect(w.issuer.refreshes()).toBe(1)
})

test('where nothing is renewed any more, somebody connects again; tools stay', async () => {
  const w = await world()
  await w.connect()
  await w.refresh()
  const tools = await w.say('tools.find_tools')
  w.issuer.endGrants()
  const call = { name: 'docs__echo', args: { text: 'x' } }
  const refused = await w.refused('tools.call_tool', call)
  expect(refused).toMatchObject({
    kind: 'conflict',
    code: 'tools.needs_connect',
    details: { url: 'http://localhost:7420/tools/docs' },
  })
  expect(await w.isConnected()).toBe(false)
  expect(await w.say('tools.find_tools')).toBe(tools)
  // What comes after does not even reach the server.
  const before = w.server.credentials.length
  expect((await w.refused('tools.call_tool', call)).code).toBe('tools.needs_connect')
  expect(w.server.credentials.length).toBe(before)
  const turned = (await w.ledger()).filter(({ name }) => name === 'tools.connection_turned')
  expect(turned).toMatchObject([{ data: { state: 'needs_connect' } }])
  await w.connect()
  expect(await w.echo('back')).toMatchObject({ state: 'done' })
})

test('an issuer that is away costs nobody the account', async () => {
  const w = await world()
  await w.connect()
  await w.refresh()
  w.issuer.fail(503)
  w.clock.turn(0.9 * HOUR_MS)
  expect(await w.echo('on the old one')).toMatchObject({ state: 'done' })
  await vi.waitFor(() => expect(w.issuer.refreshes()).toBe(1))
  w.clock.turn(0.2 * HOUR_MS)
  const call = { name: 'docs__echo', args: { text: 'x' } }
  expect(await w.refused('tools.call_tool', call)).toMatchObject({
    kind: 'unavailable',
    code: 'tools.token_away',
  })
  expect(await w.isConnected()).toBe(true)
  w.issuer.fail(null)
  w.clock.turn(10_000)
  expect(await w.echo('back')).toMatchObject({ state: 'done' })
})

test('a tool that wants more names its scopes; the next sign-in asks for them', async () => {
  const w = await world({ server: { needs: { touch: 'files:write' } } })
  await w.connect()
  await w.refresh()
  const refused = await w.refused('tools.call_tool', { name: 'docs__touch', args: {} })
  expect(refused).toMatchObject({
    code: 'tools.needs_connect',
    details: { scopes: ['files:write'], url: 'http://localhost:7420/tools/docs' },
  })
  expect(refused.said).toContain('files:write')
  // Everything else goes on.
  expect(await w.echo('still')).toMatchObject({ state: 'done' })
  const started = await w.start()
  expect(started.scopes.toSorted()).toEqual(['files:read', 'files:write', 'offline_access'])
  await w.finish(await w.issuer.visit(started.url))
  const call = { name: 'docs__touch', args: {} }
  expect(await w.run('tools.call_tool', call)).toMatchObject({ state: 'done' })
  expect(await w.names()).toContain('tools.scope_missed')
})

test('an account that is taken away is given back, and nothing of it is left', async () => {
  const w = await world()
  await w.connect()
  await w.refresh()
  await w.echo('first')
  const token = w.server.credentials.at(-1) ?? ''
  const rows = async () => {
    const sql = w.database.read(w.orgId)
    const [secrets, grants] = await Promise.all([
      sql`select id from tools.oauth_secret where org_id = ${w.orgId} and kind <> 'client'`,
      sql`select connection_id from tools.oauth_grant where org_id = ${w.orgId}`,
    ])
    return [secrets.length, grants.length]
  }
  expect(await rows()).toEqual([2, 1])
  await w.run('tools.disconnect_account', { server: 'docs' })
  expect(await w.endAccounts()).toEqual({ ended: 1 })
  expect(await rows()).toEqual([0, 0])
  expect(await w.issuer.check(token, w.server.resource)).toBe(null)
  const ended = (await w.ledger()).filter(({ name }) => name === 'tools.token_ended')
  expect(ended).toMatchObject([{ data: { outcome: 'revoked', issuer: w.issuer.issuer } }])
  expect(await w.endAccounts()).toEqual({ ended: 0 })
})

test('the hub registers at an issuer once, and uses that again', async () => {
  const w = await world()
  const bo = await w.person('bo')
  await w.connect()
  await w.connect(bo)
  expect(w.issuer.asked.filter(({ path }) => path === '/reg')).toHaveLength(1)
  const { items } = await w.run('tools.list_oauth_clients')
  expect(items).toMatchObject([{ kind: 'registered', issuer: w.issuer.issuer }])
  const registered = w.issuer.asked.find(({ path }) => path === '/token')
  const secret = new URLSearchParams(registered?.body).get('client_secret') ?? ''
  expect(secret.length).toBeGreaterThan(20)
  expect(JSON.stringify(items)).not.toContain(secret)
})

test('where the hub has to be registered by hand, it says how', async () => {
  const w = await world({ issuer: { registration: false } })
  const refused = await w.refused('tools.start_account', { server: 'docs' })
  expect(refused.code).toBe('tools.oauth_client_missing')
  const { issuer, redirectUri } = z
    .object({ issuer: z.string(), redirectUri: z.string() })
    .parse(refused.details)
  expect(issuer).toBe(w.issuer.issuer)
  const secret = 'the-secret-of-the-hall-at-this-issuer'
  w.issuer.addClient({ clientId: 'hall', secret, redirectUri })
  const given = { issuer, clientId: 'hall', clientSecret: secret }
  const set = await w.run('tools.set_oauth_client', given)
  expect(set).toMatchObject({ issuer, kind: 'given', clientId: 'hall', redirectUri })
  await w.connect()
  await w.refresh()
  w.clock.turn(HOUR_MS + 1)
  expect(await w.echo('hello')).toMatchObject({ state: 'done' })
  const asked = w.issuer.asked.filter(({ path }) => path === '/token')
  const shown = asked.map(({ body }) => new URLSearchParams(body).get('client_secret'))
  expect(shown).toEqual([secret, secret])
  expect(JSON.stringify(await w.run('tools.list_oauth_clients'))).not.toContain(secret)
  await w.run('tools.remove_oauth_client', { key: set.key })
  w.clock.turn(HOUR_MS + 1)
  const call = { name: 'docs__echo', args: { text: 'x' } }
  expect((await w.refused('tools.call_tool', call)).code).toBe('tools.needs_connect')
})

test('an issuer that reads documents of clients reads ours', async () => {
  const { fixtures } = await testHouse()
  const { place } = fixtures
  const before = place.address
  place.address = 'https://hall.example.org'
  ends.push(async () => {
    place.address = before
  })
  const read: string[] = []
  const w = await world({
    issuer: {
      says: (metadata) => ({ ...metadata, client_id_metadata_document_supported: true }),
      async documents(url) {
        read.push(url)
        const mark = /^https:\/\/hall\.example\.org\/connect\/([\w-]{22})\/client\.json$/.exec(
          url,
        )?.[1]
        const document = clientDocument(place.address, mark ?? 'none')
        return Response.json(document)
      },
    },
  })
  const started = await w.start()
  const clientId = new URL(started.url).searchParams.get('client_id')
  const back = await w.issuer.visit(started.url)
  expect(back.origin).toBe('https://hall.example.org')
  await w.finish(back)
  await w.refresh()
  w.clock.turn(HOUR_MS + 1)
  expect(await w.echo('hello')).toMatchObject({ state: 'done' })
  expect(new Set(read)).toEqual(new Set([clientId]))
  expect(w.issuer.asked.some(({ path }) => path === '/reg')).toBe(false)
})

test('a token that was pasted in is used as it is; the account before goes', async () => {
  const w = await world()
  await w.connect()
  await w.refresh()
  await w.echo('first')
  const token = w.server.credentials.at(-1) ?? ''
  const other = await world()
  await other.connect()
  await other.refresh()
  await other.echo('mine')
  const pasted = other.server.credentials.at(-1) ?? ''
  await w.run('tools.connect_account', { server: 'docs', value: pasted })
  // It was made for another server: this one does not take it, and there is nothing to renew.
  const call = { name: 'docs__echo', args: { text: 'x' } }
  expect((await w.refused('tools.call_tool', call)).code).toBe('tools.needs_connect')
  expect(w.server.credentials.at(-1)).toBe(pasted)
  expect(w.issuer.refreshes()).toBe(0)
  expect(await w.isConnected()).toBe(false)
  expect(await w.endAccounts()).toEqual({ ended: 1 })
  expect(await w.issuer.check(token, w.server.resource)).toBe(null)
})

test.each<[string, Wanted]>([
  ['says who issues its tokens where all do', { server: { silent: true } }],
  ['has an issuer with a path', { issuer: { path: '/tenant' } }],
])('a server that %s is found out about', async (_, wanted) => {
  const w = await world(wanted)
  expect(await w.connect()).toMatchObject({ state: 'ready' })
  await w.refresh()
  expect(await w.echo('hello')).toMatchObject({ state: 'done' })
})

test('a token that cannot be renewed is used to its end, then connected again', async () => {
  const w = await world({ issuer: { refreshTokens: false } })
  await w.connect()
  await w.refresh()
  w.clock.turn(0.95 * HOUR_MS)
  expect(await w.echo('still')).toMatchObject({ state: 'done' })
  expect(await w.isConnected()).toBe(true)
  w.clock.turn(0.1 * HOUR_MS)
  const call = { name: 'docs__echo', args: { text: 'x' } }
  expect((await w.refused('tools.call_tool', call)).code).toBe('tools.needs_connect')
  expect(await w.isConnected()).toBe(false)
  expect(w.issuer.refreshes()).toBe(0)
})

test('an agent uses an account within a task, under its lease', async () => {
  const w = await world({ credential: 'shared' })
  await w.connect()
  await w.refresh()
  await w.given.project()
  const agent = await w.given.agent('robo', ['GH'])
  const call = { name: 'docs__echo', args: { text: 'x' } }
  expect((await w.refused('tools.call_tool', call, agent)).code).toBe('tools.lease_needed')
  const [key] = await w.given.tasks([{ title: 'Read the docs' }])
  await w.run('work.claim_task', { key }, agent)
  expect(await w.run('tools.call_tool', call, agent)).toMatchObject({ state: 'done' })
  const events = await w.ledger()
  const leases = events.filter(({ name }) => name === 'tools.lease_taken')
  expect(leases).toMatchObject([{ data: { tools: ['echo'], principalId: agent.id } }])
  const ended = events.find(({ name }) => name === 'tools.call_ended')
  expect(ended?.data['leaseId']).toBe(leases[0]?.data['leaseId'])
})
