import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { LIMIT_FACTOR } from '../../../test/fixtures.ts'

type Rate = { name: string; calls: number; per: string; burst: number; left: number }
type Limits = {
  principal: string
  kind: string
  rates: Rate[]
  streams: { open: number; most: number }
  seats: number | null
  organisation: Rate | null
}

const ground = async () => {
  const b = await bench()
  await b.given.project('GH')
  const bot = await b.given.agent('bot', ['GH'])
  const ben = await b.given.person('ben')
  const limits = (input: object = {}, as = b.owner) =>
    b.run<Limits>('identity.get_limits', input, as)
  return { ...b, bot, ben, limits }
}

test('everybody sees their own limits, and what they use of them', async () => {
  const { ben, fixtures, limits } = await ground()
  const mine = await limits({}, ben)
  expect(mine).toMatchObject({ principal: 'ben', kind: 'person', seats: null, organisation: null })
  const [own] = mine.rates
  expect(own).toMatchObject({ name: 'person', calls: 20 * LIMIT_FACTOR, per: 'second' })
  expect(mine.streams.open).toBe(0)
  const close = fixtures.limits.openStream(ben)
  expect((await limits({}, ben)).streams.open).toBe(1)
  expect((await limits()).streams.open).toBe(0)
  close()
  expect((await limits({}, ben)).streams.open).toBe(0)
})

test('whoever reads limits sees those of others and of the organisation', async () => {
  const { limits } = await ground()
  const seen = await limits({ principal: '@bot' })
  expect(seen).toMatchObject({ principal: 'bot', kind: 'agent', seats: 3 })
  expect(seen.rates[0]).toMatchObject({ name: 'agent', calls: 50 * LIMIT_FACTOR })
  expect(seen.organisation).toMatchObject({ name: 'org', burst: 4_000 * LIMIT_FACTOR })
})

test('a member is not told of the limits of others, known or not', async () => {
  const { ben, refused, limits } = await ground()
  const of = (principal: string) => refused('identity.get_limits', { principal }, ben)
  expect(await of('bot')).toMatchObject({ kind: 'forbidden', details: { needs: 'limit:read' } })
  expect(await of('nobody')).toEqual(await of('bot'))
  expect(await limits({ principal: 'ben' }, ben)).toMatchObject({ principal: 'ben' })
})

test('an agent holds as many tasks as its person says, from the next claim on', async () => {
  const { run, given, bot, limits, ledger } = await ground()
  await given.tasks([{ title: 'One' }, { title: 'Two' }])
  const set = await run('identity.set_agent_seats', { handle: 'bot', seats: 1 })
  expect(set).toEqual({ handle: 'bot', seats: 1, version: 2 })
  expect((await limits({ principal: 'bot' })).seats).toBe(1)
  type Next = { task: object | null; empty: object | null }
  expect((await run<Next>('work.next_task', {}, bot)).task).not.toBeNull()
  expect((await run<Next>('work.next_task', {}, bot)).task).toBeNull()
  await run('identity.set_agent_seats', { handle: 'bot', seats: 2 })
  expect((await run<Next>('work.next_task', {}, bot)).task).not.toBeNull()
  // What is so already is no change.
  await run('identity.set_agent_seats', { handle: 'bot', seats: 2 })
  const told = (await ledger()).filter(({ name }) => name === 'identity.seats_changed')
  expect(told.map(({ data }) => data)).toMatchObject([
    { seats: { from: 3, to: 1 }, version: 2 },
    { seats: { from: 1, to: 2 }, version: 3 },
  ])
})

test('nobody sets the seats of an agent that is not theirs, and no agent its own', async () => {
  const { ben, bot, refused, given } = await ground()
  const seats = (handle: string, as = ben, more: object = {}) =>
    refused('identity.set_agent_seats', { handle, seats: 9, ...more }, as)
  expect(await seats('bot')).toMatchObject({ kind: 'not_found' })
  expect(await seats('owner')).toMatchObject({ kind: 'not_found' })
  expect(['forbidden', 'not_found']).toContain((await seats('bot', bot)).kind)
  const admin = await given.person('ada', 'admin')
  expect(await seats('bot', admin, { version: 7 })).toMatchObject({
    code: 'identity.principal_changed',
  })
})
