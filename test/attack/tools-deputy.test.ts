import { expect, test } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { FREE, puppetWith, type ToolsHouse, toolsHouse } from '../tools/house.ts'
import { toolNamed } from '../tools/puppet.ts'

// T5: the hub holds the credentials of many. Whoever calls gets their own and nobody else's, and
// what they came with themselves goes to no server.

const PERSONAL = { credential: 'person', auth: { kind: 'bearer' }, rules: FREE }

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code
      throw error
    },
  )

const connectAs = (house: ToolsHouse, person: Actor, value: string) =>
  house.run('tools.connect_account', { server: 'git', value }, person)

const claiming = async (house: ToolsHouse, agent: Actor) => {
  const [key] = await house.given.tasks([{ title: 'work', status: 'Todo' }])
  await house.run('work.claim_task', { key }, agent)
  return key
}

test('each call goes with the account of its own caller, and with nobody else’s', async () => {
  const puppet = await puppetWith([toolNamed('push')])
  const house = await toolsHouse()
  const { connect, tool, given, ana, owner, refresh } = house
  await connect(puppet, { slug: 'git', ...PERSONAL })
  const bea = await given.person('bea', 'admin')
  await connectAs(house, ana, 'account-of-ana')
  await connectAs(house, bea, 'account-of-bea')
  await refresh('git')
  const tokenOf = async (who: Actor) => {
    await tool('git__push', {}, who)
    const last = puppet.heard.findLast(({ method }) => method === 'tools/call')
    return last?.headers.authorization
  }
  expect(await tokenOf(ana)).toBe('Bearer account-of-ana')
  expect(await tokenOf(bea)).toBe('Bearer account-of-bea')
  expect(await tokenOf(ana)).toBe('Bearer account-of-ana')
  const before = puppet.calls().length
  expect(await codeOf(tool('git__push', {}, owner))).toBe('tools.needs_connect')
  const max = await given.person('max', 'member')
  expect(await codeOf(tool('git__push', {}, max))).toBe('tools.needs_connect')
  expect(puppet.calls().length).toBe(before)
  const both = await Promise.all(
    Array.from({ length: 10 }, (_, at) => tokenOfBoth(house, at % 2 ? ana : bea)),
  )
  expect(both).toEqual(Array(10).fill('done'))
  const tokens = puppet.heard.slice(-10).map(({ headers }) => headers.authorization)
  expect(new Set(tokens)).toEqual(new Set(['Bearer account-of-ana', 'Bearer account-of-bea']))
})

const tokenOfBoth = async (house: ToolsHouse, who: Actor) =>
  (await house.tool('git__push', {}, who)).state

test('an agent uses the account of its person, within a claim, and no other', async () => {
  const puppet = await puppetWith([toolNamed('push')])
  const house = await toolsHouse()
  const { connect, tool, given, ana, owner, refresh, run } = house
  await connect(puppet, { slug: 'git', ...PERSONAL })
  await connectAs(house, ana, 'account-of-ana')
  await refresh('git')
  // The owner has made it, so it acts for the owner, who has no account.
  const dev = await given.agent('dev-1', ['GH'])
  await claiming(house, dev)
  expect(await codeOf(tool('git__push', {}, dev))).toBe('tools.needs_connect')
  await connectAs(house, owner, 'account-of-owner')
  expect(await codeOf(tool('git__push', {}, dev))).toBe('done')
  const idle = await given.agent('dev-2', ['GH'])
  expect(await codeOf(tool('git__push', {}, idle))).toBe('tools.lease_needed')
  await run('tools.disconnect_account', { server: 'git' })
  expect(await codeOf(tool('git__push', {}, dev))).toBe('tools.needs_connect')
  const tokens = puppet.heard
    .filter(({ method }) => method === 'tools/call')
    .map(({ headers }) => headers.authorization)
  expect(tokens).toEqual(['Bearer account-of-owner'])
})

