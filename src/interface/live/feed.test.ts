import { expect, test } from 'vitest'
import type { LiveEvent, LivePage } from '../../kernel/hall.ts'
import { feed } from './feed.ts'
import { outlet } from './outlet.ts'
import { projectFilter } from './project-filter.ts'
import { MESSAGES } from './wire.ts'

const eventAt = (pos: number): LiveEvent => ({
  ...{ orgId: 'o', pos, name: 'work.task_moved', id: 'x', version: 1, actor: null, at: '' },
  data: {},
})

const pageOf = (...positions: number[]): LivePage => ({
  events: positions.map(eventAt),
  pos: positions.at(-1) ?? 0,
  epoch: 1,
})

/** A ledger whose reads end when the test says so, and a reader who takes everything at once. */
const scene = (headAt: number) => {
  const reads: { after: number; end(page: LivePage): void }[] = []
  const dropped: unknown[] = []
  const texts: string[] = []
  const listeners: ((page: LivePage) => void)[] = []
  const events = feed({
    reader: {
      head: async () => ({ pos: headAt, epoch: 1 }),
      after: (pos) => new Promise((end) => reads.push({ after: pos, end })),
      follow(listener) {
        listeners.push(listener)
        return () => void listeners.splice(0)
      },
    },
    wire: MESSAGES,
    outlet: outlet(
      {
        write(text, taken) {
          texts.push(text)
          taken()
        },
        end: () => texts.push('end'),
      },
      { eventsMax: 1000, bytesMax: 1024 * 1024 },
    ),
    wanted: projectFilter(null),
    drainMs: 100,
    drop: (thrown) => dropped.push(thrown),
  })
  const positions = () => texts.flatMap((text) => text.match(/"pos":\d+/g) ?? [])
  /** Ends the read after a position, once it is asked for, and lets the feed go on. */
  const read = async (after: number, page: LivePage): Promise<void> => {
    await expect.poll(() => reads.some((one) => one.after === after)).toBe(true)
    reads
      .splice(0)
      .find((one) => one.after === after)
      ?.end(page)
    await new Promise((turn) => setImmediate(turn))
  }
  return {
    events,
    read,
    announce: (page: LivePage) => listeners.at(-1)?.(page),
    positions,
    dropped,
    texts,
  }
}

const said = (...positions: number[]) => positions.map((pos) => `"pos":${pos}`)

test('what is sealed while the last read is under way is read once more', async () => {
  const { events, read, announce, positions, dropped } = scene(2)
  events.start({ epoch: 1, pos: 1 })
  await read(1, pageOf(2))
  announce(pageOf(3)) // The read after 2 saw nothing; it ends after this was sealed.
  await read(2, { events: [], pos: 2, epoch: 1 })
  await read(2, pageOf(3))
  await read(3, { events: [], pos: 3, epoch: 1 })
  announce(pageOf(4))
  await expect.poll(positions).toEqual(said(2, 3, 4))
  expect(dropped).toEqual([])
})

test('what was read already is not said again when it is announced late', async () => {
  const { events, read, announce, positions } = scene(2)
  events.start({ epoch: 1, pos: 1 })
  await read(1, pageOf(2, 3))
  await read(3, { events: [], pos: 3, epoch: 1 })
  announce(pageOf(3))
  announce(pageOf(3, 4))
  await expect.poll(positions).toEqual(said(2, 3, 4))
})

test('a copy of the database that lags behind is waited for', async () => {
  const { events, read, announce, positions, dropped } = scene(2)
  events.start({ epoch: 1, pos: 1 })
  announce(pageOf(3))
  await read(1, pageOf(2))
  await read(2, { events: [], pos: 2, epoch: 1 })
  await read(2, pageOf(3))
  await read(3, { events: [], pos: 3, epoch: 1 })
  announce(pageOf(4))
  await expect.poll(positions).toEqual(said(2, 3, 4))
  expect(dropped).toEqual([])
})

test('an older start says nothing once a newer one has begun', async () => {
  const { events, read, positions } = scene(5)
  events.start({ epoch: 1, pos: 1 })
  await expect.poll(() => positions()).toEqual([])
  events.start({ epoch: 1, pos: 4 })
  await read(4, pageOf(5))
  await expect.poll(positions).toEqual(said(5))
})

test('another epoch in the middle of a stream ends it with a reset', async () => {
  const { events, announce, texts } = scene(5)
  events.start(undefined)
  await expect.poll(() => texts).toEqual(['{"pos":"1-5"}'])
  announce({ ...pageOf(6), epoch: 2 })
  expect(texts.slice(1)).toEqual(['{"reset":true,"pos":"1-5"}', 'end'])
})
