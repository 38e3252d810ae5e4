import { randomFillSync, randomInt } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { bench, testHouse } from '../../../test/bench.ts'
import { asAdmin } from '../../../test/server.ts'
import { makeProbeTable } from '../../../test/probe.ts'
import type { Happened } from '../../kernel/event.ts'
import { type Id, idMaker, orderOf } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import { type Database, openDatabase } from '../database.ts'
import { leaseOf } from './lease.ts'
import { type LedgerEvent, readLedger, verifyLedger } from './ledger.ts'
import { outboxInserts } from './outbox.ts'
import { clientOptions } from '../postgres/target.ts'
import { sealBatch } from './sequencer.ts'

type World = Awaited<ReturnType<typeof bench>>

const random = (bytes: Uint8Array) => randomFillSync(bytes)
const SKEW_MS = 500
const LIMIT = 20

afterEach(() => {
  vi.restoreAllMocks()
})

/** A call of a process whose clock is off by some milliseconds. */
const callOf = ({ owner, clock }: World, skew = 0): Call => ({
  actor: owner,
  door: 'job',
  now: clock.now(),
  newId: idMaker(() => clock.now() + skew, random),
  random,
  deadline: clock.now() + 30_000,
  signal: new AbortController().signal,
  trace: 'cd'.repeat(16),
  idempotencyKey: null,
})

const made = (subject: string, version: number): Happened => ({
  name: 'probe.made',
  subject,
  version,
  data: { version },
  parts: {},
})

/** Makes rows whose versions are the order in which their transactions commit. */
const hotSubjects = async (world: World, count: number): Promise<readonly string[]> => {
  await makeProbeTable(world.target)
  const { newId } = callOf(world)
  const ids = Array.from({ length: count }, () => newId<'thing'>())
  await world.database.write(world.orgId, async (sql) => ({
    value: await sql`
      insert into probe.thing (org_id, id, name, number, version)
      select ${world.orgId}, id, id::text, 0, 0 from unnest(${ids}::uuid[]) as id`,
    tail: [],
  }))
  return ids
}

class Undone extends Error {}

type Writer = Readonly<{
  world: World
  database: Database
  subjects: readonly string[]
  rounds: number
}>

/** Changes hot rows over and over; now and then takes everything back. Gives what it committed. */
const writer = async ({
  world,
  database,
  subjects,
  rounds,
}: Writer): Promise<readonly string[]> => {
  const committed: string[] = []
  const call = callOf(world, randomInt(-SKEW_MS, SKEW_MS))
  for (let round = 0; round < rounds; round++) {
    const subject = subjects[randomInt(subjects.length)] ?? ''
    // Ids are minted before the row is locked, as operations do.
    const ids: readonly string[] = [call.newId<'event'>(), call.newId<'event'>()]
    let next = 0
    const own = { ...call, newId: <Kind extends string>(): Id<Kind> => ids[next++] ?? '' }
    const write = database.write(world.orgId, async (sql) => {
      const { version } = await sql.one<{ version: number }>`
        update probe.thing set version = version + 1
         where org_id = ${world.orgId} and id = ${subject} returning version`
      if (randomInt(10) === 0) throw new Undone()
      const events = [made(subject, version), ...(randomInt(4) === 0 ? [made(subject, 0)] : [])]
      const tail = outboxInserts(events, own, 'probe.write')
      return { value: ids.slice(0, events.length), tail: [...tail] }
    })
    const mine = await write.catch((error: unknown) => {
      if (error instanceof Undone) return []
      throw error
    })
    committed.push(...mine)
  }
  return committed
}

/** Seals with a lease of its own until told to stop and the outbox is empty. */
const sealer = async (database: Database, world: World, writing: () => boolean) => {
  const sealed: LedgerEvent[] = []
  let turn = 0
  let fence = 0
  for (;;) {
    const last = !writing()
    // Another holder each few turns: every batch of a rival may come in between.
    if (turn++ % 3 === 0) {
      const holder = `rival-${process.pid}-${randomInt(1e9)}`
      fence = (await leaseOf(database, { name: 'sequencer', holder, alone: true }).hold()) ?? 0
    }
    const batch = await database.system((sql) =>
      sealBatch(sql, { fence, limit: LIMIT, now: world.clock.now() }),
    )
    sealed.push(...batch)
    const left = await database.system((sql) => sql`select from platform.outbox limit 1`)
    if (last && left.length === 0) return sealed
  }
}

