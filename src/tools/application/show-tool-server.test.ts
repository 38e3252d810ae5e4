import { afterAll, expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { modernServer } from '../../../test/mcp/upstream-servers.ts'

const server = await modernServer()
afterAll(() => server.stop())

const connected = async (more: object = {}) => {
  const made = await bench()
  await made.run('tools.add_tool_server', { slug: 'fix', url: server.url, trust: true, ...more })
  const show = (as?: Parameters<typeof made.run>[2]) =>
    made.run('tools.show_tool_server', { slug: 'fix' }, as)
  const ruled = (rules: object, tool?: string) =>
    made.run('tools.set_tool_rules', { server: 'fix', ...(tool && { tool }), rules })
  return { ...made, show, ruled }
}

const namesOf = (items: readonly { original: string }[]) => items.map(({ original }) => original)

test('a server is shown with its tools, by name, whatever state they are in', async () => {
  const { show, run, say } = await connected({ review: true })
  const shown = await show()
  expect(shown).toMatchObject({ slug: 'fix', tools: 0, waiting: 11, instructions: 'A fixture.' })
  const names = namesOf(shown.items)
  expect(names).toContain('echo')
  expect(names).toEqual(names.toSorted())
  await run('tools.reject_tool', { name: 'fix__echo' })
  // Nobody has to decide about what was rejected.
  expect(await show()).toMatchObject({ blocked: 11, waiting: 10 })
  expect(await say('tools.list_tool_servers')).toContain('0 tools, 10 wait for a decision')
})

test('what is switched off is there for who manages tools, and for nobody else', async () => {
  const { show, ruled, given } = await connected()
  await ruled({ enabled: false }, 'fix__echo')
  const [owner, member] = await Promise.all([show(), given.person('bo').then(show)])
  const offIn = (items: readonly { name: string; off: boolean }[]) =>
    items.filter(({ off }) => off).map(({ name }) => name)
  expect(offIn(owner.items)).toEqual(['fix__echo'])
  expect(offIn(member.items)).toEqual([])
  expect(namesOf(member.items)).not.toContain('echo')
})

test('rules come back as they were written, a tool’s apart from its server’s', async () => {
  const { show, run, ruled, given } = await connected()
  await given.project('GH')
  await given.person('bo')
  const server = { approval: 'always', projects: ['GH'] }
  const own = { holders: ['bo', 'owner'], timeoutMs: 500 }
  await ruled(server)
  await ruled(own, 'fix__echo')
  expect((await show()).rules).toEqual(server)
  const tool = await run('tools.show_tool', { name: 'fix__echo' })
  expect(tool).toMatchObject({ rules: own, serverRules: server, labels: { untrusted: true } })
})

test('credentials of others are named to who may read connections only', async () => {
  const person = { credential: 'person', auth: { kind: 'bearer' } }
  const { show, run, given } = await connected(person)
  const value = 'a-credential-of-the-owner'
  await run('tools.connect_account', { server: 'fix', value, account: 'ada@example.org' })
  const shown = await show()
  expect(shown.credentials).toMatchObject([{ by: 'owner', account: 'ada@example.org' }])
  expect(JSON.stringify(shown)).not.toContain(value)
  const dev = await given.agent('dev-1', [await given.project('GH')])
  // It calls with the account of whom it acts for, and does not read whose that is.
  expect(await show(dev)).toMatchObject({ connected: true, credentials: [], accounts: 1 })
  const bo = await given.person('bo')
  expect(await show(bo)).toMatchObject({ connected: false, state: 'needs_connect' })
})

test('arguments that do not fit are told one by one', async () => {
  const { refused } = await connected()
  const { code, details } = await refused('tools.call_tool', {
    name: 'fix__echo',
    args: { deep: JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) },
  })
  expect(code).toBe('tools.arguments_do_not_fit')
  expect(details).toMatchObject({ problems: ['the arguments: are too deep, or no JSON'] })
})
