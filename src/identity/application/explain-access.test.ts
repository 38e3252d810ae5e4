import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const ground = async () => {
  const b = await bench()
  await b.given.project('GH')
  await b.given.project('WEB')
  await b.given.tasks([{ title: 'One' }], 'GH')
  await b.run('identity.create_team', { key: 'core' })
  await b.run('identity.add_team_project', { team: 'core', project: 'GH' })
  const explain = (permission: string, resource: string, principal?: string, as?: typeof b.owner) =>
    b.run('identity.explain_access', { permission, resource, ...(principal && { principal }) }, as)
  return { ...b, explain }
}

test('an owner is told that the role of owner allows', async () => {
  const { explain } = await ground()
  expect(await explain('task:write', 'GH-1')).toMatchObject({
    principal: 'owner',
    allowed: true,
    reason: 'allowed',
    condition: null,
    chain: [
      { kind: 'org', name: 'org' },
      { kind: 'team', name: 'core' },
      { kind: 'project', name: 'GH' },
    ],
    grants: [{ role: 'owner', on: 'org', speaks: 'allows' }],
    intersections: [],
  })
})

test('every grant on the chain is told with what it says', async () => {
  const { run, given, explain, clock } = await ground()
  await given.person('ana', 'member')
  await run('identity.add_team_member', { team: 'core', handle: 'ana' })
  await run('identity.give_grant', { team: 'core', role: 'developer', on: 'core' })
  const on = { principal: 'ana', permissions: ['task:write'] }
  await run('identity.give_grant', { ...on, on: 'WEB' })
  await run('identity.give_grant', { ...on, on: 'GH/docs', effect: 'deny' })
  await run('identity.give_grant', { ...on, on: 'GH', addresses: ['10.0.0.0/8'] })
  await run('identity.give_grant', {
    ...{ ...on, permissions: ['task:write', 'task:read'], on: 'GH' },
    expires_at: new Date(clock.now() + 1_000).toISOString(),
  })
  clock.turn(2_000)
  const said = await explain('task:write', 'GH/docs/api', 'ana')
  expect(said).toMatchObject({ allowed: false, reason: 'denied' })
  expect(said.chain.at(-1)).toEqual({ kind: 'namespace', name: 'GH/docs/api' })
  const speaks = said.grants.map(({ on, speaks }: { on: string; speaks: string }) => [on, speaks])
  expect(speaks.toSorted()).toEqual([
    ['GH', 'condition'],
    ['GH', 'expired'],
    ['GH/docs', 'denies'],
    ['core', 'allows'],
    ['org', 'allows'],
  ])
  expect(await explain('task:write', 'GH', 'ana')).toMatchObject({ allowed: true })
})

test('an agent is told of its person, its delegation and what agents never do', async () => {
  const { run, given, explain } = await ground()
  const bot = await given.agent('bot', ['GH'])
  expect(await explain('task:write', 'GH-1', 'bot')).toMatchObject({
    allowed: true,
    condition: 'held',
    grants: [{ role: 'agent', on: 'GH' }],
    intersections: [{ with: 'person', who: 'owner', passes: true }],
  })
  expect(await explain('approval:decide', 'GH', 'bot')).toMatchObject({
    reason: 'never_for_agents',
    intersections: [{ with: 'never_for_agents', passes: false }, { with: 'person' }],
  })
  await run('identity.give_agent_delegation', {
    agent: 'bot',
    scopes: ['task:read', 'project:read'],
  })
  expect(await explain('task:write', 'GH-1', 'bot')).toMatchObject({
    reason: 'delegator_lacks',
    intersections: [
      { with: 'person', passes: true },
      { with: 'delegation', who: 'owner', passes: false },
    ],
  })
  const narrow = { ...bot, scopes: new Set(['task:claim', 'project:read']) }
  expect(await explain('task:read', 'GH-1', undefined, narrow)).toMatchObject({
    reason: 'scope_lacks',
    intersections: [{ with: 'credential', passes: false }, { passes: true }, { passes: true }],
  })
})

