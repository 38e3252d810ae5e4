import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Breaker, BreakerState, BreakerTurn, Outcome } from './breaker.ts'
import {
  BREAKER_STATES,
  BREAKER_TURNS,
  breaker,
  COOL_MS,
  COOL_MS_MAX,
  nextBreakerState,
  OPEN_MS,
  OPEN_MS_MAX,
} from './breaker.ts'

/** A breaker with a clock and the changes that were heard of. */
const scene = () => {
  const clock = { ms: 50_000 }
  const heard: string[] = []
  const door = breaker(
    () => clock.ms,
    (to, from) => heard.push(`${from}>${to}`),
  )
  const turn = (ms: number) => (clock.ms += ms)
  return { clock, heard, door, turn }
}

/** Makes a call that ends at once; tells whether it was let through. */
const call = (door: Breaker, outcome: Outcome): boolean => {
  const ticket = door.enter()
  ticket?.done(outcome)
  return ticket !== null
}
const calls = (door: Breaker, outcome: Outcome, count: number) => {
  for (let made = 0; made < count; made += 1) call(door, outcome)
}

const TABLE: readonly (readonly [BreakerState, BreakerTurn, BreakerState | 'refuse'])[] = [
  ['closed', 'tripped', 'open'],
  ['closed', 'rested', 'refuse'],
  ['closed', 'relapsed', 'refuse'],
  ['closed', 'healed', 'refuse'],
  ['closed', 'reset', 'closed'],
  ['open', 'tripped', 'refuse'],
  ['open', 'rested', 'half_open'],
  ['open', 'relapsed', 'refuse'],
  ['open', 'healed', 'refuse'],
  ['open', 'reset', 'closed'],
  ['half_open', 'tripped', 'refuse'],
  ['half_open', 'rested', 'refuse'],
  ['half_open', 'relapsed', 'open'],
  ['half_open', 'healed', 'closed'],
  ['half_open', 'reset', 'closed'],
]

test.each(TABLE)('a breaker that is %s and %s becomes %s', (state, turn, next) => {
  expect(nextBreakerState(state, turn)).toBe(next)
})

test('the table has a row for every state and turn', () => {
  const rows = TABLE.map(([state, turn]) => `${state} ${turn}`)
  const all = BREAKER_STATES.flatMap((state) => BREAKER_TURNS.map((turn) => `${state} ${turn}`))
  expect(rows).toEqual(all)
})

/** Brings a breaker to a state. */
const BRINGS: Record<BreakerState, (made: ReturnType<typeof scene>) => void> = {
  closed: () => {},
  open: ({ door }) => calls(door, 'failure', 5),
  half_open: ({ door, turn }) => {
    calls(door, 'failure', 5)
    turn(OPEN_MS)
  },
}

test.each([
  ['closed', 'failure', 4, 'closed'],
  ['closed', 'failure', 5, 'open'],
  ['closed', 'success', 100, 'closed'],
  ['closed', 'neutral', 100, 'closed'],
  ['closed', 'cool', 100, 'closed'],
  ['open', 'success', 3, 'open'],
  ['open', 'failure', 3, 'open'],
  ['half_open', 'success', 1, 'half_open'],
  ['half_open', 'success', 2, 'closed'],
  ['half_open', 'failure', 1, 'open'],
  ['half_open', 'neutral', 50, 'half_open'],
  ['half_open', 'cool', 1, 'half_open'],
] as const)('a breaker that is %s, after %s x %i, is %s', (state, outcome, count, next) => {
  const made = scene()
  BRINGS[state](made)
  expect(made.door.look().state).toBe(state)
  calls(made.door, outcome, count)
  expect(made.door.look().state).toBe(next)
})

test.each([
  [5, 5, 'open'],
  [6, 5, 'closed'],
  [1, 4, 'closed'],
] as const)('%i successes and then %i failures leave it %s', (good, bad, state) => {
  const { door } = scene()
  calls(door, 'success', good)
  calls(door, 'failure', bad)
  expect(door.look().state).toBe(state)
})

test('what failed more than 30 s ago counts no more', () => {
  const { door, turn } = scene()
  calls(door, 'failure', 4)
  turn(29_000)
  expect(door.look()).toMatchObject({ failures: 4 })
  turn(1_000)
  expect(door.look()).toMatchObject({ failures: 0 })
  calls(door, 'failure', 4)
  expect(door.look()).toMatchObject({ state: 'closed', failures: 4 })
  call(door, 'failure')
  expect(door.look()).toMatchObject({ state: 'open', failures: 5 })
})

