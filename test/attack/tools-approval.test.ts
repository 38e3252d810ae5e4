import { expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import { atPage } from '../approvals.ts'
import { FREE, puppetWith, toolsHouse } from '../tools/house.ts'
import { type Puppet, toolNamed } from '../tools/puppet.ts'

// T15: what one gets approved, and does something else with.

const ASKED = { ...FREE, approval: 'always' }

/** A house with one server whose tools all need a person's yes, and an agent that wants one. */
const asking = async (more: object = {}) => {
  const puppet = await puppetWith([toolNamed('send'), toolNamed('other')])
  const house = await toolsHouse()
  await house.connect(puppet, { slug: 'mail', rules: ASKED, ...more })
  const dev = await house.given.agent('dev-1', ['GH'])
  const ask = (args: object = { to: 'ana' }, key?: string) =>
    house.tool('mail__send', args, dev, key)
  return { ...house, puppet, dev, ask }
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code
      throw error
    },
  )

const made = ({ heard }: Puppet): number =>
  heard.filter(({ method }) => method === 'tools/call').length

test('a call is made with the arguments that were shown, and once', async () => {
  const { ask, decide, resume, ending, dev, puppet, run, page } = await asking()
  const args = { to: 'ana', text: 'A\u202eB', list: [1, { deep: true }], 'x y': null }
  const parked = await ask(args)
  const [shown] = (await run('agents.list_approvals', {}, page())).items
  const details = await run('agents.show_approval', { key: shown.key }, page())
  expect(JSON.parse(details.args)).toEqual(args)
  expect(made(puppet)).toBe(0)
  await decide(parked.approval)
  await resume()
  await resume()
  expect(puppet.calls('send')).toEqual([args])
  expect(await ending(parked.key, dev)).toMatchObject({ state: 'done' })
})

test('a yes to one call is none to another, with other arguments or the same', async () => {
  const { ask, decide, resume, puppet } = await asking()
  const first = await ask({ to: 'ana' })
  await decide(first.approval)
  const second = await ask({ to: 'eve' })
  const third = await ask({ to: 'ana' })
  expect([second.state, third.state]).toEqual(['parked', 'parked'])
  expect(new Set([first, second, third].map(({ approval }) => approval)).size).toBe(3)
  await resume()
  expect(puppet.calls()).toEqual([{ to: 'ana' }])
})

test('arguments that are changed after the question are not called with', async () => {
  const { ask, decide, resume, puppet, database, orgId, ending, dev } = await asking()
  const { key, approval } = await ask({ to: 'ana' })
  await database.write(orgId, async (sql) => {
    await sql`
      update tools.parked_call set args = '{"to":"eve"}'::jsonb where org_id = ${orgId}`
    return { value: null, tail: [] }
  })
  await decide(approval)
  await resume()
  expect(made(puppet)).toBe(0)
  expect(await ending(key, dev)).toMatchObject({ state: 'refused' })
})

type House = Awaited<ReturnType<typeof asking>>

/** What can become another between the yes and the call. */
const CHANGES: readonly (readonly [string, (house: House) => Promise<unknown>])[] = [
  [
    'the rules of the tool',
    ({ run }) =>
      run('tools.set_tool_rules', { server: 'mail', tool: 'mail__send', rules: { ...ASKED } }),
  ],
  [
    'the rules of the server',
    ({ run }) =>
      run('tools.set_tool_rules', { server: 'mail', rules: { ...ASKED, reads: 'private' } }),
  ],
  [
    'the definition',
    async ({ puppet, refresh }) => {
      puppet.tools = [toolNamed('send', { description: 'Sends to eve.' }), toolNamed('other')]
      await refresh('mail')
    },
  ],
  [
    'the definition, approved anew',
    async ({ puppet, refresh, run }) => {
      puppet.tools = [toolNamed('send', { description: 'Sends to eve.' }), toolNamed('other')]
      await refresh('mail')
      const { hash } = await run('tools.show_tool', { name: 'mail__send' })
      await run('tools.approve_tool', { name: 'mail__send', hash })
    },
  ],
  [
    'the tool, which is gone',
    async ({ puppet, refresh }) => {
      puppet.tools = [toolNamed('other')]
      await refresh('mail')
    },
  ],
  ['the tool, rejected', ({ run }) => run('tools.reject_tool', { name: 'mail__send' })],
  [
    'the server, switched off',
    ({ run }) => run('tools.change_tool_server', { slug: 'mail', enabled: false }),
  ],
  ['the server, removed', ({ run }) => run('tools.remove_tool_server', { slug: 'mail' })],
  [
    'another server in its place',
    async ({ run, puppet, connect }) => {
      await run('tools.remove_tool_server', { slug: 'mail' })
      await connect(puppet, { slug: 'mail', rules: ASKED })
    },
  ],
  ['the time, which is over', async ({ clock }) => clock.turn(31 * 60_000)],
  [
    'the agent, whose role was taken',
    ({ run }) => run('identity.take_role', { handle: 'dev-1', role: 'agent', project: 'GH' }),
  ],
]

