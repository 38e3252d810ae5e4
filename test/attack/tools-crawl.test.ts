import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import { FREE, puppetWith, toolsHouse } from '../tools/house.ts'
import { said, toolNamed } from '../tools/puppet.ts'

// T6: two organisations, and every operation of the tools asked in one for what the other has.

const mark = `mark${randomBytes(4).toString('hex')}`
const slug = `s${mark.slice(4, 11)}`

type Input = Readonly<Record<string, unknown>>

const name = `${slug}__send`
const shown = { name, hash: 'a'.repeat(64) }
const profile = { name: mark, title: 'x', tools: [name] }

/** What is asked for of each operation, and all that it may say: that it is not there. */
const ASKED: Readonly<Record<string, readonly Input[]>> = {
  'tools.call_tool': [
    { name, args: {} },
    { name: 'guildhall__result', args: { call: 'TC-1' } },
    { name: 'guildhall__result', args: { call: 'TC-2', part: 2 } },
  ],
  'tools.find_tools': [{}, { q: mark }, { q: 'send' }, { name }, { server: slug }],
  'tools.show_tool': [{ name }],
  'tools.approve_tool': [shown],
  'tools.reject_tool': [{ name }],
  'tools.set_tool_rules': [
    { server: slug, rules: {} },
    { server: slug, tool: name, rules: {} },
  ],
  'tools.list_tool_servers': [{}],
  'tools.change_tool_server': [
    { slug, enabled: false },
    { slug, title: 'mine' },
    { slug, replicas: [{ url: 'https://example.org/' }] },
  ],
  'tools.remove_tool_server': [{ slug }],
  'tools.refresh_tools': [{ slug }],
  'tools.reset_tool': [{ slug }],
  'tools.connect_account': [
    { server: slug, value: 'a-credential' },
    { server: slug, secret: mark },
  ],
  'tools.disconnect_account': [{ server: slug }],
  'tools.list_tool_calls': [{}, { server: slug }, { tool: 'send' }],
  'tools.get_tool_call': [{ key: 'TC-1' }, { key: 'TC-2' }],
  'tools.list_tool_profiles': [{}],
  'tools.remove_tool_profile': [{ name: mark }],
  'tools.advise_tools': [{}],
  'tools.show_tool_server': [{ slug }],
  'tools.show_tool_profile': [{ name: mark }],
  'tools.call_listed_tool': [
    { profile: mark, name, args: {} },
    { profile: mark, name: 'guildhall__result', args: { call: 'TC-1' } },
  ],
  'tools.follow_listed_call': [
    { profile: 'all', key: 'TC-1' },
    { profile: 'all', key: 'TC-2', act: 'cancel' },
  ],
  'tools.read_resource': [{ profile: mark, uri: `${slug}+file:///a` }],
  'tools.get_prompt': [{ profile: mark, name }],
  'tools.complete_argument': [
    {
      profile: mark,
      ref: { type: 'ref/prompt', name },
      argument: { name: 'a', value: 'b' },
    },
  ],
  'tools.start_account': [{ server: slug }],
  'tools.test_secret': [{ name: mark }],
  'tools.replace_secret': [{ name: mark, value: 'another-value' }],
  'tools.delete_secret': [{ name: mark }],
  'tools.list_secrets': [{}],
  'agents.show_approval': [{ key: 'AP-1' }],
  'agents.decide_approval': [{ key: 'AP-1', decision: 'approve' }],
  'agents.withdraw_approval': [{ key: 'AP-1' }],
  'agents.list_approvals': [{}],
}

/** Operations that name nothing of an organisation, or that make something of one's own. */
const MAKING =
  /^tools\.((save|watch)_tool_profile|add_tool(_server)?|catalogue_tools|create_secret|rotate_keys)/
/** Those that other suites ask: webhooks, keys, accounts of other issuers. */
const ELSEWHERE = /webhook|deliver|rotation|hook|subscription|oauth|finish_account|client/

