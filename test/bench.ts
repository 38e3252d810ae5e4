import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, inject } from 'vitest'
import { type Actor, systemActor } from '../src/kernel/actor.ts'
import { idMaker } from '../src/kernel/id.ts'
import { Refusal } from '../src/kernel/refusal.ts'
import { firstRun } from '../src/identity/room.ts'
import { compose, type House } from '../src/main/compose.ts'
import { migrationsOf, rooms } from '../src/main/rooms.ts'
import { refreshThrough } from '../src/main/tools.ts'
import { type Clock, databaseClock } from '../src/platform/clock.ts'
import { type Database, openDatabase } from '../src/platform/database.ts'
import { type LedgerEvent, readLedger, verifyLedger } from '../src/platform/ledger/ledger.ts'
import { quietLog } from '../src/platform/log.ts'
import { migrate } from '../src/platform/migrate.ts'
import { keepPartitions, type PartitionKeeper } from '../src/platform/partitions.ts'
import type { Schedule } from '../src/platform/room.ts'
import { clientOptions, type DatabaseTarget } from '../src/platform/postgres/target.ts'
import { testFixtures } from './fixtures.ts'
import { cloneDatabase, dropDatabase, templateDatabase } from './server.ts'

/** A clock that tests turn by hand. */
export type TestClock = Clock & Readonly<{ turn(ms: number): void }>

/** The house of one test file: a database of its own, every room, no doors and no loops. */
export type TestHouse = Readonly<{
  schedules: readonly Schedule[]
  house: House
  database: Database
  target: DatabaseTarget
  clock: TestClock
  partitions: PartitionKeeper
  fixtures: Awaited<ReturnType<typeof testFixtures>>
}>

let opened: Promise<TestHouse> | undefined
let organisations = 0

const testClock = (): TestClock => {
  let turned = 0
  const clock = databaseClock(Date.now(), () => performance.now() + turned)
  return {
    ...clock,
    turn(ms) {
      turned += ms
    },
  }
}

const open = async (): Promise<TestHouse> => {
  const server = inject('target')
  const all = rooms()
  const template = await templateDatabase(server, async (target) => {
    const options = { rls: true, now: Date.now() }
    await migrate(clientOptions(target, 'admin'), migrationsOf(all), options)
  })
  const name = `test_${process.pid}_${Date.now().toString(36)}`
  const target = await cloneDatabase({ target: server, template }, name)
  const clock = testClock()
  const failed = (error: unknown) => {
    throw error
  }
  const owner = clientOptions(target, 'admin')
  const partitions = keepPartitions({ owner, now: clock.now, failed })
  const database = openDatabase({
    client: clientOptions(target, 'app'),
    rls: true,
    log: () => {},
    partitions: partitions.create,
  })
  const fixtures = await testFixtures(database, clock)
  const own = rooms(fixtures)
  const house = compose({
    database,
    rooms: own,
    clock,
    log: quietLog(),
    holder: name,
    alone: true,
    readiness: async () => ({ ready: true, facts: {} }),
    closed: () => null,
    limits: fixtures.limits,
    mark: fixtures.keyring.fingerprint,
    scrubber: fixtures.scrubber,
    heard: async (orgId, names) => fixtures.tools.heard(orgId, names),
  })
  fixtures.tools.tell(house.committed)
  fixtures.tools.refreshBy(refreshThrough(house.pipeline))
  const schedules = own.flatMap((room) => room.schedules ?? [])
  return { schedules, house, database, target, clock, partitions, fixtures }
}

afterAll(async () => {
  if (!opened) return
  const { house, database, target, partitions, fixtures } = await opened
  await house.stop()
  await fixtures.tools.stop()
  await partitions.stop()
  await database.stop()
  await dropDatabase({ ...target, database: 'postgres' }, target.database)
})

/** Gives the house of this test file; every `bench()` of the file works in it. */
export const testHouse = (): Promise<TestHouse> => {
  opened ??= open()
  return opened
}

/** What a refused call said. */
export type Refused = Readonly<{ kind: string; code: string; said: string; details: object }>

type Run = <Output = any>(
  name: string,
  input?: unknown,
  as?: Actor,
  key?: string,
) => Promise<Output>

