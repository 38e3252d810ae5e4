import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { refuse } from '../../kernel/refusal.ts'
import { readLedger } from '../ledger/ledger.ts'
import { refusals } from './refusals.ts'

const no = refuse('forbidden', 'probe.not_allowed', 'You may not do this.')

const recorder = async () => {
  const b = await bench()
  const memory = refusals({ database: b.database, now: b.clock.now })
  const note = (refusal = no) =>
    memory.note(refusal, { operation: 'probe.do_it', actor: b.owner, door: 'http' })
  const written = async () => {
    await b.house.settle()
    const events = await readLedger(b.database.read(b.orgId), b.orgId, {
      ...{ pos: 0, since: 0 },
      limit: 1_000,
    })
    return events.filter(({ name }) => name === 'platform.calls_refused')
  }
  return { ...b, memory, note, written }
}

test('the first refusal is written at once, the rest of its minute as one number', async () => {
  const { memory, note, written, clock } = await recorder()
  for (let at = 0; at < 50; at += 1) note()
  await memory.flush()
  expect((await written()).map(({ data }) => data['count'])).toEqual([1])
  clock.turn(60_000)
  await memory.flush()
  expect((await written()).map(({ data }) => data['count'])).toEqual([1, 49])
})

test('a refusal says who was refused what, and that it was', async () => {
  const { memory, note, written, owner, verify } = await recorder()
  note()
  await memory.flush()
  const [event] = await written()
  expect(event?.data).toMatchObject({
    actorId: owner.id,
    operation: 'probe.do_it',
    code: 'probe.not_allowed',
    audit: { out: 'refused', op: 'probe.do_it', door: 'http' },
  })
  expect((await verify()).ok).toBe(true)
})

test('a wrong field is no evidence, and the hub itself is never noted', async () => {
  const { memory, note, written } = await recorder()
  note(refuse('invalid', 'probe.field_not_valid', 'The field is not right.'))
  note(refuse('conflict', 'probe.moved_on', 'It has changed.'))
  await memory.flush(true)
  expect(await written()).toEqual([])
})

test('a flood is bounded, and the ledger says how many were forgotten', async () => {
  const { memory, written, owner } = await recorder()
  for (let at = 0; at < 10_050; at += 1) {
    const operation = `probe.number_${at}`
    memory.note(no, { operation, actor: owner, door: 'http' })
  }
  await memory.flush()
  const events = await written()
  expect(events[0]?.data['forgotten']).toBe(50)
})
