import { describe, expect, test } from 'vitest'
import { CLOCK_BACK_MS, rateOf } from '../../src/platform/limits/gcra.ts'
import type { LimitStore } from '../../src/platform/limits/limit-store.ts'
import { memoryLimits } from '../../src/platform/limits/memory-limits.ts'
import { sqlLimits } from '../../src/platform/limits/sql-limits.ts'
import { bench } from '../bench.ts'

const NOW = 1_764_000_000_000
const RATE = rateOf(5, 1_000, 3)

/** A store in PostgreSQL whose every step is a transaction of its own. */
const inPostgres = async (name: string): Promise<LimitStore> => {
  const { database, orgId } = await bench()
  const write = <T>(body: (store: ReturnType<typeof sqlLimits>) => Promise<T>): Promise<T> =>
    database.write(orgId, async (sql) => ({
      value: await body(sqlLimits({ sql, orgId }, name)),
      tail: [],
    }))
  return {
    take: (key, rate, taking) => write((store) => store.take(key, rate, taking)),
    giveBack: (key, rate, cost) => write(async (store) => store.giveBack(key, rate, cost)),
  }
}

const ADAPTERS: readonly [string, (name: string) => Promise<LimitStore>][] = [
  ['in memory', async () => memoryLimits(1_000)],
  ['in PostgreSQL', inPostgres],
]

/** Takes once for each cost, at one moment; gives the verdicts. */
const takeAll = async (store: LimitStore, key: string, costs: readonly number[], now = NOW) => {
  const verdicts = []
  for (const cost of costs) verdicts.push(await store.take(key, RATE, { cost, now }))
  return verdicts
}
const oks = (verdicts: readonly { ok: boolean }[]) => verdicts.map(({ ok }) => ok)

describe.each(ADAPTERS)('a store of limits %s', (_, open) => {
  test('lets the burst through and tells what is left', async () => {
    const store = await open('burst')
    const verdicts = await takeAll(store, 'a', [1, 1, 1, 1])
    expect(verdicts).toEqual([
      { ok: true, tat: NOW + 200, waitMs: 0, remaining: 2, resetMs: 200 },
      { ok: true, tat: NOW + 400, waitMs: 0, remaining: 1, resetMs: 400 },
      { ok: true, tat: NOW + 600, waitMs: 0, remaining: 0, resetMs: 600 },
      { ok: false, tat: NOW + 600, waitMs: 200, remaining: 0, resetMs: 600 },
    ])
  })

  test('lets through again after the wait, and not before', async () => {
    const store = await open('wait')
    const [, , , refused] = await takeAll(store, 'a', [1, 1, 1, 1])
    const waitMs = refused?.waitMs ?? 0
    expect(oks(await takeAll(store, 'a', [1], NOW + waitMs - 1))).toEqual([false])
    expect(oks(await takeAll(store, 'a', [1, 1], NOW + waitMs))).toEqual([true, false])
  })

  test('takes what a call costs', async () => {
    const store = await open('cost')
    expect(oks(await takeAll(store, 'a', [2, 2, 1, 1]))).toEqual([true, false, true, false])
  })

  test('keeps keys apart', async () => {
    const store = await open('keys')
    await takeAll(store, 'a', [3])
    expect(oks(await takeAll(store, 'b', [1]))).toEqual([true])
    expect(oks(await takeAll(store, 'a', [1]))).toEqual([false])
  })
})

describe.each(ADAPTERS)('a store of limits %s, in harder times,', (_, open) => {
  test('gives back what did not count', async () => {
    const store = await open('back')
    await takeAll(store, 'a', [3])
    await store.giveBack('a', RATE, 1)
    expect(oks(await takeAll(store, 'a', [1, 1]))).toEqual([true, false])
  })

  test('gives nobody more than the burst, however much is given back', async () => {
    const store = await open('more')
    await takeAll(store, 'a', [1])
    for (let i = 0; i < 5; i++) await store.giveBack('a', RATE, 1)
    expect(oks(await takeAll(store, 'a', [1, 1, 1, 1]))).toEqual([true, true, true, false])
  })

  test('waits for a whole burst at most when the clock has gone back', async () => {
    const store = await open('clock')
    await takeAll(store, 'a', [3])
    const back = NOW - CLOCK_BACK_MS - 1
    const [refused] = await takeAll(store, 'a', [1], back)
    expect(refused).toMatchObject({ ok: false, waitMs: 200 })
    expect(oks(await takeAll(store, 'a', [1], back + 200))).toEqual([true])
  })

  test('takes a lag of the clock for no reason to let through', async () => {
    const store = await open('lag')
    await takeAll(store, 'a', [3])
    const verdicts = await takeAll(store, 'a', [1, 1], NOW - 1_000)
    expect(verdicts.map(({ ok, waitMs }) => [ok, waitMs])).toEqual([
      [false, 1_200],
      [false, 1_200],
    ])
  })

  test('counts a hundred calls at once one by one', async () => {
    const store = await open('crowd')
    const rate = rateOf(1, 60_000, 17)
    const calls = Array.from({ length: 100 }, async () =>
      store.take('a', rate, { cost: 1, now: NOW }),
    )
    expect(oks(await Promise.all(calls)).filter(Boolean)).toHaveLength(17)
  })
})
