import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  freshRead,
  type HubModel,
  hubModel,
  keptBy,
  ops,
  request,
} from '../../../../test/web/hub-model.ts'
import type { StreamEar } from '../connection.ts'
import type { LiveEvent } from '../event.ts'
import { liveStore, type Store } from '../store.ts'
import { topicBoard } from '../topics.ts'
import { BEAT_MS, KEPT_EVENTS_MAX, type Relay, relay, SILENCE_MS } from './relay.ts'
import type { Word } from './words.ts'

// Tabs of one browser, without the browser: words between them are late, out of order or lost, a
// tab is closed or frozen at any moment, and the stream of the one that leads loses its place.

type Stream = { at: number | null; isOver: boolean; isBehind: boolean; ear: StreamEar; by: Tab }
type Tab = {
  readonly id: string
  readonly store: Store
  relay: Relay | null
  last: number
  isClosed: boolean
  isFrozen: boolean
}

const EVENTS_AT_ONCE = 2
const AWAKE = { isClosed: false, isFrozen: false } as const

const browserOf = (hub: HubModel, s: fc.Scheduler, isLost: () => boolean) => {
  const tabs: Tab[] = []
  const streams = new Set<Stream>()
  let row: readonly Tab[] = []
  let now = 0
  const soon = (label: string, act: () => void): void => {
    s.schedule(Promise.resolve(), label).then(act).catch(fail)
  }
  const isAwake = (tab: Tab): boolean => !tab.isClosed && !tab.isFrozen

  const flow = (stream: Stream): void =>
    soon('stream', () => {
      const { ear, at } = stream
      if (stream.isOver || stream.by.isFrozen) return
      ear.state('live', null)
      if (at === null || stream.isBehind) {
        stream.isBehind = false
        stream.at = hub.log.length
        return ear.anew(`1-${stream.at}`)
      }
      const events = hub.log.slice(at, at + EVENTS_AT_ONCE)
      if (events.length === 0) return
      stream.at = at + events.length
      ear.stretch({ prev: `1-${at}`, pos: `1-${stream.at}`, events: structuredClone(events) })
      flow(stream)
    })
  const flowAll = (): void => streams.forEach(flow)
  const reading = (tab: Tab) => (from: string | null, ear: StreamEar) => {
    const at = from === null ? null : Number(from.slice(2))
    const stream = { at, isOver: false, isBehind: false, ear, by: tab }
    streams.add(stream)
    flow(stream)
    return () => {
      stream.isOver = true
      streams.delete(stream)
    }
  }
  const post = (from: Tab) => (word: Word) => {
    if (from.isClosed) return
    for (const tab of tabs) {
      if (tab === from || isLost()) continue
      const copy = structuredClone(word)
      soon(word.kind, () => isAwake(tab) && tab.relay?.hear(copy))
    }
  }
  // The first in the row holds the lock.
  const granted = (): void => {
    const [first] = row
    if (first !== undefined) soon('lock', () => row[0] === first && isAwake(first) && lead(first))
  }
  const lead = (tab: Tab): void => tab.relay?.lead()
  const steal = (tab: Tab): void => {
    const [old] = row
    row = [tab, ...row.filter((one) => one !== tab && one !== old), ...(old ? [old] : [])]
    if (old && old !== tab)
      soon('lost', () => isAwake(old) && row[0] !== old && old.relay?.listen())
    granted()
  }
  const hear = (tab: Tab, events: readonly LiveEvent[]): void => {
    for (const { pos } of events) {
      expect(pos, 'each event once, in its order').toBeGreaterThan(tab.last)
      tab.last = pos
    }
    tab.store.apply(events)
  }
  const begin = (tab: Tab, cursor: string): void => {
    tab.relay = relay(
      {
        ...{ id: tab.id, now: () => now, post: post(tab), open: reading(tab) },
        events: (events) => hear(tab, events),
        reset: () => void tab.store.refresh().catch(fail),
        state: () => {},
      },
      cursor,
    )
    tab.relay.listen()
    row = [...row, tab]
    if (row.length === 1) granted()
  }
  return {
    streams: () => [...streams].filter(({ by }) => isAwake(by)).length,
    awake: () => tabs.filter(isAwake),
    flowAll,
    open(): void {
      const store = liveStore({
        topics: topicBoard((flush) => flush()),
        readCard: (key) => request(s, `read ${key}`, () => hub.rows.get(key) ?? null),
        async readCards() {
          const read = () => ({ at: hub.log.length, cards: [...hub.rows.values()] })
          const { at, cards } = await request(s, 'snapshot', read)
          if (tab.relay === null && !tab.isClosed) begin(tab, `1-${at}`)
          return cards
        },
        readFirst: async () => ({ cards: [], more: new Map() }),
        painted: () => s.schedule(Promise.resolve(), 'painted'),
        pause: () => s.schedule(Promise.resolve(), 'pause'),
      })
      const id = `tab ${tabs.length + 1}`
      const tab: Tab = { id, store, relay: null, last: 0, ...AWAKE }
      tabs.push(tab)
      store.open('GH').catch(fail)
    },
    close(tab: Tab | undefined): void {
      if (tab === undefined) return
      tab.relay?.stop()
      tab.isClosed = true
      const wasFirst = row[0] === tab
      row = row.filter((one) => one !== tab)
      if (wasFirst) granted()
    },
    freeze(tab: Tab | undefined): void {
      if (tab !== undefined) tab.isFrozen = true
    },
    thaw(): void {
      for (const tab of tabs) {
        if (!tab.isFrozen) continue
        tab.isFrozen = false
        // What happened to its lock is told now.
        if (row[0] === tab) granted()
        else soon('lost', () => tab.relay?.listen())
      }
      flowAll()
    },
    /** The hub does not know the place of the stream any more. */
    lose(): void {
      for (const stream of streams) stream.isBehind = true
      flowAll()
    },
    leader: () => row[0],
    tick(): void {
      now += BEAT_MS
      for (const tab of tabs) if (isAwake(tab) && tab.relay?.tick() === true) steal(tab)
      flowAll()
    },
  }
}