/** Checks all that the ledger promises of what the writers have committed. */
const checkLedger = async (world: World, committed: readonly string[]) => {
  const { database, orgId } = world
  const all = await readLedger(database.read(orgId), orgId, { pos: 0, since: 0, limit: 100_000 })
  expect(all.map(({ pos }) => pos)).toEqual(all.map((_, index) => index + 1))
  const ours = all.filter(({ name }) => name === 'probe.made')
  expect(ours.map(({ id }) => id).toSorted()).toEqual([...committed].toSorted())
  for (const events of Map.groupBy(ours, (event) => event.subject).values()) {
    const versions = events.map((event) => event.subjectVersion).filter((version) => version > 0)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect(new Set(versions).size).toBe(versions.length)
  }
  expect(await verifyLedger(database.read(orgId), orgId)).toMatchObject({
    ok: true,
    to: all.length,
  })
  return ours
}

/** Counts the events that would stand before an earlier version of their subject in id order. */
const disorder = (events: readonly LedgerEvent[]): number => {
  const byId = events.filter((event) => event.subjectVersion > 0)
  const sorted = byId.toSorted((a, b) => orderOf(a.id) - orderOf(b.id))
  const highest = new Map<string, number>()
  let wrong = 0
  for (const { subject, subjectVersion } of sorted) {
    if (subjectVersion < (highest.get(subject) ?? 0)) wrong += 1
    highest.set(subject, Math.max(subjectVersion, highest.get(subject) ?? 0))
  }
  return wrong
}

/** Opens pools as another process of the same database would. */
const otherHub = async (): Promise<Database> => {
  const { target } = await testHouse()
  return openDatabase({ client: clientOptions(target, 'app'), rls: true, log: () => {} })
}

test.each([
  ['eight writers', { writers: 8, rounds: 40, rivals: 1 }],
  ['sixty-four writers', { writers: 64, rounds: 8, rivals: 1 }],
  ['three rival sequencers that take over from each other', { writers: 16, rounds: 25, rivals: 3 }],
])('%s lose nothing, double nothing, and versions of a subject stay in order', async (_, plan) => {
  const world = await bench()
  const subjects = await hotSubjects(world, 20)
  const hubs = [world.database, await otherHub(), await otherHub()]
  const hub = (index: number) => hubs[index % hubs.length] ?? world.database
  let writing = true
  const sealing = Array.from({ length: plan.rivals }, (_, index) =>
    sealer(hub(index), world, () => writing),
  )
  const written = await Promise.all(
    Array.from({ length: plan.writers }, (_, index) =>
      writer({ world, database: hub(index), subjects, rounds: plan.rounds }),
    ),
  )
  writing = false
  const sealed = (await Promise.all(sealing)).flat()
  await Promise.all(hubs.slice(1).map((other) => other.stop()))
  const ours = await checkLedger(world, written.flat())
  const heard = sealed.filter(({ name }) => name === 'probe.made').map(({ id }) => id)
  expect(heard.toSorted()).toEqual(ours.map(({ id }) => id).toSorted())
  // Without this the run would prove nothing: ids alone would have broken the order.
  expect(disorder(ours)).toBeGreaterThan(0)
})

/** Takes the lease, whoever has it, and seals all there is. */
const sealAll = async (world: World, now = world.clock.now()): Promise<readonly LedgerEvent[]> => {
  const lease = leaseOf(world.database, {
    name: 'sequencer',
    holder: `all-${randomInt(1e9)}`,
    alone: true,
  })
  const fence = (await lease.hold()) ?? 0
  const sealed: LedgerEvent[] = []
  for (;;) {
    const batch = await world.database.system((sql) => sealBatch(sql, { fence, limit: LIMIT, now }))
    if (batch.length === 0) return sealed
    sealed.push(...batch)
  }
}

const verdict = ({ database, orgId }: World) => verifyLedger(database.read(orgId), orgId)

test('a later version that was minted first does not overtake', async () => {
  const world = await bench()
  await sealAll(world)
  const early = callOf(world, -SKEW_MS)
  const late = callOf(world, SKEW_MS)
  const subject = early.newId<'thing'>()
  const write = (call: Call, version: number) =>
    world.database.write(world.orgId, async () => ({
      value: null,
      tail: [...outboxInserts([made(subject, version)], call, 'probe.write')],
    }))
  await write(late, 1)
  await write(early, 2)
  const lease = leaseOf(world.database, { name: 'sequencer', holder: 'small', alone: true })
  const fence = (await lease.hold()) ?? 0
  const sealed = await world.database.system((sql) =>
    sealBatch(sql, { fence, limit: 1, now: world.clock.now() }),
  )
  expect(sealed.map(({ subjectVersion }) => subjectVersion)).toEqual([1, 2])
})