test('a suspended person is told to be shut out', async () => {
  const { run, given, explain } = await ground()
  await given.person('ana', 'member')
  await run('identity.suspend_principal', { handle: 'ana' })
  expect(await explain('task:read', 'GH', 'ana')).toMatchObject({ reason: 'suspended' })
})

test('who may not explain others hears so before anything is looked up', async () => {
  const { given, refused, explain } = await ground()
  const ana = await given.person('ana', 'member')
  const ask = (principal: string) =>
    refused('identity.explain_access', { principal, permission: 'task:read' }, ana)
  const known = await ask('owner')
  expect(known).toMatchObject({
    kind: 'forbidden',
    code: 'identity.not_allowed',
    details: { needs: 'access:explain' },
  })
  expect(await ask('nobody-of-this-name')).toEqual(known)
  expect(await explain('task:read', 'GH', 'ana', ana)).toMatchObject({ allowed: true })
  const auditor = await given.person('aud', 'auditor')
  expect(await explain('task:read', 'GH', 'ana', auditor)).toMatchObject({ allowed: true })
})

test('a place that somebody may not read is explained like one that is not there', async () => {
  const { run, given, refused } = await ground()
  const ana = await given.person('ana', 'viewer')
  await run('identity.take_role', { handle: 'ana', role: 'viewer' })
  const said = async (resource: string, unknown: string) => {
    const ask = { permission: 'task:read', resource }
    const answer = await refused('identity.explain_access', ask, ana)
    return JSON.stringify(answer).replaceAll(resource, unknown)
  }
  expect(await said('GH', 'NIL')).toBe(await said('NIL', 'NIL'))
  expect(await said('core', 'nil')).toBe(await said('nil', 'nil'))
  expect(await said('GH/docs', 'x')).toContain('platform.not_found')
})

test('an explanation is told in one line', async () => {
  const { say, given } = await ground()
  await given.agent('bot', ['GH'])
  const ask = { principal: 'bot', permission: 'task:write', resource: 'GH-1' }
  expect(await say('identity.explain_access', ask)).toBe(
    '@bot may task:write on GH-1: allowed, for tasks it has claimed',
  )
})

test('all that somebody may do is what the explanation says, word by word', async () => {
  const { run, given, explain } = await ground()
  await given.person('ana', 'member')
  const deny = { principal: 'ana', permissions: ['task:write'], on: 'GH', effect: 'deny' }
  await run('identity.give_grant', deny)
  const bot = await given.agent('bot', ['GH'])
  type Listed = { permissions: string[]; held: string[]; own: string[] }
  for (const [principal, resource] of [
    ['ana', 'GH'],
    ['ana', 'org'],
    ['bot', 'GH-1'],
  ] as const) {
    const listed = await run<Listed>('identity.list_rights', { principal, resource })
    const words: readonly string[] = ['task:write', 'task:read', 'agent:write', 'org:delete']
    for (const word of words) {
      const { allowed, condition } = await explain(word, resource, principal)
      const { permissions, held, own } = listed
      const under = condition === 'held' ? held : condition === 'own' ? own : permissions
      expect([principal, resource, word, under.includes(word)]).toEqual([
        ...[principal, resource, word],
        allowed,
      ])
    }
  }
  const own = await run<Listed>('identity.list_rights', { resource: 'GH' }, bot)
  expect(own.held).toContain('task:write')
})

test('who may not explain others is told no more of all their rights', async () => {
  const { given, refused } = await ground()
  const ana = await given.person('ana', 'member')
  const asked = (principal: string) => refused('identity.list_rights', { principal }, ana)
  expect(await asked('owner')).toMatchObject({ code: 'identity.not_allowed' })
  expect(await asked('nobody')).toEqual(await asked('owner'))
})
