import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { Actor } from '../../kernel/actor.ts'

type Bench = Awaited<ReturnType<typeof bench>>

/** An organisation with two projects, a task in each, and somebody who holds nothing. */
const ground = async () => {
  const b = await bench()
  await b.given.project('GH')
  await b.given.project('WEB')
  await b.given.tasks([{ title: 'One' }], 'GH')
  await b.given.tasks([{ title: 'Two' }], 'WEB')
  return b
}

/** A person without any role. */
const nobody = async (b: Bench, handle: string): Promise<Actor> => {
  const actor = await b.given.person(handle, 'viewer')
  await b.run('identity.take_role', { handle, role: 'viewer' })
  return actor
}

const reads = async (b: Bench, actor: Actor, key: string): Promise<string> => {
  try {
    await b.run('work.get_task', { key }, actor)
    return 'read'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed'
  }
}

test('a team has rights in its projects, and members have them while they are in', async () => {
  const b = await ground()
  const ana = await nobody(b, 'ana')
  await b.run('identity.create_team', { key: 'core', name: 'Core' })
  await b.run('identity.give_grant', { team: 'core', role: 'developer', on: 'core' })
  await b.run('identity.add_team_member', { team: 'core', handle: 'ana' })
  expect(await reads(b, ana, 'GH-1')).toBe('platform.not_found')
  await b.run('identity.add_team_project', { team: 'core', project: 'GH' })
  expect(await reads(b, ana, 'GH-1')).toBe('read')
  expect(await reads(b, ana, 'WEB-1')).toBe('platform.not_found')
  const { items } = await b.run('identity.list_teams')
  expect(items).toEqual([
    { key: 'core', name: 'Core', version: 1, members: ['ana'], projects: ['GH'] },
  ])
  await b.run('identity.remove_team_member', { team: 'core', handle: 'ana' })
  expect(await reads(b, ana, 'GH-1')).toBe('platform.not_found')
})

test('a project belongs to one team, and a deleted team leaves nothing behind', async () => {
  const b = await ground()
  const ana = await nobody(b, 'ana')
  for (const key of ['core', 'web']) await b.run('identity.create_team', { key })
  await b.run('identity.add_team_project', { team: 'core', project: 'GH' })
  const twice = await b.refused('identity.add_team_project', { team: 'web', project: 'GH' })
  expect(twice).toMatchObject({ code: 'identity.project_has_team', kind: 'conflict' })
  await b.run('identity.give_grant', { principal: 'ana', role: 'viewer', on: 'core' })
  await b.run('identity.give_grant', { team: 'core', permissions: ['org:read'] })
  expect(await reads(b, ana, 'GH-1')).toBe('read')
  await b.run('identity.rename_team', { team: 'core', key: 'kernel' })
  expect(await reads(b, ana, 'GH-1')).toBe('read')
  await b.run('identity.delete_team', { team: 'kernel' })
  expect(await reads(b, ana, 'GH-1')).toBe('platform.not_found')
  const { items } = await b.run('identity.list_grants', { principal: 'ana' })
  expect(items).toEqual([])
})

test('a deny in a project wins against a role in the organisation until it is taken', async () => {
  const b = await ground()
  const ana = await b.given.person('ana', 'member')
  const denied = { principal: 'ana', permissions: ['task:write'], on: 'GH', effect: 'deny' }
  await b.run('identity.give_grant', denied)
  const refused = await b.refused('work.change_task', { key: 'GH-1', title: 'Mine' }, ana)
  expect(refused).toMatchObject({
    code: 'identity.not_allowed',
    details: { needs: 'task:write', scope: 'GH-1' },
  })
  expect(await reads(b, ana, 'GH-1')).toBe('read')
  await b.run('work.change_task', { key: 'WEB-1', title: 'Mine' }, ana)
  const { items } = await b.run('identity.list_grants', { principal: 'ana' })
  const deny = items.find(({ effect }: { effect: string }) => effect === 'deny')
  expect(deny).toMatchObject({ permissions: ['task:write'], on: 'GH', role: null })
  await b.run('identity.take_grant', { id: deny.id })
  await b.run('work.change_task', { key: 'GH-1', title: 'Mine' }, ana)
  const events = (await b.ledger()).filter(({ name }) => name.startsWith('identity.grant_'))
  expect(events.at(-2)?.data).toMatchObject({ effect: 'deny', permissions: ['task:write'] })
  expect(events.at(-1)?.name).toBe('identity.grant_taken')
})

