import { createHash } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import type { Client } from 'pg'
import { bench } from '../../../test/bench.ts'
import { probeHouse } from '../../../test/probe.ts'
import { asAdmin } from '../../../test/server.ts'
import { digestOf } from './outbox.ts'
import { nextHash } from './check.ts'
import { readLedger, readSubject, verifyLedger } from './ledger.ts'

type World = Awaited<ReturnType<typeof ledgerOf>>

/** An organisation whose ledger has things to tamper with: three subjects, several versions. */
const ledgerOf = async () => {
  const world = await bench()
  const { run } = await probeHouse()
  for (let number = 1; number <= 4; number++) {
    for (const name of ['a', 'b', 'c']) {
      await run('probe.set_thing', { name, number, note: `note ${number}` }, { actor: world.owner })
    }
  }
  const events = await world.ledger()
  const { database, orgId, target } = world
  return {
    ...world,
    events,
    last: events.length,
    check: () => verifyLedger(database.read(orgId), orgId),
    /** Tampers as the owner of the database could: policies and rights do not stop it. */
    tamper: (run: (client: Client) => Promise<unknown>) =>
      asAdmin(target, async (client) => {
        await client.query('alter table platform.ledger no force row level security')
        await client.query('alter table platform.ledger_head no force row level security')
        await run(client)
        await client.query('alter table platform.ledger force row level security')
        await client.query('alter table platform.ledger_head force row level security')
      }),
  }
}

let world: World
beforeEach(async () => {
  world = await ledgerOf()
})

const change = (set: string, pos: number) =>
  world.tamper((client) =>
    client.query(`update platform.ledger set ${set} where org_id = $1 and pos = $2`, [
      world.orgId,
      pos,
    ]),
  )

test('an untouched ledger verifies from its first to its last position', async () => {
  expect(await world.check()).toEqual({
    ok: true,
    from: 1,
    to: world.last,
    erased: 0,
    firstBad: null,
  })
})

test.each([
  `data = jsonb_set(data, '{number}', '99')`,
  `data = data || '{"extra": null}'`,
  `data = data #- '{audit,actor}' #- '{audit,door}'`,
  `name = 'probe.other'`,
  `actor = null`,
  `subject = gen_random_uuid()`,
  `subject_version = subject_version + 1`,
  `happened_at = happened_at + interval '1 millisecond'`,
  `id = gen_random_uuid()`,
  `digest = sha256('x')`,
])('an edited event is located: set %s', async (set) => {
  await change(set, 9)
  expect((await world.check()).firstBad).toEqual({ pos: 9, why: 'bad_digest' })
})

test('an edited event with a digest that fits again is located by the chain', async () => {
  const { events, tamper, orgId } = world
  const event = events[8]
  await tamper(async (client) => {
    const { rows } = await client.query<{ digest: Buffer }>(
      'select digest from platform.ledger where org_id = $1 and pos = 10',
      [orgId],
    )
    // Position 9 becomes a copy of position 10: a real event, at a place that is not its own.
    await client.query(
      `update platform.ledger l set (id, name, subject, subject_version, actor, happened_at, data,
         digest) = (select id, name, subject, subject_version, actor, happened_at, data, digest
           from platform.ledger where org_id = $1 and pos = 10)
        where org_id = $1 and pos = 9`,
      [orgId],
    )
    expect(rows).toHaveLength(1)
  })
  expect(event?.pos).toBe(9)
  expect((await world.check()).firstBad).toEqual({ pos: 9, why: 'bad_chain' })
})

test('an event edited and sealed again by itself is located at the next', async () => {
  const { database, orgId, tamper } = world
  const [event] = await readLedger(database.read(orgId), orgId, { pos: 8, since: 0, limit: 1 })
  expect(event).toBeDefined()
  if (!event) return
  const digest = digestOf({
    org_id: orgId,
    id: event.id,
    name: event.name,
    subject: event.subject,
    subject_version: event.subjectVersion,
    actor: event.actor,
    happened_at: event.happenedAt,
    data: { ...event.data, forged: true },
  })
  await tamper((client) =>
    client.query(
      `update platform.ledger l
          set data = l.data || '{"forged": true}', digest = $2,
              hash = sha256(b.hash || int8send(9) || $2)
         from platform.ledger b
        where l.org_id = $1 and l.pos = 9 and b.org_id = $1 and b.pos = 8`,
      [orgId, digest],
    ),
  )
  expect((await world.check()).firstBad).toEqual({ pos: 10, why: 'bad_chain' })
})

test('a removed event leaves a missing position', async () => {
  await world.tamper((client) =>
    client.query('delete from platform.ledger where org_id = $1 and pos = 9', [world.orgId]),
  )
  expect((await world.check()).firstBad).toEqual({ pos: 9, why: 'missing_position' })
})

test('a removed first event leaves a missing position', async () => {
  await world.tamper((client) =>
    client.query('delete from platform.ledger where org_id = $1 and pos = 1', [world.orgId]),
  )
  expect((await world.check()).firstBad).toEqual({ pos: 1, why: 'missing_position' })
})

