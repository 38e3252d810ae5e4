import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { part } from '../sql.ts'
import { LEDGER_PAGE_MAX } from './ledger.ts'
import { orgsUnread, readUnread, takeNext } from './reader.ts'

const reader = { name: 'probe.reader', events: ['work.task_created'] }

const hall = async () => {
  const words = await bench()
  const { database, orgId, given } = words
  await given.project('GH')
  const take = () =>
    database.write(orgId, async (sql) => ({ value: await takeNext(sql, orgId, reader), tail: [] }))
  const unread = async (max = 10) => {
    const wish = { reader, only: part`true`, max }
    return (await readUnread(database.read(orgId), orgId, wish)).events.length
  }
  const isBehind = async () =>
    (await database.system((sql) => orgsUnread(sql, reader.name))).includes(orgId)
  return { ...words, take, unread, isBehind }
}

test('a reader takes what it wants once and in order, and passes over the rest', async () => {
  const { given, run, ledger, take, unread, isBehind } = await hall()
  await given.tasks([{ title: 'one' }, { title: 'two' }])
  expect(await unread()).toBe(2)
  await ledger()
  expect(await unread()).toBe(2)
  expect(await isBehind()).toBe(true)
  const first = await take()
  expect(first.events.map(({ data }) => data['key'])).toEqual(['GH-1', 'GH-2'])
  expect(await isBehind()).toBe(false)
  expect(await take()).toEqual({ events: [], isLast: true })
  await run('work.move_task', { key: 'GH-1', to: 'Done' })
  expect(await unread()).toBe(0)
  await ledger()
  expect(await isBehind()).toBe(true)
  expect(await take()).toEqual({ events: [], isLast: true })
  expect(await isBehind()).toBe(false)
})

test('a long ledger is taken in batches, by two at once without a gap', async () => {
  const { given, ledger, take, unread } = await hall()
  const items = Array.from({ length: 100 }, (_, index) => ({ title: `${index}` }))
  for (let batch = 0; batch < 6; batch++) await given.tasks(items)
  await ledger()
  expect(await unread(500)).toBe(501)
  const [one, two] = await Promise.all([take(), take()])
  const sizes = [one, two].map(({ events }) => events.length).toSorted((a, b) => a - b)
  expect(sizes).toEqual([600 - LEDGER_PAGE_MAX, LEDGER_PAGE_MAX])
  expect([one, two].filter(({ isLast }) => isLast)).toHaveLength(1)
  const keys = new Set([...one.events, ...two.events].map(({ subject }) => subject))
  expect(keys.size).toBe(600)
})
