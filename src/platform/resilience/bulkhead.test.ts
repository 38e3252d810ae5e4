import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TurnedClock } from '../../../test/turned-clock.ts'
import { settled, turnedClock } from '../../../test/turned-clock.ts'
import type { BulkheadLimits } from './bulkhead.ts'
import { BULKHEAD_LIMITS, bulkhead } from './bulkhead.ts'

const never = new AbortController().signal
const SMALL: BulkheadLimits = { callsMax: 4, principalCallsMax: 2, queueMax: 6, waitMs: 5_000 }

/** A bulkhead whose callers are written down when they get in or are refused. */
const scene = (limits = SMALL, clock: TurnedClock = turnedClock()) => {
  const places = bulkhead({ limits, after: clock.after, busyCode: 'tools.busy' })
  const ended: string[] = []
  const leaves: (() => void)[] = []
  const entered = async (principal: string, signal: AbortSignal) => {
    try {
      leaves.push(await places.enter({ principal, signal }))
      ended.push(`${principal} in`)
    } catch (error) {
      ended.push(`${principal} ${error instanceof Error ? error.message : 'nothing'}`)
    }
  }
  /** Sends callers in, one after the other, and comes back when all have entered or wait. */
  const enter = async (who: string, signal = never) => {
    waits.push(...[...who].map((principal) => entered(principal, signal)))
    await settled()
  }
  const waits: Promise<void>[] = []
  return { places, clock, ended, leaves, enter }
}

test('one principal gets 8 of the 16 places of an upstream', async () => {
  const { places, enter, ended } = scene(BULKHEAD_LIMITS)
  await enter('a'.repeat(20))
  expect(places.look()).toEqual({ inFlight: 8, waiting: 12 })
  await enter('b'.repeat(20))
  expect(places.look()).toEqual({ inFlight: 16, waiting: 24 })
  expect(ended.filter((one) => one === 'a in')).toHaveLength(8)
})

test('free places go round the principals, oldest call of each first', async () => {
  const { enter, ended, leaves } = scene({ ...SMALL, callsMax: 1, principalCallsMax: 1 })
  await enter('x')
  await enter('aaabbc')
  for (let turn = 0; turn < 6; turn += 1) {
    leaves[turn]?.()
    await settled()
  }
  expect(ended.join(' ')).toBe('x in a in b in c in a in b in a in')
})

test('who waits too long is refused and told when to come back', async () => {
  const { places, clock, leaves } = scene({ ...SMALL, callsMax: 1 })
  leaves.push(await places.enter({ principal: 'a', signal: never }))
  const refused = places.enter({ principal: 'b', signal: never }).catch((error: unknown) => error)
  await clock.turn(4_999)
  expect(places.look().waiting).toBe(1)
  await clock.turn(1)
  const facts = { kind: 'too_many', code: 'tools.busy', details: { retryAfterS: 5 } }
  expect(await refused).toMatchObject(facts)
  expect([places.look(), clock.timers()]).toEqual([{ inFlight: 1, waiting: 0 }, 0])
})

test('a shorter patience than 5 s is kept, a longer one is not', async () => {
  const { places, clock, enter } = scene({ ...SMALL, callsMax: 1 })
  await enter('a')
  const waits = [300, 9_000].map((waitMsMax) =>
    places.enter({ principal: 'b', signal: never, waitMsMax }).catch(() => clock.now()),
  )
  const began = clock.now()
  await clock.turn(10_000)
  expect(await Promise.all(waits)).toEqual([began + 300, began + 5_000])
})

test('a full queue refuses at once, but not who waits for less than others do', async () => {
  const { places, enter, ended } = scene({ ...SMALL, callsMax: 1 })
  await enter('xgggggg')
  await enter('g')
  expect(ended.at(-1)).toMatch(/^g Too many calls .* try again in 5 s\.$/)
  await enter('m')
  expect(places.look().waiting).toBe(6)
  expect(ended.filter((one) => one.startsWith('g Too'))).toHaveLength(2)
  expect(ended.filter((one) => one.startsWith('m'))).toHaveLength(0)
})