/** Fills an organisation with a server, accounts, calls, results and questions. */
const seeded = async () => {
  const puppet = await puppetWith([toolNamed('send', { description: mark }), toolNamed('ask')])
  puppet.acts.set('send', () => said(`${mark} ${'x'.repeat(40_000)}`))
  const house = await toolsHouse()
  const { connect, run, tool } = house
  await run('tools.create_secret', { name: mark, value: `${mark}-secret` })
  const auth = { kind: 'bearer' }
  await connect(puppet, { slug, title: mark, credential: 'shared', auth, rules: { ...FREE } })
  await run('tools.connect_account', { server: slug, secret: mark, account: mark })
  await run('tools.refresh_tools', { slug })
  await run('tools.set_tool_rules', {
    server: slug,
    tool: `${slug}__ask`,
    rules: { ...FREE, approval: 'always' },
  })
  await run('tools.save_tool_profile', profile)
  await tool(name, { text: mark })
  await tool(`${slug}__ask`, { text: mark })
  return { ...house, puppet }
}

test('what another organisation has is answered like what nobody has', async () => {
  const theirs = await seeded()
  const mine = await toolsHouse()
  const before = theirs.puppet.heard.length
  const faults: string[] = []
  for (const [operation, inputs] of Object.entries(ASKED)) {
    for (const input of inputs) {
      const as = operation.startsWith('agents.') ? mine.page() : mine.owner
      const said = await mine.run(operation, input, as).then(
        (output: unknown) => JSON.stringify(output),
        (error: unknown) => {
          if (!(error instanceof Refusal)) return `broke: ${String(error)}`
          if (error.kind !== 'not_found') return `${error.kind} ${error.code}`
          return ''
        },
      )
      const bare = JSON.stringify(input)
      const isFault = said.startsWith('broke') || /^[a-z_]+ [a-z]+\.[a-z_]+$/.test(said)
      const isTold = said.includes(mark) && !operation.endsWith('_profile')
      if (isFault || isTold) faults.push(`${operation} ${bare}: ${said.slice(0, 200)}`)
    }
  }
  expect(faults).toEqual([])
  expect(theirs.puppet.heard.length).toBe(before)
  const { items } = await theirs.run('tools.list_tool_servers', {})
  expect(items).toMatchObject([{ slug, enabled: true, title: mark }])
  expect(await theirs.run('tools.test_secret', { name: mark })).toMatchObject({ ok: true })
  expect(JSON.stringify(await mine.ledger())).not.toContain(mark)
})

test('a server of one organisation gets no secret of another', async () => {
  await seeded()
  const mine = await toolsHouse()
  const puppet = await puppetWith()
  await mine.connect(puppet, { slug, credential: 'shared', auth: { kind: 'bearer' } })
  const taken = await mine.refused('tools.connect_account', { server: slug, secret: mark })
  expect(taken.kind).toBe('not_found')
})

test('both may have servers, tools, profiles and calls of one name, each its own', async () => {
  const theirs = await seeded()
  const mine = await toolsHouse()
  const puppet = await puppetWith([toolNamed('send')])
  await mine.connect(puppet, { slug })
  const own = await mine.tool(name, { text: 'mine' })
  expect([own.key, own.text]).toEqual(['TC-1', '{"text":"mine"}'])
  expect(theirs.puppet.calls('send')).toHaveLength(1)
  await mine.run('tools.remove_tool_server', { slug })
  expect((await theirs.tool(name, {})).state).toBe('done')
  expect((await mine.refused('tools.call_tool', { name })).kind).toBe('not_found')
})

test('every operation of the tools that names something is asked', async () => {
  const { house } = await toolsHouse()
  const missing = [...house.pipeline.operations.values()]
    .filter((one) => one.name.startsWith('tools.') && !one.internal)
    .map((one) => one.name)
    .filter((one) => !(one in ASKED) && !MAKING.test(one) && !ELSEWHERE.test(one))
  expect(missing).toEqual([])
  for (const one of Object.keys(ASKED)) expect(house.pipeline.operations.has(one)).toBe(true)
})
