import { expect, test } from 'vitest'
import { type Actor, strangerIn, systemActor } from '../../kernel/actor.ts'
import { type AnyOperation, type LimitClass, operation } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { z } from 'zod'
import { type Limits, openLimits } from './limits.ts'
import { memoryLimits } from './memory-limits.ts'
import { rateOf } from './gcra.ts'

const ORG = '01890000-0000-7000-8000-000000000001'
const START = 1_764_000_000_000

const actor = (kind: 'agent' | 'person' | 'service', number = 1): Actor => ({
  orgId: ORG,
  id: `01890000-0000-7000-8000-1${String(number).padStart(11, '0')}`,
  kind,
  handle: `${kind}-${number}`,
  scopes: null,
  projects: null,
  epoch: 0,
})

const call = (limit?: LimitClass): AnyOperation =>
  operation()({
    name: 'work.try_limit',
    about: 'Stand for any operation.',
    input: z.strictObject({}),
    output: z.object({}),
    access: null,
    effect: 'read',
    http: null,
    mcp: null,
    ...(limit && { limit }),
    run: async () => ({}),
  })

/** Opens limits with a clock to turn. */
const opened = (more: Readonly<{ processes?: () => number; factor?: number }> = {}) => {
  let now = START
  return {
    limits: openLimits({ now: () => now, ...more }),
    turn: (ms: number) => {
      now += ms
    },
  }
}

/** Calls until it is refused; gives how many passed, and the refusal. */
const until = (body: () => unknown, most = 10_000) => {
  for (let passed = 0; passed < most; passed++) {
    try {
      body()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { passed, refusal: error }
    }
  }
  throw new Error(`${most} calls passed.`)
}

test.each([
  ['agent', 200, 'You call faster than 50 per second; wait 1 second, then go on.'],
  ['service', 200, 'You call faster than 50 per second; wait 1 second, then go on.'],
  ['person', 100, 'You call faster than 20 per second; wait 1 second, then go on.'],
] as const)('a %s has %i calls at once', (kind, burst, said) => {
  const { limits } = opened()
  const { passed, refusal } = until(() => limits.take(actor(kind), call()))
  expect(passed).toBe(burst)
  expect(refusal).toMatchObject({ kind: 'too_many', code: 'platform.too_many_calls' })
  expect(refusal.message).toBe(said)
  expect(refusal.details).toMatchObject({ retryAfterS: 1, policy: kind, quota: burst })
})

test.each([
  ['search', 10, 1],
  ['bulk', 5, 1],
  ['import', 6, 600],
  ['export', 2, 1_800],
  ['key', 20, 180],
  ['invite', 10, 360],
] as const)('calls of the class %s have a limit of their own', (name, burst, retryAfterS) => {
  const { limits, turn } = opened()
  const { passed, refusal } = until(() => limits.take(actor('person'), call(name)))
  expect(passed).toBe(burst)
  expect(refusal.details).toMatchObject({ policy: name, retryAfterS })
  // What was refused by its class has used up nothing else.
  expect(until(() => limits.take(actor('person'), call())).passed).toBe(100 - burst)
  turn(retryAfterS * 1_000)
  expect(() => limits.take(actor('person'), call(name))).not.toThrow()
})

test('a look tells what is left of each limit and counts nothing', () => {
  const { limits, turn } = opened()
  const who = actor('person')
  const asked = { orgId: who.orgId, id: who.id, kind: 'person' } as const
  const of = (name: string) => limits.look(asked).rates.find((rate) => rate.name === name)
  expect(of('import')).toMatchObject({ calls: 6, per: 'hour', burst: 6, left: 6, wholeInS: 0 })
  limits.take(who, call('import'))
  limits.take(who, call('import'))
  for (let look = 0; look < 3; look += 1) {
    expect(of('import')).toMatchObject({ left: 4, wholeInS: 1_200 })
  }
  expect(of('person')).toMatchObject({ left: 98 })
  expect(limits.look(asked).org).toMatchObject({ burst: 4_000, left: 3_998 })
  expect(until(() => limits.take(who, call('import'))).passed).toBe(4)
  expect(of('import')).toMatchObject({ left: 0 })
  turn(600_000)
  expect(of('import')).toMatchObject({ left: 1 })
})

test('a look tells of streams that are open, and of a share for all processes', () => {
  const { limits } = opened({ processes: () => 2 })
  const who = actor('agent')
  const close = limits.openStream(who)
  const asked = { orgId: who.orgId, id: who.id, kind: 'agent' } as const
  expect(limits.look(asked).streams).toEqual({ open: 1, most: 20 })
  limits.take(who, call())
  // One call here is taken for one in each process.
  expect(limits.look(asked).rates[0]).toMatchObject({ name: 'agent', burst: 200, left: 198 })
  close()
  expect(limits.look(asked).streams.open).toBe(0)
})

