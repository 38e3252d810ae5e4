import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor } from '../../src/kernel/actor.ts'
import { bench } from '../bench.ts'
import { type ProtectionOptions, protectServer } from '../mcp/protected-server.ts'
import { startTokenIssuer, type TokenIssuerOptions } from '../mcp/token-issuer.ts'
import { modernServer } from '../mcp/upstream-servers.ts'
import { asAdmin } from '../server.ts'

// What can go wrong between a server that wants tokens, its issuer, a browser and the hub: each of
// the three others may be hostile, and none of them may get what is not theirs.

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const RULES = { approval: 'never', egress: 'internal' }

type Wanted = Readonly<{ issuer?: TokenIssuerOptions; server?: ProtectionOptions }>

const world = async (wanted: Wanted = {}) => {
  const inner = await modernServer()
  const issuer = await startTokenIssuer(wanted.issuer)
  const server = await protectServer(inner, issuer, wanted.server)
  ends.push(inner.stop, issuer.stop, server.stop)
  const b = await bench()
  const auth = { kind: 'oauth' }
  const added = { slug: 'docs', url: server.url, trust: true, rules: RULES, auth }
  await b.run('tools.add_tool_server', { ...added, credential: 'person' })
  const start = async (as?: Actor): Promise<string> =>
    (await b.run('tools.start_account', { server: 'docs' }, as)).url
  const refusedStart = () => b.refused('tools.start_account', { server: 'docs' })
  const finish = (callback: URL, as?: Actor) =>
    b.run('tools.finish_account', { callback: callback.href }, as)
  const refusedFinish = (callback: URL, as?: Actor) =>
    b.refused('tools.finish_account', { callback: callback.href }, as)
  const redeemed = () => issuer.asked.filter(({ path }) => path === '/token').length
  const connect = async () => finish(await issuer.visit(await start()))
  const refresh = () => b.run('tools.refresh_tools', { slug: 'docs' })
  return {
    ...{ ...b, inner, issuer, server, start, refusedStart, finish, refusedFinish, redeemed },
    ...{ connect, refresh },
  }
}

