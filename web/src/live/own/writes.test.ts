import { expect, test, vi } from 'vitest'
import { topicBoard } from '../topics.ts'
import { waitingWrites } from './writes.ts'

const away = new Error('away')
const isAway = (thrown: unknown): boolean => thrown === away

const given = () => {
  const writes = waitingWrites(topicBoard(() => {}))
  const heard: string[] = []
  const hub = { isUp: false, heard }
  const send = (what: string) => async (): Promise<string> => {
    if (!hub.isUp) throw away
    if (what === 'bad') throw new Error('Refused.')
    hub.heard.push(what)
    return `did ${what}`
  }
  return { writes, hub, send }
}

test('what waits is sent in its order once the hub is back, and answered', async () => {
  const { writes, hub, send } = given()
  const answers = ['one', 'bad', 'two'].map((what) =>
    Promise.resolve(writes.keep(send(what), isAway)),
  )
  const settled = Promise.allSettled(answers)
  expect(writes.waiting()).toBe(3)
  hub.isUp = true
  writes.release()
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(hub.heard).toEqual(['one', 'two'])
  await expect.poll(() => writes.waiting()).toBe(0)
  writes.stop()
})

test('a hub that is still away keeps everything waiting', async () => {
  const { writes, hub, send } = given()
  const answer = writes.keep(send('one'), isAway)
  writes.release()
  await Promise.resolve()
  await Promise.resolve()
  expect(writes.waiting()).toBe(1)
  hub.isUp = true
  await expect
    .poll(() => {
      writes.release()
      return writes.waiting()
    })
    .toBe(0)
  expect(await answer).toBe('did one')
  writes.stop()
})

test('who asked to be left alone is left alone, and then gets what waits', async () => {
  vi.useFakeTimers()
  const { writes, hub, send } = given()
  const answer = writes.keep(send('one'), isAway)
  hub.isUp = true
  writes.rest(60_000)
  writes.release()
  await vi.advanceTimersByTimeAsync(59_000)
  expect({ heard: hub.heard, waiting: writes.waiting() }).toEqual({ heard: [], waiting: 1 })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await answer).toBe('did one')
  expect(writes.waiting()).toBe(0)
  writes.stop()
  vi.useRealTimers()
})

test('what was dropped is never sent', async () => {
  const { writes, hub, send } = given()
  const dropped = writes.keep(send('one'), isAway)
  expect(dropped).not.toBe(null)
  writes.drop()
  hub.isUp = true
  writes.release()
  const after = writes.keep(send('two'), isAway)
  writes.release()
  expect(await after).toBe('did two')
  expect(hub.heard).toEqual(['two'])
  writes.stop()
})
