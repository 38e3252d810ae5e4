import { expect, test } from 'vitest'
import { databaseClock, JUMP_PAUSE_MS } from './clock.ts'
import { sqlOver } from './sql.ts'

const HOUR = 3_600_000

/** A clock over a database whose time the test sets. */
const scene = (local = 1_000_000_000_000) => {
  let mono = 0
  let theirs = local
  const clock = databaseClock(local, () => mono)
  const sql = sqlOver(async () => [{ ms: theirs }])
  return {
    clock,
    pass(ms: number) {
      mono += ms
      theirs += ms
    },
    drift(ms: number) {
      theirs += ms
    },
    look: () => clock.correct(sql),
    theirs: () => theirs,
  }
}

test('the clock runs on by itself between looks at the database', async () => {
  const { clock, pass, look, theirs } = scene()
  await look()
  pass(1_500)
  expect(clock.now()).toBe(theirs())
})

test('a small difference is followed without ever going back', async () => {
  const { clock, pass, drift, look, theirs } = scene()
  await look()
  pass(1_000)
  const before = clock.now()
  drift(-800)
  await look()
  expect(clock.now()).toBe(before)
  pass(800)
  expect(clock.now()).toBe(before)
  pass(1)
  expect(clock.now()).toBe(theirs())
  expect(clock.unsteady()).toBe(false)
})

test.each([HOUR, -HOUR, 2_001, -2_001])(
  'a jump of %i ms is followed and pauses expiry',
  async (jump) => {
    const { clock, pass, drift, look, theirs } = scene()
    await look()
    drift(jump)
    await look()
    expect(clock.now()).toBe(theirs())
    expect(clock.unsteady()).toBe(true)
    pass(JUMP_PAUSE_MS - 1)
    expect(clock.unsteady()).toBe(true)
    pass(1)
    expect(clock.unsteady()).toBe(false)
  },
)

test.each([HOUR, -HOUR])(
  'a machine that is %i ms off follows the database from the first look',
  async (off) => {
    const { clock, drift, look, pass, theirs } = scene()
    clock.now()
    drift(off)
    await look()
    expect(clock.now()).toBe(theirs())
    pass(10)
    expect(clock.now()).toBe(theirs())
    expect(clock.unsteady()).toBe(false)
  },
)
