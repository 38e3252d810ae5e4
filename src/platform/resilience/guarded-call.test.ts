import { expect, test } from 'vitest'
import { settled, turnedClock } from '../../../test/turned-clock.ts'
import { OPEN_MS } from './breaker.ts'
import { BULKHEAD_LIMITS } from './bulkhead.ts'
import type { Asked, GuardOptions, GuardPlan } from './guarded-call.ts'
import { guard } from './guarded-call.ts'
import { ABORT_GRACE_MS } from './leash.ts'
import { RETRIES_MAX } from './retry.ts'
import { systemAfter } from './timing.ts'

const CODES = { busy: 'tools.busy', open: 'tools.upstream_open', late: 'tools.timed_out' }
const TWO: GuardPlan = {
  replicas: [
    { id: 'a', weight: 1 },
    { id: 'b', weight: 1 },
  ],
}
const ONE: GuardPlan = { replicas: [{ id: 'a', weight: 1 }] }
const lost = new Error('lost')

const scene = (plan: GuardPlan = ONE, more: Partial<GuardOptions> = {}) => {
  const clock = turnedClock()
  const random = (bytes: Uint8Array) => bytes.fill(0)
  const heard: string[] = []
  const changed = (id: string, to: string) => heard.push(`${id} ${to}`)
  const door = guard({ ...clock, random, plan, codes: CODES, changed, ...more })
  const said: string[] = []
  const call = <T>(act: Asked<T>['act'], asked: Partial<Asked<T>> = {}): Promise<T | Error> =>
    door
      .call<T>({
        principal: 'p',
        key: 'k',
        deadlineMs: 60_000,
        signal: new AbortController().signal,
        isSafe: () => false,
        counts: () => 'failure',
        ...asked,
        act: (replica, signal) => {
          said.push(replica)
          return act(replica, signal)
        },
      })
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  const state = (id: string) =>
    door.look().replicas.find((replica) => replica.id === id)?.breaker.state
  return { clock, door, call, said, state, heard }
}

const fails = async (): Promise<never> => {
  throw lost
}
const answers = async (replica: string) => replica
/** Ends when its signal does, as an act has to. */
const hangs = (_: string, signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : lost)
    })
  })
/** Never ends, whatever its signal says. */
const deaf = (): Promise<never> => new Promise(() => {})

test('a call goes to a replica and brings back its answer', async () => {
  const { door, call, clock } = scene()
  expect(await call(answers)).toBe('a')
  const { inFlight, waiting, replicas } = door.look()
  expect([inFlight, waiting, replicas[0]?.inFlight, clock.timers()]).toEqual([0, 0, 0, 0])
  expect(replicas[0]?.breaker).toMatchObject({ successes: 1, failures: 0 })
})

test('five failures open the breaker: nothing is sent, and one hears for how long', async () => {
  const { call, said, state, clock, heard } = scene()
  for (let made = 0; made < 5; made += 1) expect(await call(fails)).toBe(lost)
  expect(state('a')).toBe('open')
  expect(await call(answers, { isSafe: () => true })).toMatchObject({
    kind: 'unavailable',
    code: 'tools.upstream_open',
    details: { retryAfterS: 10 },
  })
  expect(said).toHaveLength(5)
  await clock.turn(OPEN_MS)
  expect([await call(answers), await call(answers), state('a')]).toEqual(['a', 'a', 'closed'])
  expect(heard).toEqual(['a open', 'a half_open', 'a closed'])
})

test('a replica whose breaker is open is passed by', async () => {
  const { call, said, state } = scene(TWO)
  const act = (id: string) => (id === 'a' ? fails() : answers(id))
  for (let made = 0; made < 12; made += 1) await call(act)
  expect([state('a'), state('b')]).toEqual(['open', 'closed'])
  said.length = 0
  for (let made = 0; made < 9; made += 1) expect(await call(act)).toBe('b')
  expect(new Set(said)).toEqual(new Set(['b']))
})

test('a safe retry goes to another replica', async () => {
  // By hash, a key would go to the same replica each time.
  const { call, said, clock } = scene({ ...TWO, balance: 'hash' })
  const act = (id: string) => (said.length === 1 ? fails() : answers(id))
  const ended = call(act, { isSafe: () => true })
  await clock.turn(200)
  expect(await ended).toBe(said[1])
  expect(said.toSorted()).toEqual(['a', 'b'])
})

test('a retry without a replica tells what has failed, not that nobody is left', async () => {
  const { call, said, door, clock } = scene()
  const act = async () => {
    door.cool('a', 60_000)
    throw lost
  }
  const ended = call(act, { isSafe: () => true })
  await clock.turn(5_000)
  expect([await ended, said]).toEqual([lost, ['a']])
})

test('429 leaves the replica alone and counts no failure', async () => {
  const { call, state, door } = scene()
  await call(fails, { counts: () => ({ coolMs: 2_500 }) })
  expect(await call(answers)).toMatchObject({ code: 'tools.upstream_open' })
  expect([state('a'), door.look().replicas[0]?.breaker.coolMs]).toEqual(['closed', 2_500])
  door.reset('a')
  expect(await call(answers)).toBe('a')
})

