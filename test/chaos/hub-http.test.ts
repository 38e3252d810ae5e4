import { afterAll, beforeAll, expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import { FREE, puppetWith, type ToolsHouse, toolsHouse } from '../tools/house.ts'
import { type Puppet, said, toolNamed } from '../tools/puppet.ts'
import { inTime, until } from '../journeys/ground.ts'
import { TOOLS } from '../mcp/chaos-tools.ts'
import { type ChaosHost, chaosHost, chaosProcess } from './chaos-host.ts'

// Servers over HTTP that do harm, behind a hub that also has a healthy one.

const WELL = 40
const hosts: Pick<ChaosHost, 'stop'>[] = []

let house: ToolsHouse
let healthy: Puppet

beforeAll(async () => {
  house = await toolsHouse()
  healthy = await puppetWith([toolNamed('echo')])
  await house.connect(healthy, { slug: 'well', rules: { ...FREE, effect: 'read' } })
})
afterAll(async () => {
  await Promise.all(hosts.map((one) => one.stop()))
})

/** A chaos server as an upstream: it lists the tools that misbehave as their names say. */
const chaotic = async (slug: string, rules: object): Promise<ChaosHost> => {
  const host = await chaosHost()
  hosts.push(host)
  const wish = { slug, url: host.url, trust: true, rules, era: 'modern' }
  await house.run('tools.add_tool_server', wish)
  return host
}

const codeOf = (promise: Promise<{ state: string }>): Promise<string> =>
  promise.then(
    ({ state }) => state,
    (error: unknown) => {
      if (error instanceof Refusal) return error.code
      throw error
    },
  )

/** Calls the healthy server, one call after the other. */
const healthyCalls = async (): Promise<void> => {
  for (let turn = 0; turn < WELL; turn += 1) await house.tool('well__echo', { turn })
}

const READS = { ...FREE, effect: 'read', timeoutMs: 5_000 }
const WRITES = { ...FREE, effect: 'write', timeoutMs: 1_500 }

const ANSWERED: Readonly<Record<string, string>> = {
  well: 'done',
  no_end: 'done',
  flood: 'done',
  slow_but_well: 'done',
  twice: 'done',
  push: 'done',
  missing: 'failed',
  null_id_error: 'failed',
  lost: 'failed',
  odd_error: 'tools.upstream_protocol',
  unauthorized: 'tools.needs_connect',
  forbidden: 'tools.upstream_forbids',
  rate_limited: 'tools.upstream_limits',
}

test('every kind of harm ends in a word that says what happened, and none hangs', async () => {
  const names = Object.keys(TOOLS).filter((name) => name !== 'resumed')
  const codes = new Map<string, string>()
  // A server of its own for each, so that no breaker answers for another.
  for (const at of names.keys()) await chaotic(`c${at}`, READS)
  const one = async (name: string, at: number) => {
    codes.set(name, await inTime(name, codeOf(house.tool(`c${at}__${name}`)), 20_000))
  }
  await Promise.all(names.map(one))
  for (const at of names.keys()) await house.run('tools.remove_tool_server', { slug: `c${at}` })
  const wrong = [...codes].filter(([name, code]) => {
    const expected = ANSWERED[name]
    return expected === undefined ? !code.startsWith('tools.') : code !== expected
  })
  expect(wrong).toEqual([])
  expect(codes.size).toBeGreaterThan(25)
}, 60_000)

test('a write that got no answer is reported as unknown, and sent once', async () => {
  const names = [
    'silent',
    'crash',
    'crash_in_stream',
    'loris',
    'huge',
    'wrong_id',
    'not_json',
    'failing',
  ]
  const seen: (readonly [string, string, number])[] = []
  for (const [at, name] of names.entries()) {
    const host = await chaotic(`w${at}`, WRITES)
    const code = await codeOf(house.tool(`w${at}__${name}`))
    seen.push([name, code, host.calls()])
    await house.run('tools.remove_tool_server', { slug: `w${at}` })
  }
  expect(seen).toEqual(names.map((name) => [name, 'tools.outcome_unknown', 1]))
  const { items } = await house.run('tools.list_tool_calls', { limit: 100 })
  const states = names.map(
    (name) =>
      items.find(
        (one: { tool: string; state: string }) => one.tool === name && one.state !== 'failed',
      )?.state,
  )
  expect(states).toEqual(names.map(() => 'unknown'))
}, 40_000)

test('beside servers that do harm, a healthy one answers and lists come at once', async () => {
  const harm = [
    'silent',
    'huge',
    'endless_flood',
    'loris',
    'crash',
    'flood',
    'huge_event',
    'silent_stream',
  ]
  const bad = await chaosProcess()
  hosts.push(bad)
  const wish = { slug: 'bad', url: bad.url, trust: true, era: 'modern' }
  await house.run('tools.add_tool_server', { ...wish, rules: { ...READS, timeoutMs: 8_000 } })
  let silent = 0
  const attacks = harm.flatMap((name) =>
    Array.from({ length: 3 }, async () => {
      const code = await codeOf(house.tool(`bad__${name}`))
      if (name === 'silent') silent++
      return code
    }),
  )
  // Not against the clock: all of this comes while those that never answer are still waited for.
  await healthyCalls()
  const lists = await Promise.all([
    house.say('tools.find_tools', {}),
    house.say('tools.find_tools', { server: 'bad' }),
    house.say('tools.list_tool_servers', {}),
  ])
  expect(silent).toBe(0)
  expect(lists[1]).toContain('bad__silent')
  const codes = await Promise.all(attacks)
  expect(codes.every((code) => code.startsWith('tools.') || code === 'done')).toBe(true)
  await house.run('tools.remove_tool_server', { slug: 'bad' })
}, 60_000)

test('100 MB of answers at a time are not kept in memory', async () => {
  await chaotic('big', READS)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const codes = await Promise.all(
    ['huge', 'huge_length', 'huge_event', 'huge_error'].map((name) =>
      codeOf(house.tool(`big__${name}`)),
    ),
  )
  expect(codes.every((code) => code.startsWith('tools.'))).toBe(true)
  expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024)
  await house.run('tools.remove_tool_server', { slug: 'big' })
}, 30_000)