test('an open breaker lets nothing through for 10 s, and twice as long after each relapse', () => {
  const { door, turn } = scene()
  calls(door, 'failure', 5)
  const rests = [10, 20, 40, 80, 160, 300, 300].map((s) => s * 1_000)
  for (const restMs of rests) {
    expect(door.look().waitMs).toBe(restMs)
    turn(restMs - 1)
    expect(door.enter()).toBeNull()
    turn(1)
    expect(call(door, 'failure')).toBe(true)
  }
  expect(OPEN_MS_MAX).toBe(300_000)
})

test('a breaker that was closed again rests for 10 s at first, and counts from nothing', () => {
  const { door, turn, heard } = scene()
  BRINGS.half_open({ door, turn, heard, clock: { ms: 0 } })
  call(door, 'failure')
  turn(20_000)
  calls(door, 'success', 2)
  expect(door.look()).toMatchObject({ state: 'closed', failures: 0, openings: 0 })
  calls(door, 'failure', 4)
  expect(door.look().state).toBe('closed')
  call(door, 'failure')
  expect(door.look()).toMatchObject({ state: 'open', waitMs: OPEN_MS })
  const opened = 'half_open>open open>half_open half_open>closed closed>open'
  expect(heard.join(' ')).toBe(`closed>open open>half_open ${opened}`)
})

test('one probe passes at a time; the next may go when it has ended, however it ended', () => {
  const { door, turn } = scene()
  calls(door, 'failure', 5)
  turn(OPEN_MS)
  const probe = door.enter()
  expect(probe?.probe).toBe(true)
  expect([door.ready(), door.enter()]).toEqual([false, null])
  probe?.done('neutral')
  expect(door.ready()).toBe(true)
  expect(call(door, 'success')).toBe(true)
  expect(door.look()).toMatchObject({ state: 'half_open', probing: false })
})

test('a call from before says nothing about the state after', () => {
  const { door, turn } = scene()
  const early = [door.enter(), door.enter(), door.enter()]
  calls(door, 'failure', 5)
  early[0]?.done('failure')
  turn(OPEN_MS)
  const probe = door.enter()
  early[1]?.done('failure')
  expect(door.look()).toMatchObject({ state: 'half_open', probing: true })
  door.reset()
  probe?.done('failure')
  early[2]?.done('failure')
  expect(door.look()).toMatchObject({ state: 'closed', failures: 0, probing: false })
})

test('only the first word about a call counts', () => {
  const { door } = scene()
  const ticket = door.enter()
  for (let said = 0; said < 9; said += 1) ticket?.done('failure')
  expect(door.look()).toMatchObject({ state: 'closed', failures: 1 })
})

test.each([
  ['cool', COOL_MS],
  [{ coolMs: null }, COOL_MS],
  [{ coolMs: 1_500 }, 1_500],
  [{ coolMs: -5 }, 0],
  [{ coolMs: 86_400_000 }, COOL_MS_MAX],
] as const)('a replica that asks for %o is left alone for %i ms', (outcome, ms) => {
  const { door, turn } = scene()
  call(door, outcome)
  expect(door.look()).toMatchObject({ state: 'closed', coolMs: ms, waitMs: ms })
  turn(Math.max(0, ms - 1))
  expect(door.ready()).toBe(ms === 0)
  turn(1)
  expect(door.ready()).toBe(true)
})

test('a shorter cool-down does not end a longer one, and a reset ends both', () => {
  const { door } = scene()
  door.cool(60_000)
  door.cool(1_000)
  expect(door.look().waitMs).toBe(60_000)
  door.reset()
  expect(door.ready()).toBe(true)
})

test('whatever happens, a breaker never lets a second probe through and always opens again', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('enter' as const) }),
    fc.record({ kind: fc.constant('turn' as const), ms: fc.integer({ min: 0, max: 400_000 }) }),
    fc.record({
      kind: fc.constant('done' as const),
      outcome: fc.constantFrom<Outcome>('success', 'failure', 'neutral', 'cool', { coolMs: 5 }),
      which: fc.nat(20),
    }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const { door, turn } = scene()
      const out: { done: (outcome: Outcome) => void; probe: boolean }[] = []
      for (const one of steps) {
        if (one.kind === 'turn') turn(one.ms)
        else if (one.kind === 'done') out.splice(one.which, 1)[0]?.done(one.outcome)
        else {
          const before = door.look()
          const ticket = door.enter()
          expect(ticket !== null).toBe(before.waitMs === 0 && !before.probing)
          if (ticket) out.push(ticket)
        }
        const probes = out.filter(({ probe }) => probe).length
        expect(probes).toBeLessThanOrEqual(1)
      }
      for (const ticket of out) ticket.done('neutral')
      turn(OPEN_MS_MAX)
      expect(door.ready()).toBe(true)
    }),
  )
})
