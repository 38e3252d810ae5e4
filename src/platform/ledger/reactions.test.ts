import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { probeHouse, ThingSet } from '../../../test/probe.ts'
import { leaseOf } from './lease.ts'
import type { LedgerEvent } from './ledger.ts'
import { reactionRunner } from './reactions.ts'
import type { Ground, Reaction, Room } from '../room.ts'

type World = Awaited<ReturnType<typeof bench>>
type Probe = Awaited<ReturnType<typeof probeHouse>>

/** A room that counts, per subject, what it has seen of its events; `fault` stops it. */
const counting = (
  { database, clock }: World,
  fault: (event: LedgerEvent) => void,
  name: string,
) => {
  const reaction: Reaction<Ground> = {
    name,
    events: [ThingSet],
    async run(event, { sql, orgId, call }) {
      fault(event)
      await sql`
        insert into probe.thing (org_id, id, name, number, version)
        values (${orgId}, ${call.newId()}, ${`${name}/${event.subject}`},
                ${Number(event.data['number'])}, 1)
        on conflict (org_id, name) do update
          set number = excluded.number, version = probe.thing.version + 1`
    },
  }
  const room: Room<Ground> = {
    name: 'probe',
    subject: { none: 'It keeps numbers of things.' },
    migrations: new URL('.', import.meta.url),
    needs: (ground) => ground,
    operations: [],
    events: {},
    reactions: [reaction],
  }
  const faults: unknown[] = []
  const runner = (holder: string) =>
    reactionRunner({
      database,
      lease: leaseOf(database, { name: 'reactions', holder, alone: true }),
      rooms: [room],
      now: clock.now,
      committed: () => {},
      failed: (error) => faults.push(error),
    })
  return { runner, faults }
}

/** Reads what a reaction has counted: how often, and the last number it saw. */
const counts = async ({ database, orgId }: World, name: string) => {
  const rows = await database.read(orgId)<{ number: number; times: number }>`
    select number, version as times from probe.thing
     where org_id = ${orgId} and name like ${`${name}/%`} order by number`
  return rows.map(({ number, times }) => [number, times])
}

const happen = async ({ owner }: World, { run, house }: Probe, names: readonly string[]) => {
  for (const [number, name] of names.entries()) {
    await run('probe.set_thing', { name, number }, { actor: owner })
  }
  await house.settle()
}

test('every event is reacted to once, in order, also by rival runners', async () => {
  const world = await bench()
  const probe = await probeHouse()
  await happen(world, probe, ['a', 'b', 'a', 'b', 'a', 'c'])
  const { runner, faults } = counting(world, () => {}, 'probe.once')
  await Promise.all([
    runner('one').run(world.orgId),
    runner('two').run(world.orgId),
    runner('three').run(world.orgId),
  ])
  expect(await counts(world, 'probe.once')).toEqual([
    [3, 2],
    [4, 3],
    [5, 1],
  ])
  await runner('four').run(world.orgId)
  expect((await counts(world, 'probe.once')).map(([, times]) => times)).toEqual([2, 3, 1])
  expect(faults).toEqual([])
})

test('a failing event is parked, its subject waits behind it, others go on', async () => {
  const world = await bench()
  const probe = await probeHouse()
  await happen(world, probe, ['bad', 'good', 'bad', 'good'])
  let broken = true
  const fault = ({ data }: LedgerEvent) => {
    if (broken && data['number'] === 0) throw new Error('Not this one.')
  }
  const { runner, faults } = counting(world, fault, 'probe.parks')
  const one = runner('parks')
  await one.run(world.orgId)
  expect(await counts(world, 'probe.parks')).toEqual([[3, 2]])
  expect(faults).toHaveLength(2)
  broken = false
  await one.run(world.orgId)
  expect(await counts(world, 'probe.parks')).toEqual([[3, 2]])
  world.clock.turn(1_100)
  await one.sweep()
  expect(await counts(world, 'probe.parks')).toEqual([
    [0, 1],
    [3, 2],
  ])
  world.clock.turn(1_100)
  await one.sweep()
  expect(await counts(world, 'probe.parks')).toEqual([
    [2, 2],
    [3, 2],
  ])
})

test('behind an event that waits for a person nothing of its subject goes on', async () => {
  const world = await bench()
  const probe = await probeHouse()
  await happen(world, probe, ['bad', 'bad'])
  const fault = ({ data }: LedgerEvent) => {
    if (data['number'] === 0) throw new Error('Never.')
  }
  const { runner } = counting(world, fault, 'probe.stuck')
  const one = runner('stuck')
  await one.run(world.orgId)
  for (let turn = 0; turn < 15; turn++) {
    world.clock.turn(301_000)
    await one.run(world.orgId)
  }
  const parked = await world.database.read(world.orgId)<{ tries: number; error: string }>`
    select tries, error from platform.parked
     where org_id = ${world.orgId} and consumer = 'probe.stuck' order by pos`
  expect(parked).toEqual([
    { tries: 12, error: 'Never.' },
    { tries: 1, error: 'behind' },
  ])
  expect(await counts(world, 'probe.stuck')).toEqual([])
})

test('what was sealed and not reacted to before an end is done after the next start', async () => {
  const world = await bench()
  const probe = await probeHouse()
  await happen(world, probe, ['a', 'b'])
  const { runner } = counting(world, () => {}, 'probe.sweeps')
  await runner('fresh start').sweep()
  expect(await counts(world, 'probe.sweeps')).toEqual([
    [0, 1],
    [1, 1],
  ])
})
