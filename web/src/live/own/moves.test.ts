import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  COLUMNS,
  freshRead,
  type HubModel,
  hubModel,
  keptBy,
  ops,
  PLACES,
  request,
} from '../../../../test/web/hub-model.ts'
import type { LiveEvent } from '../event.ts'
import { noticeBoard } from '../notices.ts'
import { liveStore } from '../store.ts'
import { topicBoard } from '../topics.ts'
import { undoList } from './undo.ts'
import { waitingWrites } from './writes.ts'

// What is loaded looks at the address of its page first.
vi.hoisted(() => {
  const empty = { getItem: () => null, setItem: () => {}, removeItem: () => {} }
  const location = { pathname: '/', hash: '', search: '' }
  Object.assign(globalThis, { window: { location, sessionStorage: empty, localStorage: empty } })
})

const { hubApi, shape } = await import('../api.ts')
const { moveTask } = await import('../../work/moves.ts')

const PROJECT = {
  key: 'GH',
  columns: COLUMNS.map((name) => ({ name, category: PLACES[name] })),
}
/** Seconds of a page's time within which everything is over. */
const SECONDS_MAX = 200

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** What becomes of a request: answered, lost before or after the hub has done it, or put off. */
type Fate = 'answered' | 'lost' | 'unanswered' | 'put off'

type Did = Readonly<{ key: string; to: string }>

const isCard = shape<ReturnType<HubModel['rows']['get']> & object>('id', 'version')

const problem = (status: number, code: string): Response =>
  Response.json(
    { title: 'Not now.', code },
    { status, headers: status === 503 ? { 'retry-after': '1' } : {} },
  )

type Net = Readonly<{ hub: HubModel; s: fc.Scheduler; tell(events: readonly LiveEvent[]): void }>

/** The network to the hub, with a fate for each request; gives what the hub has done. */
const network = ({ hub, s, tell }: Net, fates: readonly Fate[]): readonly Did[] => {
  const did: Did[] = []
  const answers = new Map<string, () => Response>()
  let count = 0
  const move = (key: string, init: RequestInit): Response => {
    const name = new Headers(init.headers).get('idempotency-key') ?? ''
    const wish: unknown = JSON.parse(typeof init.body === 'string' ? init.body : '{}')
    const to = String(Reflect.get(Object(wish), 'to'))
    const known = answers.get(name)
    if (known !== undefined) return known()
    const from = hub.log.length
    const card = structuredClone(hub.move(key, to))
    tell(hub.log.slice(from))
    if (card !== null) did.push({ key, to })
    const answer = () =>
      card === null ? problem(409, 'work.move_not_allowed') : Response.json(card)
    answers.set(name, answer)
    return answer()
  }
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const fate = fates[count++] ?? 'answered'
    await s.schedule(Promise.resolve(), 'request')
    if (fate === 'lost') throw new TypeError('The network is away.')
    const key = /\/tasks\/([^/]+)/.exec(url)?.[1] ?? ''
    const card = structuredClone(hub.rows.get(key))
    const answer =
      fate === 'put off'
        ? problem(503, 'platform.busy')
        : init.method === 'POST'
          ? move(key, init)
          : Response.json(card)
    await s.schedule(Promise.resolve(), 'answer')
    if (fate === 'unanswered') throw new TypeError('The answer is lost.')
    return answer
  })
  return did
}

const pageOf = (hub: HubModel, s: fc.Scheduler) => {
  const topics = topicBoard((flush) => flush())
  const writes = waitingWrites(topics)
  const api = hubApi({ key: null, writes, signedOut: () => {} })
  const notices = noticeBoard(topics)
  const undo = undoList({ notices, whoChanged: async () => null })
  const store = liveStore({
    topics,
    readCard: (key) => api.read(`/tasks/${key}`, isCard),
    readCards: () => request(s, 'snapshot', () => [...hub.rows.values()]),
    readFirst: () => request(s, 'first', () => ({ cards: [], more: new Map() })),
    painted: () => s.schedule(Promise.resolve(), 'painted'),
    pause: () => s.schedule(Promise.resolve(), 'pause'),
  })
  return { api, store, notices, undo, writes }
}

const fate = fc.constantFrom<Fate>('answered', 'answered', 'lost', 'unanswered', 'put off')
const ownMove = fc.record({ of: fc.nat({ max: 3 }), to: fc.constantFrom(...COLUMNS) })

test('own moves, refused, lost or late, among those of others, end as a fresh read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      ops,
      fc.array(ownMove, { maxLength: 8 }),
      fc.array(fate, { maxLength: 40 }),
      async (s, list, wishes, fates) => {
        const hub = hubModel(4)
        const page = pageOf(hub, s)
        const tell = (events: readonly LiveEvent[]): void => {
          s.schedule(Promise.resolve(events), 'stream').then(page.store.apply).catch(fail)
        }
        const did = network({ hub, s, tell }, fates)
        const opening = page.store.open('GH')
        await s.waitFor(opening)
        const moves: (Did & { isDone: boolean | null })[] = []
        const begin = ({ of, to }: Readonly<{ of: number; to: string }>): void => {
          const card = page.store.cards.byKey(`GH-${of + 1}`)
          if (card === undefined) return
          const move = { key: card.key, to, isDone: null }
          moves.push(move)
          moveTask(page, { card, goal: { column: to }, project: PROJECT })
            .then((isDone) => Object.assign(move, { isDone }))
            .catch(fail)
          expect(page.store.cards.get(card.id)?.column, 'shown at once').toBe(to)
        }
        for (const wish of wishes) {
          s.schedule(Promise.resolve(wish), 'own').then(begin).catch(fail)
        }
        for (const op of list) {
          s.schedule(Promise.resolve(), op.kind)
            .then(() => tell(hub.run(op)))
            .catch(fail)
        }
        for (let second = 0; ; second++) {
          let isSettled = false
          page.store.settled().then(() => (isSettled = true), fail)
          await s.waitIdle()
          await vi.advanceTimersByTimeAsync(1_000)
          if (isSettled && s.count() === 0 && moves.every(({ isDone }) => isDone !== null)) break
          expect(second, 'seconds until all is over').toBeLessThan(SECONDS_MAX)
        }
        expect(keptBy(page.store)).toEqual(freshRead(hub))
        // Each was done once, in the order in which it was wished for, and it is known which were.
        const done = moves.filter(({ isDone }) => isDone)
        for (const key of hub.rows.keys()) {
          const of = (all: readonly Did[]) =>
            all.filter((one) => one.key === key).map(({ to }) => to)
          expect(of(did)).toEqual(of(done))
        }
        page.writes.stop()
      },
    ),
    { numRuns: 400 },
  )
}, 60_000)

const fail = (thrown: unknown): never => {
  throw thrown
}
