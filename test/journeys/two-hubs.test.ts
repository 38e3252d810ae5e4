import pg from 'pg'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readEvents } from '../../scripts/demo/ledger.ts'
import type { TestHub } from '../hub.ts'
import { openStream } from './event-stream.ts'
import { hubOf, later, send, until } from './ground.ts'
import { type PostgresServer, startServer } from './postgres-server.ts'
import { makeProject, startWriters } from './writers.ts'

// A lease of five seconds and a look each half second; the rest is for a busy machine.
const TAKE_OVER_MS = 10_000
const REVOKED_MS = 1_000

const pair = async (): Promise<readonly [TestHub, TestHub, PostgresServer]> => {
  const server = await startServer()
  const one = await hubOf({ env: server.env })
  const two = await hubOf({ env: server.env })
  return [one, two, server]
}

const adminOf = async ({ env }: PostgresServer): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: env['DATABASE_ADMIN_URL'] ?? '' })
  client.on('error', () => {})
  await client.connect()
  later(() => client.end())
  return client
}

const Lease = z.object({ holder: z.string(), fence: z.coerce.number() })

const sequencer = async (client: pg.Client) => {
  const { rows } = await client.query<pg.QueryResultRow>(
    `select holder, fence from platform.lease where name = 'sequencer'`,
  )
  return Lease.parse(rows[0])
}

const writeTask = async (hub: TestHub, title: string): Promise<void> => {
  const body = { project: 'DUR', items: [{ title }] }
  const { status } = await hub.api('POST', '/v1/tasks', body)
  expect(status).toBeLessThan(300)
}

test('a second hub on a database gets an owner key of its own; each works on both', async () => {
  const [one, two] = await pair()
  for (const hub of [one, two]) {
    for (const { ownerKey } of [one, two]) {
      const { status, body } = await hub.api('GET', '/v1/me', undefined, ownerKey)
      expect({ status, body }).toMatchObject({ status: 200, body: { handle: 'owner' } })
    }
  }
}, 60_000)

test('what is written on two hubs is one dense ledger, and both stream all of it', async () => {
  const [one, two, server] = await pair()
  await makeProject(one.url, one.ownerKey)
  const streams = await Promise.all(
    [one, two].map(({ url }) => openStream({ url, key: one.ownerKey }, { query: '?after=1-0' })),
  )
  const client = await adminOf(server)
  const { fence } = await sequencer(client)
  const writers = [one, two].map(({ url }, at) =>
    startWriters({ url: () => url, key: one.ownerKey, count: 3, name: `hub${at}` }),
  )
  await until('enough writes on both', () => writers.every((w) => w.acknowledged() >= 30))
  await Promise.all(writers.map((each) => each.stop()))
  const all = await readEvents({ url: one.url, key: one.ownerKey })
  expect(all.map(({ pos }) => pos)).toEqual(all.map((_, at) => at + 1))
  const words = all.map(({ data }) => String(data['title'] ?? data['text']))
  const told = writers.flatMap(({ written }) => written.filter((each) => each.acknowledged))
  expect(told.filter(({ key }) => words.filter((word) => word === key).length !== 1)).toEqual([])
  for (const stream of streams) {
    await until('all events on the stream', () => stream.events.length >= all.length)
    expect(stream.events.map(({ pos }) => pos)).toEqual(all.map(({ pos }) => pos))
  }
  expect((await sequencer(client)).fence, 'one sequencer all the time').toBe(fence)
  for (const hub of [one, two]) {
    const { body } = await hub.api('GET', '/v1/ledger/verify')
    expect(body).toMatchObject({ ok: true })
  }
}, 90_000)

test('a change on one hub is read on the other, and a revoked key stops on both', async () => {
  const [one, two] = await pair()
  await makeProject(one.url, one.ownerKey)
  await writeTask(one, 'First')
  const read = () => two.api('GET', '/v1/tasks/DUR-1')
  await until('the task on the other hub', async () => (await read()).status === 200)
  const changed = await one.api('PATCH', '/v1/tasks/DUR-1', { title: 'Second' })
  expect(changed.status).toBe(200)
  const title = async () => JSON.stringify((await read()).body)
  await until('the change on the other hub', async () => (await title()).includes('"Second"'))

  const made = await one.api('POST', '/v1/keys', { name: 'short-lived' })
  const { id, key } = z.object({ id: z.string(), key: z.string() }).parse(made.body)
  const me = () => send({ url: two.url, key, method: 'GET', path: '/v1/me' })
  expect((await me()).status).toBe(200)
  const stream = await openStream({ url: two.url, key })
  expect((await one.api('POST', `/v1/keys/${id}/revoke`, {})).status).toBe(200)
  await until('the key is refused', async () => (await me()).status === 401, REVOKED_MS)
  await until('its stream is cut', () => stream.isOver)
}, 60_000)

test('when the hub that seals is killed the other takes over without a gap', async () => {
  const server = await startServer()
  // Whoever comes first seals: hubs do not tell which of them does.
  const one = await hubOf({ env: server.env })
  const client = await adminOf(server)
  const before = await sequencer(client)
  const two = await hubOf({ env: server.env })
  await makeProject(one.url, one.ownerKey)
  const stream = await openStream({ url: two.url, key: one.ownerKey }, { query: '?after=1-0' })
  const writers = startWriters({ url: () => two.url, key: one.ownerKey, count: 3, name: 'over' })
  await until('writes', () => writers.acknowledged() >= 20)
  expect(await sequencer(client)).toEqual(before)
  await one.kill9()
  const seen = () => stream.events.filter(({ data }) => data['title'] ?? data['text']).length
  const told = writers.acknowledged()
  await until('events go on', () => seen() > told, TAKE_OVER_MS)
  await writers.stop()
  const all = await readEvents({ url: two.url, key: one.ownerKey })
  expect(all.map(({ pos }) => pos)).toEqual(all.map((_, at) => at + 1))
  const words = all.map(({ data }) => String(data['title'] ?? data['text']))
  const lost = writers.written.filter(
    ({ acknowledged, key }) => acknowledged && words.filter((word) => word === key).length !== 1,
  )
  expect(lost).toEqual([])
  await until('all events on the stream', () => stream.events.length >= all.length)
  expect(stream.events.map(({ pos }) => pos)).toEqual(all.map(({ pos }) => pos))
  const after = await sequencer(client)
  expect(after.holder).not.toBe(before.holder)
  expect(after.fence).toBe(before.fence + 1)
  expect((await two.api('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
}, 90_000)
