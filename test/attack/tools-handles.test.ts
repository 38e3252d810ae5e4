import { expect, test } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { atPage } from '../approvals.ts'
import { FREE, puppetWith, toolsHouse } from '../tools/house.ts'
import { said, toolNamed } from '../tools/puppet.ts'

// T11: keys of calls, parts of results, approvals: short and easy to guess, and good for nobody
// but those they belong to. To all others they are what was never there.

const MARK = 'private-to-dev-1'

/** A house where one agent has made a call with a long answer, and waits for another. */
const busy = async () => {
  const puppet = await puppetWith([toolNamed('long'), toolNamed('send')])
  puppet.acts.set('long', () => said(`${MARK} ${'x'.repeat(70_000)} ${MARK}`))
  const house = await toolsHouse()
  const { connect, run, given, tool } = house
  await connect(puppet, { slug: 'mail', rules: { ...FREE, effect: 'write' } })
  const asked = { server: 'mail', tool: 'mail__send', rules: { ...FREE, approval: 'always' } }
  await run('tools.set_tool_rules', asked)
  const dev = await given.agent('dev-1', ['GH'])
  const long = await tool('mail__long', { mark: MARK }, dev, 'key-of-dev')
  const parked = await tool('mail__send', { mark: MARK }, dev)
  const others: readonly Actor[] = [
    await given.agent('dev-2', ['GH']),
    await given.person('max', 'member'),
    await given.person('vera', 'viewer'),
    atPage(await given.person('bea', 'member'), house.clock.now()),
    house.ana,
  ]
  return { ...house, puppet, dev, long, parked, others }
}

test('a call, its parts and its state are unknown to everybody else', async () => {
  const { long, parked, others, refused, run, dev } = await busy()
  const unknown = await refused('tools.get_tool_call', { key: 'TC-999' }, others[0])
  for (const who of others.filter(({ handle }) => handle !== 'vera')) {
    for (const key of [long.key, parked.key]) {
      for (const part of [1, 2, 3]) {
        const input = { name: 'guildhall__result', args: { call: key, part } }
        const answers = [
          await refused('tools.get_tool_call', { key, part }, who),
          await refused('tools.call_tool', input, who),
        ]
        for (const answer of answers) {
          const { kind, code } = answer
          expect([who.handle, kind, code]).toEqual([who.handle, unknown.kind, unknown.code])
          expect(answer.said.replace(key, 'TC-999')).toBe(unknown.said)
        }
      }
    }
    const seen = JSON.stringify(await run('tools.list_tool_calls', {}, who))
    expect([who.handle, seen.includes(long.key)]).toEqual([who.handle, who.handle === 'ana'])
    expect(seen).not.toContain(MARK)
  }
  expect(await run('tools.get_tool_call', { key: long.key, part: 2 }, dev)).toMatchObject({
    part: 2,
  })
})

test('nobody else follows a call, answers for it or takes it back', async () => {
  const { long, parked, others, refused, ending, dev } = await busy()
  for (const who of others.filter(({ handle }) => handle !== 'vera')) {
    for (const act of ['show', 'wait', 'answer', 'cancel']) {
      for (const key of [long.key, parked.key]) {
        const wish = { profile: 'all', key, act, answers: { a: 1 } }
        const { kind } = await refused('tools.follow_listed_call', wish, who)
        expect([who.handle, act, kind]).toEqual([who.handle, act, 'not_found'])
      }
    }
  }
  expect(await ending(long.key, dev)).toMatchObject({ state: 'done' })
})

test('the person behind an agent sees what it did, another agent of theirs does not', async () => {
  const { long, run, refused, given } = await busy()
  expect((await run('tools.get_tool_call', { key: long.key })).text).toContain(MARK)
  const sister = await given.agent('dev-3', ['GH'])
  expect((await refused('tools.get_tool_call', { key: long.key }, sister)).kind).toBe('not_found')
})

test('a key that another has used for a call is no key to its answer', async () => {
  const { others, tool, puppet, dev, long } = await busy()
  const before = puppet.calls('long').length
  const other = await tool('mail__long', { mark: MARK }, others[0], 'key-of-dev')
  expect(other.key).not.toBe(long.key)
  expect(puppet.calls('long').length).toBe(before + 1)
  const again = await tool('mail__long', { mark: MARK }, dev, 'key-of-dev')
  expect([again.key, puppet.calls('long').length]).toEqual([long.key, before + 1])
})

test('an approval is shown to those who may decide it and to whoever asked', async () => {
  const { parked, others, refused, run, dev, page } = await busy()
  const key = parked.approval
  expect(await run('agents.show_approval', { key }, dev)).toMatchObject({ key })
  expect(await run('agents.show_approval', { key }, page())).toMatchObject({ key })
  for (const who of others.filter(({ handle }) => handle !== 'ana')) {
    for (const name of ['agents.show_approval', 'agents.withdraw_approval']) {
      const { kind } = await refused(name, { key }, who)
      expect([who.handle, name, kind === 'not_found' || kind === 'forbidden']).toEqual([
        ...[who.handle, name, true],
      ])
    }
    expect(JSON.stringify(await run('agents.list_approvals', {}, who))).not.toContain(MARK)
  }
})

const ODD = [
  ...['TC-0', 'TC--1', 'TC-01', 'TC-1.5', 'TC-1e3', 'tc-1', 'TC-', 'TC-9999999999999999', 'AP-1'],
  ...['TC-1;drop', 'TC-1\n', ' TC-1', '%', '*', '', 'TC-\u0661', 'TC-1\u0000'],
]

test('odd handles are refused by their form', async () => {
  const { refused, dev } = await busy()
  for (const key of ODD) {
    expect([key, (await refused('tools.get_tool_call', { key }, dev)).kind]).toEqual([
      key,
      'invalid',
    ])
    const input = { name: 'guildhall__result', args: { call: key } }
    expect([key, (await refused('tools.call_tool', input, dev)).kind]).toEqual([key, 'invalid'])
  }
  for (const part of [0, -1, 1.5, 1e9, '1', null]) {
    const input = { name: 'guildhall__result', args: { call: 'TC-1', part } }
    expect((await refused('tools.call_tool', input, dev)).kind).toBe('invalid')
  }
})

test('a part beyond the end tells nothing of others', async () => {
  const { long, refused, dev } = await busy()
  const far = await refused('tools.get_tool_call', { key: long.key, part: 1_000 }, dev).catch(
    (error: unknown) => String(error),
  )
  expect(JSON.stringify(far)).not.toContain('mail__send')
})
