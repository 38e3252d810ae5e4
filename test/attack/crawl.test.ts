import { afterAll, beforeAll, expect, test } from 'vitest'
import type { House } from '../../src/main/compose.ts'
import type { Log } from '../../src/platform/log.ts'
import { probeHouse } from '../probe.ts'
import { modern } from '../mcp-door.ts'
import { type Crawled, type Crawling, crawl, missedBy, sizeOf, unreachedBy } from './crawl.ts'
import {
  beginSession,
  doorsOf,
  httpRequest,
  type OpenDoors,
  openDoors,
  sendLegacy,
} from './crawl-doors.ts'
import { type Ear, openListen, openSse, openWs } from './crawl-live.ts'
import { freshNames, valuesOf } from './crawl-names.ts'
import { type Book, harvest } from './crawl-plan.ts'
import { watchOver } from './crawl-watch.ts'
import { type Seeded, seed } from './crawl-world.ts'

// Two organisations on one database, every text of the other one marked. One of them calls every
// operation through every door with what the other one has, and must be told what it would be
// told about things that nobody has. What is added to the house is crawled without a word here.

const CRAWL_MS = 240_000
const logged: string[] = []
const note = (...said: unknown[]) => void logged.push(JSON.stringify(said))
const log: Log = { info: note, warn: note, error: note, wide: note, flush() {} }

let house: House
let open: OpenDoors
let crawling: Crawling
let crawled: Crawled
let theirs: Seeded
let ears: readonly Ear[]
let theirEar: Ear

/** Reads all that an organisation can read, under the names it shares with others and its own. */
const readAll = async (
  whose: Seeded,
  { doors, operations }: Pick<Crawling, 'doors' | 'operations'>,
) => {
  const caller = { name: 'owner', key: whose.keys.owner }
  const shared = valuesOf(whose.names, { lease: whose.lease })
  const { project } = whose.names
  const own = { ...shared, project: [project], task: [`${project}-1`], place: [`${project}/main`] }
  const books: Book[] = []
  for (const door of doors.filter(({ name }) => name === 'http')) {
    for (const values of [shared, own]) {
      books.push(await harvest(operations, door, { caller, values }))
    }
  }
  return {
    found: books.flatMap(({ found }) => found),
    texts: books.flatMap(({ texts }) => texts),
  }
}

const uris = ({ names: { project } }: Seeded) =>
  [`task/${project}-1`, `board/${project}`, `context/${project}`, `sprint/${project}/current`].map(
    (path) => `guildhall://${path}`,
  )

/** Opens every kind of live connection as one organisation, aimed at another. */
const listenAll = async (ours: Seeded, at: Seeded): Promise<readonly Ear[]> => {
  const { url, wire } = open
  const key = ours.keys.owner
  const { project } = at.names
  const task = crawling.book.found.find(({ field }) => field === 'projectId' || field === 'id')
  const notifications = { resourceSubscriptions: uris(at), resourcesListChanged: true }
  const listen = modern('subscriptions/listen', { notifications })
  const session = await beginSession(wire, key)
  for (const uri of uris(at)) {
    await sendLegacy(wire, { key, session, method: 'resources/subscribe', params: { uri } })
  }
  return Promise.all([
    openSse('sse', { url, key, query: '?after=1-0' }),
    openSse('sse of a project', { url, key, query: `?after=1-0&project=${project}` }),
    openSse('sse of an id', { url, key, query: `?after=1-0&project=${task?.value}` }),
    openSse('sse from a cursor', { url, key, lastId: '1-3' }),
    openWs('ws', { url, key, query: '?after=1-0' }),
    openListen('mcp', { url, key, headers: listen.headers ?? {}, body: String(listen.body) }),
  ])
}

beforeAll(async () => {
  house = (await probeHouse({ log })).house
  open = await openDoors(house)
  const doors = doorsOf(house, open.wire)
  const operations = house.hall.operations.filter(({ http, mcp }) => http !== null || mcp !== null)
  theirs = await seed(house, freshNames(), true)
  await house.settle()
  const book = await readAll(theirs, { doors, operations })
  crawling = { house, doors, operations, theirs, book, watch: watchOver(theirs, book) }
  const ours = await seed(house, freshNames(), false)
  ears = await listenAll(ours, theirs)
  theirEar = await openSse('theirs', { url: open.url, key: theirs.keys.owner, query: '?after=1-0' })
  crawled = await crawl(crawling, ours)
  process.stdout.write(`${sizeOf(crawling, crawled)}\n`)
}, CRAWL_MS)

afterAll(async () => {
  for (const ear of [...ears, theirEar]) ear.close()
  await open.close()
})

test('both organisations are seeded, and the marks are there to be seen by their own', () => {
  expect(theirs.refused).toEqual([])
  expect(theirs.broken).toEqual([])
  const rooms = new Set(crawling.operations.map(({ name }) => name.split('.')[0]))
  for (const room of rooms) {
    const marks = crawling.book.found.filter(
      ({ origin, value }) =>
        origin.startsWith(`${room}.`) && String(value).includes(theirs.names.mark),
    )
    expect({ room, marks: marks.length }).not.toEqual({ room, marks: 0 })
  }
})

