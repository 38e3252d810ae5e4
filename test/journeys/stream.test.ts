import { once } from 'node:events'
import { get } from 'node:http'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readEvents } from '../../scripts/demo/ledger.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { type Arrived, arrived, openStream } from './event-stream.ts'
import { hubOf, inTime, later, until } from './ground.ts'

const BODY = 'x'.repeat(20_000)
const ROUNDS = 24

const done = async (asked: Promise<{ status: number; body: unknown }>): Promise<unknown> => {
  const { status, body } = await asked
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

const project = (hub: TestHub, key: string) =>
  done(hub.api('POST', '/v1/projects', { key, name: `Project ${key}` }))

const tasks = (hub: TestHub, key: string, titles: readonly string[]) =>
  done(hub.api('POST', '/v1/tasks', { project: key, items: titles.map((title) => ({ title })) }))

const agentKey = async (hub: TestHub, name: string, projects: readonly string[]) => {
  const made = await done(hub.api('POST', '/v1/agents', { name, projects }))
  return z.object({ key: z.string() }).parse(made).key
}

test('a reader that comes back after kill -9 of the hub misses and repeats nothing', async () => {
  const first = await startTestHub()
  const { home, ownerKey: key } = first
  await project(first, 'GH')
  const before = await openStream({ url: first.url, key }, { query: '?after=1-0' })
  await tasks(first, 'GH', ['a', 'b', 'c'])
  const titles = (events: readonly { data: Record<string, unknown> }[]) =>
    events.flatMap(({ data }) => (typeof data['title'] === 'string' ? [data['title']] : []))
  await until('the first events', () => titles(before.events).includes('c'))
  before.close()
  await until('the reader is away', () => before.isOver)
  await tasks(first, 'GH', ['d', 'e'])
  await first.kill9()

  const hub = await hubOf({ home })
  await tasks(hub, 'GH', ['f'])
  const after = await openStream({ url: hub.url, key }, { lastEventId: before.last ?? '' })
  await tasks(hub, 'GH', ['g'])
  await until('the last event', () => titles(after.events).includes('g'))
  const seen = [...before.events, ...after.events]
  const all = await readEvents({ url: hub.url, key })
  expect(seen.map(({ pos }) => pos)).toEqual(all.map(({ pos }) => pos))
  expect(titles(seen)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  expect(after.kinds).not.toContain('reset')
}, 60_000)

test('a place that the ledger does not know is answered with a reset', async () => {
  const hub = await hubOf()
  for (const lastEventId of ['1-999999', '9-1', 'yesterday']) {
    const stream = await openStream({ url: hub.url, key: hub.ownerKey }, { lastEventId })
    await until('a reset', () => stream.kinds.includes('reset'))
    await until('the end of the stream', () => stream.isOver)
    expect(stream.events).toEqual([])
  }
}, 60_000)

test('an agent of one project hears of no other tasks, however it asks', async () => {
  const hub = await hubOf()
  await project(hub, 'OURS')
  await project(hub, 'SECRET')
  const key = await agentKey(hub, 'guest', ['OURS'])
  const [live, past, nosy] = await Promise.all([
    openStream({ url: hub.url, key }),
    openStream({ url: hub.url, key }, { query: '?after=1-0' }),
    openStream({ url: hub.url, key }, { query: '?after=1-0&project=SECRET' }),
  ])
  await tasks(hub, 'SECRET', ['hidden one'])
  await tasks(hub, 'OURS', ['seen'])
  await tasks(hub, 'SECRET', ['hidden two'])
  await done(hub.api('POST', '/v1/tasks/SECRET-1/comments', { body: 'hidden word' }))
  await tasks(hub, 'OURS', ['seen last'])
  for (const stream of [live, past]) {
    await until('the last of its own', () =>
      stream.events.some(({ data }) => data['title'] === 'seen last'),
    )
    const said = JSON.stringify(stream.events)
    expect(said).not.toContain('hidden')
    expect(said).not.toContain('SECRET')
  }
  expect(nosy.events).toEqual([])
}, 60_000)

/** A reader that opens the stream and takes nothing; gives the way to let it read what is left. */
const sleepyReader = (hub: TestHub): Promise<() => Promise<Arrived>> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${hub.ownerKey}` }
    const request = get(`${hub.url}/v1/stream`, { headers }, (response) => {
      response.on('error', () => {}) // Cut off: the close that follows counts.
      resolve(async () => {
        const ended = once(response, 'close')
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        await inTime('the sleepy reader is cut off', ended)
        return arrived(text)
      })
    })
    request.on('error', reject)
    later(async () => request.destroy())
  })

test('a reader that takes nothing is cut off, and loses nothing when it comes back', async () => {
  const hub = await hubOf()
  await project(hub, 'GH')
  const wake = await sleepyReader(hub)
  const quick = await openStream({ url: hub.url, key: hub.ownerKey })
  const items = Array.from({ length: 25 }, (_, at) => ({ title: `Task ${at}`, body: BODY }))
  // What the kernel's buffers of both ends hold comes on top of what the hub keeps.
  for (let round = 0; round < ROUNDS; round++) {
    await done(hub.api('POST', '/v1/tasks', { project: 'GH', items }))
  }
  await until('all events at the quick one', () => quick.events.length >= ROUNDS * items.length)
  expect(quick.kinds).not.toContain('reset')
  const { events, kinds, last } = await wake()
  expect(events.length).toBeLessThan(quick.events.length)
  // Told to start anew it forgets what it has; merely cut off it goes on behind its last id.
  const kept = kinds.includes('reset') ? [] : events
  const from = kinds.includes('reset') ? `1-${(quick.events[0]?.pos ?? 1) - 1}` : (last ?? '')
  const back = await openStream({ url: hub.url, key: hub.ownerKey }, { lastEventId: from })
  const seen = () => [...kept, ...back.events].map(({ pos }) => pos)
  await until('the rest', () => seen().length >= quick.events.length)
  expect(seen()).toEqual(quick.events.map(({ pos }) => pos))
}, 90_000)