test('of equally long lines none gives way to another', async () => {
  const { enter, ended } = scene({ ...SMALL, callsMax: 1 })
  await enter('xgggmmmm')
  expect(ended).toHaveLength(2)
  expect(ended.at(-1)).toMatch(/^m Too/)
})

test('an aborted signal leaves the line, and a place is not lost on it', async () => {
  const { places, clock, enter, ended, leaves } = scene({ ...SMALL, callsMax: 1 })
  await enter('x')
  const gone = new AbortController()
  await enter('a', gone.signal)
  await enter('b')
  gone.abort(new Error('gone'))
  leaves[0]?.()
  await settled()
  expect(ended).toEqual(['x in', 'a gone', 'b in'])
  await expect(places.enter({ principal: 'c', signal: gone.signal })).rejects.toThrow('gone')
  expect([places.look(), clock.timers()]).toEqual([{ inFlight: 1, waiting: 0 }, 0])
})

test('leaving twice gives one place back', async () => {
  const { places, enter, leaves } = scene()
  await enter('ab')
  leaves[0]?.()
  leaves[0]?.()
  expect(places.look().inFlight).toBe(1)
})

test('more places let in who waits; fewer are reached as calls end', async () => {
  const { places, enter, leaves } = scene({ ...SMALL, callsMax: 1 })
  await enter('abc')
  places.resize({ ...SMALL, callsMax: 3 })
  await settled()
  expect(places.look()).toEqual({ inFlight: 3, waiting: 0 })
  places.resize({ ...SMALL, callsMax: 1 })
  await enter('d')
  leaves[0]?.()
  leaves[1]?.()
  await settled()
  expect(places.look()).toEqual({ inFlight: 1, waiting: 1 })
  leaves[2]?.()
  await settled()
  expect(places.look()).toEqual({ inFlight: 1, waiting: 0 })
})

test('never too many in flight, nobody waits beside a free place, every wait ends', async () => {
  const principal = fc.constantFrom('a', 'b', 'c', 'd')
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('enter' as const), principal }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), which: fc.nat(9) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('turn' as const), ms: fc.nat(6_000) }),
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const clock = turnedClock()
      const places = bulkhead({ limits: SMALL, after: clock.after, busyCode: 'tools.busy' })
      const held: { principal: string; leave: () => void }[] = []
      const waiting: { principal: string; abort: () => void }[] = []
      let begun = 0
      const waits: Promise<void>[] = []
      let got = 0
      let over = 0
      const enter = async (who: string) => {
        const giveUp = new AbortController()
        const waiter = { principal: who, abort: () => giveUp.abort(new Error('gone')) }
        waiting.push(waiter)
        begun += 1
        try {
          const leave = await places.enter({ principal: who, signal: giveUp.signal })
          held.push({ principal: who, leave })
          got += 1
        } catch {
          over += 1
        } finally {
          waiting.splice(waiting.indexOf(waiter), 1)
        }
      }
      for (const one of steps) {
        if (one.kind === 'enter') waits.push(enter(one.principal))
        if (one.kind === 'leave') held.splice(one.which, 1)[0]?.leave()
        if (one.kind === 'abort') waiting[one.which]?.abort()
        await (one.kind === 'turn' ? clock.turn(one.ms) : settled())
        const flying = (who: string) => held.filter((hold) => hold.principal === who).length
        expect(places.look()).toEqual({ inFlight: held.length, waiting: waiting.length })
        expect(held.length).toBeLessThanOrEqual(SMALL.callsMax)
        for (const who of 'abcd') expect(flying(who)).toBeLessThanOrEqual(SMALL.principalCallsMax)
        expect(waiting.length).toBeLessThanOrEqual(SMALL.queueMax)
        const free = held.length < SMALL.callsMax
        const stuck = waiting.filter((waiter) => flying(waiter.principal) < SMALL.principalCallsMax)
        expect(free ? stuck : []).toEqual([])
      }
      await clock.turn(SMALL.waitMs)
      for (const hold of held) hold.leave()
      await Promise.all(waits)
      expect(got + over).toBe(begun)
      expect([places.look().waiting, clock.timers()]).toEqual([0, 0])
    }),
  )
})
