import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Card } from '../../../src/work/contract.ts'
import { cardOf, freshRead, hubModel, keptBy, ops, request } from '../../../test/web/hub-model.ts'
import { liveStore, type Store } from './store.ts'
import { topicBoard } from './topics.ts'

const FIRST = 2

const storeOn = (rows: ReadonlyMap<string, Card>, s: fc.Scheduler): Store =>
  liveStore({
    topics: topicBoard((flush) => flush()),
    readCard: (key) => request(s, `read ${key}`, () => rows.get(key) ?? null),
    readCards: () => request(s, 'snapshot', () => [...rows.values()]),
    readFirst: () =>
      request(s, 'first', () => {
        const all = [...rows.values()]
        const more = all.length > FIRST ? [['Todo', all.length] as const] : []
        return { cards: all.slice(0, FIRST), more: new Map(more) }
      }),
    painted: () => s.schedule(Promise.resolve(), 'painted'),
    pause: () => s.schedule(Promise.resolve(), 'pause'),
  })

const noFirst = async () => ({ cards: [], more: new Map<string, number>() })

test('snapshot and events in any order, repeated, end as a fresh read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), ops, fc.boolean(), fc.boolean(), async (...given) => {
      const [s, list, isRepeated, isFirst] = given
      const hub = hubModel(4)
      const store = storeOn(hub.rows, s)
      const opening = isFirst ? store.openFirst('GH') : store.open('GH')
      for (const op of list) {
        const happen = async (): Promise<void> => {
          await s.schedule(Promise.resolve(), op.kind)
          const events = hub.run(op)
          for (let time = 0; time < (isRepeated ? 2 : 1); time++) {
            s.schedule(Promise.resolve(events), 'stream').then(store.apply).catch(fail)
          }
        }
        happen().catch(fail)
      }
      await s.waitIdle()
      await opening
      await store.open('GH')
      await store.settled()
      expect([store.isOpen('GH'), store.more('GH').size]).toEqual([true, 0])
      expect(keptBy(store)).toEqual(freshRead(hub))
    }),
    { numRuns: 400 },
  )
})

test('a refresh in the middle of events loses nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), ops, async (s, list) => {
      const hub = hubModel(3)
      const store = storeOn(hub.rows, s)
      const opening = store.open('GH')
      const refreshing = s.schedule(Promise.resolve(), 'reset').then(() => store.refresh())
      for (const op of list) {
        s.schedule(Promise.resolve(), op.kind)
          .then(() => s.schedule(Promise.resolve(hub.run(op)), 'stream'))
          .then(store.apply)
          .catch(fail)
      }
      await s.waitIdle()
      await Promise.all([opening, refreshing])
      await store.settled()
      expect(keptBy(store)).toEqual(freshRead(hub))
    }),
    { numRuns: 200 },
  )
})

const fail = (thrown: unknown): never => {
  throw thrown
}

test('a move is shown at once, and taken back when it is refused', async () => {
  const store = await opened([cardOf(1), cardOf(2)])
  const overlay = { column: 'Doing', category: 'started' as const, rank: 'V1' }
  store.cards.lay('id-1', overlay)
  expect(store.cards.column('GH', 'Doing')).toEqual(['id-1'])
  store.cards.lift('id-1', overlay)
  expect(store.cards.column('GH', 'Todo')).toEqual(['id-1', 'id-2'])
  expect(store.cards.column('GH', 'Doing')).toEqual([])
})

test('ranks are compared as bytes, and equal ranks by number', async () => {
  const ranks = ['a', 'Z', 'Z\u0001', 'Z']
  const store = await opened(ranks.map((rank, index) => cardOf(index + 1, { rank })))
  expect(store.cards.column('GH', 'Todo')).toEqual(['id-2', 'id-4', 'id-3', 'id-1'])
})

test('many stale cards are read with one snapshot', async () => {
  const rows = Array.from({ length: 100 }, (_, index) => cardOf(index + 1))
  let snapshots = 0
  let singles = 0
  const store = liveStore({
    topics: topicBoard((flush) => flush()),
    async readCard(key) {
      singles++
      return rows.find((row) => row.key === key) ?? null
    },
    async readCards() {
      snapshots++
      return rows
    },
    readFirst: noFirst,
    painted: async () => {},
    pause: async () => {},
  })
  await store.open('GH')
  for (const { key } of rows) store.reread(key)
  await store.settled()
  expect({ snapshots, singles }).toEqual({ snapshots: 2, singles: 0 })
})

const opened = async (rows: readonly Card[]): Promise<Store> => {
  const store = liveStore({
    topics: topicBoard((flush) => flush()),
    readCard: async (key) => rows.find((row) => row.key === key) ?? null,
    readCards: async () => rows,
    readFirst: noFirst,
    painted: async () => {},
    pause: async () => {},
  })
  await store.open('GH')
  return store
}

test('the cards in front are shown while the others are still read', async () => {
  const rows = Array.from({ length: 5 }, (_, index) => cardOf(index + 1))
  let answer = (): void => {}
  let failures = 1
  const store = liveStore({
    topics: topicBoard((flush) => flush()),
    readCard: async () => null,
    readFirst: async () => ({ cards: rows.slice(0, FIRST), more: new Map([['Todo', 5]]) }),
    async readCards() {
      if (failures-- > 0) throw new Error('The hub was away.')
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return rows
    },
    painted: async () => {},
    pause: async () => {},
  })
  await store.openFirst('GH')
  expect([store.isBegun('GH'), store.isOpen('GH')]).toEqual([true, false])
  expect([store.cards.size(), store.more('GH').get('Todo')]).toEqual([FIRST, 5])
  await expect.poll(() => failures).toBeLessThan(0)
  answer()
  await store.open('GH')
  expect([store.cards.size(), store.isOpen('GH'), store.more('GH').size]).toEqual([5, true, 0])
})
