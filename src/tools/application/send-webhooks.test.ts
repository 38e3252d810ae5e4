import { afterEach, expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { isSignedWith, openReceiver, openSender } from '../../../test/webhooks.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

type Made = { secret: string; host: string }
type Item = {
  id: string
  event: string
  state: string
  tries: number
  status: number | null
  said: string | null
  why: string | null
}

const world = async (more: object = {}) => {
  const b = await bench()
  await b.given.project()
  const receiver = await openReceiver()
  const sender = openSender(b, [receiver.port])
  closers.push(receiver.close, sender.close)
  const wish = { name: 'out', url: receiver.url, events: ['work.task_created'], ...more }
  const { secret } = await b.run<Made>('tools.create_subscription', wish)
  const list = async (state?: string) =>
    (await b.run<{ items: Item[] }>('tools.list_deliveries', { name: 'out', state })).items
  const one = async () => {
    const { items } = await b.run<{ items: object[] }>('tools.list_subscriptions')
    return items.find((item) => 'name' in item && item.name === 'out')
  }
  /** Lets what has happened be queued and sent. */
  const pass = async (ms = 0) => {
    b.clock.turn(ms)
    await b.house.settle()
    await sender.settle()
  }
  return { ...b, receiver, sender, secret, list, one, pass }
}

const bodies = (arrived: readonly Readonly<{ body: string }>[]) =>
  arrived.map(({ body }): Record<string, unknown> => Object(JSON.parse(body)))

test('an event arrives signed, with its content and without its audit', async () => {
  const w = await world()
  await w.given.tasks([{ title: 'Ship it' }])
  await w.pass()
  const [first, ...more] = w.receiver.arrived
  expect(more).toEqual([])
  if (!first) throw new Error('Something arrived.')
  expect(isSignedWith(w.secret, first)).toBe(true)
  expect(isSignedWith('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw', first)).toBe(false)
  const [body] = bodies([first])
  expect(body).toMatchObject({ type: 'work.task_created', data: { key: 'GH-1' } })
  expect(first.body).toContain('Ship it')
  expect(Object(body?.['data'])).not.toHaveProperty('audit')
  expect(await w.list()).toMatchObject([{ state: 'done', tries: 1, status: 204, why: null }])
  expect(first.headers['webhook-id']).toBe((await w.list())[0]?.id)
  expect(await w.one()).toMatchObject({ waiting: 0, failures: 0 })
})

test('only named events of the named projects are sent, and only those from now on', async () => {
  const b = await bench()
  await b.given.project()
  await b.given.project('OTHER')
  await b.given.tasks([{ title: 'before' }])
  const receiver = await openReceiver()
  const sender = openSender(b, [receiver.port])
  closers.push(receiver.close, sender.close)
  const wish = { url: receiver.url, events: ['work.task_*'] }
  await b.run('tools.create_subscription', { name: 'all', ...wish, projects: ['OTHER'] })
  await b.run('tools.create_subscription', { name: 'own', ...wish, project: 'GH' })
  await b.given.tasks([{ title: 'in GH' }])
  await b.given.tasks([{ title: 'in OTHER' }], 'OTHER')
  await b.run('work.create_project', { key: 'NEW', name: 'New' })
  await b.house.settle()
  await sender.settle()
  const said = receiver.arrived.map(({ body }) => /in [A-Z]+/.exec(body)?.[0])
  expect(said).toHaveLength(2)
  expect(new Set(said)).toEqual(new Set(['in GH', 'in OTHER']))
})

test('what fails is tried again by the clock, under the same id, then given up', async () => {
  const w = await world()
  w.receiver.answer({ status: 500, body: 'out of order' })
  await w.given.tasks([{ title: 'one' }])
  await w.pass()
  const [first] = await w.list()
  expect(first).toMatchObject({ state: 'waiting', tries: 1, status: 500, said: 'out of order' })
  await w.pass(4_000)
  expect(w.receiver.arrived).toHaveLength(1)
  for (const ms of [6_000, 36_000, 144_000, 720_000, 4_320_000, 17_280_000]) await w.pass(ms)
  expect(await w.list()).toMatchObject([{ state: 'waiting', tries: 7 }])
  await w.pass(51_840_000)
  expect(await w.list('dead')).toMatchObject([{ id: first?.id, tries: 8, why: 'status_500' }])
  expect(new Set(w.receiver.arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(w.receiver.arrived).toHaveLength(8)
  const times = w.receiver.arrived.map(({ headers }) => Number(headers['webhook-timestamp']))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(w.receiver.arrived.every((one) => isSignedWith(w.secret, one))).toBe(true)
  const events = (await w.ledger()).filter(({ name }) => name === 'tools.delivery_failed')
  expect(events).toMatchObject([{ data: { deliveryId: first?.id, tries: 8, status: 500 } }])
  await w.pass(86_400_000)
  expect(w.receiver.arrived).toHaveLength(8)
})

test('a receiver that is back gets what waits, and dead letters when replayed', async () => {
  const w = await world()
  w.receiver.answer('cut')
  await w.given.tasks([{ title: 'lost' }, { title: 'found' }])
  await w.pass()
  const waits = [6_000, 36_000, 144_000, 720_000, 4_320_000, 17_280_000, 51_840_000]
  for (const ms of waits) await w.pass(ms)
  expect(await w.list('dead')).toHaveLength(2)
  expect(await w.one()).toMatchObject({ waiting: 0, failures: 16, state: 'active' })
  w.receiver.answer({ status: 200, body: 'thanks' })
  const [one, two] = await w.list('dead')
  const replayed = await w.run('tools.replay_deliveries', { name: 'out', delivery: one?.id })
  expect(replayed).toEqual({ name: 'out', replayed: 1, dead: 1 })
  await w.pass()
  expect(await w.list('dead')).toMatchObject([{ id: two?.id }])
  const all = await w.run('tools.replay_deliveries', { name: 'out' })
  expect(all).toEqual({ name: 'out', replayed: 1, dead: 0 })
  await w.pass()
  expect(await w.list()).toMatchObject([
    { state: 'done', tries: 1, said: 'thanks' },
    { state: 'done', tries: 1 },
  ])
  expect(await w.one()).toMatchObject({ waiting: 0, failures: 0, failingSince: null })
  const ids = new Set(w.receiver.arrived.map(({ headers }) => headers['webhook-id']))
  expect(ids).toEqual(new Set([one?.id, two?.id]))
  expect(
    await w.refused('tools.replay_deliveries', { name: 'out', delivery: crypto.randomUUID() }),
  ).toMatchObject({ kind: 'not_found' })
})

test('a receiver that asks for a wait is left alone for it', async () => {
  const w = await world()
  w.receiver.answer({ status: 429, headers: { 'retry-after': '600' } })
  await w.given.tasks([{ title: 'one' }])
  await w.pass()
  w.receiver.answer({ status: 200 })
  await w.pass(590_000)
  expect(w.receiver.arrived).toHaveLength(1)
  await w.pass(11_000)
  expect(w.receiver.arrived).toHaveLength(2)
  expect(await w.list()).toMatchObject([{ state: 'done', tries: 2 }])
})

test('a receiver that is gone for good is sent nothing any more', async () => {
  const w = await world()
  w.receiver.answer({ status: 410 })
  await w.given.tasks([{ title: 'one' }])
  await w.pass()
  await w.given.tasks([{ title: 'two' }])
  await w.pass(60_000)
  expect(w.receiver.arrived).toHaveLength(1)
  expect(await w.one()).toMatchObject({ state: 'stopped', stopReason: 'gone' })
  const [stopped] = (await w.ledger()).filter(({ name }) => name === 'tools.subscription_stopped')
  expect(stopped?.data).toMatchObject({ why: 'gone', failures: 1 })
  expect(await w.refused('tools.ping_subscription', { name: 'out' })).toMatchObject({
    code: 'tools.subscription_not_active',
  })
})

test('fifty failures in a row stop a subscription, and it goes on when switched on', async () => {
  const w = await world()
  w.receiver.answer({ status: 503 })
  await w.given.tasks(Array.from({ length: 60 }, (_, at) => ({ title: `task ${at}` })))
  await w.pass()
  const stopped = await w.one()
  expect(stopped).toMatchObject({ state: 'stopped', stopReason: 'failing', waiting: 60 })
  const before = w.receiver.arrived.length
  expect(before).toBeGreaterThanOrEqual(50)
  expect(before).toBeLessThan(54)
  await w.pass(3_600_000)
  expect(w.receiver.arrived).toHaveLength(before)
  await w.given.tasks([{ title: 'meanwhile' }])
  await w.pass()
  w.receiver.answer({ status: 200 })
  await w.run('tools.change_subscription', { name: 'out', active: true })
  await w.pass()
  expect(await w.list('done')).toHaveLength(20)
  expect(await w.one()).toMatchObject({ state: 'active', waiting: 0, failures: 0 })
  expect(w.receiver.arrived).toHaveLength(before + 60)
  expect(w.receiver.arrived.some(({ body }) => body.includes('meanwhile'))).toBe(false)
})

test('what waits while a subscription is paused is sent when it goes on', async () => {
  const w = await world()
  w.receiver.answer({ status: 500 })
  await w.given.tasks([{ title: 'one' }])
  await w.pass()
  await w.run('tools.change_subscription', { name: 'out', active: false })
  expect(await w.list()).toMatchObject([{ state: 'held' }])
  await w.pass(86_400_000)
  expect(w.receiver.arrived).toHaveLength(1)
  w.receiver.answer({ status: 200 })
  await w.run('tools.change_subscription', { name: 'out', active: true })
  await w.pass()
  expect(await w.list()).toMatchObject([{ state: 'done' }])
})

test('what a sender left behind that died is sent again under the same id', async () => {
  const w = await world()
  await w.given.tasks([{ title: 'one' }])
  await w.house.settle()
  w.receiver.answer('never')
  const dying = openSender(w, [w.receiver.port])
  const sending = dying.settle()
  const until = Date.now() + 5_000
  while (w.receiver.arrived.length === 0) {
    if (Date.now() > until) throw new Error('The delivery did not arrive within 5 s.')
    await new Promise((resolve) => setImmediate(resolve))
  }
  await dying.close()
  await sending
  w.receiver.answer({ status: 200 })
  await w.pass()
  expect(w.receiver.arrived).toHaveLength(1)
  await w.pass(61_000)
  expect(w.receiver.arrived).toHaveLength(2)
  const ids = w.receiver.arrived.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  expect(await w.list()).toMatchObject([{ state: 'done', tries: 2 }])
})

test('two senders at once send every delivery once', async () => {
  const w = await world()
  const other = openSender(w, [w.receiver.port])
  closers.push(other.close)
  await w.given.tasks(Array.from({ length: 40 }, (_, at) => ({ title: `task ${at}` })))
  await w.house.settle()
  await Promise.all([w.sender.settle(), other.settle()])
  expect(w.receiver.arrived).toHaveLength(40)
  expect(new Set(w.receiver.arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(40)
  expect(await w.one()).toMatchObject({ waiting: 0 })
})

test('nothing is sent that the maker may not read any more', async () => {
  const w = await world()
  const admin = await w.given.person('adi', 'admin')
  const wish = { name: 'adis', url: w.receiver.url, events: ['*'], project: 'GH' }
  await w.run('tools.create_subscription', wish, admin)
  await w.run('tools.delete_subscription', { name: 'out' })
  await w.given.tasks([{ title: 'queued while allowed' }])
  await w.house.settle()
  await w.run('identity.suspend_principal', { handle: 'adi' })
  await w.given.tasks([{ title: 'never queued' }])
  await w.pass()
  expect(w.receiver.arrived).toEqual([])
  const named = { name: 'adis', project: 'GH' }
  const { items } = await w.run('tools.list_deliveries', named)
  expect(items).toMatchObject([{ state: 'withheld', why: 'not_allowed' }])
})

test('a subscription has no more rights than the key that made it', async () => {
  const w = await world()
  await w.given.project('OTHER')
  const input = { name: 'narrow', projects: ['GH'], scopes: ['webhook:write', 'task:read'] }
  const { key } = await w.run<{ key: string }>('identity.create_key', input)
  const narrow = await w.house.hall.authenticate(key)
  const wish = { name: 'narrow', project: 'GH', url: w.receiver.url, events: ['*'] }
  await w.run('tools.create_subscription', wish, narrow)
  await w.run('tools.delete_subscription', { name: 'out' })
  await w.given.tasks([{ title: 'seen' }])
  await w.run('work.save_sprint', { project: 'GH', name: 'unseen' }).catch(() => null)
  await w.given.tasks([{ title: 'unseen' }], 'OTHER')
  await w.pass()
  const names = bodies(w.receiver.arrived).map(({ type }) => type)
  expect(names).toEqual(['work.task_created'])
})

test('a ping arrives like any delivery', async () => {
  const w = await world()
  const { delivery } = await w.run<{ delivery: string }>('tools.ping_subscription', { name: 'out' })
  await w.pass()
  const [first] = w.receiver.arrived
  if (!first) throw new Error('The ping arrived.')
  expect(first.headers['webhook-id']).toBe(delivery)
  expect(isSignedWith(w.secret, first)).toBe(true)
  expect(bodies([first])).toMatchObject([{ type: 'tools.ping', data: {} }])
})

test('for a day after a secret was exchanged deliveries are signed with both', async () => {
  const w = await world()
  const { secret } = await w.run<Made>('tools.rotate_subscription', { name: 'out' })
  await w.run('tools.ping_subscription', { name: 'out' })
  await w.pass()
  w.clock.turn(24 * 3_600_000 + 1)
  await w.run('tools.ping_subscription', { name: 'out' })
  await w.pass()
  const [first, second] = w.receiver.arrived
  if (!first || !second) throw new Error('Both pings arrived.')
  expect([w.secret, secret].map((one) => isSignedWith(one, first))).toEqual([true, true])
  expect([w.secret, secret].map((one) => isSignedWith(one, second))).toEqual([false, true])
})

test('a redirect is not followed, and a long answer is kept to its beginning', async () => {
  const w = await world()
  const elsewhere = await openReceiver()
  closers.push(elsewhere.close)
  w.receiver.answer({ status: 302, headers: { location: elsewhere.url }, body: 'y'.repeat(5_000) })
  await w.run('tools.ping_subscription', { name: 'out' })
  await w.pass()
  expect(elsewhere.arrived).toEqual([])
  const [tried] = await w.list()
  expect(tried).toMatchObject({ state: 'waiting', why: 'status_302', said: 'y'.repeat(1_024) })
})

test.each([
  'http://example.com/in',
  'https://127.0.0.1/in',
  'https://169.254.169.254/latest/meta-data',
  'https://localhost/in',
  'https://[::1]/in',
  'https://[::ffff:10.0.0.1]/in',
  'https://0x7f.1/in',
  'https://user:word@example.com/in',
  'ftp://example.com/in',
  'https://metadata.internal/in',
])('%s is no address that events are sent to', async (url) => {
  const b = await bench()
  const wish = { name: 'out', events: ['*'], url }
  expect(await b.refused('tools.create_subscription', wish)).toMatchObject({
    code: 'platform.target_refused',
  })
  expect(await b.run('tools.list_subscriptions')).toEqual({ items: [], next: null })
})

test('an address that the way out does not allow is given up at once, and says so', async () => {
  const w = await world()
  const shut = await openReceiver()
  closers.push(shut.close)
  await w.run('tools.change_subscription', { name: 'out', url: shut.url })
  await w.run('tools.ping_subscription', { name: 'out' })
  await w.pass()
  expect(shut.arrived).toEqual([])
  expect(await w.list('dead')).toMatchObject([{ why: 'target_refused', status: null, tries: 1 }])
})

test('what is old is forgotten, and what waited of it is no longer counted', async () => {
  const w = await world()
  w.receiver.answer({ status: 500 })
  await w.given.tasks([{ title: 'one' }])
  await w.pass()
  await w.run('tools.change_subscription', { name: 'out', active: false })
  w.clock.turn(31 * 86_400_000)
  await w.given.project('LATE')
  const { actor } = { actor: { ...w.owner, kind: 'system' as const } }
  expect(await w.run('tools.tidy_webhooks', {}, actor)).toEqual({ forgotten: 1 })
  expect(await w.list()).toEqual([])
  expect(await w.one()).toMatchObject({ waiting: 0 })
})
