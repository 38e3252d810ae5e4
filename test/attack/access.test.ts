import { beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { bench } from '../bench.ts'

// Ways in which somebody could try to hold more than they were given. Each attempt is refused, and
// afterwards every principal holds exactly what it held before.

type Org = Awaited<ReturnType<typeof bench>>
let b: Org
let actors: Readonly<Record<string, Actor>>

beforeAll(async () => {
  b = await bench()
  for (const key of ['GH', 'WEB']) await b.given.project(key)
  await b.run('identity.create_team', { key: 'core' })
  await b.run('identity.create_team', { key: 'admins' })
  await b.run('identity.give_grant', { team: 'admins', role: 'admin' })
  await b.run('identity.give_grant', { team: 'admins', role: 'lead', on: 'admins' })
  await b.run('identity.create_role', { key: 'house', permissions: ['team:write', 'team:read'] })
  await b.run('identity.create_role', { key: 'roles', permissions: ['role:write', 'role:read'] })
  const admin = await b.given.person('adam', 'admin')
  const member = await b.given.person('mia', 'member')
  const lead = await b.given.person('lea', 'viewer')
  await b.run('identity.give_role', { handle: 'lea', role: 'lead', project: 'GH' })
  const keeper = await b.given.person('kim', 'viewer')
  await b.run('identity.give_role', { handle: 'kim', role: 'house' })
  await b.run('identity.give_role', { handle: 'kim', role: 'roles' })
  const bot = await b.given.agent('bot', ['GH'], { role: 'agent' })
  await b.run('identity.give_role', { handle: 'bot', role: 'lead', project: 'GH' })
  const denied = await b.given.person('dan', 'admin')
  await b.run('identity.give_grant', {
    ...{ principal: 'dan', permissions: ['grant:write', 'task:delete'], effect: 'deny' },
  })
  actors = { admin, member, lead, keeper, bot, denied, nosy: await b.given.person('ned', 'viewer') }
}, 60_000)

const MORE = 'identity.more_than_you_have'
const NO = 'identity.not_allowed'

test.each<[string, string, object, string]>([
  ['admin', 'give_role', { handle: 'adam', role: 'owner' }, MORE],
  ['admin', 'take_role', { handle: 'owner', role: 'owner' }, MORE],
  ['admin', 'give_grant', { principal: 'adam', permissions: ['org:delete'] }, MORE],
  ['admin', 'create_role', { key: 'boss', permissions: ['org:delete'] }, MORE],
  ['admin', 'suspend_principal', { handle: 'owner' }, MORE],
  ['admin', 'create_key', { name: 'x', principal: 'owner' }, MORE],
  ['admin', 'create_person', { handle: 'eve', role: 'owner' }, MORE],
  ['member', 'give_role', { handle: 'mia', role: 'admin' }, NO],
  ['member', 'give_grant', { principal: 'mia', permissions: ['task:delete'], on: 'GH' }, NO],
  ['member', 'create_agent', { name: 'deputy', projects: ['GH'], role: 'lead' }, MORE],
  ['member', 'create_key', { name: 'x', principal: 'adam' }, 'platform.not_found'],
  ['member', 'add_team_member', { team: 'admins', handle: 'mia' }, NO],
  ['lead', 'give_role', { handle: 'lea', role: 'lead', project: 'WEB' }, NO],
  ['lead', 'give_role', { handle: 'lea', role: 'admin' }, NO],
  ['lead', 'give_grant', { principal: 'lea', permissions: ['team:write'], on: 'GH' }, MORE],
  ['lead', 'give_grant', { principal: 'lea', role: 'lead', on: 'core' }, 'platform.not_found'],
  [
    'lead',
    'give_grant',
    { principal: 'adam', permissions: ['task:read'], on: 'GH', effect: 'deny' },
    MORE,
  ],
  ['keeper', 'add_team_member', { team: 'admins', handle: 'kim' }, MORE],
  ['keeper', 'add_team_project', { team: 'admins', project: 'GH' }, MORE],
  ['keeper', 'delete_team', { team: 'admins' }, MORE],
  ['keeper', 'change_role', { role: 'house', permissions: ['team:write', 'ledger:read'] }, MORE],
  ['keeper', 'change_role', { role: 'admin', permissions: [] }, 'identity.role_predefined'],
  ['bot', 'give_role', { handle: 'bot', role: 'developer', project: 'GH' }, NO],
  ['bot', 'give_grant', { principal: 'bot', permissions: ['task:delete'], on: 'GH' }, NO],
  ['bot', 'give_agent_delegation', { agent: 'bot' }, 'identity.persons_delegate'],
  ['bot', 'withdraw_agent_delegation', { agent: 'bot', person: 'owner' }, 'platform.not_found'],
  ['bot', 'create_key', { name: 'x' }, NO],
  ['denied', 'give_grant', { principal: 'dan', permissions: ['task:delete'] }, NO],
  ['nosy', 'explain_access', { principal: 'owner', permission: 'task:read' }, NO],
  ['nosy', 'list_grants', {}, NO],
])('%s does not get further by %s %o', async (who, name, input, code) => {
  const before = await held()
  const refused = await b.refused(`identity.${name}`, input, actors[who])
  expect(refused.code).toBe(code)
  expect(await held()).toEqual(before)
})

/** What everybody holds, told by themselves. */
const held = async () => {
  const all: Record<string, unknown> = {}
  for (const [who, actor] of Object.entries(actors)) {
    const { permissions, projects } = await b.run('identity.who_am_i', {}, actor)
    all[who] = { permissions, projects }
  }
  return all
}

test('who is denied something does not take the deny away', async () => {
  const { items } = await b.run('identity.list_grants', { principal: 'dan' })
  const deny = items.find(({ effect }: { effect: string }) => effect === 'deny')
  for (const who of ['denied', 'lead', 'bot']) {
    const refused = await b.refused('identity.take_grant', { id: deny.id }, actors[who])
    expect(['platform.not_found', NO]).toContain(refused.code)
  }
})

test('naming another person to act for gives an agent nothing', async () => {
  const { bot, admin } = actors
  if (!bot || !admin) throw new Error('Both are there.')
  const claimed = { ...bot, credentialId: 'another', onBehalfOf: admin.id }
  expect(await b.run('identity.who_am_i', {}, claimed)).toMatchObject({
    permissions: [],
    projects: [],
  })
})

test('a sign-in that is not finished, and a stranger, hold nothing', async () => {
  const { admin } = actors
  if (!admin) throw new Error('There is one.')
  const half: Actor = { ...admin, via: 'session', stage: 'factor' }
  const refused = await b.refused('identity.list_teams', {}, half)
  expect(refused).toMatchObject({ kind: 'unauthenticated' })
  const stranger = await b.refused('identity.list_teams', {}, { ...admin, kind: 'stranger' })
  expect(stranger).toMatchObject({ kind: 'unauthenticated' })
})

test('the same grant, given twice at once, is there once', async () => {
  const gifts = { permissions: ['task:assign'], on: 'GH' }
  const { lead } = actors
  await Promise.all([
    b.run('identity.give_grant', { principal: 'ned', ...gifts }, lead),
    b.run('identity.give_grant', { principal: 'ned', ...gifts }, lead),
  ])
  const { items } = await b.run('identity.list_grants', { principal: 'ned' })
  const given = items.filter(({ on }: { on: string }) => on === 'GH')
  expect(given).toHaveLength(1)
})
