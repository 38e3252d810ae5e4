import { z } from 'zod'
import { event } from '../src/kernel/event.ts'
import type { Asked } from '../src/kernel/hall.ts'
import { operation } from '../src/kernel/operation.ts'
import { refuse } from '../src/kernel/refusal.ts'
import { compose, type HouseOptions } from '../src/main/compose.ts'
import { rooms } from '../src/main/rooms.ts'
import { openLimits } from '../src/platform/limits/limits.ts'
import { quietLog } from '../src/platform/log.ts'
import type { Sql } from '../src/platform/sql.ts'
import type { Room } from '../src/platform/room.ts'
import { protection, ruleOf } from '../src/platform/security.ts'
import type { DatabaseTarget } from '../src/platform/postgres/target.ts'
import { LIMIT_FACTOR } from './fixtures.ts'
import { testHouse } from './bench.ts'
import { asAdmin } from './server.ts'

/** A thing of the probe room: a row with a number. */
export const Thing = z.object({ name: z.string(), number: z.int(), version: z.int() })

export const ThingSet = event(
  'probe.thing_set',
  'id',
  z.object({
    id: z.uuid(),
    version: z.int(),
    projectId: z.uuid().optional(),
    number: z.int(),
  }),
  { content: z.object({ note: z.string() }) },
)
/** An event of the organisation as a whole, for those who may read its keys. */
export const OrgNoted = event('probe.org_noted', 'id', z.object({ id: z.uuid() }))

type ProbeNeeds = Readonly<{ sql: Sql; orgId: string }>
const Name = z.string().max(50)

/** Knobs that a test turns to stop or fail an operation in the middle. */
export type Knobs = {
  /** Runs inside each write, after its statements and before its events. */
  inside: (input: { name: string }, run: number) => Promise<void> | void
  runs: number
}

const readsOf = () => {
  const getThing = operation<ProbeNeeds>()({
    name: 'probe.get_thing',
    about: 'Read a thing.',
    input: z.strictObject({ name: Name }),
    output: Thing,
    access: 'task:read',
    effect: 'read',
    cached: true,
    http: null,
    mcp: null,
    async run({ name }, { sql, orgId }) {
      const thing = await sql.maybe<z.output<typeof Thing>>`
        select name, number, version from probe.thing where org_id = ${orgId} and name = ${name}`
      if (!thing) throw refuse('not_found', 'platform.not_found', `${name} does not exist.`)
      return thing
    },
  })
  const seenProjects = operation<ProbeNeeds>()({
    name: 'probe.seen_projects',
    about: 'Count the projects this call may see; all of them counts as -1.',
    input: z.strictObject({}),
    output: z.object({ count: z.int() }),
    access: 'task:read',
    effect: 'read',
    cached: true,
    http: null,
    mcp: null,
    run: async (_, { visible }) => ({ count: visible === null ? -1 : visible.length }),
  })
  const loudRead = operation<ProbeNeeds>()({
    name: 'probe.loud_read',
    about: 'Emit an event where none may be.',
    input: z.strictObject({}),
    output: z.object({}),
    access: 'task:read',
    effect: 'read',
    http: null,
    mcp: null,
    async run(_, { call, emit }) {
      emit(OrgNoted({ id: call.newId() }))
      return {}
    },
  })
  return [getThing, seenProjects, loudRead]
}

const setThingOf = (knobs: Knobs) =>
  operation<ProbeNeeds>()({
    name: 'probe.set_thing',
    about: 'Set the number of a thing.',
    input: z.strictObject({
      name: Name,
      number: z.int().default(1),
      project: z.string().optional(),
      note: z.string().optional(),
    }),
    output: Thing,
    access: 'task:write',
    effect: 'write',
    http: null,
    mcp: null,
    scope: ({ project }) => (project === undefined ? [] : [project]),
    async run({ name, number, note }, { sql, orgId, call, emit }) {
      knobs.runs += 1
      const saved = await sql.one<{ id: string; version: number }>`
        insert into probe.thing (org_id, id, name, number, version)
        values (${orgId}, ${call.newId()}, ${name}, ${number}, 1)
        on conflict (org_id, name) do update
          set number = excluded.number, version = probe.thing.version + 1
        returning id, version`
      await knobs.inside({ name }, knobs.runs)
      emit(ThingSet({ ...saved, number }, note === undefined ? {} : { content: { note } }))
      return { name, number, version: saved.version }
    },
  })

