import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { Actor } from '../../kernel/actor.ts'

type Made = { handle: string; key: string; responsible: string; expiresAt: string }
const PLACE = 'identity.role_not_for_scope'

const ground = async () => {
  const b = await bench()
  await b.given.project('GH')
  const create = (input: object, as?: Actor) =>
    b.run<Made>('identity.create_service', { name: 'Deploy Bot', ...input }, as)
  const code = async (input: object, as?: Actor) =>
    (await b.refused('identity.create_service', { name: 'ci', ...input }, as)).code
  return { ...b, hall: b.house.hall, create, code }
}

test('a service signs in with its own key and has the role it was given there', async () => {
  const g = await ground()
  const made = await g.create({ role: 'developer', projects: ['GH'] })
  expect(made).toMatchObject({ handle: 'deploy-bot', projects: ['GH'], responsible: 'owner' })
  expect(made.key).toMatch(/^guild_s_/)
  const service = await g.hall.authenticate(made.key)
  expect(service).toMatchObject({ kind: 'service', handle: 'deploy-bot' })
  expect(service).not.toHaveProperty('onBehalfOf')
  expect(await g.given.tasks([{ title: 'Built' }], 'GH', service)).toEqual(['GH-1'])
  const beyond = await g.refused('identity.create_service', { name: 'x', role: 'viewer' }, service)
  expect(beyond.code).toBe('identity.not_allowed')
})

test('a list of principals shows a service, its role and who answers for it', async () => {
  const g = await ground()
  await g.given.person('ben')
  await g.create({ role: 'viewer', responsible: '@ben' })
  const { items } = await g.run('identity.list_principals', { kind: 'service' })
  expect(items).toMatchObject([
    { handle: 'deploy-bot', responsible: 'ben', roles: [{ role: 'viewer', project: null }] },
  ])
  expect(await g.say('identity.list_principals', { kind: 'service' })).toContain(
    '@deploy-bot service active viewer',
  )
})

test('a service, unlike an agent, goes on without the person who answers for it', async () => {
  const g = await ground()
  const ben = await g.given.person('ben')
  const agent = await g.run<Made>('identity.create_agent', { name: 'a', projects: ['GH'] }, ben)
  const made = await g.create({ role: 'viewer', responsible: 'ben' })
  await g.run('identity.suspend_principal', { handle: 'ben' })
  expect(await g.hall.authenticate(made.key)).toMatchObject({ handle: 'deploy-bot' })
  await expect(async () => g.hall.authenticate(agent.key)).rejects.toThrow('not valid')
  await g.run('identity.hand_over_agent', { handle: 'deploy-bot', to: 'owner' })
  const { items } = await g.run('identity.list_principals', { kind: 'service' })
  expect(items).toMatchObject([{ responsible: 'owner', version: 2 }])
  await g.run('identity.suspend_principal', { handle: 'deploy-bot' })
  await expect(async () => g.hall.authenticate(made.key)).rejects.toThrow('not valid')
})

test('making a service leaves its events, and no name in their public fields', async () => {
  const g = await ground()
  await g.create({ role: 'viewer', addresses: ['10.0.0.0/8'] })
  const events = (await g.ledger()).slice(-3)
  expect(events.map(({ name }) => name)).toEqual([
    ...['identity.principal_added', 'identity.grant_given', 'identity.key_issued'],
  ])
  expect(events[0]?.data).toMatchObject({ kind: 'service', responsibleId: g.owner.id })
  expect(JSON.stringify(events.map(({ data }) => data))).not.toMatch(/deploy|10\.0/)
})

test('only who manages members makes services, and gives them no more than they hold', async () => {
  const g = await ground()
  const ben = await g.given.person('ben')
  const ada = await g.given.person('ada', 'admin')
  expect(await g.code({ role: 'viewer' }, ben)).toBe('identity.not_allowed')
  expect(await g.code({ role: 'owner' }, ada)).toBe('identity.more_than_you_have')
})

test('a role is given where it holds, and an active person answers for a service', async () => {
  const g = await ground()
  await g.given.agent('bot', ['GH'])
  await g.given.person('ben')
  await g.run('identity.suspend_principal', { handle: 'ben' })
  expect(await g.code({ role: 'developer' })).toBe(PLACE)
  expect(await g.code({ role: 'admin', projects: ['GH'] })).toBe(PLACE)
  expect(await g.code({ role: 'viewer', responsible: 'bot' })).toBe('identity.not_a_person')
  expect(await g.code({ role: 'viewer', responsible: 'ben' })).toBe('identity.responsible_needed')
  expect(await g.code({ role: 'viewer', projects: ['NOPE'] })).toBe('platform.not_found')
})