/** The words for running operations as somebody; the owner where nobody is named. */
const callsOf = ({ pipeline }: House, owner: Actor) => {
  const call = async (name: string, input: unknown = {}, as = owner, key?: string) => {
    const operation = pipeline.operations.get(name)
    if (!operation) throw new Error(`There is no operation ${name}.`)
    return pipeline.run(operation, input, { actor: as, door: 'http', idempotencyKey: key })
  }
  /** Runs an operation and gives its output as plain data. */
  const run: Run = async <Output>(name: string, input?: unknown, as?: Actor, key?: string) =>
    // Tests say what they expect of an output; a wrong guess fails there.
    (await call(name, input, as, key)).output as Output
  /** Runs an operation and gives the text that agents read. */
  const say = async (name: string, input?: unknown, as?: Actor): Promise<string> =>
    (await call(name, input, as)).text()
  /** Runs an operation that must refuse; gives the refusal. */
  const refused = async (name: string, input?: unknown, as?: Actor): Promise<Refused> => {
    try {
      await call(name, input, as)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { kind, code, message, details } = error
      return { kind, code, said: message, details }
    }
    throw new Error(`${name} was not refused.`)
  }
  return { call, run, say, refused }
}

/** The words for arranging: projects, agents, people, tasks. */
const givenOf = ({ hall }: House, run: Run) => ({
  /** A project; gives its key. */
  async project(key = 'GH', more: object = {}): Promise<string> {
    await run('work.create_project', { key, name: `Project ${key}`, ...more })
    return key
  },
  /** An agent that may act in some projects. */
  async agent(name: string, projects: readonly string[], more: object = {}): Promise<Actor> {
    const made = await run<{ key: string }>('identity.create_agent', { name, projects, ...more })
    return hall.authenticate(made.key)
  },
  /** A person with a role in the organisation. */
  async person(handle: string, role = 'member'): Promise<Actor> {
    const input = { handle, name: handle, role }
    const made = await run<{ key: string }>('identity.create_person', input)
    return hall.authenticate(made.key)
  },
  /** Tasks in a project, by save_tasks; gives their keys in order. */
  async tasks(items: readonly object[], project = 'GH', as?: Actor): Promise<readonly string[]> {
    type Saved = { created: { key: string }[] }
    const saved = await run<Saved>('work.save_tasks', { project, items }, as)
    return saved.created.map(({ key }) => key)
  },
})

/** Runs by hand what the clock would run: one schedule, in one organisation. */
const runDue = async (
  { house, database, clock, schedules }: TestHouse,
  orgId: string,
  name: string,
) => {
  const schedule = schedules.find((one) => one.name === name)
  if (!schedule) throw new Error(`There is no schedule ${name}.`)
  const due = await database.system((sql) => schedule.due(sql, clock.now()))
  for (const one of due) {
    const { actor, input } = typeof one === 'string' ? { actor: systemActor(one), input: {} } : one
    if (actor.orgId !== orgId) continue
    await house.pipeline.run(schedule.operation, input, { actor, door: 'job' })
  }
}

/** Makes a fresh organisation with an owner, and the words to test with. */
export const bench = async () => {
  const opened = await testHouse()
  const { house, database, clock, target, fixtures } = opened
  organisations += 1
  const random = (bytes: Uint8Array) => randomFillSync(bytes)
  const slug = `org-${process.pid}-${organisations}`
  let ownerKey = ''
  const { orgId } = await firstRun({
    database,
    now: clock.now,
    newId: idMaker(clock.now, random),
    random,
    org: { slug, name: slug },
    write: async (key) => {
      ownerKey = key
    },
  })
  const owner = await house.hall.authenticate(ownerKey)
  const calls = callsOf(house, owner)
  /** Seals what has happened, then reads the organisation's ledger from the start. */
  const ledger = async (): Promise<readonly LedgerEvent[]> => {
    await house.settle()
    return readLedger(database.read(orgId), orgId, { pos: 0, since: 0, limit: 10_000 })
  }
  const verify = async () => {
    await house.settle()
    return verifyLedger(database.read(orgId), orgId)
  }
  const due = (name: string) => runDue(opened, orgId, name)
  const ground = { due, orgId, owner, ownerKey, clock, house, database, target, fixtures }
  return { ...ground, ...calls, given: givenOf(house, calls.run), ledger, verify }
}

/** Reads a file of the backlogs that may stand beside the project; `null` where they do not. */
export const sharedData = (path: string): string | null => {
  try {
    return readFileSync(new URL(`../../shared/data/${path}`, import.meta.url), 'utf8')
  } catch {
    return null
  }
}