test('what says nothing about the replica opens nothing', async () => {
  const { call, state } = scene()
  for (let made = 0; made < 20; made += 1) await call(fails, { counts: () => 'neutral' })
  expect(state('a')).toBe('closed')
})

test('a predicate that throws does not keep the probe', async () => {
  const { call, clock, state } = scene()
  for (let made = 0; made < 5; made += 1) await call(fails)
  await clock.turn(OPEN_MS)
  const bug = () => {
    throw new Error('a bug')
  }
  expect(await call(fails, { counts: bug })).toEqual(new Error('a bug'))
  expect([await call(answers), state('a')]).toEqual(['a', 'half_open'])
})

test('the deadline ends a call, counts as a failure, and is given as the reason', async () => {
  const { call, clock, door } = scene()
  const ended = call(hangs, { deadlineMs: 3_000, counts: () => 'neutral' })
  await clock.turn(3_000)
  expect(await ended).toMatchObject({ kind: 'unavailable', code: 'tools.timed_out' })
  expect(door.look().replicas[0]).toMatchObject({ inFlight: 0, breaker: { failures: 1 } })
  expect(clock.timers()).toBe(0)
})

test('an act may say more of its deadline than we can, and its caller counts it', async () => {
  const { call, clock, door } = scene()
  const unknown = new Error('outcome unknown')
  const act = (_: string, signal: AbortSignal) =>
    hangs(_, signal).catch(() => Promise.reject(unknown))
  const ended = call(act, { deadlineMs: 3_000, counts: () => 'neutral' })
  await clock.turn(3_000)
  expect(await ended).toBe(unknown)
  expect(door.look().replicas[0]?.breaker.failures).toBe(0)
})

test('who hangs up frees the place and says nothing about the replica', async () => {
  const { call, clock, door } = scene()
  const giveUp = new AbortController()
  const ended = call(hangs, { signal: giveUp.signal })
  await settled()
  expect(door.look().inFlight).toBe(1)
  giveUp.abort(new Error('gone'))
  expect(await ended).toEqual(new Error('gone'))
  expect(door.look()).toMatchObject({ inFlight: 0, replicas: [{ breaker: { failures: 0 } }] })
  expect(clock.timers()).toBe(0)
})

test('an act that is deaf to its signal loses its place two seconds later', async () => {
  const { call, clock, door } = scene()
  const ended = call(deaf, { deadlineMs: 1_000 })
  await clock.turn(1_000 + ABORT_GRACE_MS - 1)
  expect(door.look().inFlight).toBe(1)
  await clock.turn(1)
  expect(await ended).toMatchObject({ code: 'tools.timed_out' })
  expect([door.look().inFlight, clock.timers()]).toEqual([0, 0])
})

test('a full upstream refuses in the end of the wait; nothing was sent', async () => {
  const plan = { ...ONE, bulkhead: { ...BULKHEAD_LIMITS, callsMax: 1 } }
  const { call, clock, said, door } = scene(plan)
  const first = call(hangs, { deadlineMs: 20_000 })
  const second = call(answers)
  const hasty = call(answers, { deadlineMs: 500 })
  await clock.turn(500)
  expect(await hasty).toMatchObject({ kind: 'too_many', code: 'tools.busy' })
  await clock.turn(4_500)
  expect(await second).toMatchObject({ kind: 'too_many', code: 'tools.busy' })
  expect([said.length, door.look().waiting]).toEqual([1, 0])
  await clock.turn(20_000)
  expect(await first).toMatchObject({ code: 'tools.timed_out' })
})

test('replicas come and go; what was learned of those that stay is kept', async () => {
  const { call, door, said, state } = scene()
  for (let made = 0; made < 5; made += 1) await call(fails)
  door.configure({ ...TWO, balance: 'round_robin' })
  expect([state('a'), state('b')]).toEqual(['open', 'closed'])
  said.length = 0
  expect(await call(answers)).toBe('b')
  door.reset()
  await Promise.all([call(answers), call(answers)])
  expect(said.join('')).toBe('bab')
  door.configure({ replicas: [{ id: 'c', weight: 3 }] })
  expect([await call(answers), state('a')]).toEqual(['c', undefined])
})

test('a call ends where it is when its replica is taken away', async () => {
  const { call, door } = scene(TWO)
  let end: (said: string) => void = () => {}
  const ended = call(() => new Promise<string>((resolve) => (end = resolve)))
  await settled()
  door.configure({ replicas: [] })
  expect(await call(answers)).toMatchObject({
    code: 'tools.upstream_open',
    details: { gone: true },
  })
  end('done')
  expect(await ended).toBe('done')
  expect(door.look()).toEqual({ inFlight: 0, waiting: 0, replicas: [] })
})

test('a session stays with its replica, or hears that it is gone', async () => {
  const { call, door } = scene(TWO)
  const asked = { only: 'b' }
  expect([await call(answers, asked), await call(answers, asked)]).toEqual(['b', 'b'])
  for (let made = 0; made < 5; made += 1) await call(fails, asked)
  expect(await call(answers, asked)).toMatchObject({ details: { retryAfterS: 10 } })
  door.configure(ONE)
  expect(await call(answers, asked)).toMatchObject({ details: { gone: true } })
})