test('what is denied to read is like what is not there', async () => {
  const b = await ground()
  const ana = await b.given.person('ana', 'member')
  await b.run('identity.give_role', {
    ...{ handle: 'ana', role: 'readonly', project: 'GH', effect: 'deny' },
  })
  const hidden = await b.refused('work.get_task', { key: 'GH-1' }, ana)
  const unknown = await b.refused('work.get_task', { key: 'NIL-1' }, ana)
  expect(hidden.said.replace('GH', 'NIL')).toBe(unknown.said)
  expect({ ...hidden, said: '' }).toEqual({ ...unknown, said: '' })
})

test('a deny on an agent binds it, and one in the organisation binds it everywhere', async () => {
  const b = await ground()
  const bot = await b.given.agent('bot', ['GH', 'WEB'])
  expect(await reads(b, bot, 'GH-1')).toBe('read')
  await b.run('identity.give_grant', {
    ...{ principal: 'bot', permissions: ['task:read'], effect: 'deny' },
  })
  expect(await reads(b, bot, 'GH-1')).toBe('identity.not_allowed')
  expect(await reads(b, bot, 'WEB-1')).toBe('identity.not_allowed')
})

test('owners are not denied, and the role of owner is given wholly or not at all', async () => {
  const b = await ground()
  await b.given.person('ana', 'owner')
  await b.run('identity.create_team', { key: 'core' })
  const deny = { principal: 'ana', permissions: ['task:read'], effect: 'deny' }
  expect(await b.refused('identity.give_grant', deny)).toMatchObject({
    code: 'identity.owner_not_denied',
  })
  for (const more of [{ expires_at: '2199-01-01T00:00:00Z' }, { addresses: ['10.0.0.1'] }]) {
    const partly = { handle: 'ana', role: 'owner', ...more }
    expect((await b.refused('identity.give_role', partly)).code).toBe('identity.owner_not_partly')
  }
  const team = { team: 'core', role: 'owner' }
  expect((await b.refused('identity.give_grant', team)).code).toBe('identity.owner_not_partly')
  const { items } = await b.run('identity.list_grants', { principal: 'ana' })
  await b.run('identity.take_grant', { id: items[0].id })
  const own = await b.run('identity.list_grants', { principal: 'owner' })
  const last = await b.refused('identity.take_grant', { id: own.items[0].id })
  expect(last).toMatchObject({ kind: 'conflict', code: 'identity.last_owner' })
})

test('a grant for a time ends by itself, and giving it again moves its end', async () => {
  const b = await ground()
  const ana = await nobody(b, 'ana')
  const until = (ms: number) => new Date(b.clock.now() + ms).toISOString()
  const grant = { handle: 'ana', role: 'viewer', project: 'GH' }
  await b.run('identity.give_role', { ...grant, expires_at: until(60_000) })
  expect(await reads(b, ana, 'GH-1')).toBe('read')
  await b.run('identity.give_role', { ...grant, expires_at: until(120_000) })
  b.clock.turn(61_000)
  expect(await reads(b, ana, 'GH-1')).toBe('read')
  b.clock.turn(60_000)
  expect(await reads(b, ana, 'GH-1')).toBe('platform.not_found')
  const past = await b.refused('identity.give_role', { ...grant, expires_at: until(-1_000) })
  expect(past.code).toBe('identity.expiry_past')
})

test('a grant under an assignment holds for claimed tasks only', async () => {
  const b = await ground()
  const ana = await nobody(b, 'ana')
  await b.run('identity.give_role', { handle: 'ana', role: 'viewer', project: 'GH' })
  const on = { principal: 'ana', on: 'GH' }
  await b.run('identity.give_grant', { ...on, permissions: ['task:claim'] })
  await b.run('identity.give_grant', { ...on, permissions: ['task:write'], assigned: true })
  const change = { key: 'GH-1', title: 'Mine' }
  expect((await b.refused('work.change_task', change, ana)).code).toBe('work.task_not_held')
  await b.run('work.claim_task', { key: 'GH-1' }, ana)
  await b.run('work.change_task', change, ana)
  const odd = { ...on, permissions: ['task:delete'], assigned: true }
  expect((await b.refused('identity.give_grant', odd)).code).toBe('identity.condition_not_heeded')
})

