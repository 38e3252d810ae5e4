import { afterEach, expect, test, vi } from 'vitest'
import { bench, testHouse } from '../../test/bench.ts'
import { probeHouse } from '../../test/probe.ts'
import { asAdmin } from '../../test/server.ts'
import { openDatabase } from './database.ts'
import { keepPartitions } from './partitions.ts'
import { clientOptions } from './postgres/target.ts'

const DAY_MS = 86_400_000
const MONTHS_MS = 200 * DAY_MS

afterEach(() => {
  vi.useRealTimers()
})

/** The months of a year for which the ledger has a partition. */
const monthsOf = async (year: number): Promise<readonly string[]> => {
  const { target } = await testHouse()
  const { rows } = await asAdmin(target, (client) =>
    client.query<{ name: string }>(
      `select c.relname as name
         from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'platform.ledger'::regclass and c.relname like $1 order by 1`,
      [`ledger_${year}%`],
    ),
  )
  return rows.map(({ name }) => name.slice(-2))
}

const keeperAt = async (moment: number, failed: (error: unknown) => void = () => {}) => {
  const { target } = await testHouse()
  return keepPartitions({ owner: clientOptions(target, 'admin'), now: () => moment, failed })
}

test('a clock that jumps months ahead stops neither writing nor sealing', async () => {
  const { owner, clock, ledger, verify } = await bench()
  const { run, knobs } = await probeHouse()
  const set = (name: string) =>
    run('probe.set_thing', { name, note: 'kept apart' }, { actor: owner })
  await set('before')
  // What was committed before the jump is sealed behind it, in a month without a partition.
  clock.turn(MONTHS_MS)
  const sealed = (await ledger()).filter(({ name }) => name === 'probe.thing_set')
  expect(sealed).toHaveLength(1)
  expect(new Date(sealed[0]?.at ?? 0).getTime()).toBeGreaterThan(Date.now() + MONTHS_MS - DAY_MS)

  clock.turn(MONTHS_MS)
  knobs.runs = 0
  await set('first')
  expect(knobs.runs).toBe(2)
  await set('second')
  expect(knobs.runs).toBe(3)
  const names = (await ledger()).map(({ name }) => name)
  expect(names.filter((name) => name === 'probe.thing_set')).toHaveLength(3)
  expect(await verify()).toMatchObject({ ok: true, to: names.length })
})

test('writers that meet the missing month together share its creation', async () => {
  const { owner, clock, verify } = await bench()
  const { run } = await probeHouse()
  clock.turn(MONTHS_MS)
  const things = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      run('probe.set_thing', { name, note: name }, { actor: owner }),
    ),
  )
  expect(things).toHaveLength(6)
  expect(await verify()).toMatchObject({ ok: true })
})

test('where nobody may create the month, the write fails and leaves nothing', async () => {
  const { owner, clock, target, database, orgId } = await bench()
  const lonely = openDatabase({
    client: clientOptions(target, 'app'),
    rls: database.rls,
    log: () => {},
  })
  const { run } = await probeHouse({ database: lonely })
  try {
    clock.turn(MONTHS_MS)
    const lost = run('probe.set_thing', { name: 'lost', note: 'lost' }, { actor: owner })
    await expect(lost).rejects.toMatchObject({ code: '23514' })
    const kept = await database.read(orgId)`
      select name from probe.thing where org_id = ${orgId} and name = 'lost'`
    expect(kept).toEqual([])
  } finally {
    await lonely.stop()
  }
})

test('the next months are created once a day, until the keeper stops', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const failures: unknown[] = []
  const keeper = await keeperAt(Date.UTC(2041, 5, 15), (error) => failures.push(error))
  const stopped = await keeperAt(Date.UTC(2043, 5, 15))
  await stopped.stop()
  vi.advanceTimersByTime(DAY_MS - 1)
  await keeper.stop()
  expect(await monthsOf(2041)).toEqual([])

  const daily = await keeperAt(Date.UTC(2041, 5, 15), (error) => failures.push(error))
  vi.advanceTimersByTime(DAY_MS)
  // Stopping waits for what is under way.
  await daily.stop()
  expect(await monthsOf(2041)).toEqual(['05', '06', '07', '08', '09'])
  expect(await monthsOf(2043)).toEqual([])
  expect(failures).toEqual([])
})

test("hubs that create the same months at once do not get in each other's way", async () => {
  const moment = Date.UTC(2051, 2, 1)
  const keepers = await Promise.all(Array.from({ length: 4 }, () => keeperAt(moment)))
  await Promise.all(keepers.flatMap((keeper) => [keeper.create(), keeper.create()]))
  await Promise.all(keepers.map((keeper) => keeper.stop()))
  expect(await monthsOf(2051)).toEqual(['02', '03', '04', '05', '06'])
})

test('an owner who cannot be reached is said, and the next day tries again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { target } = await testHouse()
  const owner = { ...clientOptions(target, 'admin'), database: 'no_such_database' }
  const failures: unknown[] = []
  const keeper = keepPartitions({
    owner,
    now: () => Date.UTC(2061, 0, 1),
    failed: (error) => failures.push(error),
  })
  for (const day of [1, 2]) {
    vi.advanceTimersByTime(DAY_MS)
    await expect.poll(() => failures).toHaveLength(day)
  }
  await keeper.stop()
  expect(failures).toMatchObject([{ code: '3D000' }, { code: '3D000' }])
})