const takesOf = (knobs: Knobs) => {
  const makeSecret = operation<ProbeNeeds>()({
    name: 'probe.make_secret',
    about: 'Make a secret that is shown once.',
    input: z.strictObject({}),
    output: z.object({ secret: z.string() }),
    access: 'task:write',
    effect: 'write',
    secret: true,
    http: null,
    mcp: null,
    async run(_, { call, emit }) {
      knobs.runs += 1
      emit(OrgNoted({ id: call.newId() }))
      return { secret: `canary-${knobs.runs}` }
    },
  })
  const takeThing = operation<ProbeNeeds>()({
    name: 'probe.take_thing',
    about: 'Take a thing, or wait until there is one.',
    input: z.strictObject({ wait: z.int() }),
    output: z.object({ taken: z.string().nullable() }),
    access: 'task:write',
    effect: 'write',
    http: null,
    mcp: null,
    waiting: {
      topic: () => 'things',
      seconds: ({ wait }) => wait,
      again: ({ taken }) => taken === null,
    },
    async run(_, { sql, orgId, emit }) {
      knobs.runs += 1
      const gone = await sql.maybe<{ id: string; name: string; version: number }>`
        delete from probe.thing where org_id = ${orgId} and name = (
          select name from probe.thing where org_id = ${orgId} order by name limit 1
             for update skip locked)
        returning id, name, version`
      if (gone) emit(ThingSet({ id: gone.id, version: gone.version + 1, number: 0 }))
      return { taken: gone?.name ?? null }
    },
  })
  return [makeSecret, takeThing]
}

/** Makes a small room with a table of its own, to see the ground by. */
export const probeRoom = (knobs: Knobs) => {
  const room: Room<ProbeNeeds> = {
    name: 'probe',
    subject: { none: 'It keeps numbers of things.' },
    migrations: new URL('.', import.meta.url),
    needs: (ground) => ground,
    operations: [setThingOf(knobs), ...readsOf(), ...takesOf(knobs)],
    events: { 'task:read': [ThingSet], 'key:read': [OrgNoted] },
    wakes: ({ name }) => (name === 'probe.thing_set' ? [{ topic: 'things', count: 1 }] : []),
  }
  return room
}

/** Makes the table of the probe room, with the rights that any tenant table gets. */
export const makeProbeTable = (target: DatabaseTarget) =>
  asAdmin(target, async (client) => {
    const rule = ruleOf('probe.thing', 'class: tenant')
    if (!rule) throw new Error('The class of the probe table is not understood.')
    await client.query(`
      create schema if not exists probe;
      create table if not exists probe.thing (
        org_id uuid not null, id uuid not null, name text not null, number integer not null,
        version integer not null, primary key (org_id, id), unique (org_id, name));
      comment on table probe.thing is 'class: tenant';
      grant usage on schema probe to guildhall_app, guildhall_system;
      ${protection(rule)}`)
  })

/** Composes a second house over the bench's database, with the probe room in it. */
export const probeHouse = async (more: Partial<HouseOptions> = {}) => {
  const { database, target, clock, fixtures } = await testHouse()
  await makeProbeTable(target)
  const knobs: Knobs = { inside: () => {}, runs: 0 }
  const house = compose({
    database,
    rooms: [...rooms(fixtures), probeRoom(knobs)],
    clock,
    log: quietLog(),
    holder: `probe-${process.pid}`,
    alone: true,
    readiness: async () => ({ ready: true, facts: {} }),
    closed: () => null,
    limits: openLimits({ now: clock.now, factor: LIMIT_FACTOR }),
    heard: async (orgId, names) => fixtures.tools.heard(orgId, names),
    ...more,
  })
  /** Runs an operation of any room in this house; gives its output. */
  const run = async (
    name: string,
    input: unknown,
    asked: Omit<Asked, 'door'>,
  ): Promise<unknown> => {
    const found = house.pipeline.operations.get(name)
    if (!found) throw new Error(`There is no operation ${name}.`)
    return (await house.pipeline.run(found, input, { door: 'http', ...asked })).output
  }
  return { house, knobs, run }
}
