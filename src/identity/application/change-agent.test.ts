import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/refusal.ts'

const NOT_FOUND = 'platform.not_found'
const MORE = 'identity.more_than_you_have'

const ground = async () => {
  const b = await bench()
  await b.given.project('GH')
  const { hall } = b.house
  const [ben, eve] = [await b.given.person('ben'), await b.given.person('eve')]
  const agentOf = async (by: Actor, name = 'bot') => {
    const input = { name, projects: ['GH'] }
    return (await b.run<{ key: string }>('identity.create_agent', input, by)).key
  }
  const letsIn = async (key: string): Promise<string> => {
    try {
      return (await hall.authenticate(key)).handle
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }
  const hand = (handle: string, to: string, as?: Actor) =>
    b.run('identity.hand_over_agent', { handle, to }, as)
  const code = async (name: string, input: object, as?: Actor) =>
    (await b.refused(`identity.${name}`, input, as)).code
  const suspend = (handle: string) => b.run('identity.suspend_principal', { handle })
  return { ...b, hall, ben, eve, agentOf, letsIn, hand, code, suspend }
}

test('who answers for an agent gives it to another person, for whom it acts at once', async () => {
  const g = await ground()
  const key = await g.agentOf(g.ben)
  expect(await g.hall.authenticate(key)).toMatchObject({ onBehalfOf: g.ben.id })
  expect(await g.hand('bot', '@eve', g.ben)).toEqual({
    ...{ handle: 'bot', responsible: 'eve', version: 2 },
  })
  expect(await g.hall.authenticate(key)).toMatchObject({ onBehalfOf: g.eve.id })
  expect(await g.run('identity.get_agent', { id: 'bot' })).toMatchObject({ responsible: 'eve' })
  expect((await g.ledger()).at(-1)).toMatchObject({
    name: 'identity.responsible_changed',
    data: { responsibleId: { from: g.ben.id, to: g.eve.id }, version: 2 },
  })
})

test('an agent stops with the person who answers for it now, and with nobody else', async () => {
  const g = await ground()
  const key = await g.agentOf(g.ben)
  await g.hand('bot', 'eve', g.ben)
  await g.suspend('ben')
  expect(await g.letsIn(key)).toBe('bot')
  await g.suspend('eve')
  expect(await g.letsIn(key)).toBe('identity.key_not_valid')
})

test('a remembered key of an agent is dead at once when its person is suspended', async () => {
  const g = await ground()
  const key = await g.agentOf(g.ben)
  await g.hall.authenticate(key)
  expect(g.hall.authenticate(key)).not.toBeInstanceOf(Promise)
  await g.suspend('ben')
  expect(await g.letsIn(key)).toBe('identity.key_not_valid')
})

test('who neither answers for an agent nor manages members finds none to hand over', async () => {
  const g = await ground()
  await g.agentOf(g.ben)
  const taken = { handle: 'bot', to: 'eve' }
  expect(await g.code('hand_over_agent', taken, g.eve)).toBe(NOT_FOUND)
  expect(await g.code('hand_over_agent', { handle: 'nobody', to: 'eve' }, g.eve)).toBe(NOT_FOUND)
  expect(await g.code('hand_over_agent', { handle: 'eve', to: 'ben' })).toBe(NOT_FOUND)
  expect(await g.hand('bot', 'eve')).toMatchObject({ responsible: 'eve' })
})

test('only an active person answers for an agent', async () => {
  const g = await ground()
  await g.agentOf(g.ben)
  await g.agentOf(g.ben, 'other')
  const toAgent = { handle: 'bot', to: 'other' }
  expect(await g.code('hand_over_agent', toAgent, g.ben)).toBe('identity.not_a_person')
  await g.suspend('eve')
  const toSuspended = { handle: 'bot', to: 'eve' }
  expect(await g.code('hand_over_agent', toSuspended, g.ben)).toBe('identity.not_active')
})

test('nobody makes an agent stronger than themselves by handing it over', async () => {
  const g = await ground()
  const key = await g.agentOf(g.ben)
  await g.run('identity.give_role', { handle: 'ben', role: 'viewer' })
  await g.run('identity.create_role', {
    ...{ key: 'keeper', name: 'Keeper', permissions: ['agent:write'] },
  })
  await g.run('identity.give_role', { handle: 'ben', role: 'keeper' })
  await g.run('identity.take_role', { handle: 'ben', role: 'member' })
  // Ben may claim nothing any more, and so may his agent; with Eve it could again.
  expect(await g.code('hand_over_agent', { handle: 'bot', to: 'eve' }, g.ben)).toBe(MORE)
  expect(await g.hall.authenticate(key)).toMatchObject({ onBehalfOf: g.ben.id })
  await g.hand('bot', 'eve')
  expect(await g.hall.authenticate(key)).toMatchObject({ onBehalfOf: g.eve.id })
})

test('what cut an agent down for its former person lets it do nothing in their name', async () => {
  const g = await ground()
  await g.agentOf(g.ben)
  const cut = { agent: 'bot', scopes: ['task:read'] }
  await g.run('identity.give_agent_delegation', cut, g.ben)
  await g.hand('bot', 'eve', g.ben)
  const left = await g.run('identity.list_agent_delegations', { agent: 'bot' })
  expect(left).toEqual({ items: [] })
  const names = (await g.ledger()).slice(-2).map(({ name }) => name)
  expect(names).toEqual(['identity.delegation_withdrawn', 'identity.responsible_changed'])
})

test('to hand an agent to the person who answers for it changes nothing', async () => {
  const g = await ground()
  await g.agentOf(g.ben)
  const before = (await g.ledger()).length
  expect(await g.hand('bot', 'ben', g.ben)).toMatchObject({ responsible: 'ben', version: 1 })
  expect((await g.ledger()).length).toBe(before)
})
