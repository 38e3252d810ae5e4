import { expect, test } from 'vitest'
import { WAITERS_PER_PRINCIPAL_MAX, waiters } from './waiters.ts'

const never = new AbortController().signal
const LONG = { ms: 60_000, signal: never }

/** Waits with a name that is written down when the wait ends. */
const scene = () => {
  const room = waiters()
  const ended: string[] = []
  const wait = async (topic: string, who: string, until = LONG) => {
    const waited = await room.wait(topic, who, until)
    ended.push(`${who}:${waited}`)
  }
  return { room, ended, wait }
}

test('who has waited longest is woken first, and no more than asked for', async () => {
  const { room, ended, wait } = scene()
  const all = ['a', 'b', 'c', 'd'].map((who) => wait('ready', who))
  room.wake('ready', 2)
  await Promise.all(all.slice(0, 2))
  expect(ended).toEqual(['a:true', 'b:true'])
  expect(room.waiting()).toBe(2)
  room.wake('ready', 99)
  await Promise.all(all)
  expect(ended).toEqual(['a:true', 'b:true', 'c:true', 'd:true'])
  expect(room.waiting()).toBe(0)
})

test('a topic wakes nobody who waits for another', async () => {
  const { room, ended, wait } = scene()
  const waiting = wait('ready/GH', 'a')
  room.wake('ready/XY', 5)
  room.wake('ready', 5)
  expect(room.waiting()).toBe(1)
  room.wake('ready/GH', 1)
  await waiting
  expect(ended).toEqual(['a:true'])
})

test('one principal has a bounded number of calls waiting; others still get in', async () => {
  const { room, wait } = scene()
  const mine = Array.from({ length: WAITERS_PER_PRINCIPAL_MAX }, () => wait('t', 'a'))
  expect(await room.wait('t', 'a', LONG)).toBe(false)
  const other = wait('t', 'b')
  expect(room.waiting()).toBe(WAITERS_PER_PRINCIPAL_MAX + 1)
  room.wake('t', 1)
  const again = wait('t', 'a')
  expect(room.waiting()).toBe(WAITERS_PER_PRINCIPAL_MAX + 1)
  room.stop()
  await Promise.all([...mine, other, again])
})

test('an aborted wait ends, and its turn goes to the next', async () => {
  const { room, ended, wait } = scene()
  const gone = new AbortController()
  const first = wait('t', 'gone', { ms: 60_000, signal: gone.signal })
  const second = wait('t', 'next')
  gone.abort()
  await first
  room.wake('t', 1)
  await second
  expect(ended).toEqual(['gone:true', 'next:true'])
  expect(await room.wait('t', 'gone', { ms: 60_000, signal: gone.signal })).toBe(false)
})

test('a wait ends by itself when its time is over', async () => {
  const { room } = scene()
  expect(await room.wait('t', 'a', { ms: 5, signal: never })).toBe(true)
  expect(room.waiting()).toBe(0)
})

test('stopping ends every wait, and nobody waits afterwards', async () => {
  const { room, wait } = scene()
  const all = [wait('t', 'a'), wait('u', 'b')]
  room.stop()
  room.stop()
  await Promise.all(all)
  expect(room.waiting()).toBe(0)
  expect(await room.wait('t', 'a', LONG)).toBe(false)
})
