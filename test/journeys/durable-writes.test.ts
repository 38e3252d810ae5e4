import { expect, test } from 'vitest'
import { readEvents } from '../../scripts/demo/ledger.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { hubOf, killPostmaster, until } from './ground.ts'
import { makeProject, startWriters, type Writers } from './writers.ts'

// Durability is real here: a home of its own, fsync on, and kill -9 in the middle of writes.

const WRITERS = 6
const BEFORE_KILL = 60

/** How often each write is in the ledger, by the key that is its title or its text. */
const timesOf = async (hub: TestHub): Promise<ReadonlyMap<string, number>> => {
  const times = new Map<string, number>()
  for (const { name, data } of await readEvents({ url: hub.url, key: hub.ownerKey })) {
    const word = name === 'work.task_created' ? data['title'] : data['text']
    if (typeof word === 'string') times.set(word, (times.get(word) ?? 0) + 1)
  }
  return times
}

const notOnce = (times: ReadonlyMap<string, number>, { written }: Writers, acknowledged: boolean) =>
  written
    .filter((one) => one.acknowledged === acknowledged)
    .map(({ key }) => [key, times.get(key) ?? 0] as const)
    .filter(([, count]) => (acknowledged ? count !== 1 : count > 1))

const VICTIMS = ['the hub', 'the hub and its database'] as const

test.each(VICTIMS)(
  'writes that %s acknowledged before kill -9 are there exactly once, the others at most once',
  async (victims) => {
    const first = await startTestHub()
    await makeProject(first.url, first.ownerKey)
    const writers = startWriters({
      url: () => first.url,
      key: first.ownerKey,
      count: WRITERS,
      name: 'write',
    })
    await until('enough writes', () => writers.acknowledged() >= BEFORE_KILL)
    await Promise.all([
      first.kill9(),
      ...(victims === 'the hub' ? [] : [killPostmaster(first.home)]),
    ])
    await writers.stop()

    const hub = await hubOf({ home: first.home })
    const told = writers.acknowledged()
    const times = await timesOf(hub)
    expect(told).toBeGreaterThanOrEqual(BEFORE_KILL)
    expect(notOnce(times, writers, true)).toEqual([])
    expect(notOnce(times, writers, false)).toEqual([])

    const open = writers.written.length - told
    expect(open, 'the kill came in the middle of writes').toBeGreaterThan(0)
    const again = await writers.repeat(hub.url)
    expect(again.map(({ status, text }) => (status < 300 ? 'done' : text))).toEqual(
      again.map(() => 'done'),
    )
    const replayed = await writers.repeat(hub.url, writers.written.slice(0, 5))
    expect(replayed.every(({ status }) => status < 300)).toBe(true)
    expect(notOnce(await timesOf(hub), writers, true)).toEqual([])
    expect((await hub.api('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
  },
  60_000,
)
