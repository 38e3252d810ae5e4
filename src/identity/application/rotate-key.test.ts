import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/refusal.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOT_VALID = 'identity.key_not_valid'
const NOT_THERE = 'This key does not exist or you may not see it.'
const MORE = 'identity.more_than_you_have'

type Made = { id: string; key: string; principal: string; expiresAt: string; oldEndsAt: string }

/** An organisation with a project, and the words of these tests. */
const ground = async () => {
  const b = await bench()
  await b.given.project('GH')
  const { hall } = b.house
  const letsIn = async (key: string, address?: string): Promise<string> => {
    try {
      return (await hall.authenticate(key, { address })).handle
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }
  const key = (input: object = {}, as?: Actor) =>
    b.run<Made>('identity.create_key', { name: 'laptop', ...input }, as)
  const rotate = (id: string, more: object = {}, as?: Actor) =>
    b.run<Made>('identity.rotate_key', { id, ...more }, as)
  const code = async (name: string, input: object, as?: Actor) =>
    (await b.refused(`identity.${name}`, input, as)).code
  type Listed = { id: string; replacedBy: string | null; addresses: string[] | null }
  const listed = async (id: string, as?: Actor) =>
    (await b.run<{ items: Listed[] }>('identity.list_keys', { limit: 100 }, as)).items.find(
      (one) => one.id === id,
    )
  return { ...b, hall, letsIn, key, rotate, code, listed }
}

test('a rotated key and its successor both let in until the overlap is over', async () => {
  const g = await ground()
  const old = await g.key()
  const made = await g.rotate(old.id)
  expect(made.key).not.toBe(old.key)
  expect(Date.parse(made.oldEndsAt)).toBeCloseTo(g.clock.now() + HOUR, -4)
  g.clock.turn(HOUR - 5_000)
  expect(await g.letsIn(old.key)).toBe('owner')
  g.clock.turn(5_000)
  expect(await g.letsIn(old.key)).toBe(NOT_VALID)
  expect(await g.letsIn(made.key)).toBe('owner')
})

test('without an overlap the old key is dead with the answer, also in memory', async () => {
  const g = await ground()
  const old = await g.key()
  expect(await g.letsIn(old.key)).toBe('owner')
  await g.rotate(old.id, { overlapHours: 0 })
  expect(await g.letsIn(old.key)).toBe(NOT_VALID)
})

test('an overlap never lets a key live longer than it would have', async () => {
  const g = await ground()
  const old = await g.key({ days: 1 })
  g.clock.turn(DAY - HOUR)
  const made = await g.rotate(old.id, { overlapHours: 24 })
  expect(made.oldEndsAt).toBe(old.expiresAt)
  g.clock.turn(HOUR)
  expect(await g.letsIn(old.key)).toBe(NOT_VALID)
})

test('a successor has holder, scopes, projects, addresses and days of the old key', async () => {
  const g = await ground()
  const agent = await g.given.agent('bot', ['GH'])
  const terms = { scopes: ['task:read'], projects: ['GH'], addresses: ['10.0.0.0/8'], days: 7 }
  const old = await g.key({ principal: 'bot', ...terms })
  const made = await g.rotate(old.id)
  const actor = await g.hall.authenticate(made.key, { address: '10.1.2.3' })
  expect(actor).toMatchObject({ id: agent.id, kind: 'agent', scopes: new Set(['task:read']) })
  expect(actor.projects?.size).toBe(1)
  expect(await g.letsIn(made.key, '192.0.2.1')).toBe('identity.address_not_allowed')
  expect(Date.parse(made.expiresAt)).toBeCloseTo(g.clock.now() + 7 * DAY, -4)
  const { days: _, ...same } = terms
  expect(await g.listed(made.id)).toMatchObject({ ...same, name: 'laptop', replacedBy: null })
  expect(await g.listed(old.id)).toMatchObject({ replacedBy: made.id })
})

test('a rotation leaves events that name both keys and hold nothing of a secret', async () => {
  const g = await ground()
  const old = await g.key({ addresses: ['10.0.0.0/8'] })
  const made = await g.rotate(old.id)
  const events = (await g.ledger()).slice(-2)
  expect(events.map(({ name }) => name)).toEqual(['identity.key_issued', 'identity.key_rotated'])
  expect(events[1]?.data).toMatchObject({
    keyId: old.id,
    replacedBy: made.id,
    principalId: g.owner.id,
    endsAt: Date.parse(made.oldEndsAt),
  })
  const text = JSON.stringify(events.map(({ data }) => data))
  expect(text).not.toContain(made.key.slice(-49, -6))
  expect(text).not.toContain('10.0.0.0')
  expect(await g.verify()).toMatchObject({ ok: true })
})

test('a key is rotated once, and not after its end', async () => {
  const g = await ground()
  const twice = await g.key()
  await g.rotate(twice.id)
  expect(await g.code('rotate_key', { id: twice.id })).toBe('identity.key_replaced')
  const revoked = await g.key()
  await g.run('identity.revoke_key', { id: revoked.id })
  expect(await g.code('rotate_key', { id: revoked.id })).toBe('identity.key_over')
  const expired = await g.key({ days: 1 })
  g.clock.turn(DAY)
  expect(await g.code('rotate_key', { id: expired.id })).toBe('identity.key_over')
})

test('of many who rotate a key at the same time one succeeds', async () => {
  const g = await ground()
  const old = await g.key()
  const tries = Array.from({ length: 8 }, () =>
    g.rotate(old.id).then(
      () => 'ok',
      (error: unknown) => (error instanceof Refusal ? error.code : 'failed'),
    ),
  )
  const outcomes = (await Promise.all(tries)).toSorted()
  expect(outcomes).toEqual([...Array<string>(7).fill('identity.key_replaced'), 'ok'])
})

test("somebody else's key is not there, and its holder is not named", async () => {
  const g = await ground()
  const [ben, eve] = [await g.given.person('ben'), await g.given.person('eve')]
  const old = await g.key({}, ben)
  const said = await g.refused('identity.rotate_key', { id: old.id }, eve)
  expect(said).toMatchObject({ code: 'platform.not_found', said: NOT_THERE })
  const unknown = { id: '0190a000-0000-7000-8000-00000000abcd' }
  expect(await g.refused('identity.rotate_key', unknown, eve)).toEqual(said)
})

test('nobody gets a key into their hands that may do more than they may', async () => {
  const g = await ground()
  const admin = await g.given.person('ada', 'admin')
  const owners = await g.key()
  expect(await g.code('rotate_key', { id: owners.id }, admin)).toBe(MORE)
  const narrow = await g.key({ scopes: ['key:write', 'task:read'] })
  const cut = await g.hall.authenticate(narrow.key)
  expect(await g.code('rotate_key', { id: owners.id }, cut)).toBe(MORE)
  const bound = await g.key({ addresses: ['10.0.0.0/8'] })
  const near = await g.hall.authenticate(bound.key, { address: '10.0.0.1' })
  expect(await g.code('rotate_key', { id: owners.id }, near)).toBe(MORE)
})

test('an agent rotates the key it shows, and no other', async () => {
  const g = await ground()
  const made = await g.run<Made>('identity.create_agent', {
    ...{ name: 'bot', projects: ['GH'], days: 30 },
  })
  const other = await g.key({ principal: 'bot' })
  const bot = await g.hall.authenticate(made.key)
  expect(await g.code('rotate_key', { id: other.id }, bot)).toBe('identity.not_allowed')
  const next = await g.run<Made>('identity.rotate_own_key', {}, bot)
  expect(Date.parse(next.expiresAt)).toBeCloseTo(g.clock.now() + 30 * DAY, -4)
  expect(await g.hall.authenticate(next.key)).toMatchObject({
    ...{ id: bot.id, kind: 'agent', scopes: null, projects: null, onBehalfOf: g.owner.id },
  })
  expect(await g.code('rotate_own_key', {}, bot)).toBe('identity.key_replaced')
})

test('a key replaces itself for no longer than it was made for', async () => {
  const g = await ground()
  const { key } = await g.key({ scopes: ['task:read'], days: 7 })
  const holder = await g.hall.authenticate(key)
  expect(await g.code('rotate_own_key', { days: 8 }, holder)).toBe('identity.longer_than_before')
  const next = await g.run<Made>('identity.rotate_own_key', { days: 7 }, holder)
  expect(await g.hall.authenticate(next.key)).toMatchObject({ scopes: new Set(['task:read']) })
})

test('who comes without a key has none to replace', async () => {
  const g = await ground()
  const session: Actor = { ...g.owner, via: 'session', authTime: g.clock.now() }
  expect(await g.code('rotate_own_key', {}, session)).toBe('identity.no_key_in_use')
})

test('making and replacing keys asks for a fresh sign-in, ending them does not', async () => {
  const g = await ground()
  const { id } = await g.key()
  const stale: Actor = { ...g.owner, via: 'session', authTime: g.clock.now() - HOUR }
  const fresh = 'identity.fresh_sign_in_needed'
  expect(await g.code('create_key', { name: 'x' }, stale)).toBe(fresh)
  expect(await g.code('rotate_key', { id }, stale)).toBe(fresh)
  expect(await g.code('create_service', { name: 'ci', role: 'viewer' }, stale)).toBe(fresh)
  expect(await g.run('identity.revoke_key', { id }, stale)).toMatchObject({ successor: null })
})

test('ending a replaced key names the newest one that took over and still lets in', async () => {
  const g = await ground()
  const first = await g.key()
  const second = await g.rotate(first.id, { overlapHours: 0 })
  const third = await g.rotate(second.id, { overlapHours: 0 })
  const ended = await g.run<{ successor: string }>('identity.revoke_key', { id: first.id })
  expect(third.key.startsWith(ended.successor)).toBe(true)
  expect(await g.say('identity.revoke_key', { id: first.id })).toContain('took over from it')
  await g.run('identity.revoke_key', { id: third.id })
  expect(await g.run('identity.revoke_key', { id: first.id })).toMatchObject({ successor: null })
})

test('a key that is bound to networks makes only keys that are bound to them', async () => {
  const g = await ground()
  const bound = await g.key({ addresses: ['10.0.0.0/8', '2001:db8::/32'] })
  const near = await g.hall.authenticate(bound.key, { address: '10.0.0.1' })
  expect(await g.code('create_key', { name: 'x', addresses: ['0.0.0.0/0'] }, near)).toBe(MORE)
  expect(await g.code('create_key', { name: 'x', addresses: ['10.0.0.0/7'] }, near)).toBe(MORE)
  const within = await g.key({ addresses: ['10.7.0.0/16'] }, near)
  expect(await g.letsIn(within.key, '10.8.0.1')).toBe('identity.address_not_allowed')
  const plain = await g.key({}, near)
  expect(await g.listed(plain.id)).toMatchObject({ addresses: ['10.0.0.0/8', '2001:db8::/32'] })
  const agent = { name: 'bot', projects: ['GH'] }
  const made = await g.run<Made>('identity.create_agent', agent, near)
  expect(await g.letsIn(made.key, '192.0.2.1')).toBe('identity.address_not_allowed')
})
