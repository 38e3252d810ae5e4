import { expect, test } from 'vitest'
import { settled, turnedClock } from '../../../test/turned-clock.ts'
import { RETRIES_MAX, retrying } from './retry.ts'

const lost = new Error('lost')

/** Attempts that fail so many times; `chance` is the byte that is drawn for each wait. */
const scene = ({ failures = 99, chance = 0, deadlineMs = 60_000, safe = true } = {}) => {
  const clock = turnedClock()
  const began = clock.now()
  const at: number[] = []
  const giveUp = new AbortController()
  const plan = { until: began + deadlineMs, signal: giveUp.signal, isSafe: () => safe }
  const ended = retrying({ ...clock, random: (bytes) => bytes.fill(chance) }, plan, async () => {
    at.push(clock.now() - began)
    if (at.length <= failures) throw lost
    return at.length
  }).catch((error: unknown) => error)
  return { clock, at, giveUp, ended }
}

test('a call is made again twice at most, after 200 ms and then four times as long', async () => {
  const { clock, at, ended } = scene()
  await clock.turn(60_000)
  expect(await ended).toBe(lost)
  expect(at).toEqual([0, 200, 1_000])
  expect(at).toHaveLength(RETRIES_MAX + 1)
})

test('chance makes a wait longer, by half of it at most', async () => {
  const { clock, at } = scene({ chance: 255 })
  await clock.turn(60_000)
  const [, first = 0, second = 0] = at
  expect([first > 299, first < 300, second - first > 1_196, second - first < 1_200]).toEqual([
    true,
    true,
    true,
    true,
  ])
})

test('the first success is the answer', async () => {
  const { clock, at, ended } = scene({ failures: 1 })
  await clock.turn(60_000)
  expect([await ended, at]).toEqual([2, [0, 200]])
})

test('what is not safe is not repeated', async () => {
  const { clock, at, ended } = scene({ safe: false })
  await clock.turn(60_000)
  expect([await ended, at, clock.timers()]).toEqual([lost, [0], 0])
})

test.each([
  [200, 1],
  [201, 2],
  [1_000, 2],
  [1_001, 3],
])('within %i ms there are %i attempts', async (deadlineMs, attempts) => {
  const { clock, at, ended } = scene({ deadlineMs })
  await clock.turn(60_000)
  expect([await ended, at.length]).toEqual([lost, attempts])
})

test('who gives up while it waits is let go at once, and no timer is left', async () => {
  const { clock, at, giveUp, ended } = scene()
  await clock.turn(100)
  giveUp.abort(new Error('gone'))
  await settled()
  expect([await ended, at.length, clock.timers()]).toEqual([new Error('gone'), 1, 0])
})
