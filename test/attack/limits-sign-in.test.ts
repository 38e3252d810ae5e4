import { expect, test } from 'vitest'
import { signInThrottle } from '../../src/identity/infrastructure/throttle-store.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { sweepLimitTables } from '../../src/platform/limits/sweep.ts'
import { clientOptions } from '../../src/platform/postgres/target.ts'
import { bench } from '../bench.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Who = Readonly<{ account?: string; address?: string | undefined; device?: string | null }>
type Said = 'go' | 'factor' | number

/** The sign-in of one organisation, as an attacker and the person meant meet it. */
const door = async () => {
  const { database, orgId, clock, target } = await bench()
  const secret = new Uint8Array(32).fill(7)
  const guard = signInThrottle({ database, orgId }, { secret })
  let now = Math.floor(clock.now())
  const attemptOf = ({ account = 'ada', address = '192.0.2.1', device = null }: Who) => ({
    account,
    address,
    device,
    now,
  })
  const before = async (who: Who): Promise<Said> => {
    try {
      return await guard.before(attemptOf(who))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      expect(error).toMatchObject({ kind: 'too_many', code: 'platform.too_many_calls' })
      return Number(error.details['retryAfterS'])
    }
  }
  return {
    database,
    orgId,
    target,
    secret,
    before,
    guard,
    now: () => now,
    turn: (ms: number) => {
      now += ms
    },
    /** A try with a wrong password: what it was answered, seconds where it had to wait. */
    async wrong(who: Who = {}): Promise<Said> {
      const said = await before(who)
      if (typeof said === 'string') await guard.failed(attemptOf(who))
      return said
    },
    /** A try with the right password, and with the second factor where that is asked for. */
    async right(who: Who = {}): Promise<Said> {
      const said = await before(who)
      if (typeof said === 'string') await guard.passed(attemptOf(who))
      return said
    },
  }
}

const times = async (count: number, body: (index: number) => Promise<Said>) => {
  const said: Said[] = []
  for (let index = 0; index < count; index++) said.push(await body(index))
  return said
}

/** An address of its own for each of many attackers. */
const from = (index: number): string => `203.0.${Math.floor(index / 250) + 1}.${(index % 250) + 1}`

test('after five wrong passwords waits double, up to fifteen minutes', async () => {
  const { wrong, turn } = await door()
  expect(await times(5, () => wrong())).toEqual(['go', 'go', 'go', 'go', 'go'])
  const waits: Said[] = []
  for (let i = 0; i < 6; i++) {
    const said = await wrong()
    waits.push(said)
    turn(Number(said) * 1_000 - 1_000)
    expect(await wrong()).toBe(1)
    turn(1_000)
    expect(await wrong()).toBe('go')
  }
  expect(waits).toEqual([60, 120, 240, 480, 900, 900])
})

test('a right password ends the waits of its address', async () => {
  const { wrong, right } = await door()
  await times(4, () => wrong())
  expect(await right()).toBe('go')
  expect(await times(5, () => wrong())).toEqual(['go', 'go', 'go', 'go', 'go'])
  expect(await wrong()).toBe(60)
})

test('an account under attack from everywhere asks for a factor, and is not locked', async () => {
  const { wrong, right, turn } = await door()
  const said = await times(30, (index) => wrong({ address: from(index) }))
  expect(said.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'go'))
  expect(said.slice(20)).toEqual(Array.from({ length: 10 }, () => 'factor'))
  expect(await right({ address: '198.51.100.1' })).toBe('factor')
  turn(HOUR)
  expect(await wrong({ address: from(31) })).toBe('go')
})

test('a known device with the right password goes, whatever others have tried', async () => {
  const { wrong, right, turn } = await door()
  const device = 'a'.repeat(22)
  expect(await right({ device })).toBe('go')
  await times(40, (index) => wrong({ address: from(index) }))
  await times(9, () => wrong())
  await times(120, (index) => wrong({ account: `somebody-${index}` }))
  expect(await wrong()).toBeTypeOf('number')
  for (let i = 0; i < 50; i++) expect(await right({ device })).toBe('go')
  turn(89 * 24 * HOUR)
  expect(await right({ device })).toBe('go')
})

test('a known device that guesses waits for itself alone', async () => {
  const { wrong, right } = await door()
  const device = 'a'.repeat(22)
  await right({ device })
  expect(await times(10, () => wrong({ device }))).toEqual(Array.from({ length: 10 }, () => 'go'))
  expect(await wrong({ device })).toBe(300)
  expect(await right()).toBe('go')
})

test('a device is known for the account it has signed in to, and no other', async () => {
  const { wrong, right, guard } = await door()
  const device = 'a'.repeat(22)
  await right({ account: 'mallory', device })
  expect(await times(5, () => wrong({ device }))).toEqual(['go', 'go', 'go', 'go', 'go'])
  expect(await wrong({ device })).toBe(60)
  expect(await wrong({ account: 'mallory', device })).toBe('go')
  await guard.forgetDevices('mallory')
  await times(5, () => wrong({ account: 'mallory', device }))
  expect(await wrong({ account: 'mallory', device })).toBe(60)
})

test('one address that goes through a list of names stops at a hundred a day', async () => {
  const { wrong, right, turn } = await door()
  const said = await times(101, (index) => wrong({ account: `name-${index}` }))
  expect(said.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 'go'))
  expect(said[100]).toBe(864)
  expect(await right({ account: 'name-1', address: '198.51.100.1' })).toBe('go')
  turn(864_000)
  expect(await wrong({ account: 'name-101' })).toBe('go')
})