/** Something on this machine that nobody may call. */
const bait = async () => {
  const heard: string[] = []
  const server = createServer((req, res) => {
    heard.push(`${req.method} ${req.url} ${req.headers.authorization ?? ''}`)
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/`, heard }
}

test('a sign-in is ended once: the second time nothing is sent anywhere', async () => {
  const w = await world()
  const back = await w.issuer.visit(await w.start())
  const both = await Promise.allSettled([w.finish(back), w.finish(back)])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect((await w.refusedFinish(back)).code).toBe('tools.account_attempt_unknown')
  expect(w.redeemed()).toBe(1)
})

test('a sign-in is ended by who began it, in the same browser, within ten minutes', async () => {
  const w = await world()
  const eve = await w.given.person('eve', 'admin')
  const back = await w.issuer.visit(await w.start())
  expect((await w.refusedFinish(back, eve)).code).toBe('tools.account_attempt_unknown')
  await w.finish(back)
  const browser = (credentialId: string): Actor => ({
    ...{ ...w.owner, via: 'session', credentialId, authTime: w.clock.now() },
  })
  const [mine, other] = [crypto.randomUUID(), crypto.randomUUID()]
  const begun = await w.issuer.visit(await w.start(browser(mine)))
  expect((await w.refusedFinish(begun, browser(other))).code).toBe('tools.account_attempt_unknown')
  expect((await w.refusedFinish(begun)).code).toBe('tools.account_attempt_unknown')
  await w.finish(begun, browser(mine))
  const late = await w.issuer.visit(await w.start())
  const before = w.redeemed()
  w.clock.turn(600_001)
  expect((await w.refusedFinish(late)).code).toBe('tools.account_attempt_unknown')
  expect(w.redeemed()).toBe(before)
})

test('an agent cannot connect an account in the name of its person', async () => {
  const w = await world()
  await w.given.project()
  const agent = await w.given.agent('robo', ['GH'])
  const refused = await w.refused('tools.start_account', { server: 'docs' }, agent)
  expect(refused.kind).toBe('forbidden')
})

test('an answer that names another issuer, or none at all, is never redeemed', async () => {
  const w = await world()
  const changes: ((url: URL) => void)[] = [
    (url) => url.searchParams.set('iss', 'https://evil.example'),
    (url) => url.searchParams.set('iss', `${w.issuer.issuer}/`),
    (url) => url.searchParams.delete('iss'),
    (url) => {
      url.pathname = `/connect/${'a'.repeat(22)}/callback`
    },
  ]
  for (const change of changes) {
    const back = await w.issuer.visit(await w.start())
    change(back)
    expect((await w.refusedFinish(back)).code).toBe('tools.issuer_mismatch')
  }
  // What an issuer says that was not asked is not repeated either.
  const declined = await w.issuer.visit(await w.start())
  declined.searchParams.delete('code')
  declined.searchParams.set('error', 'access_denied')
  declined.searchParams.set('iss', 'https://evil.example')
  expect((await w.refusedFinish(declined)).code).toBe('tools.issuer_mismatch')
  const twice = await w.issuer.visit(await w.start())
  twice.searchParams.append('code', 'another')
  expect((await w.refusedFinish(twice)).code).toBe('tools.callback_not_readable')
  expect(w.redeemed()).toBe(0)
})

test('an issuer that sends people to another one gets no code of theirs (mix-up)', async () => {
  // The honest issuer does not name itself in its answers: only the address tells them apart.
  const quiet = { authorization_response_iss_parameter_supported: false }
  const honest = await world({ issuer: { says: (metadata) => ({ ...metadata, ...quiet }) } })
  await honest.connect()
  const { items } = await honest.run('tools.list_oauth_clients')
  const known = z.array(z.object({ clientId: z.string() })).parse(items)[0]?.clientId ?? ''
  const evil = await startTokenIssuer({
    registration: false,
    says: (metadata) => ({
      ...{ ...metadata, ...quiet },
      // It registers everybody under the name that the honest issuer gave.
      registration_endpoint: `${registrar.url}reg`,
      authorization_endpoint: `${honest.issuer.issuer}/auth`,
    }),
  })
  const registrar = await registrarOf(known)
  const trap = await protectServer(honest.inner, evil)
  ends.push(evil.stop, trap.stop)
  const wish = { slug: 'trap', url: trap.url, rules: RULES, auth: { kind: 'oauth' } }
  await honest.run('tools.add_tool_server', { ...wish, credential: 'person' })
  const { url } = await honest.run('tools.start_account', { server: 'trap' })
  expect(url.startsWith(`${honest.issuer.issuer}/auth`)).toBe(true)
  // The honest issuer does not know the address that the hub has at the evil one.
  await expect(honest.issuer.visit(url)).rejects.toThrow(/redirect_uri/)
  // And where it would: the answer comes back to the honest address, with the evil state.
  const own = await honest.issuer.visit(await honest.start())
  const forged = new URL(own)
  forged.searchParams.set('state', new URL(url).searchParams.get('state') ?? '')
  forged.searchParams.delete('iss')
  expect((await honest.refusedFinish(forged)).code).toBe('tools.issuer_mismatch')
  expect(evil.asked.filter(({ path }) => path === '/token')).toEqual([])
})

/** Registers every client under one name. */
const registrarOf = async (clientId: string) => {
  const server = createServer((_, res) => {
    res.writeHead(201, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ client_id: clientId, token_endpoint_auth_method: 'none' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` }
}

test.each<[string, ProtectionOptions['says'], string]>([
  [
    'tokens of another server',
    (own) => ({ ...own, resource: 'https://bank.example/mcp' }),
    'tools.foreign_resource',
  ],
  [
    'tokens of a neighbour',
    (own) => ({ ...own, resource: `${String(own['resource'])}2` }),
    'tools.foreign_resource',
  ],
  ['no issuer', (own) => ({ ...own, authorization_servers: [] }), 'tools.no_issuer'],
  [
    'an issuer that is a script',
    (own) => ({ ...own, authorization_servers: ['javascript:alert(1)'] }),
    'tools.no_issuer',
  ],
  [
    'an issuer inside the network',
    (own) => ({ ...own, authorization_servers: ['https://10.0.0.1'] }),
    'platform.target_refused',
  ],
  [
    'an issuer where machines keep their keys',
    (own) => ({ ...own, authorization_servers: ['http://169.254.169.254'] }),
    'platform.target_refused',
  ],
  ['nothing that can be read', () => ({ resource: 7 }), 'tools.no_issuer'],
])('a server that names %s sends nobody anywhere', async (_, says, code) => {
  const w = await world(says === undefined ? {} : { server: { says } })
  expect((await w.refusedStart()).code).toBe(code)
  expect(w.issuer.asked).toEqual([])
})

test.each<[string, (own: Record<string, unknown>) => Record<string, unknown>]>([
  ['calls itself by another name', (own) => ({ ...own, issuer: 'https://id.example' })],
  ['does not offer PKCE', (own) => ({ ...own, code_challenge_methods_supported: undefined })],
  ['offers plain PKCE', (own) => ({ ...own, code_challenge_methods_supported: ['plain'] })],
  ['has a script for a page', (own) => ({ ...own, authorization_endpoint: 'javascript:alert(1)' })],
  ['says what cannot be read', () => ({ issuer: [] })],
])('an issuer that %s is not used', async (_, says) => {
  const w = await world({ issuer: { says } })
  expect((await w.refusedStart()).code).toBe('tools.no_issuer')
  expect(w.issuer.asked).toEqual([])
})

test('nothing on the way follows a redirect', async () => {
  const trap = await bait()
  const w = await world({ server: { says: () => ({ redirect: trap.url }) } })
  expect((await w.refusedStart()).code).toBe('tools.no_issuer')
  expect(trap.heard).toEqual([])
})

test('a token goes to the server that it is for, and nowhere else', async () => {
  const trap = await bait()
  const w = await world()
  await w.connect()
  await w.refresh()
  await w.run('tools.change_tool_server', { slug: 'docs', replicas: [{ url: `${trap.url}mcp` }] })
  const call = { name: 'docs__echo', args: { text: 'x' } }
  expect((await w.refused('tools.call_tool', call)).code).toBe('tools.needs_connect')
  expect(trap.heard).toEqual([])
})

test('no token, code or secret is in any answer, event or table, and logs hide them', async () => {
  const w = await world()
  const url = await w.start()
  const back = await w.issuer.visit(url)
  await w.finish(back)
  await w.refresh()
  const [token = ''] = w.server.credentials.slice(-1)
  // The server says back whatever it is told, as a hostile one would with what it was given.
  const echo = { name: 'docs__echo', args: { text: `mine is ${token}` } }
  const answers: unknown[] = [await w.run('tools.call_tool', echo)]
  expect(JSON.stringify(answers)).not.toContain(token)
  for (const secret of [...w.issuer.tokens(), back.searchParams.get('code') ?? '']) {
    expect(w.fixtures.scrubber.scrub(`It was ${secret}.`)).not.toContain(secret)
  }
  w.clock.turn(3_600_001)
  answers.push(await w.run('tools.call_tool', echo))
  w.issuer.endGrants()
  answers.push(await w.refused('tools.call_tool', echo))
  for (const name of [
    'list_secrets',
    'list_oauth_clients',
    'list_tool_servers',
    'list_tool_calls',
  ]) {
    answers.push(await w.run(`tools.${name}`))
  }
  await w.run('tools.disconnect_account', { server: 'docs' })
  const ledger = await w.ledger()
  const secrets = [
    ...w.issuer.tokens(),
    back.searchParams.get('code') ?? '',
    ...w.issuer.asked.flatMap(({ body }) => {
      const fields = new URLSearchParams(body)
      return [fields.get('client_secret') ?? [], fields.get('code_verifier') ?? []].flat()
    }),
  ]
  expect(secrets.length).toBeGreaterThan(5)
  const places = { answers, ledger, tables: await tablesOf(w.target) }
  for (const [place, what] of Object.entries(places)) {
    const text = JSON.stringify(what)
    expect(text.length).toBeGreaterThan(500)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      // The first one is over by the second call: only its caller knows what it was.
      if (place !== 'answers' || secret !== token) expect(text).not.toContain(secret)
    }
  }
})

/** Reads every table of the room, as text. */
const tablesOf = (target: Parameters<typeof asAdmin>[0]) =>
  asAdmin(target, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('tools', 'platform') and c.relkind in ('r', 'p')`,
    )
    const texts: string[] = []
    for (const { name } of rows) {
      const { rows: found } = await client.query<{ row: string }>(
        `select t::text as row from ${name} t`,
      )
      texts.push(...found.map(({ row }) => row))
    }
    return texts
  })
