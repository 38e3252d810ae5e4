import { expect, test } from 'vitest'
import { Refusal } from '../../src/kernel/refusal.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { rateOf } from '../../src/platform/limits/gcra.ts'
import { sweepLimitTables } from '../../src/platform/limits/sweep.ts'
import { throttle } from '../../src/platform/limits/throttle.ts'
import { clientOptions } from '../../src/platform/postgres/target.ts'
import { bench } from '../bench.ts'

const RATE = rateOf(30, 60_000, 30)

/** Runs something that may be refused; gives the refusal, or null. */
const refusalOf = async (body: () => Promise<unknown>): Promise<Refusal | null> => {
  try {
    await body()
    return null
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

const passedOf = async (calls: readonly Promise<Refusal | null>[]): Promise<number> =>
  (await Promise.all(calls)).filter((refusal) => refusal === null).length

test('of a hundred calls at once exactly the burst passes', async () => {
  const { database, orgId, clock } = await bench()
  const gate = throttle({ database, orgId, now: () => Math.floor(clock.now() / 1e6) * 1e6 })
  const calls = Array.from({ length: 100 }, () =>
    refusalOf(() => gate.take('token', '192.0.2.1', RATE)),
  )
  expect(await passedOf(calls)).toBe(30)
})

test.each([
  ['token', 30, 'Your address asks for tokens more often than 30 times per minute;'],
  ['authorize', 30, 'Your address asks for consent more often than 30 times per minute;'],
  ['client_metadata', 10, 'Your address brings new clients more often than 10 times per minute;'],
  ['device_code', 5, 'more often than 5 times per quarter of an hour; wait 180 seconds,'],
  ['mail', 5, 'Mail to this recipient is asked for more often than 5 times per hour;'],
] as const)('the shared limit %s lets %i calls through at once', async (name, burst, said) => {
  const { database, orgId } = await bench()
  const gate = throttle({ database, orgId, now: () => 1_764_000_000_000 })
  for (let i = 0; i < burst; i++) await gate.takeShared(name, 'key')
  const refusal = await refusalOf(() => gate.takeShared(name, 'key'))
  expect(refusal?.message).toContain(said)
  expect(await refusalOf(() => gate.takeShared(name, 'another key'))).toBeNull()
})

test('two processes share a limit', async () => {
  const { database, orgId, clock, target } = await bench()
  const other = openDatabase({ client: clientOptions(target, 'app'), rls: true, log: () => {} })
  try {
    const moment = clock.now()
    const gates = [database, other].map((one) =>
      throttle({ database: one, orgId, now: () => moment }),
    )
    const calls = gates.flatMap((gate) =>
      Array.from({ length: 40 }, () => refusalOf(() => gate.take('token', '192.0.2.1', RATE))),
    )
    expect(await passedOf(calls)).toBe(30)
  } finally {
    await other.stop()
  }
})

test('a refused caller passes after the wait it was told, and not before', async () => {
  const { database, orgId, clock } = await bench()
  let now = Math.floor(clock.now())
  const gate = throttle({ database, orgId, now: () => now })
  const rate = rateOf(5, 900_000, 5)
  const take = () => refusalOf(() => gate.take('device_code', '192.0.2.1', rate))
  for (let i = 0; i < 5; i++) expect(await take()).toBeNull()
  const refusal = await take()
  expect(refusal).toMatchObject({ kind: 'too_many', code: 'platform.too_many_calls' })
  expect(refusal?.details).toEqual({ retryAfterS: 180, policy: 'device_code' })
  now += 179_000
  expect((await take())?.details).toMatchObject({ retryAfterS: 1 })
  now += 1_000
  expect(await take()).toBeNull()
})

test('a throttle whose database is away lets nobody through', async () => {
  const { orgId, clock, target } = await bench()
  const away = openDatabase({
    client: { ...clientOptions(target, 'app'), host: '127.0.0.1', port: 1 },
    rls: true,
    log: () => {},
  })
  try {
    const gate = throttle({ database: away, orgId, now: clock.now })
    const refusal = await refusalOf(() => gate.take('token', '192.0.2.1', RATE))
    expect(refusal).toMatchObject({ kind: 'unavailable', code: 'platform.database_away' })
  } finally {
    await away.stop()
  }
})

test('limits of one organisation are not used up in another, nor under another name', async () => {
  const [one, other] = [await bench(), await bench()]
  const now = () => 1_764_000_000_000
  const rate = rateOf(1, 60_000, 1)
  const take = ({ database, orgId }: typeof one, name: string) =>
    refusalOf(() => throttle({ database, orgId, now }).take(name, 'a', rate))
  expect(await take(one, 'token')).toBeNull()
  expect(await take(one, 'token')).not.toBeNull()
  expect(await take(other, 'token')).toBeNull()
  expect(await take(one, 'mail')).toBeNull()
})

test('a factor raises a throttle', async () => {
  const { database, orgId } = await bench()
  const gate = throttle({ database, orgId, now: () => 1_764_000_000_000, factor: 3 })
  const rate = rateOf(2, 60_000, 2)
  const calls = Array.from({ length: 20 }, () => refusalOf(() => gate.take('token', 'a', rate)))
  expect(await passedOf(calls)).toBe(6)
})

test('the table keeps no key as it was, and forgets what limits nothing any more', async () => {
  const { database, orgId, clock } = await bench()
  const now = Math.floor(clock.now())
  const gate = throttle({ database, orgId, now: () => now })
  await gate.take('mail', 'ada@canary.example', RATE)
  const rows = () => database.read(orgId)<{ key: string }>`
    select key from platform.limit where org_id = ${orgId}`
  const kept = await rows()
  expect(kept).toHaveLength(1)
  expect(kept[0]?.key).not.toContain('canary')
  await sweepLimitTables(database, now + 1_000)
  expect(await rows()).toHaveLength(1)
  await sweepLimitTables(database, now + 3_000)
  expect(await rows()).toEqual([])
})
