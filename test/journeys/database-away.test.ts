import { expect, test } from 'vitest'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { readEvents } from '../../scripts/demo/ledger.ts'
import { makeAgents } from '../../scripts/demo/setting.ts'
import type { TestHub } from '../hub.ts'
import { hubOf, killPostmaster, later, postmasterOf, send, until } from './ground.ts'
import { startServer } from './postgres-server.ts'
import { makeProject, startWriters, type Writers } from './writers.ts'

const AWAY = 'The database cannot be reached; it is being brought back. Try again shortly.'

const timesOf = async (hub: TestHub, { written }: Writers) => {
  const found = new Map<string, number>()
  for (const { name, data } of await readEvents({ url: hub.url, key: hub.ownerKey })) {
    const word = String(name === 'work.task_created' ? data['title'] : data['text'])
    found.set(word, (found.get(word) ?? 0) + 1)
  }
  return written.filter(({ key }) => found.get(key) !== 1).map(({ key }) => key)
}

const ready = async (hub: TestHub): Promise<number> =>
  (await send({ url: hub.url, key: hub.ownerKey, method: 'GET', path: '/readyz' })).status

test('a database that is killed again and again loses no acknowledged write', async () => {
  const hub = await hubOf()
  await makeProject(hub.url, hub.ownerKey)
  const writers = startWriters({ url: () => hub.url, key: hub.ownerKey, count: 4, name: 'again' })
  // Five in a minute would be held for a database that cannot live.
  for (let round = 1; round <= 3; round++) {
    const before = writers.acknowledged()
    await until('writes go on', () => writers.acknowledged() >= before + 10)
    const pid = await postmasterOf(hub.home)
    await killPostmaster(hub.home)
    await until('another server', async () => ![0, pid].includes(await postmasterOf(hub.home)))
  }
  const back = writers.acknowledged()
  await until('writes go on at the end', () => writers.acknowledged() >= back + 10)
  await writers.stop()
  const again = await writers.repeat(hub.url)
  expect(again.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([])
  expect(await timesOf(hub, writers)).toEqual([])
  expect((await hub.api('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
  expect(await ready(hub)).toBe(200)
}, 100_000)

const workerOf = async (hub: TestHub) => {
  const given = { workers: 1, project: 'DUR', leaseS: 60, waitS: 20 }
  const [orders] = await makeAgents(hub, given)
  if (!orders) throw new Error('An agent was wanted.')
  const client = new Client(
    { name: orders.name, version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  const requestInit = { headers: { authorization: `Bearer ${orders.key}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(orders.url), { requestInit }))
  later(() => client.close())
  return async (name: string, args: Record<string, unknown>): Promise<string> => {
    // A key that was not used for a while has to be looked up: then the door itself refuses.
    const called = await client.callTool({ name, arguments: args }).catch(String)
    if (typeof called === 'string') return called
    const { content, isError } = called
    const [first] = content
    return `${isError === true ? 'refused: ' : ''}${first?.type === 'text' ? first.text : ''}`
  }
}

test('while the database is gone every door says so, and then work goes on', async () => {
  const server = await startServer()
  const hub = await hubOf({ env: server.env })
  await makeProject(hub.url, hub.ownerKey)
  const from = { url: hub.url, key: hub.ownerKey }
  const body = { project: 'DUR', items: [{ title: 'Before' }] }
  await send({ ...from, method: 'POST', path: '/v1/tasks', body })
  const tool = await workerOf(hub)
  expect(await tool('work_next', { project: 'DUR', lease_s: 120 })).toContain('lease DUR-1#1')

  await server.stop()
  await until('the hub is not ready', async () => (await ready(hub)) === 503)
  const lost = { project: 'DUR', items: [{ title: 'While it was gone' }] }
  const headers = { 'idempotency-key': 'gone' }
  const write = { ...from, method: 'POST', path: '/v1/tasks', body: lost, headers }
  for (const wish of [{ ...from, method: 'GET', path: '/v1/tasks/DUR-1' }, write]) {
    const got = await send(wish)
    expect(got).toMatchObject({
      status: 503,
      body: { title: AWAY, status: 503, code: 'platform.database_away' },
    })
    expect(got.headers.get('content-type')).toContain('application/problem+json')
    expect(Number(got.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await send({ ...from, method: 'GET', path: '/healthz' })).status).toBe(200)
  expect(await tool('work_update', { lease: 'DUR-1#1', note: 'lost' })).toContain(AWAY)

  await server.start()
  await until('the hub is ready', async () => (await ready(hub)) === 200)
  expect(await tool('work_update', { lease: 'DUR-1#1', note: 'kept' })).toContain('DUR-1')
  expect(await tool('work_finish', { lease: 'DUR-1#1', outcome: 'done' })).toBe('DUR-1 done')
  expect((await send(write)).status).toBeLessThan(300)
  expect(await tool('work_next', { project: 'DUR', wait_s: 5 })).toContain('While it was gone')
  const texts = (await readEvents(from)).map(({ data }) => data['text'] ?? data['title'])
  expect(texts).toEqual(expect.arrayContaining(['Before', 'kept', 'While it was gone']))
  expect(texts.filter((text) => text === 'While it was gone')).toHaveLength(1)
  expect((await hub.api('GET', '/v1/ledger/verify')).body).toMatchObject({ ok: true })
}, 100_000)
