import { afterAll, expect, test } from 'vitest'
import { atPage } from '../../../test/approvals.ts'
import { bench } from '../../../test/bench.ts'
import { modernServer } from '../../../test/mcp/upstream-servers.ts'

const server = await modernServer()
afterAll(() => server.stop())

const WITHOUT_QUESTIONS = { approval: 'never', egress: 'internal', untrusted: false }

const connected = async (rules: object = WITHOUT_QUESTIONS) => {
  const made = await bench()
  const { run, given } = made
  await given.project('GH')
  await run('tools.add_tool_server', { slug: 'fix', url: server.url, trust: true, rules })
  const echo = { name: 'fix__echo', args: { text: 'hello' } }
  return { ...made, echo }
}

test('a person finds a tool, calls it, and the record has it', async () => {
  const { run, say, ledger, echo } = await connected()
  expect(await say('tools.find_tools', {})).toMatch(/^fix \d+: fix$/)
  expect(await say('tools.find_tools', { q: 'gives back text' })).toContain('fix__echo')
  expect(await say('tools.find_tools', { name: 'fix__echo' })).toContain('fix__echo')
  const answer = await run('tools.call_tool', echo)
  expect(answer).toMatchObject({ key: 'TC-1', state: 'done', text: '{"text":"hello"}' })
  const calls = await run('tools.list_tool_calls', {})
  expect(calls.items).toMatchObject([{ key: 'TC-1', server: 'fix', tool: 'echo', state: 'done' }])
  const ended = (await ledger()).filter(({ name }) => name === 'tools.call_ended')
  expect(ended).toMatchObject([{ data: { key: 'TC-1', tool: 'echo', outcome: 'done' } }])
})

test('a person and an agent use the same connection, and the record shows both', async () => {
  const { run, given, echo } = await connected()
  const dev = await given.agent('dev-1', ['GH'])
  await run('tools.call_tool', echo)
  await run('tools.call_tool', echo, dev)
  const { items } = await run('tools.list_tool_calls', {})
  expect(items.map(({ by }: { by: string }) => by)).toEqual(['dev-1', 'owner'])
})

test('a tool that nobody may use is not there, and the nearest name is told', async () => {
  const { refused, given } = await connected({ ...WITHOUT_QUESTIONS, kinds: ['person'] })
  const dev = await given.agent('dev-1', ['GH'])
  const unknown = await refused('tools.call_tool', { name: 'fix__ekko' })
  expect(unknown).toMatchObject({ kind: 'not_found', said: expect.stringContaining('fix__echo') })
  const hidden = await refused('tools.call_tool', { name: 'fix__echo' }, dev)
  expect(hidden).toMatchObject({ kind: 'not_found', code: 'tools.unknown_tool' })
})

test('a call with the same key is made once and answered twice', async () => {
  const { run, refused, call, echo, owner } = await connected()
  const before = server.seen.calls.length
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => run('tools.call_tool', echo, owner, 'key-1')),
  )
  expect(server.seen.calls.length - before).toBe(1)
  expect(new Set(answers.map(({ key }) => key))).toEqual(new Set(['TC-1']))
  const other = call('tools.call_tool', { ...echo, args: { text: 'other' } }, owner, 'key-1')
  await expect(other).rejects.toMatchObject({ code: 'tools.key_reused' })
  expect(await refused('tools.get_tool_call', { key: 'TC-2' })).toMatchObject({ kind: 'not_found' })
})

test('a call that needs an approval waits, and goes on by itself when it is approved', async () => {
  const { run, say, given, house, due, echo, clock } = await connected({ approval: 'always' })
  const dev = await given.agent('dev-1', ['GH'])
  const before = server.seen.calls.length
  const parked = await run('tools.call_tool', echo, dev)
  expect(parked).toMatchObject({ key: 'TC-1', state: 'parked', approval: 'AP-1' })
  expect(server.seen.calls.length).toBe(before)
  const ana = atPage(await given.person('ana', 'admin'), clock.now())
  await run('agents.decide_approval', { key: 'AP-1', decision: 'approve' }, ana)
  await house.settle()
  await due('tools.resume_calls')
  expect(
    await say('tools.call_tool', { name: 'guildhall__result', args: { call: 'TC-1' } }, dev),
  ).toBe('{"text":"hello"}')
  expect(server.seen.calls.length).toBe(before + 1)
})
