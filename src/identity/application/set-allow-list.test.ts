import { expect, test } from 'vitest'
import type { Actor } from '../../kernel/actor.ts'
import { bench } from '../../../test/bench.ts'
import { addressGate } from '../infrastructure/address-gate.ts'

type Bench = Awaited<ReturnType<typeof bench>>

/** Sets the allow-list as somebody who calls from an address. */
const setFrom = async (b: Bench, address: string | undefined, lists: object, as?: Actor) => {
  const operation = b.house.pipeline.operations.get('identity.set_allow_list')
  if (!operation) throw new Error('There is no such operation.')
  const actor: Actor = as ?? { ...b.owner, via: 'key' }
  const answer = await b.house.pipeline.run(operation, lists, { actor, door: 'http', address })
  return answer.output
}

const OFFICE = { keys: ['192.0.2.0/24'], admin: ['192.0.2.7'] }

test('an organisation lets in from anywhere until somebody sets a list', async () => {
  const b = await bench()
  const none = { web: [], keys: [], admin: [], version: 0 }
  expect(await b.run('identity.get_allow_list')).toEqual(none)
  expect(await b.say('identity.get_allow_list')).toBe(
    'web: anywhere\nkeys: anywhere\nadmin: anywhere',
  )
  expect(await setFrom(b, '192.0.2.7', OFFICE)).toEqual({ web: [], ...OFFICE, version: 1 })
  expect(await b.run('identity.get_allow_list')).toEqual({ web: [], ...OFFICE, version: 1 })
})

test('the ledger keeps networks only in the part that can be erased', async () => {
  const b = await bench()
  await setFrom(b, '192.0.2.7', OFFICE)
  const set = (await b.ledger()).filter(({ name }) => name === 'identity.allow_list_set')
  expect(set).toMatchObject([
    {
      data: {
        orgId: b.orgId,
        sizes: { from: { web: 0, keys: 0, admin: 0 }, to: { web: 0, keys: 1, admin: 1 } },
      },
    },
  ])
  expect(JSON.stringify(set[0]?.data)).not.toContain('192.0.2')
  const parts = await b.database.read(b.orgId)<{ body: unknown }>`
    select body from platform.event_private
     where org_id = ${b.orgId} and body::text like '%192.0.2%'`
  expect(parts).toMatchObject([{ body: { to: OFFICE } }])
  expect(await b.verify()).toMatchObject({ ok: true })
})

test('whoever would lock themselves out is told what to add, and nothing changes', async () => {
  const b = await bench()
  await expect(setFrom(b, '10.0.0.1', OFFICE)).rejects.toMatchObject({
    kind: 'conflict',
    code: 'identity.would_lock_you_out',
    message: 'This would lock you out: add your address 10.0.0.1 to keys and admin.',
    details: { lists: ['keys', 'admin'] },
  })
  await expect(setFrom(b, undefined, OFFICE)).rejects.toMatchObject({
    code: 'identity.would_lock_you_out',
  })
  expect(await b.run('identity.get_allow_list')).toMatchObject({ version: 0 })
})

test('a list of another way in may leave its author out', async () => {
  const b = await bench()
  const lists = { web: ['198.51.100.0/24'] }
  expect(await setFrom(b, '10.0.0.1', lists)).toMatchObject({ ...lists, version: 1 })
})

test('a list of the own way in may not leave its author out', async () => {
  const b = await bench()
  const person: Actor = { ...b.owner, via: 'session', authTime: b.clock.now() }
  const lists = { web: ['198.51.100.0/24'] }
  await expect(setFrom(b, '10.0.0.1', lists, person)).rejects.toMatchObject({
    details: { lists: ['web'] },
  })
})

test('of two who set the list at once one is told to read again', async () => {
  const b = await bench()
  const first = { ...OFFICE, version: 0 }
  const set = await Promise.allSettled([
    setFrom(b, '192.0.2.7', first),
    setFrom(b, '192.0.2.7', first),
  ])
  expect(set.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const refused = set.find((one) => one.status === 'rejected')
  expect(refused?.reason).toMatchObject({ code: 'identity.allow_list_changed' })
  expect(await setFrom(b, '192.0.2.7', { version: 1 })).toMatchObject({ keys: [], version: 2 })
})

test('a member may not set the list, and nobody may set what is no network', async () => {
  const b = await bench()
  const member = await b.given.person('ada')
  expect(await b.refused('identity.set_allow_list', OFFICE, member)).toMatchObject({
    kind: 'forbidden',
  })
  for (const net of ['10.0.0.0/33', 'localhost', '10.0.0.1/8/8', '']) {
    expect(await b.refused('identity.set_allow_list', { web: [net] })).toMatchObject({
      kind: 'invalid',
    })
  }
})

test('the gate keeps to the lists as soon as it hears of them', async () => {
  const b = await bench()
  let isFresh = true
  const gate = addressGate({ database: b.database, fresh: () => isFresh })
  const key: Actor = { ...b.owner, via: 'key' }
  const session: Actor = { ...b.owner, via: 'session' }
  const refused = { kind: 'forbidden', code: 'identity.address_not_allowed' }
  const check = async (actor: Actor, from: string | undefined, admin = false) =>
    gate.check(actor, from, admin)
  expect(await check(key, '10.0.0.1')).toBe(key)
  expect(gate.check(key, '10.0.0.1')).toBe(key)
  await setFrom(b, '192.0.2.7', OFFICE)
  gate.forget(b.orgId)
  await expect(check(key, '10.0.0.1')).rejects.toMatchObject(refused)
  await expect(check(key, undefined)).rejects.toMatchObject(refused)
  expect(await check(key, '192.0.2.8')).toBe(key)
  await expect(check(key, '192.0.2.8', true)).rejects.toMatchObject(refused)
  expect(await check(key, '192.0.2.7', true)).toBe(key)
  expect(await check(session, '10.0.0.1')).toBe(session)
  isFresh = false
  await setFrom(b, '192.0.2.7', { keys: [] })
  expect(await check(key, '10.0.0.1')).toBe(key)
})