test('a server that fails is left alone, and taken up again when it is back', async () => {
  const puppet = await puppetWith([toolNamed('echo')])
  await house.connect(puppet, { slug: 'down', rules: { ...FREE, effect: 'write' } })
  puppet.instead = (_req, res) => {
    res.writeHead(500).end('down')
    return true
  }
  let sent = 0
  const { instead } = puppet
  puppet.instead = (...all) => {
    sent += 1
    return instead?.(...all) ?? false
  }
  const codes: string[] = []
  for (let turn = 0; turn < 12; turn += 1) codes.push(await codeOf(house.tool('down__echo')))
  expect(codes.at(-1)).toBe('tools.upstream_open')
  expect(sent).toBeLessThan(12)
  const { items } = await house.run('tools.list_tool_servers', {})
  expect(items.find(({ slug }: { slug: string }) => slug === 'down').state).toBe('open')
  puppet.instead = null
  expect(await codeOf(house.tool('down__echo'))).toBe('tools.upstream_open')
  await house.run('tools.reset_tool', { slug: 'down' })
  expect(await codeOf(house.tool('down__echo'))).toBe('done')
  expect(await codeOf(house.tool('down__echo'))).toBe('done')
})

test('asking a server what it offers cuts off no call, and forgets no failure', async () => {
  const puppet = await puppetWith([toolNamed('slow'), toolNamed('bad')])
  const gate = Promise.withResolvers<void>()
  puppet.acts.set('slow', async () => {
    await gate.promise
    return said('slowly')
  })
  puppet.acts.set('bad', ({ res }) => {
    res.writeHead(500).end()
    return null
  })
  await house.connect(puppet, { slug: 'slow', rules: { ...FREE, effect: 'write' } })
  const slow = house.tool('slow__slow')
  await until('the call is there', () => puppet.calls('slow').length === 1)
  for (let turn = 0; turn < 3; turn += 1) await house.refresh('slow')
  gate.resolve()
  expect(await slow).toMatchObject({ state: 'done', text: 'slowly' })
  for (let turn = 0; turn < 12; turn += 1) await codeOf(house.tool('slow__bad'))
  expect(await codeOf(house.tool('slow__bad'))).toBe('tools.upstream_open')
  await house.refresh('slow')
  expect(await codeOf(house.tool('slow__bad'))).toBe('tools.upstream_open')
})

test('another’s new credential cuts off no call', async () => {
  const puppet = await puppetWith([toolNamed('slow')])
  const gate = Promise.withResolvers<void>()
  puppet.acts.set('slow', async () => {
    await gate.promise
    return said('slowly')
  })
  await house.connect(puppet, { slug: 'calm', rules: { ...FREE, effect: 'write' } })
  const own = { slug: 'own', credential: 'person', auth: { kind: 'bearer' } }
  await house.connect(puppet, own)
  const slow = house.tool('calm__slow')
  await until('the call is there', () => puppet.calls('slow').length === 1)
  await house.run('tools.connect_account', { server: 'own', value: 'a-long-credential' }, house.ana)
  gate.resolve()
  expect(await slow).toMatchObject({ state: 'done', text: 'slowly' })
})

test('fifty refreshes at the same moment leave one list, and no other server waits', async () => {
  const puppet = await puppetWith([toolNamed('one'), toolNamed('two')])
  await house.connect(puppet, { slug: 'many' })
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => house.refresh('many')))
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
  const { items } = await house.run('tools.find_tools', { server: 'many' })
  expect(items.map(({ name }: { name: string }) => name)).toEqual(['many__one', 'many__two'])
  for (const one of outcomes) {
    if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Refusal)
  }
})

