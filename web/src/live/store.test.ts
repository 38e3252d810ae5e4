import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Card } from '../../../src/work/contract.ts'
import type { LiveEvent } from './event.ts'
import { isReady } from './event.ts'
import { liveStore, type Store } from './store.ts'
import { topicBoard } from './topics.ts'

const PLACES = {
  Backlog: 'backlog',
  Todo: 'unstarted',
  Doing: 'started',
  Done: 'completed',
} as const
type Column = keyof typeof PLACES
const COLUMNS: readonly Column[] = ['Backlog', 'Todo', 'Doing', 'Done']
const HANDLES: Readonly<Record<string, string>> = { p1: 'ada', p2: 'dev-1' }

const cardOf = (number: number, more: Partial<Card> = {}): Card => {
  const card = {
    key: `GH-${number}`,
    id: `id-${number}`,
    branch: 'main',
    type: 'task' as const,
    title: `Task ${number}`,
    column: 'Todo',
    category: 'unstarted' as const,
    priority: 'none' as const,
    rank: `V${number}`,
    points: null,
    assignee: null,
    delegate: null,
    holder: null,
    labels: [],
    sprint: null,
    parent: null,
    blocked: null,
    openBlockers: number > 1 ? 1 : 0,
    heldAbove: 0,
    openChildren: 0,
    progress: 0,
    archived: false,
    version: 1,
    ...more,
  }
  return { ...card, ready: isReady(card) }
}

type Op =
  | Readonly<{ kind: 'create' }>
  | Readonly<{ kind: 'move'; of: number; to: number }>
  | Readonly<{ kind: 'claim'; of: number; who: string }>
  | Readonly<{ kind: 'end'; of: number; outcome: 'done' | 'released' }>
  | Readonly<{ kind: 'progress'; of: number; progress: number }>
  | Readonly<{ kind: 'rename'; of: number; title: string }>
  | Readonly<{ kind: 'comment'; of: number }>

/** A hub in a few lines: each task waits for the one before it; counters move without a version. */
const hubModel = (count: number) => {
  const rows = new Map<string, Card>()
  let pos = 0
  const add = (number: number): Card => {
    const before = rows.get(`GH-${number - 1}`)
    const waits = before !== undefined && before.category !== 'completed'
    const card = cardOf(number, { openBlockers: waits ? 1 : 0 })
    rows.set(card.key, card)
    return card
  }
  for (let number = 1; number <= count; number++) add(number)
  const event = (name: string, { id, key, version }: Card, data: object): LiveEvent => {
    pos += 1
    const all = { taskId: id, key, projectId: 'p', version, ...data }
    return { pos, name: `work.task_${name}`, id, version, actor: 'p1', at: '', data: all }
  }
  const save = (card: Card, change: Partial<Card>): Card => {
    const changed = { ...card, ...change, version: card.version + 1 }
    const saved = { ...changed, ready: isReady(changed) }
    rows.set(card.key, saved)
    return saved
  }
  const place = (card: Card, to: Column, change: Partial<Card>) => {
    const by = Number(card.category === 'completed') - Number(to === 'Done')
    const saved = save(card, { ...change, column: to, category: PLACES[to] })
    const next = rows.get(`GH-${Number(card.key.slice(3)) + 1}`)
    const around = next && by !== 0 ? [{ id: next.id, key: next.key, blockers: by }] : []
    if (next && by !== 0) {
      const counted = { ...next, openBlockers: next.openBlockers + by }
      rows.set(next.key, { ...counted, ready: isReady(counted) })
    }
    return { saved, data: { from: card.column, to, category: PLACES[to], around } }
  }
  const run = (op: Op): LiveEvent[] => {
    if (op.kind === 'create') {
      const card = add(rows.size + 1)
      return [event('created', card, { card: {}, title: card.title, body: '' })]
    }
    const card = [...rows.values()][op.of % rows.size]
    if (!card) return []
    switch (op.kind) {
      case 'move': {
        const to = COLUMNS[op.to] ?? 'Todo'
        const { saved, data } = place(card, to, { rank: `V${op.to}${card.version}` })
        return [event('moved', saved, { ...data, rank: saved.rank })]
      }
      case 'claim': {
        if (card.holder !== null || card.category !== 'unstarted') return []
        const { saved, data } = place(card, 'Doing', { holder: HANDLES[op.who] ?? null })
        return [event('claimed', saved, { ...data, holder: op.who, fence: 1, attempt: 1 })]
      }
      case 'end': {
        if (card.holder === null) return []
        const isDone = op.outcome === 'done'
        const change = isDone ? { progress: 100 } : { delegate: 'ada' }
        const { saved, data } = place(card, isDone ? 'Done' : 'Todo', { ...change, holder: null })
        return [event('ended', saved, { ...data, outcome: op.outcome, blocked: false })]
      }
      case 'progress': {
        const saved = save(card, { progress: op.progress })
        return [event('noted', saved, { what: 'progress', progress: op.progress })]
      }
      case 'rename':
        return [event('changed', save(card, { title: op.title }), { changed: ['title'] })]
      case 'comment':
        return [event('noted', { ...card, version: 0 }, { what: 'comment', text: 'hm' })]
    }
  }
  return { rows, run }
}

const of = fc.nat({ max: 20 })
const ops: fc.Arbitrary<Op[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('create' as const) }),
    fc.record({ kind: fc.constant('move' as const), of, to: fc.nat({ max: 3 }) }),
    fc.record({ kind: fc.constant('claim' as const), of, who: fc.constantFrom('p1', 'p2') }),
    fc.record({
      kind: fc.constant('end' as const),
      of,
      outcome: fc.constantFrom('done' as const, 'released' as const),
    }),
    fc.record({ kind: fc.constant('progress' as const), of, progress: fc.nat({ max: 99 }) }),
    fc.record({ kind: fc.constant('rename' as const), of, title: fc.string({ minLength: 1 }) }),
    fc.record({ kind: fc.constant('comment' as const), of }),
  ),
  { maxLength: 25 },
)

const fresh = (rows: ReadonlyMap<string, Card>) => [...rows.values()].sort(byKey)
const kept = (store: Store) => [...store.cards.all()].sort(byKey)
const byKey = (a: Card, b: Card): number => (a.key < b.key ? -1 : 1)

/** Takes a moment of its own on the way there and on the way back, as a request does. */
const request = async <T>(s: fc.Scheduler, label: string, read: () => T): Promise<T> => {
  await s.schedule(Promise.resolve(), `${label} arrives`)
  const answer = structuredClone(read())
  await s.schedule(Promise.resolve(), `${label} comes back`)
  return answer
}

const storeOn = (rows: ReadonlyMap<string, Card>, s: fc.Scheduler): Store =>
  liveStore({
    topics: topicBoard((flush) => flush()),
    readCard: (key) => request(s, `read ${key}`, () => rows.get(key) ?? null),
    readCards: () => request(s, 'snapshot', () => [...rows.values()]),
    pause: () => s.schedule(Promise.resolve(), 'pause'),
  })

test('snapshot and events in any order, repeated, end as a fresh read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), ops, fc.boolean(), async (s, list, isRepeated) => {
      const hub = hubModel(4)
      const store = storeOn(hub.rows, s)
      const opening = store.open('GH')
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
      await store.settled()
      expect(kept(store)).toEqual(fresh(hub.rows))
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
      expect(kept(store)).toEqual(fresh(hub.rows))
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
    pause: async () => {},
  })
  await store.open('GH')
  return store
}
