import { createHmac, randomFillSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { canonical } from '../../kernel/canonical.ts'
import type { Happened } from '../../kernel/event.ts'
import { idMaker } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import { commitmentOf, digestOf, EVENTS_PER_CALL_MAX, outboxInserts } from './outbox.ts'

type Bench = Awaited<ReturnType<typeof bench>>

const random = (bytes: Uint8Array) => randomFillSync(bytes)

const callOf = ({ owner, clock }: Pick<Bench, 'owner' | 'clock'>): Call => ({
  actor: owner,
  door: 'job',
  now: clock.now(),
  newId: idMaker(clock.now, random),
  random,
  deadline: clock.now() + 30_000,
  signal: new AbortController().signal,
  trace: 'ab'.repeat(16),
  idempotencyKey: null,
})

const happened = (subject: string, data: object, parts: Happened['parts'] = {}): Happened => ({
  name: 'probe.made',
  subject,
  version: 0,
  data: { ...data },
  parts,
})

const write = ({ database, orgId }: Bench, call: Call, events: readonly Happened[]) =>
  database.write(orgId, async () => ({
    value: null,
    tail: [...outboxInserts(events, call, 'probe.make')],
  }))

const storable = (value: unknown): boolean => {
  const text = JSON.stringify(value)
  return text.isWellFormed() && !text.includes('\\u0000') && !text.includes('\\ud')
}

const whole = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('any'), { maxKeys: 4 }),
  ),
})).any

test('what is sealed is what jsonb gives back, for any data and any erasable parts', async () => {
  const world = await bench()
  const call = callOf(world)
  const cases = fc
    .sample(
      fc.record({ data: fc.dictionary(fc.string(), whole, { maxKeys: 5 }), body: whole }),
      300,
    )
    .filter(storable)
  expect(cases.length).toBeGreaterThan(200)
  const subject = call.newId()
  const events = cases.map(({ data, body }) => happened(subject, data, { content: { body } }))
  await write(world, call, events)
  const rows = await world.database.system(
    (sql) => sql<Parameters<typeof digestOf>[0] & { digest: Buffer }>`
      select org_id, id, name, subject, subject_version, actor, happened_at, data, digest
        from platform.outbox where org_id = ${world.orgId} and subject = ${subject} order by ord`,
  )
  expect(rows).toHaveLength(cases.length)
  for (const { digest, ...row } of rows) expect(digestOf(row).equals(digest)).toBe(true)
  const parts = await world.database.read(world.orgId)<{ id: string; salt: Buffer; body: unknown }>`
    select event_id as id, salt, body from platform.event_private where org_id = ${world.orgId}`
  const kept = new Map(parts.map((part) => [part.id, part]))
  for (const row of rows) {
    const part = kept.get(row.id)
    const sealed: unknown = Object(Object(row.data['audit']).priv).content
    expect(part && commitmentOf(part.salt, part.body)).toBe(sealed)
  }
  expect((await world.verify()).ok).toBe(true)
})

test.each([0.1, 1.5, 2 ** 53, -(2 ** 53), 1e21])(
  'the number %d does not get into the ledger',
  async (number) => {
    const world = await bench()
    const call = callOf(world)
    expect(() => outboxInserts([happened(call.newId(), { number })], call, 'probe.make')).toThrow(
      /number is a safe integer/,
    )
    const deep = happened(call.newId(), { list: [{ deep: number }] })
    expect(() => outboxInserts([deep], call, 'probe.make')).toThrow(/safe integer/)
  },
)

test('half a character is our bug, not a digest over something else', async () => {
  const call = callOf(await bench())
  expect(() =>
    outboxInserts([happened(call.newId(), { text: '\uD800' })], call, 'probe.make'),
  ).toThrow(TypeError)
})

test('a commitment is an HMAC over the canonical body, and says nothing without its salt', () => {
  const salt = random(new Uint8Array(32))
  const body = { title: 'Fix it', labels: ['a', 'b'] }
  const expected = createHmac('sha256', salt).update(canonical(body)).digest('hex')
  expect(commitmentOf(salt, { labels: ['a', 'b'], title: 'Fix it' })).toBe(expected)
  expect(commitmentOf(random(new Uint8Array(32)), body)).not.toBe(expected)
  expect(commitmentOf(salt, { ...body, title: 'Fix it!' })).not.toBe(expected)
})

test('a part can be erased and the ledger still verifies', async () => {
  const world = await bench()
  const call = callOf(world)
  const subject = call.newId()
  await write(world, call, [
    happened(subject, { a: 1 }, { content: { title: 'canary' } }),
    happened(subject, { a: 2 }, { content: { title: 'stays' }, personal: { mail: 'a@b.c' } }),
  ])
  await world.ledger()
  await world.database.system(
    (sql) => sql`
      delete from platform.event_private
       where org_id = ${world.orgId} and body @> '{"title": "canary"}'`,
  )
  const events = (await world.ledger()).filter((event) => event.subject === subject)
  expect(events.map(({ parts }) => parts)).toEqual([
    {},
    { content: { title: 'stays' }, personal: { mail: 'a@b.c' } },
  ])
  expect((await world.verify()).ok).toBe(true)
})

test('one call writes a bounded number of events, and keeps their order', async () => {
  const world = await bench()
  const call = callOf(world)
  const subject = call.newId()
  const numbered = (count: number) =>
    Array.from({ length: count }, (_, n) => happened(subject, { n }))
  const tooMany = Array.from({ length: EVENTS_PER_CALL_MAX + 1 }, () => happened(subject, {}))
  expect(() => outboxInserts(tooMany, call, 'probe.make')).toThrow(/bounded/)
  await write(world, call, numbered(2_500))
  const mine = (await world.ledger()).filter((event) => event.subject === subject)
  expect(mine.map(({ data }) => data['n'])).toEqual(numbered(2_500).map(({ data }) => data['n']))
})