test.each(CHANGES)(
  'a call that was approved is not made where this changed: %s',
  async (_, change) => {
    const house = await asking()
    const { ask, decide, resume, puppet, house: inner, run } = house
    const { key, approval } = await ask()
    await decide(approval)
    await inner.settle()
    await change(house)
    await resume().catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
    })
    expect(made(puppet)).toBe(0)
    const { items } = await run('tools.list_tool_calls', {})
    expect(items.find((one: { key: string }) => one.key === key).state).not.toBe('done')
  },
)

test('nobody approves what they asked for, no agent does, and no key', async () => {
  const { given, tool, decide, run, connect, ana, clock, resume, puppet } = await asking()
  await connect(puppet, { slug: 'mine', rules: { ...ASKED } })
  const parked = await tool('mine__send', {}, ana)
  const bot = await given.agent('bot-1', ['GH'])
  const member = atPage(await given.person('max', 'member'), clock.now())
  const key = parked.approval
  const answers = await Promise.all([
    codeOf(decide(key)),
    codeOf(decide(key, 'approve', bot)),
    codeOf(decide(key, 'approve', member)),
    codeOf(run('agents.decide_approval', { key, decision: 'approve' })),
  ])
  expect(answers[0]).toBe('agents.approval_not_yours')
  expect(answers).not.toContain('done')
  await resume()
  expect(made(puppet)).toBe(0)
})

test('of many yeses at the same moment, one call comes', async () => {
  const { ask, run, given, clock, resume, puppet, due } = await asking()
  const { approval } = await ask()
  const people = await Promise.all(
    ['p1', 'p2', 'p3', 'p4'].map(async (name) =>
      atPage(await given.person(name, 'admin'), clock.now()),
    ),
  )
  const decision = { key: approval, decision: 'approve' }
  const codes = await Promise.all(
    [...people, ...people].map((one) => codeOf(run('agents.decide_approval', decision, one))),
  )
  expect(codes.filter((code) => code === 'done')).toHaveLength(1)
  await resume()
  await Promise.all(Array.from({ length: 5 }, () => due('tools.resume_calls')))
  expect(made(puppet)).toBe(1)
})

test('of many that take up an approved call at once, one makes it', async () => {
  const { ask, decide, house, puppet, due } = await asking()
  const { approval } = await ask()
  await decide(approval)
  await house.settle()
  await Promise.all(Array.from({ length: 10 }, () => due('tools.resume_calls')))
  expect(made(puppet)).toBe(1)
})

test('a question that is asked under one key many times is asked once', async () => {
  const { ask, decide, resume, puppet, run, page } = await asking()
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ to: 'ana' }, 'key-1')))
  expect(new Set(answers.map(({ key }) => key)).size).toBe(1)
  expect((await run('agents.list_approvals', {}, page())).items).toHaveLength(1)
  expect(await codeOf(ask({ to: 'eve' }, 'key-1'))).toBe('tools.key_reused')
  await decide(answers[0].approval)
  await resume()
  const again = await ask({ to: 'ana' }, 'key-1')
  expect(again.key).toBe(answers[0].key)
  expect(puppet.calls()).toEqual([{ to: 'ana' }])
})