test('what another organisation has is answered like what nobody has, by all doors', () => {
  expect(crawled.faults).toEqual([])
})

test('every operation was asked through every door, with foreign ids where it takes any', () => {
  expect(missedBy(crawling, crawled)).toEqual([])
  expect(crawled.calls).toBeGreaterThan(crawling.operations.length * 10)
})

test('the foreign values were looked up: no place was only ever refused for its form', () => {
  expect(unreachedBy(crawled)).toEqual([])
})

test('no live connection tells of the other organisation, whatever it is aimed at', async () => {
  const last = theirs.names.text()
  const change = { key: `${theirs.names.project}-1`, body: last }
  await theirs.org.run('work.add_comment', change)
  await house.settle()
  await expect.poll(() => theirEar.said(), { timeout: 20_000 }).toContain(last)
  const told = ears.map(({ name, said }) => [name, crawling.watch.find(said())])
  expect(told).toEqual(ears.map(({ name }) => [name, null]))
  const silent = ears.filter(({ said }) => said() === '').map(({ name }) => name)
  expect(silent).toEqual([])
})

test('resources and completions of MCP show nothing of the other organisation', async () => {
  const key = crawled.askers.at(-1)?.keys.owner ?? ''
  const twins = uris({ ...theirs, names: { ...theirs.names, project: 'ZZZZZZ' } })
  const said = async (method: string, params: Record<string, unknown>) => {
    const { headers, body } = modern(method, params)
    const more = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const sent = { method: 'POST', path: '/agent/mcp', headers: { ...headers, ...more }, body }
    const { status, text } = await open.wire.send(sent)
    expect(crawling.watch.find(text)).toBeNull()
    return `${status} ${text}`.replaceAll(theirs.names.project, 'ZZZZZZ')
  }
  for (const [at, uri] of uris(theirs).entries()) {
    const unknown = await said('resources/read', { uri: twins[at] })
    expect(await said('resources/read', { uri })).toBe(unknown)
  }
  await said('resources/list', {})
  const prompts = house.hall.prompts.map(({ name }) => name)
  for (const name of prompts) {
    for (const argument of ['task', 'project', 'key']) {
      const asked = { name: argument, value: theirs.names.project.slice(0, 2) }
      await said('completion/complete', { ref: { type: 'ref/prompt', name }, argument: asked })
    }
  }
})

test('a session of MCP that was overheard is to others as one that never was', async () => {
  const session = await beginSession(open.wire, theirs.keys.owner)
  const key = crawled.askers.at(-1)?.keys.owner ?? ''
  const ask = (id: string) =>
    sendLegacy(open.wire, { key, session: id, method: 'tools/list', params: {} })
  const made = `${session.slice(0, -4)}${session.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
  const [stolen, unknown] = [await ask(session), await ask(made)]
  expect([stolen.status, stolen.text]).toEqual([unknown.status, unknown.text])
  expect(stolen.status).toBe(404)
})

test('a key for repeated writes answers nobody else with what it once gave', async () => {
  const operation = crawling.operations.find(({ name }) => name === 'work.create_project')
  if (operation === undefined) throw new Error('There is no operation that makes projects.')
  const ours = crawled.askers.at(-1) ?? theirs
  const wished = httpRequest(operation, { key: 'SAME', name: 'Same' })
  const post = (key: string) =>
    open.wire.send({
      ...wished,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': 'one-and-the-same',
      },
    })
  const first = await post(theirs.keys.owner)
  const again = await post(theirs.keys.owner)
  expect([again.status, JSON.parse(again.text)]).toEqual([200, JSON.parse(first.text)])
  expect((await post(ours.keys.owner)).status).toBe(200)
  const seen = await ours.org.run<{ name: string }>('work.get_project', { id: 'SAME' })
  expect(seen.name).toBe('Same')
})

test('neither the ledgers of those who asked nor the log hold anything of the other', async () => {
  const { database } = theirs.org
  for (const { org } of crawled.askers) {
    const sql = database.read(org.orgId)
    const events = await sql<{ row: string }>`
      select to_jsonb(l)::text as "row" from platform.ledger l where org_id = ${org.orgId}`
    const parts = await sql<{ row: string }>`
      select to_jsonb(p)::text as "row" from platform.event_private p where org_id = ${org.orgId}`
    expect(events.length).toBeGreaterThan(0)
    for (const { row } of [...events, ...parts]) expect(crawling.watch.find(row)).toBeNull()
  }
  expect(logged.length).toBeGreaterThan(crawled.calls / 2)
  const watches = crawled.askers.map((ours) => watchOver(ours, { found: [], texts: [] }))
  const leaks = logged.filter((line) =>
    [crawling.watch, ...watches].some((watch) => watch.findText(line) !== null),
  )
  expect(leaks).toEqual([])
})
