import { expect, test } from 'vitest'
import { systemActor } from '../../kernel/actor.ts'
import { idMaker } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import { DatabaseAway } from '../database-errors.ts'
import { withRetries } from './retry.ts'

const noChance = (bytes: Uint8Array) => bytes.fill(0)
const call: Call = {
  actor: systemActor('01930000-0000-7000-8000-000000000001'),
  door: 'job',
  now: 0,
  newId: idMaker(() => 0, noChance),
  random: noChance,
  deadline: 1_000,
  signal: new AbortController().signal,
  trace: '',
  idempotencyKey: null,
}
const serialization = Object.assign(new Error('could not serialize'), { code: '40001' })

/** Fails as often as it is told, then succeeds; counts its runs. */
const failing = (times: number, error: unknown) => {
  let runs = 0
  return {
    runs: () => runs,
    async attempt() {
      runs += 1
      if (runs <= times) throw error
      return 'done'
    },
  }
}

test('a serialization failure is repeated three times, then told', async () => {
  const twice = failing(2, serialization)
  expect(await withRetries(call, () => 0, twice.attempt)).toBe('done')
  expect(twice.runs()).toBe(3)
  const always = failing(99, serialization)
  await expect(withRetries(call, () => 0, always.attempt)).rejects.toBe(serialization)
  expect(always.runs()).toBe(4)
})

test('a database that stays away becomes a refusal with a time to come back', async () => {
  const always = failing(99, new DatabaseAway('57P01'))
  await expect(withRetries(call, () => 0, always.attempt)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'platform.database_away',
    details: { retryAfterS: 1 },
  })
})

test('nothing is repeated after the deadline of the call', async () => {
  const always = failing(99, serialization)
  await expect(withRetries(call, () => 1_000, always.attempt)).rejects.toBe(serialization)
  expect(always.runs()).toBe(1)
})

test('a bug is not repeated', async () => {
  const bug = new TypeError('of ours')
  const always = failing(99, bug)
  await expect(withRetries(call, () => 0, always.attempt)).rejects.toBe(bug)
  expect(always.runs()).toBe(1)
})