const fail = (thrown: unknown): never => {
  throw thrown
}

type Mishap = Readonly<{
  kind: 'open' | 'close' | 'end' | 'freeze' | 'thaw' | 'lose' | 'tick'
  of: number
}>

const mishaps: fc.Arbitrary<Mishap[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('open', 'close', 'end', 'freeze', 'thaw', 'lose', 'tick', 'tick', 'tick'),
    of: fc.nat({ max: 9 }),
  }),
  { maxLength: 12 },
)
const ROUNDS = (2 * SILENCE_MS) / BEAT_MS

test('whatever is lost, late or closed, every tab ends as a fresh read by one stream', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      ops,
      mishaps,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      async (s, list, wrongs, losses) => {
        const hub = hubModel(4)
        let posts = 0
        let isSafe = false
        const isLost = (): boolean => !isSafe && losses[posts++ % losses.length] === true
        const here = browserOf(hub, s, isLost)
        const mishap = ({ kind, of }: Mishap): void => {
          const tabs = here.awake()
          if (kind === 'open' && tabs.length < 4) here.open()
          if (kind === 'close') here.close(tabs[of % Math.max(1, tabs.length)])
          if (kind === 'end') here.close(here.leader())
          if (kind === 'freeze') here.freeze(here.leader())
          if (kind === 'thaw') here.thaw()
          if (kind === 'lose') here.lose()
          if (kind === 'tick') here.tick()
        }
        for (let count = 0; count < 3; count++) here.open()
        for (const op of list) {
          s.schedule(Promise.resolve(), op.kind)
            .then(() => hub.run(op) && here.flowAll())
            .catch(fail)
        }
        for (const wrong of wrongs) {
          s.schedule(Promise.resolve(), wrong.kind)
            .then(() => mishap(wrong))
            .catch(fail)
        }
        await s.waitIdle()
        isSafe = true
        here.open()
        const settled = async (): Promise<void> => {
          for (let round = 0; round < ROUNDS; round++) {
            here.tick()
            await s.waitIdle()
          }
          for (const { store } of here.awake()) expect(keptBy(store)).toEqual(freshRead(hub))
          expect(here.streams()).toBe(1)
        }
        await settled()
        here.thaw()
        await settled()
      },
    ),
    { numRuns: 300 },
  )
})

const eventAt = (pos: number): LiveEvent => ({
  ...{ pos, name: 'work.task_noted', id: 'id-1', version: 0, actor: null, at: '', data: {} },
})