test('a lead manages grants where it leads, and no more than it holds there', async () => {
  const b = await ground()
  const lea = await nobody(b, 'lea')
  await nobody(b, 'ana')
  await b.given.person('adam', 'admin')
  await b.run('identity.create_team', { key: 'core' })
  await b.run('identity.add_team_project', { team: 'core', project: 'GH' })
  await b.run('identity.give_role', { handle: 'lea', role: 'lead', on: 'core' })
  const give = (more: object) => b.run('identity.give_grant', { principal: 'ana', ...more }, lea)
  const refused = async (more: object) =>
    (await b.refused('identity.give_grant', { principal: 'ana', ...more }, lea)).code
  await give({ role: 'developer', on: 'core' })
  await give({ role: 'viewer', on: 'GH' })
  await give({ permissions: ['memory:write'], on: 'GH/docs', effect: 'deny' })
  expect(await refused({ permissions: ['secret:read'], on: 'GH' })).toBe(
    'identity.more_than_you_have',
  )
  expect(await refused({ role: 'viewer', on: 'WEB' })).toBe('platform.not_found')
  expect(await refused({ role: 'viewer', on: 'org' })).toBe('identity.not_allowed')
  const admin = { principal: 'adam', permissions: ['task:read'], on: 'GH', effect: 'deny' }
  expect((await b.refused('identity.give_grant', admin, lea)).code).toBe(
    'identity.more_than_you_have',
  )
  const wide = await b.run('identity.list_grants', { principal: 'adam' })
  const foreign = await b.refused('identity.take_grant', { id: wide.items[0].id }, lea)
  const unknown = await b.refused(
    'identity.take_grant',
    { id: '0190e0a1-0000-7000-8000-000000000000' },
    lea,
  )
  expect(foreign).toEqual(unknown)
})

test('nobody comes into a team whose rights exceed those of who takes them in', async () => {
  const b = await ground()
  const ted = await nobody(b, 'ted')
  await nobody(b, 'ana')
  await b.run('identity.create_team', { key: 'core' })
  const hand = { principal: 'ted', permissions: ['team:write', 'team:read'], on: 'core' }
  await b.run('identity.give_grant', hand)
  await b.run('identity.add_team_member', { team: 'core', handle: 'ana' }, ted)
  await b.run('identity.give_grant', { team: 'core', permissions: ['ledger:read'] })
  const more = await b.refused('identity.add_team_member', { team: 'core', handle: 'ted' }, ted)
  expect(more).toMatchObject({ code: 'identity.more_than_you_have' })
  const away = await b.refused('identity.delete_team', { team: 'core' }, ted)
  expect(away.code).toBe('identity.more_than_you_have')
})

test('an agent in a team has nothing of what the team holds in the organisation', async () => {
  const b = await ground()
  const bot = await b.given.agent('bot', ['WEB'])
  await b.run('identity.create_team', { key: 'core' })
  await b.run('identity.add_team_member', { team: 'core', handle: 'bot' })
  await b.run('identity.give_grant', { team: 'core', permissions: ['task:read', 'project:read'] })
  expect(await reads(b, bot, 'GH-1')).toBe('platform.not_found')
  await b.run('identity.give_grant', { team: 'core', role: 'developer', on: 'GH' })
  expect(await reads(b, bot, 'GH-1')).toBe('read')
})

test('an own role is made, changed for all who have it, and deleted when unused', async () => {
  const b = await ground()
  const ana = await nobody(b, 'ana')
  const role = { key: 'tester', name: 'Tester', permissions: ['task:read', 'project:read'] }
  const made = await b.run('identity.create_role', role)
  expect(made).toMatchObject({ permissions: ['project:read', 'task:read'], version: 1 })
  expect((await b.refused('identity.create_role', role)).code).toBe('identity.role_taken')
  await b.run('identity.give_role', { handle: 'ana', role: 'tester', project: 'GH' })
  expect(await reads(b, ana, 'GH-1')).toBe('read')
  await b.run('identity.change_role', { role: 'tester', permissions: ['project:read'] })
  expect(await reads(b, ana, 'GH-1')).toBe('identity.not_allowed')
  expect((await b.refused('identity.delete_role', { role: 'tester' })).code).toBe(
    'identity.role_in_use',
  )
  await b.run('identity.take_role', { handle: 'ana', role: 'tester', project: 'GH' })
  await b.run('identity.delete_role', { role: 'tester' })
  const { items } = await b.run('identity.list_roles')
  expect(items.map(({ key }: { key: string }) => key)).not.toContain('tester')
  expect(items.find(({ key }: { key: string }) => key === 'agent').held).toEqual(['task:write'])
})