test('half characters and NUL in an answer spoil nobody’s record', async () => {
  const puppet = await puppetWith(['nul', 'half', 'fine'].map((name) => toolNamed(name)))
  const odd = (text: string) =>
    said(`${text}${'x'.repeat(40_000)}`, { structuredContent: { [text]: text } })
  puppet.acts.set('nul', () => odd('a\u0000b'))
  puppet.acts.set('half', () => odd('a\ud800b'))
  await house.connect(puppet, { slug: 'odd', rules: { ...FREE, effect: 'write' } })
  const calls = ['nul', 'fine', 'half', 'fine', 'nul', 'fine'].map((name, at) =>
    codeOf(house.tool(`odd__${name}`, {}, house.owner, `odd-${at}`)),
  )
  expect(await Promise.all(calls)).toEqual(Array(6).fill('done'))
  const again = await house.tool('odd__nul', {}, house.owner, 'odd-0')
  expect(again).toMatchObject({ state: 'done' })
  expect(again.text).toContain('a\ufffdb')
})

test('odd characters in what a server offers are told, and the rest of it is used', async () => {
  const puppet = await puppetWith([
    toolNamed('fine'),
    toolNamed('n\u0000l'),
    toolNamed('h\ud800f'),
    toolNamed('about', { description: 'a\u0000b' }),
    toolNamed('deep', { annotations: { title: 'a\ud800b' } }),
  ])
  puppet.name = 'na\u0000me'
  puppet.instructions = 'in\ud800struct'
  puppet.prompts = [{ name: 'p\u0000' }]
  await house.connect(puppet, { slug: 'signs' })
  await house.refresh('signs')
  const { items } = await house.run('tools.find_tools', { server: 'signs' })
  expect(items.map(({ name }: { name: string }) => name)).toEqual(['signs__fine'])
  const { items: all } = await house.run('tools.list_tool_servers', {})
  const own = all.find(({ slug }: { slug: string }) => slug === 'signs')
  expect(own.failure).toMatch(/^Not used: /)
})

test('arguments with such characters are refused, asked about or not', async () => {
  const puppet = await puppetWith([toolNamed('echo')])
  await house.connect(puppet, { slug: 'args', rules: { ...FREE, approval: 'always' } })
  for (const text of ['a\u0000b', 'a\ud800b']) {
    for (const name of ['args__echo', 'well__echo']) {
      expect(await codeOf(house.tool(name, { text }))).toBe('tools.arguments_do_not_fit')
      expect(await codeOf(house.tool(name, { [text]: 1 }))).toBe('tools.arguments_do_not_fit')
    }
  }
})

test('an answer is read to its depth, and no further than its size may be', async () => {
  const puppet = await puppetWith([toolNamed('deep'), toolNamed('large')])
  const deep = Array.from({ length: 40 }).reduce<object>((inner) => ({ inner }), { end: 'here' })
  puppet.acts.set('deep', () => said('deep', { structuredContent: { deep } }))
  puppet.acts.set('large', () => said('x'.repeat(20_000)))
  const rules = { ...FREE, effect: 'write', resultBytesMax: 10_000 }
  await house.connect(puppet, { slug: 'size', rules })
  const { result } = await house.tool('size__deep')
  expect(result.structuredContent).toEqual({ deep })
  expect(await codeOf(house.tool('size__large'))).toBe('tools.too_large')
  expect(puppet.calls('large')).toHaveLength(1)
  const { items } = await house.run('tools.list_tool_calls', { server: 'size' })
  expect(items[0]).toMatchObject({ tool: 'large', state: 'failed' })
})

test('a call is given up as unknown when nobody can be working on it, and not before', async () => {
  const puppet = await puppetWith([toolNamed('slow'), toolNamed('asked')])
  const gate = Promise.withResolvers<void>()
  const slowly = async () => {
    await gate.promise
    return said('slowly')
  }
  puppet.acts.set('slow', slowly).set('asked', slowly)
  await house.connect(puppet, { slug: 'old', rules: { ...FREE, effect: 'write' } })
  const asked = { ...FREE, effect: 'write', approval: 'always' }
  await house.run('tools.set_tool_rules', { server: 'old', tool: 'old__asked', rules: asked })
  const stateOf = async (tool: string) => {
    const { items } = await house.run('tools.list_tool_calls', { server: 'old' })
    return items.find((one: { tool: string }) => one.tool === tool)?.state
  }
  const parked = await house.tool('old__asked')
  const slow = codeOf(house.tool('old__slow'))
  await until('the call is there', () => puppet.calls('slow').length === 1)
  // It waits for a person for most of its half hour, and is on its way after that.
  house.clock.turn(20 * 60_000)
  await house.decide(parked.approval)
  await house.house.settle()
  const resumed = house.due('tools.resume_calls')
  await until('the other is there', () => puppet.calls('asked').length === 1)
  await house.due('tools.sweep_calls')
  expect([await stateOf('slow'), await stateOf('asked')]).toEqual(['unknown', 'begun'])
  gate.resolve()
  await resumed
  expect(await stateOf('asked')).toBe('done')
  await slow
  expect(puppet.calls()).toHaveLength(2)
})
