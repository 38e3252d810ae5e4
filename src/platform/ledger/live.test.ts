import { randomFillSync, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { OrgNoted, probeHouse, ThingSet } from '../../../test/probe.ts'
import { asAdmin } from '../../../test/server.ts'
import { idMaker } from '../../kernel/id.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Happened } from '../../kernel/event.ts'
import type { LivePage } from '../../kernel/hall.ts'
import type { Database } from '../database.ts'
import { ledgerFeed } from './feed.ts'
import type { LedgerEvent } from './ledger.ts'
import { liveReaders } from './live.ts'
import { outboxInserts } from './outbox.ts'

const random = (bytes: Uint8Array) => randomFillSync(bytes)

/** Gives a way to write events as they are, and a house that seals and shows them. */
const scene = async () => {
  const world = await bench()
  const probe = await probeHouse()
  const { house } = probe
  await house.settle()
  await house.feed.look()
  const call = {
    actor: world.owner,
    door: 'job',
    now: world.clock.now(),
    newId: idMaker(world.clock.now, random),
    random,
    deadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    trace: '00'.repeat(16),
    idempotencyKey: null,
  } as const
  const projectIds = new Map<string, string>()
  return {
    ...world,
    ...probe,
    async project(key: string) {
      await world.given.project(key)
      const id = await world.database.read(world.orgId).one<{ id: string }>`
        select id from work.project where org_id = ${world.orgId} and key = ${key}`
      projectIds.set(key, id.id)
      await house.settle()
    },
    thing: (project: string | null, number: number, note?: string): Happened =>
      ThingSet(
        {
          id: randomUUID(),
          version: 1,
          number,
          ...(project !== null && { projectId: projectIds.get(project) ?? '' }),
        },
        note === undefined ? {} : { content: { note } },
      ),
    async write(...events: readonly Happened[]) {
      await world.database.write(world.orgId, async () => ({
        value: null,
        tail: [...outboxInserts(events, call, 'probe.write')],
      }))
    },
    /** Reads all that an actor may see from a position on. */
    async read(actor: Actor, from: number) {
      const reader = house.hall.live(actor)
      const events: LivePage['events'][number][] = []
      let pos = from
      for (;;) {
        const page = await reader.after(pos)
        events.push(...page.events)
        if (page.pos === pos) return { events, pos }
        pos = page.pos
      }
    },
  }
}

const numbers = (events: LivePage['events']) =>
  events.filter(({ name }) => name === 'probe.thing_set').map(({ data }) => data['number'])

test('an agent of one project sees nothing of another, and holes are no loss', async () => {
  const { project, given, thing, write, read, house, owner } = await scene()
  await project('GH')
  await project('XY')
  const agent = await given.agent('robo', ['GH'])
  await house.settle()
  const { pos: start } = await read(owner, 0)
  await write(thing('GH', 1), thing('XY', 2), thing('GH', 3), thing(null, 4))
  await house.settle()
  const seen = await read(agent, start)
  expect(numbers(seen.events)).toEqual([1, 3])
  expect(seen.pos).toBe(start + 4)
  expect(numbers((await read(owner, start)).events)).toEqual([1, 2, 3, 4])
})

test('events of the organisation are seen by those only who hold their permission', async () => {
  const { project, given, write, read, house, owner } = await scene()
  await project('GH')
  const agent = await given.agent('robo', ['GH'])
  const viewer = await given.person('vera', 'viewer')
  await house.settle()
  const { pos: start } = await read(owner, 0)
  await write(OrgNoted({ id: randomUUID() }))
  await house.settle()
  const named = async (actor: Actor) =>
    (await read(actor, start)).events.filter(({ name }) => name === 'probe.org_noted').length
  expect([await named(owner), await named(viewer), await named(agent)]).toEqual([1, 0, 0])
})

test('nobody sees events of another organisation, also while following', async () => {
  const ours = await scene()
  const theirs = await bench()
  const pages: LivePage[] = []
  const stop = ours.house.hall.live(theirs.owner).follow((page) => pages.push(page))
  await ours.write(ours.thing(null, 1))
  await ours.house.settle()
  const { events } = await ours.read(theirs.owner, 0)
  expect(events.every(({ orgId }) => orgId === theirs.orgId)).toBe(true)
  const followed = pages.flatMap((page) => page.events)
  expect(followed.every(({ orgId }) => orgId === theirs.orgId)).toBe(true)
  stop()
})

test('a live event shows what is left of its parts and nothing of its audit', async () => {
  const { write, thing, house, read, owner, database, orgId } = await scene()
  await house.settle()
  const { pos: start } = await read(owner, 0)
  await write(thing(null, 1, 'first note'), thing(null, 2, 'second note'))
  await house.settle()
  await database.system(
    (sql) => sql`
      delete from platform.event_private
       where org_id = ${orgId} and body @> '{"note": "first note"}'`,
  )
  const { events } = await read(owner, start)
  expect(events.map(({ data }) => data['note'])).toEqual([undefined, 'second note'])
  expect(JSON.stringify(events)).not.toContain('audit')
})

test('following and reading on lose nothing and say nothing twice while others write', async () => {
  const { write, thing, house, owner } = await scene()
  await house.settle()
  const reader = house.hall.live(owner)
  const { pos: start } = await reader.head()
  const total = 300
  const heard: number[] = []
  let pos = start
  let announced = start
  let live = false
  // As the doors do it: follow first, read up, then take what is announced.
  const stop = reader.follow((page) => {
    announced = Math.max(announced, page.pos)
    if (!live) return
    for (const event of page.events) {
      if (event.pos > pos) heard.push(event.pos)
    }
    pos = Math.max(pos, page.pos)
  })
  const writing = (async () => {
    for (let number = 0; number < total; number += 3) {
      await write(thing(null, number), thing(null, number + 1), thing(null, number + 2))
      if (number % 2 === 0) await house.settle()
    }
    await house.settle()
  })()
  let reads = 0
  while (!live) {
    const page = await reader.after(pos)
    reads += 1
    for (const event of page.events) if (event.pos > pos) heard.push(event.pos)
    pos = Math.max(pos, page.pos)
    live = page.events.length === 0 && pos >= announced && heard.length > total / 2
  }
  await writing
  await expect.poll(() => heard.length, { timeout: 5_000 }).toBe(total)
  expect(heard).toEqual(Array.from({ length: total }, (_, index) => start + 1 + index))
  expect(reads).toBeGreaterThan(2)
  stop()
})

test('a read that found nothing does not step over what is sealed while it ran', async () => {
  const { owner, database, orgId } = await bench()
  const feed = ledgerFeed(database, () => {})
  await feed.look()
  const head = feed.pos(orgId)
  // The read under way answers only after something was sealed behind its snapshot.
  const late: Database = {
    ...database,
    read: (org) =>
      Object.assign(
        async () => {
          feed.sealed([{ ...blank(org, head + 1) }])
          return []
        },
        { one: database.read(org).one, maybe: database.read(org).maybe },
      ),
  }
  const readers = liveReaders({
    database: late,
    feed,
    rooms: [],
    rightsOf: () => ({ org: new Map(), projects: new Map() }),
  })
  const page = await readers(owner).after(head)
  expect(feed.pos(orgId)).toBe(head + 1)
  expect(page.pos).toBe(head)
})

const blank = (orgId: string, pos: number): LedgerEvent => ({
  orgId,
  pos,
  id: orgId,
  name: 'probe.thing_set',
  subject: orgId,
  subjectVersion: 0,
  actor: null,
  happenedAt: 0,
  at: 0,
  data: { number: pos },
  parts: {},
})

test('a batch waits for rights that cannot be read just now, and the order stays', async () => {
  const { owner, database, orgId } = await bench()
  const { house } = await probeHouse()
  const feed = ledgerFeed(database, () => {})
  let away = 3
  const readers = liveReaders({
    database,
    feed,
    rooms: [{ ...noRoom, events: { 'task:read': [ThingSet] } }],
    async rightsOf() {
      if (away-- > 0) throw new Error('The database cannot be reached.')
      return { org: new Map([['task:read', null] as const]), projects: new Map() }
    },
  })
  const heard: number[] = []
  const stop = readers(owner).follow((page) => heard.push(...page.events.map(({ pos }) => pos)))
  feed.sealed([blank(orgId, 1), blank(orgId, 2)])
  feed.sealed([blank(orgId, 3)])
  await expect.poll(() => heard).toEqual([1, 2, 3])
  stop()
  feed.sealed([blank(orgId, 4)])
  await house.settle()
  expect(heard).toEqual([1, 2, 3])
})

const noRoom = {
  name: 'probe',
  subject: { none: 'It keeps nothing at all.' },
  migrations: new URL('.', import.meta.url),
  needs: () => ({}),
  operations: [],
} as const

test('a position that the ledger no longer reaches back to asks for a fresh start', async () => {
  const { owner, orgId, target, house, ledger } = await bench()
  await ledger()
  await asAdmin(target, (client) =>
    client.query(
      `alter table platform.ledger no force row level security;
       delete from platform.ledger where org_id = '${orgId}' and pos <= 1;
       alter table platform.ledger force row level security`,
    ),
  )
  await expect(house.hall.live(owner).after(0)).rejects.toMatchObject({
    kind: 'conflict',
    code: 'platform.resync',
  })
  expect((await house.hall.live(owner).after(1)).events).toBeDefined()
})

test('the feed fills what a rival sealed, and no listener harms another', async () => {
  const { write, thing, house, database, orgId } = await scene()
  const faults: unknown[] = []
  const feed = ledgerFeed(database, (error) => faults.push(error))
  await feed.look()
  const start = feed.pos(orgId)
  const heard: number[] = []
  feed.listen(() => {
    throw new Error('A bug of a listener.')
  })
  feed.listen(({ events, orgId: org }) => {
    if (org === orgId) heard.push(...events.map(({ pos }) => pos))
  })
  await write(...Array.from({ length: 1_200 }, (_, number) => thing(null, number)))
  // The other house seals: this feed hears of the last event only, and must read the rest.
  await house.settle()
  await feed.look()
  expect(heard).toEqual(Array.from({ length: 1_200 }, (_, index) => start + 1 + index))
  feed.sealed([blank(orgId, start + 1_200)])
  expect(heard).toHaveLength(1_200)
  expect(faults.length).toBeGreaterThan(0)
})