test('predefined roles stay, and nobody puts into a role what they lack', async () => {
  const b = await ground()
  const adam = await b.given.person('adam', 'admin')
  const owner = { key: 'boss', permissions: ['org:delete'] }
  expect((await b.refused('identity.create_role', owner, adam)).code).toBe(
    'identity.more_than_you_have',
  )
  for (const name of ['change_role', 'delete_role']) {
    const refused = await b.refused(`identity.${name}`, { role: 'viewer' })
    expect(refused.code).toBe('identity.role_predefined')
  }
  const odd = { key: 'odd', permissions: [], held: ['board:write'] }
  expect((await b.refused('identity.create_role', odd)).code).toBe('identity.condition_not_heeded')
  await b.run('identity.create_role', { key: 'boss', permissions: ['org:delete'] })
  const less = { role: 'boss', permissions: [] }
  expect((await b.refused('identity.change_role', less, adam)).code).toBe(
    'identity.more_than_you_have',
  )
})

test('a delegation cuts an agent down, and when it is over the agent stops', async () => {
  const b = await ground()
  const bot = await b.given.agent('bot', ['GH', 'WEB'])
  await b.run('identity.give_agent_delegation', { agent: 'bot', projects: ['GH'], days: 1 })
  expect(await reads(b, bot, 'GH-1')).toBe('read')
  expect(await reads(b, bot, 'WEB-1')).toBe('platform.not_found')
  await b.run('identity.give_agent_delegation', { agent: 'bot', scopes: ['memory:read'] })
  expect(await reads(b, bot, 'GH-1')).toBe('platform.not_found')
  const terms = await b.run('identity.give_agent_delegation', {
    agent: 'bot',
    scopes: ['work:read'],
    days: 1,
  })
  expect(terms.scopes).toContain('task:read')
  expect(await reads(b, bot, 'WEB-1')).toBe('read')
  b.clock.turn(86_400_000)
  expect(await reads(b, bot, 'WEB-1')).toBe('platform.not_found')
  await b.run('identity.withdraw_agent_delegation', { agent: 'bot' })
  expect(await reads(b, bot, 'WEB-1')).toBe('read')
})

test('an agent acts for another person only as far as that person delegated', async () => {
  const b = await ground()
  const ana = await b.given.person('ana', 'member')
  const bot = await b.given.agent('bot', ['GH', 'WEB'])
  const forAna = { ...bot, onBehalfOf: ana.id }
  expect(await reads(b, forAna, 'GH-1')).toBe('platform.not_found')
  await b.run('identity.give_agent_delegation', { agent: 'bot', projects: ['GH'] }, ana)
  expect(await reads(b, forAna, 'GH-1')).toBe('read')
  expect(await reads(b, forAna, 'WEB-1')).toBe('platform.not_found')
  expect(await b.run('identity.list_agent_delegations', { agent: 'bot' })).toMatchObject({
    items: [{ agent: 'bot', person: 'ana', projects: ['GH'], scopes: null }],
  })
  await b.run('identity.suspend_principal', { handle: 'ana' })
  expect(await reads(b, forAna, 'GH-1')).not.toBe('read')
  await b.run('identity.activate_principal', { handle: 'ana' })
  await b.run('identity.withdraw_agent_delegation', { agent: 'bot', person: 'ana' })
  expect(await reads(b, forAna, 'GH-1')).toBe('platform.not_found')
})

test('only people delegate, for themselves and as far as their credential reaches', async () => {
  const b = await ground()
  const ana = await b.given.person('ana', 'member')
  const bot = await b.given.agent('bot', ['GH'])
  const agent = { agent: 'bot' }
  expect((await b.refused('identity.give_agent_delegation', agent, bot)).code).toBe(
    'identity.persons_delegate',
  )
  const narrow = { ...ana, scopes: new Set(['agent:read', 'task:read']) }
  expect((await b.refused('identity.give_agent_delegation', agent, narrow)).code).toBe(
    'identity.more_than_you_have',
  )
  await b.run('identity.give_agent_delegation', { ...agent, scopes: ['task:read'] }, narrow)
  const person = { agent: 'ana' }
  expect((await b.refused('identity.give_agent_delegation', person)).code).toBe(
    'identity.not_an_agent',
  )
  // The owner answers for the agent; somebody else may not lift the owner's own cut.
  await b.run('identity.give_agent_delegation', { ...agent, scopes: ['task:read'] })
  const lift = await b.refused(
    'identity.withdraw_agent_delegation',
    { ...agent, person: 'owner' },
    ana,
  )
  expect(lift.code).toBe('platform.not_found')
})
