import { afterEach, expect, test, vi } from 'vitest'
import { heldLock } from './held-lock.ts'

afterEach(() => vi.unstubAllGlobals())

/** Hears what becomes of a lock in a browser whose requests end as they are told to. */
const lockIn = (request: (hold: () => Promise<void>) => Promise<unknown>) => {
  const heard: string[] = []
  vi.stubGlobal('navigator', {
    locks: { request: (_: string, __: object, hold: () => Promise<void>) => request(hold) },
  })
  const lock = heldLock('hall', {
    got: () => heard.push('got'),
    lost: () => heard.push('lost'),
    failed: () => heard.push('failed'),
  })
  return { lock, heard }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

test('a browser that gives no locks says so', async () => {
  const { lock, heard } = lockIn(() => Promise.reject(new Error('Not here.')))
  lock.want()
  await soon()
  expect(heard).toEqual(['failed'])
})

test('a lock that was taken away is lost, one that was given free is not', async () => {
  const takes: (() => void)[] = []
  const { lock, heard } = lockIn((hold) =>
    Promise.race([
      hold(),
      new Promise((_, reject) => takes.push(() => reject(new Error('Taken.')))),
    ]),
  )
  lock.want()
  takes[0]?.()
  await soon()
  expect(heard).toEqual(['got', 'lost'])
  lock.want()
  lock.leave()
  takes[1]?.()
  await soon()
  expect(heard).toEqual(['got', 'lost', 'got'])
})

test('a lock that comes too late is given back at once', async () => {
  let give: () => Promise<void> = async () => {}
  const { lock, heard } = lockIn((hold) => {
    give = hold
    return new Promise(() => {})
  })
  lock.want()
  lock.leave()
  await give()
  expect(heard).toEqual([])
})