test('two callers who want the same each need a yes of their own', async () => {
  const { ask, decide, resume, given, tool, puppet, ending } = await asking()
  const bot = await given.agent('bot-1', ['GH'])
  const [first, second] = [await ask(), await tool('mail__send', { to: 'ana' }, bot)]
  await decide(first.approval)
  await decide(second.approval, 'deny')
  await resume()
  expect(made(puppet)).toBe(1)
  expect(await ending(second.key, bot)).toMatchObject({ state: 'refused' })
})

test('a no, a wish for changes and a question taken back end the call', async () => {
  const { ask, run, resume, puppet, page, dev, ending } = await asking()
  const parked = [await ask({ n: 1 }), await ask({ n: 2 }), await ask({ n: 3 })]
  const [denied, changes, withdrawn] = parked.map(({ approval }) => approval)
  await run('agents.decide_approval', { key: denied, decision: 'deny' }, page())
  const why = { key: changes, decision: 'changes', reason: 'less' }
  await run('agents.decide_approval', why, page())
  await run('agents.withdraw_approval', { key: withdrawn }, dev)
  await resume()
  const states = await Promise.all(parked.map(async ({ key }) => (await ending(key, dev)).state))
  expect(states).toEqual(['refused', 'refused', 'refused'])
  expect(made(puppet)).toBe(0)
})

test('two people have to say yes where the rules say two', async () => {
  const { ask, decide, given, clock, resume, puppet } = await asking({
    rules: { ...ASKED, needs: 2 },
  })
  const { approval } = await ask()
  await decide(approval)
  await resume()
  expect([made(puppet), await codeOf(decide(approval))]).toEqual([0, 'agents.approval_decided'])
  await decide(approval, 'approve', atPage(await given.person('bea', 'admin'), clock.now()))
  await resume()
  expect(made(puppet)).toBe(1)
})

/** The same with a credential that all share: an agent uses it under the lease of its claim. */
const asked = async () => {
  const auth = { kind: 'header', name: 'X-Api-Key' }
  const house = await asking({ credential: 'shared', auth })
  const { run, given, dev, refresh } = house
  await run('tools.connect_account', { server: 'mail', value: 'a-shared-credential' })
  await refresh('mail')
  const [key] = await given.tasks([{ title: 'work', status: 'Todo' }])
  const { lease } = await run('work.claim_task', { key }, dev)
  return { ...house, lease }
}

test('an approved call goes with the credential as long as its claim is held', async () => {
  const { ask, decide, resume, puppet, run, dev, lease, ending } = await asked()
  const [first, second] = [await ask({ n: 1 }), await ask({ n: 2 })]
  await decide(first.approval)
  await resume()
  expect(puppet.calls()).toEqual([{ n: 1 }])
  const call = puppet.heard.find(({ method }) => method === 'tools/call')
  expect(call?.headers['x-api-key']).toBe('a-shared-credential')
  await run('work.finish_work', { lease, outcome: 'released' }, dev)
  await decide(second.approval)
  await resume()
  expect(puppet.calls()).toHaveLength(1)
  expect(await ending(second.key, dev)).toMatchObject({ state: 'refused' })
})

test('nobody is asked about a call that could not be made anyway', async () => {
  const { ask, run, page, lease, dev } = await asked()
  await run('work.finish_work', { lease, outcome: 'released' }, dev)
  expect(await codeOf(ask())).toBe('tools.lease_needed')
  expect((await run('agents.list_approvals', {}, page())).items).toEqual([])
})

test('an approved call that nobody may make any more ends, and holds nothing up', async () => {
  const { ask, decide, house, run, due, clock, dev, puppet, ending } = await asking()
  const { key, approval } = await ask()
  await decide(approval)
  await house.settle()
  await run('identity.take_role', { handle: 'dev-1', role: 'agent', project: 'GH' })
  await due('tools.resume_calls').catch(() => null)
  await run('identity.give_role', { handle: 'dev-1', role: 'agent', project: 'GH' })
  clock.turn(31 * 60_000)
  await due('tools.resume_calls')
  await due('tools.sweep_calls')
  expect(await ending(key, dev)).toMatchObject({ state: 'refused', code: 'tools.approval_over' })
  expect(made(puppet)).toBe(0)
})
