import { afterEach, expect, test, vi } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { UpstreamServer } from '../../../test/mcp/upstream-servers.ts'
import { modernServer, sessionServer, sseServer } from '../../../test/mcp/upstream-servers.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const RULES = { approval: 'never', egress: 'internal', untrusted: false }
const ECHO = { name: 'fix__echo', args: { text: 'hello' } }

const connected = async (servers: readonly UpstreamServer[], more: object = {}) => {
  for (const { stop } of servers) ends.push(() => stop().catch(() => {}))
  const made = await bench()
  const [first, ...others] = servers
  const replicas = others.map(({ url }) => ({ url, weight: 1 }))
  const wish = { slug: 'fix', url: first?.url, replicas, trust: true, rules: RULES, ...more }
  await made.run('tools.add_tool_server', wish)
  const health = async () => {
    const { state, failure } = await made.run('tools.show_tool_server', { slug: 'fix' })
    return { state, failure }
  }
  return { ...made, health, check: made.fixtures.tools.check }
}

test.each([
  ['without sessions', modernServer, 'http'],
  ['with sessions', sessionServer, 'http'],
  ['over two streams', sseServer, 'sse'],
])('a server %s that is gone shows before anybody calls it', async (_, start, kind) => {
  const server = await start()
  const { run, check, health } = await connected([server], { kind })
  await run('tools.call_tool', ECHO)
  await check()
  expect(await health()).toEqual({ state: 'ready', failure: null })
  await server.stop()
  await check()
  const failure = 'It did not answer when it was checked last.'
  expect(await health()).toEqual({ state: 'degraded', failure })
})

test('a server that was removed is asked no more', async () => {
  const server = await modernServer()
  const { run, check } = await connected([server])
  await run('tools.remove_tool_server', { slug: 'fix' })
  await vi.waitFor(async () => {
    const before = server.requests.length
    await check()
    expect(server.requests).toHaveLength(before)
  })
})

test('of two addresses calls go to the one that answers its checks', async () => {
  const servers = [await modernServer(), await modernServer()] as const
  const { run, check, health } = await connected(servers, { balance: 'round_robin' })
  await run('tools.call_tool', ECHO)
  await servers[0].stop()
  await check()
  expect(await health()).toMatchObject({
    state: 'degraded',
    failure: expect.stringMatching(/^1 of/),
  })
  const before = servers[1].seen.calls.length
  for (let n = 0; n < 6; n += 1) await run('tools.call_tool', ECHO)
  expect(servers[1].seen.calls.length - before).toBe(6)
  await run('tools.reset_tool', { slug: 'fix' })
  expect(await health()).toEqual({ state: 'ready', failure: null })
})

test('a check opens no secret, and a server that wants one is there', async () => {
  const server = await modernServer()
  const bearer = { auth: { kind: 'bearer' }, credential: 'shared' }
  const { run, check, health, ledger } = await connected([server], bearer)
  await run('tools.connect_account', { server: 'fix', value: 'upstream-key-of-the-team' })
  await run('tools.refresh_tools', { slug: 'fix' })
  await run('tools.call_tool', ECHO)
  const opened = async () => {
    const names = (await ledger()).map(({ name }) => name)
    return names.filter((name) => name === 'tools.secret_used').length
  }
  const before = await opened()
  const asked = server.requests.length
  await check()
  expect(await opened()).toBe(before)
  const checks = server.requests.slice(asked)
  expect(checks.length).toBeGreaterThan(0)
  expect(checks.filter(({ headers }) => headers.authorization !== undefined)).toEqual([])
  expect(await health()).toEqual({ state: 'ready', failure: null })
})