test('stopping cuts off what runs and waits, and takes nothing more', async () => {
  const plan = { ...ONE, bulkhead: { ...BULKHEAD_LIMITS, callsMax: 1 } }
  const { call, clock, door, said } = scene(plan)
  const ended = [call(hangs), call(answers)]
  await settled()
  door.stop()
  door.stop()
  for (const end of await Promise.all([...ended, call(answers)])) {
    expect(end).toMatchObject({ kind: 'unavailable', code: 'tools.upstream_open' })
  }
  expect([said.length, clock.timers(), door.look().inFlight]).toEqual([1, 0, 0])
  expect(door.look().replicas[0]?.breaker.failures).toBe(0)
})

test.each([
  [{ replicas: [...TWO.replicas, { id: 'a', weight: 1 }] }, 'different names'],
  [{ replicas: [{ id: 'a', weight: 0 }] }, 'weight'],
  [{ replicas: [{ id: 'a', weight: 1.5 }] }, 'weight'],
  [{ replicas: Array.from({ length: 17 }, (_, at) => ({ id: `${at}`, weight: 1 })) }, 'bounded'],
])('a plan that makes no sense is a bug of ours: %#', (plan, why) => {
  expect(() => scene(plan)).toThrow(why)
})

/** Chance that is the same at each run. */
const dice = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test.each(['round_robin', 'least_connections', 'weighted', 'hash'] as const)(
  '10,000 calls with random failures by %s: bounded, all end, and nothing is left behind',
  async (spread) => {
    const roll = dice(7)
    const ids = ['a', 'b', 'c', 'd']
    const replicas = ids.map((id, at) => ({ id, weight: at + 1 }))
    const { call, clock, door, heard } = scene({ replicas, balance: spread })
    const under = new Map<string, number>()
    const most = { calls: 0, principal: 0 }
    const add = (who: string, by: number) => {
      under.set(who, (under.get(who) ?? 0) + by)
      const all = [...under.values()]
      most.calls = Math.max(
        most.calls,
        all.reduce((sum, one) => sum + one, 0),
      )
      most.principal = Math.max(most.principal, ...all)
    }
    const tally = { answered: 0, lost: 0, busy: 0, open: 0, late: 0, gone: 0, attempts: 0 }
    const one = async (turn: number) => {
      const principal = `p${Math.max(0, (turn % 10) - 6)}`
      const giveUp = new AbortController()
      const bad = roll()
      const act = async (id: string, signal: AbortSignal) => {
        add(principal, 1)
        tally.attempts += 1
        try {
          if (roll() < 0.01) return await hangs(id, signal)
          await new Promise<void>((resolve) => clock.after(roll() * 400, resolve))
          if (roll() < (id === 'a' ? 0.8 : 0.1)) throw lost
          return id
        } finally {
          add(principal, -1)
        }
      }
      const asked = { principal, key: `${turn}`, signal: giveUp.signal, deadlineMs: 2_000 }
      const ended = call(act, { ...asked, isSafe: () => bad < 0.5 })
      if (bad > 0.97) clock.after(100, () => giveUp.abort(new Error('gone')))
      const end = await ended
      if (typeof end === 'string') tally.answered += 1
      else if (end === lost) tally.lost += 1
      else if (end.message === 'gone') tally.gone += 1
      else if ('code' in end && end.code === CODES.busy) tally.busy += 1
      else if ('code' in end && end.code === CODES.late) tally.late += 1
      else if ('code' in end && end.code === CODES.open) tally.open += 1
      else throw end
    }
    const all: Promise<void>[] = []
    for (let turn = 0; turn < 10_000; turn += 1) {
      all.push(one(turn))
      if (turn % 10 === 9) await clock.turn(turn % 1_000 > 800 ? 5 : 180)
    }
    await clock.turn(60_000)
    await Promise.all(all)
    const { attempts, ...ends } = tally
    expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(10_000)
    expect(attempts).toBeLessThanOrEqual(10_000 * (1 + RETRIES_MAX))
    expect(Math.min(ends.answered, ends.lost, ends.busy, ends.late, ends.gone)).toBeGreaterThan(0)
    expect(most).toEqual({ calls: 16, principal: 8 })
    expect(door.look()).toMatchObject({ inFlight: 0, waiting: 0 })
    expect(door.look().replicas.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0, 0])
    expect(clock.timers()).toBe(0)
    expect(heard).toContain('a open')
  },
)

test('on the timers of the machine, a deadline ends a call as well', async () => {
  const random = (bytes: Uint8Array) => bytes
  const timing = { now: () => performance.now(), after: systemAfter, random }
  const { call, door } = scene(ONE, timing)
  expect(await call(hangs, { deadlineMs: 20 })).toMatchObject({ code: 'tools.timed_out' })
  expect(await call(answers, { deadlineMs: 60_000 })).toBe('a')
  expect(door.look().inFlight).toBe(0)
})