test('neither an agent nor its person gets further than both of them may', async () => {
  const puppet = await puppetWith([toolNamed('read'), toolNamed('wipe')])
  const house = await toolsHouse()
  const { connect, tool, given, run, owner } = house
  await connect(puppet, { slug: 'files' })
  const rules = (name: string, more: object) =>
    run('tools.set_tool_rules', {
      server: 'files',
      tool: `files__${name}`,
      rules: { ...FREE, ...more },
    })
  const dev = await given.agent('dev-1', ['GH'])
  const call = (name: string, who: Actor) => codeOf(tool(`files__${name}`, {}, who))
  // The agent is named and its person is not: both have to be.
  await rules('read', { holders: ['dev-1'] })
  expect([await call('read', dev), await call('read', owner)]).toEqual([
    'tools.unknown_tool',
    'tools.unknown_tool',
  ])
  await rules('read', { holders: ['owner'] })
  expect([await call('read', dev), await call('read', owner)]).toEqual([
    'tools.unknown_tool',
    'done',
  ])
  await rules('read', { holders: ['owner', 'dev-1'] })
  expect([await call('read', dev), await call('read', owner)]).toEqual(['done', 'done'])
  await rules('read', { kinds: ['person'] })
  expect([await call('read', dev), await call('read', owner)]).toEqual([
    'tools.unknown_tool',
    'done',
  ])
  await rules('read', { projects: ['GH'] })
  await given.project('ZZ')
  const far = await given.agent('dev-3', ['ZZ'])
  expect(await call('read', far)).toBe('tools.unknown_tool')
  await rules('wipe', { effect: 'destroy' })
  const viewer = await given.person('vera', 'viewer')
  const member = await given.person('max', 'member')
  expect(await call('wipe', viewer)).toBe('identity.not_allowed')
  expect(await call('wipe', member)).toBe('tools.may_not_destroy')
  expect(puppet.calls('wipe')).toEqual([])
})

test('nothing that a caller came with reaches a server', async () => {
  const puppet = await puppetWith([toolNamed('echo')])
  const house = await toolsHouse()
  const { connect, run, given, ownerKey, house: inner, refresh, ana } = house
  await connect(puppet, { slug: 'plain' })
  await connect(puppet, { slug: 'git', ...PERSONAL })
  await connectAs(house, ana, 'account-of-ana')
  await refresh('git')
  const made = await run('identity.create_agent', { name: 'dev-9', projects: ['GH'] })
  const dev = await inner.hall.authenticate(made.key)
  const member = await given.person('max')
  for (const who of [dev, member, ana]) {
    await house.tool('plain__echo', { text: 'x' }, who)
    await codeOf(house.tool('git__echo', { text: 'x' }, who))
  }
  const all = JSON.stringify(puppet.heard)
  expect(puppet.calls().length).toBe(4)
  const own = [dev, member, ana].flatMap(({ id, orgId, credentialId }) => [
    ...[id, orgId, credentialId ?? made.key],
  ])
  for (const text of [ownerKey, made.key, ...own]) expect(all).not.toContain(text)
  expect(all).not.toMatch(/guild_[asp]_/)
  for (const { headers } of puppet.heard) {
    expect(
      Object.keys(headers).filter((name) => /cookie|x-forwarded|referer|origin/.test(name)),
    ).toEqual([])
  }
})

test('who may not, connects nothing shared and hands no stored secret to a server', async () => {
  const puppet = await puppetWith([toolNamed('echo')])
  const house = await toolsHouse()
  const { connect, run, refused, given } = house
  await connect(puppet, { slug: 'shared', credential: 'shared', auth: { kind: 'bearer' } })
  await connect(puppet, { slug: 'git', ...PERSONAL })
  await run('tools.create_secret', { name: 'deploy', value: 'the-deploy-secret' })
  const dev = await given.agent('dev-1', ['GH'])
  const member = await given.person('max', 'member')
  await run('identity.give_role', { handle: 'max', role: 'developer', project: 'GH' })
  for (const who of [dev, member]) {
    for (const input of [
      { server: 'shared', value: 'mine-for-all' },
      { server: 'shared', secret: 'deploy' },
      { server: 'git', secret: 'deploy' },
    ]) {
      const { kind } = await refused('tools.connect_account', input, who)
      expect([who.handle, input, kind]).toEqual([who.handle, input, 'forbidden'])
    }
  }
  expect(JSON.stringify(puppet.heard)).not.toMatch(/deploy|mine-for-all/)
})

test('of accounts, nobody sees whose they are not', async () => {
  const puppet = await puppetWith([toolNamed('echo')])
  const house = await toolsHouse()
  const { connect, run, given, ana, refused } = house
  await connect(puppet, { slug: 'git', ...PERSONAL })
  await run(
    'tools.connect_account',
    { server: 'git', value: 'account-of-ana', account: 'ana@x' },
    ana,
  )
  const bea = await given.person('bea', 'admin')
  const seen = JSON.stringify(await run('tools.list_tool_servers', {}, bea))
  expect(seen).not.toContain('ana@x')
  expect((await refused('tools.disconnect_account', { server: 'git' }, bea)).kind).toBe('not_found')
})