test('many principals together keep to the limit of their organisation', () => {
  const { limits } = opened()
  let turn = 0
  const { passed, refusal } = until(() => limits.take(actor('agent', (turn += 1)), call()))
  expect(passed).toBe(4_000)
  expect(refusal.message).toMatch(/^Your organisation calls faster than 2000 per second;/)
})

test('the quota that is told is the tightest one', () => {
  const { limits, turn } = opened()
  expect(limits.take(actor('agent'), call())).toEqual({
    policy: 'agent',
    quota: 200,
    windowS: 4,
    remaining: 199,
    resetS: 1,
  })
  expect(limits.take(actor('agent'), call('search'))).toMatchObject({
    policy: 'search',
    quota: 10,
    windowS: 1,
    remaining: 9,
  })
  for (let i = 0; i < 61; i++) limits.take(actor('agent'), call())
  expect(limits.take(actor('agent'), call())).toMatchObject({ remaining: 136, resetS: 2 })
  turn(10_000)
  expect(limits.take(actor('agent'), call())).toMatchObject({ remaining: 199 })
})

test('the hub itself has no limit, and strangers are counted at the door', () => {
  const { limits } = opened()
  for (let i = 0; i < 5_000; i++) {
    expect(limits.take(systemActor(ORG), call('export'))).toBeNull()
    expect(limits.take(strangerIn(ORG), call('export'))).toBeNull()
  }
  expect(until(() => limits.admit('192.0.2.1')).passed).toBe(40)
  expect(() => limits.admit('192.0.2.2')).not.toThrow()
})

test('addresses of one IPv6 customer count together', () => {
  const { limits } = opened()
  let turn = 0
  const { passed } = until(() => limits.admit(`2001:db8:7:8::${((turn += 1)).toString(16)}`))
  expect(passed).toBe(40)
  expect(() => limits.admit('2001:db8:7:9::1')).not.toThrow()
})

test('an address that shows ten bad credentials in a minute is asked no more, for a while', () => {
  const { limits, turn } = opened()
  const { passed, refusal } = until(() => limits.failed('192.0.2.1'))
  expect(passed).toBe(10)
  expect(refusal.details).toMatchObject({ policy: 'failure', retryAfterS: 6 })
  expect(() => limits.refuseGuesser('192.0.2.1')).toThrow(/credentials that are not valid/)
  expect(() => limits.refuseGuesser('192.0.2.2')).not.toThrow()
  turn(6_000)
  expect(() => limits.refuseGuesser('192.0.2.1')).not.toThrow()
})

test('of the streams of one principal ten are opened in a minute, and twenty are open', () => {
  const { limits, turn } = opened()
  const closes: (() => void)[] = []
  const open = () => closes.push(limits.openStream(actor('person')))
  expect(until(open).passed).toBe(10)
  turn(60_000)
  expect(until(open).passed).toBe(10)
  turn(60_000)
  const { passed, refusal } = until(open)
  expect({ passed, code: refusal.code }).toEqual({ passed: 0, code: 'platform.too_many_streams' })
  closes[0]?.()
  closes[0]?.()
  expect(until(open).passed).toBe(1)
})

test('processes share a limit, and one that goes leaves its share to the others', () => {
  let live = 4
  const { limits, turn } = opened({ processes: () => live })
  const calls = () => until(() => limits.take(actor('agent'), call()))
  const { passed, refusal } = calls()
  expect(passed).toBe(50)
  expect(refusal.details).toMatchObject({ quota: 200, windowS: 4 })
  live = 1
  turn(10_000)
  expect(calls().passed).toBe(200)
})

test('a factor raises every limit and switches none off', () => {
  const { limits } = opened({ factor: 10 })
  expect(until(() => limits.take(actor('agent'), call())).passed).toBe(2_000)
  expect(until(() => limits.admit('192.0.2.1')).passed).toBe(400)
  expect(() => openLimits({ now: () => START, factor: 0 })).toThrow(/never switched off/)
})

test('after the wait that was told the call passes, whichever limit refused it', () => {
  const bodies: ((limits: Limits) => unknown)[] = [
    (limits) => limits.take(actor('agent'), call()),
    (limits) => limits.take(actor('agent'), call('import')),
    (limits) => limits.admit('192.0.2.1'),
    (limits) => limits.failed('192.0.2.1'),
  ]
  for (const body of bodies) {
    const { limits, turn } = opened()
    const { refusal } = until(() => body(limits))
    turn(Number(refusal.details['retryAfterS']) * 1_000)
    expect(() => body(limits)).not.toThrow()
  }
})

test('a million keys do not fill the memory', () => {
  const store = memoryLimits(20_000)
  const rate = rateOf(20, 1_000, 40)
  for (let i = 0; i < 1_000_000; i++) store.take(`key-${i}`, rate, { cost: 1, now: START })
  expect(store.size).toBe(20_000)
})