const outboxOf = (world: World) =>
  world.database.system(
    (sql) => sql<{ id: string }>`select id from platform.outbox where org_id = ${world.orgId}`,
  )

/** Leaves some events in the outbox and gives two rivals for the lease. */
const duel = async () => {
  const world = await bench()
  await sealAll(world)
  const [subject = ''] = await hotSubjects(world, 1)
  await writer({ world, database: world.database, subjects: [subject], rounds: 30 })
  const rival = (holder: string, alone: boolean) =>
    leaseOf(world.database, { name: 'sequencer', holder: `${holder}-${world.orgId}`, alone })
  const seal = (fence: number) =>
    world.database.system((sql) => sealBatch(sql, { fence, limit: LIMIT, now: world.clock.now() }))
  return { world, rival, seal }
}

test('a holder stopped past its time moves nothing after a take-over', async () => {
  const { world, rival, seal } = await duel()
  const stopped = rival('stopped', true)
  const next = rival('next', false)
  const old = (await stopped.hold()) ?? 0
  expect(await next.hold()).toBeNull()
  await world.database.system(
    (sql) => sql`
      update platform.lease set expires_at = clock_timestamp() - interval '1 ms'
       where name = 'sequencer'`,
  )
  const fence = (await next.hold()) ?? 0
  expect(fence).toBe(old + 1)
  const before = await outboxOf(world)
  expect(before.length).toBeGreaterThan(0)
  expect(await seal(old)).toEqual([])
  expect(await outboxOf(world)).toHaveLength(before.length)
  while ((await seal(fence)).length > 0) {
    // Until the outbox is empty.
  }
  expect(await outboxOf(world)).toEqual([])
  expect((await verdict(world)).ok).toBe(true)
})

test('a holder who could not renew stops by itself before another may take over', async () => {
  const { rival } = await duel()
  const mine = rival('mine', true)
  const fence = await mine.hold()
  expect(mine.fence()).toBe(fence)
  const now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now + 3_600)
  expect(mine.fence()).toBeNull()
})

test('a take-over waits for the batch that is under way', async () => {
  const { world, rival } = await duel()
  const fence = (await rival('first', true).hold()) ?? 0
  const begun = Promise.withResolvers<void>()
  const open = Promise.withResolvers<void>()
  const batch = world.database.system(async (sql) => {
    const events = await sealBatch(sql, { fence, limit: LIMIT, now: world.clock.now() })
    begun.resolve()
    await open.promise
    return events
  })
  await begun.promise
  const taking = rival('second', true).hold()
  const waiting = () =>
    asAdmin(world.target, async (client) => {
      const { rowCount } = await client.query(
        `select from pg_stat_activity
          where wait_event_type = 'Lock' and query like '%platform.lease%'
            and pid <> pg_backend_pid()`,
      )
      return rowCount
    })
  await expect.poll(waiting, { timeout: 10_000 }).toBe(1)
  open.resolve()
  expect((await batch).length).toBeGreaterThan(0)
  expect(await taking).toBe(fence + 1)
  await sealAll(world)
  expect((await verdict(world)).ok).toBe(true)
})

test('an organisation without a head waits, and holds nobody else up', async () => {
  const world = await bench()
  await sealAll(world)
  const call = callOf(world)
  const headless = call.newId<'org'>()
  const lost = { ...call, actor: { ...call.actor, orgId: headless } }
  await world.database.write(headless, async () => ({
    value: null,
    tail: [...outboxInserts([made(headless, 1)], lost, 'probe.write')],
  }))
  await world.database.write(world.orgId, async () => ({
    value: null,
    tail: [...outboxInserts([made(world.orgId, 1)], call, 'probe.write')],
  }))
  expect((await sealAll(world)).map(({ name }) => name)).toEqual(['probe.made'])
  const waiting = await world.database.system(
    (sql) => sql`delete from platform.outbox where org_id = ${headless} returning id`,
  )
  expect(waiting).toHaveLength(1)
})

test('the moment of sealing never falls, even under a slow clock', async () => {
  const { world } = await duel()
  const hourAgo = world.clock.now() - 3_600_000
  const behind = await sealAll(world, hourAgo)
  expect(behind.length).toBeGreaterThan(LIMIT)
  const { database, orgId } = world
  const all = await readLedger(database.read(orgId), orgId, { pos: 0, since: 0 })
  const moments = all.map((event) => event.at)
  expect(moments).toEqual(moments.toSorted((a, b) => a - b))
})