test('an office where everybody signs in does not use up its address', async () => {
  const { right } = await door()
  const said = await times(150, (index) => right({ account: `name-${index}` }))
  expect(new Set(said)).toEqual(new Set(['go']))
})

test('names count alike, however they are written and whether they exist or not', async () => {
  const { wrong } = await door()
  const spellings = ['ada', 'ADA ', '@Ada', 'ａｄａ', 'ada']
  expect(await times(5, (index) => wrong({ account: spellings[index] ?? '' }))).not.toContain(60)
  expect(await wrong({ account: 'Ada' })).toBe(60)
  expect(await times(5, () => wrong({ account: 'nobody' }))).not.toContain(60)
  expect(await wrong({ account: 'nobody' })).toBe(60)
})

test('whoever has the password only gets ten codes, then ten an hour', async () => {
  const { right, guard, now, turn } = await door()
  const code = (address: string, device: string | null = null) =>
    guard.beforeFactor({ account: 'ada', address, device, now: now() })
  for (let i = 0; i < 10; i++) {
    expect(await right({ address: from(i) })).toBe('go')
    await code(from(i))
  }
  expect(await right({ address: from(10) })).toBe('go')
  await expect(code(from(10))).rejects.toMatchObject({
    kind: 'too_many',
    details: { retryAfterS: 360 },
  })
  turn(360_000)
  await code(from(11))
  await expect(code(from(12))).rejects.toMatchObject({ kind: 'too_many' })
})

test('a device is known when its code was right, and then others cannot slow it', async () => {
  const { wrong, guard, now } = await door()
  const device = 'a'.repeat(22)
  const attempt = { account: 'ada', address: '192.0.2.1', device, now: now() }
  await guard.before(attempt)
  await guard.passed({ ...attempt, remember: false })
  await times(5, () => wrong({ device }))
  expect(await wrong({ device })).toBe(60)
  await guard.beforeFactor(attempt)
  await guard.passedFactor(attempt)
  expect(await wrong({ device })).toBe('go')
  for (let i = 0; i < 10; i++) await guard.beforeFactor({ ...attempt, device: null })
  await expect(guard.beforeFactor({ ...attempt, device: null })).rejects.toThrow(/too many codes/)
  for (let i = 0; i < 20; i++) {
    await guard.beforeFactor(attempt)
    await guard.passedFactor(attempt)
  }
})

test('a hundred wrong passwords at once are five tries', async () => {
  const { wrong } = await door()
  const said = await Promise.all(Array.from({ length: 100 }, () => wrong()))
  expect(said.filter((one) => one === 'go')).toHaveLength(5)
  expect(said.filter((one) => one === 60)).toHaveLength(95)
})

test('a hundred addresses at once get twenty tries at an account', async () => {
  const { wrong } = await door()
  const said = await Promise.all(
    Array.from({ length: 100 }, (_, index) => wrong({ address: from(index) })),
  )
  expect(said.filter((one) => one === 'go')).toHaveLength(20)
  expect(said.filter((one) => one === 'factor')).toHaveLength(80)
})

test('a try counts although nobody tells how it ended', async () => {
  const { before } = await door()
  await times(5, () => before({}))
  expect(await before({})).toBe(60)
})

test('callers without an address count as one', async () => {
  const { guard, now } = await door()
  const attempt = { account: 'ada', address: undefined, device: null, now: now() }
  for (let i = 0; i < 5; i++) expect(await guard.before(attempt)).toBe('go')
  await expect(guard.before(attempt)).rejects.toThrow('too many tries to sign in; wait 60 seconds')
})

test('the tables tell neither names nor addresses nor devices', async () => {
  const { wrong, right, database, orgId } = await door()
  await right({ account: 'canary', address: '192.0.2.99', device: 'canary-device' })
  await wrong({ account: 'canary', address: '192.0.2.98', device: null })
  const rows = await database.read(orgId)<{ text: string }>`
    select key as text from platform.limit where org_id = ${orgId}
    union all select key from platform.backoff where org_id = ${orgId}
    union all select account || device from platform.known_device where org_id = ${orgId}`
  expect(rows.length).toBeGreaterThan(3)
  for (const { text } of rows) expect(text).not.toMatch(/canary|192\.0\.2/)
})

test('of an account twenty devices are known, those seen last', async () => {
  const { right, turn, guard, database, orgId, now } = await door()
  for (let i = 0; i < 25; i++) {
    await right({ device: `device-${i}` })
    turn(1_000)
  }
  const kept = await database.read(orgId)`
    select device from platform.known_device where org_id = ${orgId}`
  expect(kept).toHaveLength(20)
  await sweepLimitTables(database, now() + 91 * 24 * HOUR)
  const left = await database.read(orgId)`
    select device from platform.known_device where org_id = ${orgId}`
  expect(left).toEqual([])
  await guard.forgetDevices('ada')
})

test('without its database nobody is let in', async () => {
  const { orgId, target, secret, now } = await door()
  const away = openDatabase({
    client: { ...clientOptions(target, 'app'), host: '127.0.0.1', port: 1 },
    rls: true,
    log: () => {},
  })
  try {
    const guard = signInThrottle({ database: away, orgId }, { secret })
    const attempt = { account: 'ada', address: '192.0.2.1', device: null, now: now() }
    await expect(guard.before(attempt)).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(guard.passed(attempt)).rejects.toMatchObject({ kind: 'unavailable' })
  } finally {
    await away.stop()
  }
})