/** Lets two events change places; by way of a third, since positions are unique. */
const swap = (client: Client, orgId: string, [one, two]: readonly [number, number]) =>
  [
    [one, -1],
    [two, one],
    [-1, two],
  ].reduce<Promise<unknown>>(
    (before, [from, to]) =>
      before.then(() =>
        client.query('update platform.ledger set pos = $3 where org_id = $1 and pos = $2', [
          orgId,
          from,
          to,
        ]),
      ),
    Promise.resolve(),
  )

test('two events that changed places are located at the first', async () => {
  await world.tamper((client) => swap(client, world.orgId, [9, 11]))
  expect((await world.check()).firstBad).toEqual({ pos: 9, why: 'bad_chain' })
})

test('a cut-off end is located behind the last that is left', async () => {
  await world.tamper((client) =>
    client.query('delete from platform.ledger where org_id = $1 and pos > 9', [world.orgId]),
  )
  expect((await world.check()).firstBad).toEqual({ pos: 10, why: 'truncated' })
})

test('a ledger without a head counts as cut off', async () => {
  await world.tamper((client) =>
    client.query('delete from platform.ledger_head where org_id = $1', [world.orgId]),
  )
  const { ok, firstBad } = await world.check()
  expect({ ok, firstBad }).toEqual({
    ok: false,
    firstBad: { pos: world.last + 1, why: 'truncated' },
  })
})

test('events put behind the head are located at the first of them', async () => {
  await world.tamper((client) =>
    client.query(
      `update platform.ledger_head set pos = 9,
         hash = (select hash from platform.ledger where org_id = $1 and pos = 9)
        where org_id = $1`,
      [world.orgId],
    ),
  )
  expect((await world.check()).firstBad).toEqual({ pos: 10, why: 'bad_chain' })
})

test('a head with another hash is located at the last event', async () => {
  await world.tamper((client) =>
    client.query(`update platform.ledger_head set hash = sha256('x') where org_id = $1`, [
      world.orgId,
    ]),
  )
  expect((await world.check()).firstBad).toEqual({ pos: world.last, why: 'bad_chain' })
})

test('a ledger that was sealed again in a wrong order of versions is located', async () => {
  const { events, tamper, orgId } = world
  // Swaps two versions of one subject and seals everything from there on again, head included.
  const subject = events.at(-1)?.subject
  const [first = 0, second = 0] = events
    .filter((event) => event.subject === subject)
    .map((event) => event.pos)
  await tamper(async (client) => {
    await swap(client, orgId, [first, second])
    const { rows } = await client.query<{ pos: string; digest: Buffer }>(
      'select pos, digest from platform.ledger where org_id = $1 order by pos',
      [orgId],
    )
    let hash: Buffer = createHash('sha256')
      .update(Buffer.from(orgId.replaceAll('-', ''), 'hex'))
      .digest()
    for (const { pos, digest } of rows) {
      hash = nextHash(hash, Number(pos), digest)
      await client.query('update platform.ledger set hash = $3 where org_id = $1 and pos = $2', [
        orgId,
        pos,
        hash,
      ])
    }
    await client.query('update platform.ledger_head set hash = $2 where org_id = $1', [orgId, hash])
  })
  expect((await world.check()).firstBad).toEqual({ pos: second, why: 'version_order' })
})

test('the hashes that SQL makes are the ones that we compute', async () => {
  const { orgId, tamper } = world
  await tamper(async (client) => {
    const { rows } = await client.query<{ pos: string; digest: Buffer; hash: Buffer }>(
      'select pos, digest, hash from platform.ledger where org_id = $1 order by pos',
      [orgId],
    )
    let hash: Buffer = createHash('sha256')
      .update(Buffer.from(orgId.replaceAll('-', ''), 'hex'))
      .digest()
    for (const row of rows) {
      hash = nextHash(hash, Number(row.pos), row.digest)
      expect(row.hash.equals(hash)).toBe(true)
    }
  })
})

test('verification holds while others write and seal', async () => {
  const { owner, house } = world
  const { run } = await probeHouse()
  let writing = true
  const writer = (async () => {
    for (let number = 1; number <= 60; number++) {
      await run('probe.set_thing', { name: 'busy', number }, { actor: owner })
      await house.settle()
    }
    writing = false
  })()
  let checks = 0
  while (writing) {
    expect((await world.check()).firstBad).toBeNull()
    checks += 1
  }
  await writer
  expect(checks).toBeGreaterThan(2)
})

test('a page of the ledger starts behind its position and keeps to its limit', async () => {
  const { database, orgId, events } = world
  const page = await readLedger(database.read(orgId), orgId, { pos: 3, since: 0, limit: 4 })
  expect(page.map(({ pos }) => pos)).toEqual([4, 5, 6, 7])
  const subject = events.at(-1)?.subject ?? ''
  const newest = await readSubject(database.read(orgId), orgId, { subject, limit: 2 })
  expect(newest.map((event) => event.subjectVersion)).toEqual([4, 3])
})