/** Some tabs of which the first one leads; words are heard at once. */
const tabsAt = (...starts: readonly string[]) => {
  const heard: number[][] = starts.map(() => [])
  const resets = starts.map(() => 0)
  const ears: (StreamEar | undefined)[] = []
  let isCut = false
  const parts: readonly Relay[] = starts.map((start, at) =>
    relay(
      {
        id: `tab ${at}`,
        now: () => 0,
        post(word) {
          if (isCut) return
          for (const other of parts) if (other !== parts[at]) other.hear(structuredClone(word))
        },
        open(_, ear) {
          ears[at] = ear
          return () => {}
        },
        events: (events) => heard[at]?.push(...events.map(({ pos }) => pos)),
        reset: () => void (resets[at] = (resets[at] ?? 0) + 1),
        state: () => {},
      },
      start,
    ),
  )
  for (const [at, part] of parts.entries()) if (at > 0) part.listen()
  parts[0]?.lead()
  /** Lets the stream of the leading tab bring some events at once. */
  const bring = (from: number, to: number, by = 0): void => {
    const events = upTo(to, from + 1).map(eventAt)
    ears[by]?.stretch({ prev: `1-${from}`, pos: `1-${to}`, events })
  }
  return { parts, heard, resets, bring, cut: (next: boolean) => void (isCut = next) }
}

const upTo = (last: number, first = 1): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at)

test('what was missed is told again with the next word, each event once', () => {
  const { heard, resets, bring, cut } = tabsAt('1-0', '1-0')
  bring(0, 3)
  cut(true)
  bring(3, KEPT_EVENTS_MAX + 2)
  cut(false)
  bring(KEPT_EVENTS_MAX + 2, KEPT_EVENTS_MAX + 3)
  expect(heard[1]).toEqual(upTo(KEPT_EVENTS_MAX + 3))
  expect(resets).toEqual([0, 0])
})

test('a sign of life tells that something was missed', () => {
  const { parts, heard, bring, cut } = tabsAt('1-0', '1-0')
  cut(true)
  bring(0, 3)
  cut(false)
  parts[0]?.tick()
  expect(heard[1]).toEqual([1, 2, 3])
})

test('what is kept no longer is read anew', () => {
  const { parts, heard, resets, bring, cut } = tabsAt('1-0', '1-0')
  cut(true)
  bring(0, KEPT_EVENTS_MAX + 1)
  cut(false)
  parts[0]?.tick()
  expect({ heard: heard[1], resets }).toEqual({ heard: [], resets: [0, 1] })
  bring(KEPT_EVENTS_MAX + 1, KEPT_EVENTS_MAX + 2)
  expect(heard[1]).toEqual([KEPT_EVENTS_MAX + 2])
})

test('a tab that has read later than the stream is hears only what came after that', () => {
  const { heard, resets, bring } = tabsAt('1-0', '1-5')
  bring(0, 3)
  bring(3, 8)
  expect({ heard: heard[1], resets }).toEqual({ heard: [6, 7, 8], resets: [0, 0] })
})

test('who takes over is heard at once by those who listened before', () => {
  const { parts, heard, bring } = tabsAt('1-0', '1-0', '1-0')
  bring(0, 2)
  parts[0]?.stop()
  parts[1]?.lead()
  bring(2, 4, 1)
  expect(heard).toEqual([
    [1, 2],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ])
})

test('a tab alone says little: nobody listens to what happened', () => {
  const words: string[] = []
  const part = relay(
    {
      ...{ id: 'tab', now: () => 0, events: () => {}, reset: () => {}, state: () => {} },
      post: ({ kind }) => words.push(kind),
      open(_, ear) {
        ear.stretch({ prev: '1-0', pos: '1-1', events: [eventAt(1)] })
        return () => {}
      },
    },
    '1-0',
  )
  part.lead()
  expect(words).toEqual(['beat'])
})

test('a ledger that began anew is no sequel of the one before', () => {
  const { heard, resets, bring } = tabsAt('1-2', '2-1')
  bring(2, 3)
  expect({ heard: heard[1], resets }).toEqual({ heard: [3], resets: [0, 1] })
})

test('words of another build are not understood, and do no harm', () => {
  const { parts, heard, bring } = tabsAt('1-0', '1-0')
  for (const word of [null, 'ask', { kind: 'ask' }, { kind: 'news', pos: '1-5' }, { kind: 'x' }]) {
    for (const part of parts) part.hear(word)
  }
  bring(0, 1)
  expect(heard).toEqual([[1], [1]])
})
