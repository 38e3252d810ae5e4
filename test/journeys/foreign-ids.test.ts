import { randomBytes, randomUUID } from 'node:crypto'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { beforeAll, expect, test } from 'vitest'
import { httpServer } from '../../src/interface/http/server.ts'
import { mcpDoor } from '../../src/interface/mcp/door.ts'
import { KEY_SOURCES } from '../../src/main/key-sources.ts'
import { TOOL_ABOUT } from '../../src/main/tool-about.ts'
import { endedSessions } from '../../src/platform/hub-facts.ts'
import { bench } from '../bench.ts'
import { type Got, later, send, type Wish } from './ground.ts'

// Two organisations in one database, both doors on a real socket. A stranger must not be able to
// tell what another organisation has from what nobody has: equal bytes, whatever is asked.

const TRACE = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
type Org = Awaited<ReturnType<typeof bench>>
let ours: Org
let theirs: Org
let stranger: Org

beforeAll(async () => {
  ours = await bench()
  theirs = await bench()
  stranger = await bench()
  for (const org of [ours, theirs]) await org.given.project('GH')
  await ours.given.tasks([{ title: 'Ours' }])
}, 60_000)

/** Opens both doors over the house of the bench. */
const openDoors = async (): Promise<string> => {
  const { house, database, clock } = ours
  let port = 0
  const mcp = mcpDoor({
    hall: house.hall,
    version: '1.0.0',
    port: () => port,
    sessionKey: randomBytes(32),
    toolAbout: TOOL_ABOUT,
    keySources: KEY_SOURCES,
    ended: endedSessions(database, clock.now),
  })
  const http = httpServer({ hall: house.hall, mcp, version: '1.0.0' })
  later(async () => {
    await mcp.close()
    await http.close(1_000)
  })
  port = (await http.listen({ host: '127.0.0.1', port: 0 })).port
  return `http://127.0.0.1:${port}`
}

type Probe = Pick<Wish, 'method' | 'path' | 'body'>
const get = (path: string): Probe => ({ method: 'GET', path })
const post = (path: string, body: object = {}): Probe => ({ method: 'POST', path, body })

/** Everything that can be asked about a project, its first task, its lease and its question. */
const probes = (project: string): readonly Probe[] => {
  const task = `${project}-1`
  const lease = `${task}#1`
  return [
    get(`/v1/tasks/${task}`),
    get(`/v1/tasks/${task}/comments`),
    get(`/v1/tasks/${task}/events`),
    get(`/v1/tasks/${task}/readiness`),
    { method: 'PATCH', path: `/v1/tasks/${task}`, body: { title: 'Mine now' } },
    post(`/v1/tasks/${task}/move`, { to: 'Done' }),
    post(`/v1/tasks/${task}/claim`),
    post(`/v1/tasks/${task}/take-over`),
    post(`/v1/tasks/${task}/release`),
    post(`/v1/tasks/${task}/archive`),
    post(`/v1/tasks/${task}/comments`, { body: 'Hello' }),
    post(`/v1/tasks/${task}/dependencies`, { to: 'GH-1' }),
    post('/v1/tasks/GH-1/dependencies', { to: task }),
    post('/v1/tasks/read', { ids: [task] }),
    post('/v1/tasks', { items: [{ id: task, title: 'Mine now' }] }),
    post('/v1/tasks', { project: 'GH', items: [{ title: 'Child', parent: task }] }),
    post('/v1/tasks', { project, items: [{ title: 'Intruder' }] }),
    post('/v1/work/update', { lease, note: 'x' }),
    post('/v1/work/finish', { lease, outcome: 'done' }),
    post('/v1/work/next', { project }),
    get(`/v1/projects/${project}`),
    get(`/v1/projects/${project}/board`),
    get(`/v1/projects/${project}/sprints`),
    get(`/v1/projects/${project}/sprints/1`),
    post(`/v1/projects/${project}/archive`),
    post(`/v1/projects/${project}/branches`, { name: 'x' }),
    get(`/v1/context?at=${project}`),
    get(`/v1/context?at=${task}`),
    post('/v1/questions/Q-1/answer', { answer: 'yes' }),
    get('/v1/agents/their-agent'),
    post('/v1/principals/their-agent/suspend'),
    post('/v1/agents', { name: 'spy', projects: [project] }),
  ]
}

const asked = (url: string, org: Org, probe: Probe): Promise<Got> =>
  send({ url, key: org.ownerKey, headers: TRACE, ...probe })

test('what another organisation has is answered like what nobody has, byte for byte', async () => {
  const url = await openDoors()
  await stranger.given.project('GH')
  await stranger.given.tasks([{ title: 'Mine' }])
  const before: string[] = []
  for (const probe of probes('SEC')) {
    const { status, text } = await asked(url, stranger, probe)
    before.push(`${status} ${text}`)
  }
  await theirs.given.project('SEC')
  const agent = await theirs.given.agent('their-agent', ['SEC'])
  await theirs.given.tasks([{ title: 'Secret' }], 'SEC')
  await theirs.run('work.claim_task', { key: 'SEC-1' }, agent)
  const question = { kind: 'question', text: 'Which?', task: 'SEC-1', wait_s: 0 }
  await theirs.run('work.ask_question', question, agent)
  const faults: string[] = []
  for (const [at, probe] of probes('SEC').entries()) {
    const { status, text } = await asked(url, stranger, probe)
    const said = `${status} ${text}`
    // Named in the body of an own task it is a field that does not fit: the same for both.
    const wanted = probe.path === '/v1/tasks/GH-1/dependencies' ? 422 : 404
    if (said === before[at] && status === wanted && !text.includes('Secret')) continue
    faults.push(`${probe.method} ${probe.path}: ${said}; before: ${before[at]}`)
  }
  expect(faults).toEqual([])
  expect(await theirs.run('work.get_task', { key: 'SEC-1' })).toMatchObject({ title: 'Secret' })
}, 60_000)

test('ids that only the other organisation knows are answered like made-up ones', async () => {
  const url = await openDoors()
  const made = await theirs.run<{ id: string }>('identity.create_key', { name: 'theirs' })
  const said = async (id: string) => {
    const { status, text } = await asked(url, stranger, post(`/v1/keys/${id}/revoke`))
    return `${status} ${text.replaceAll(id, 'ID')}`
  }
  expect(await said(made.id)).toBe(await said(randomUUID()))
  expect(await said(made.id)).toMatch(/^404 /)
}, 60_000)

test('a project that an agent was not given is to it as one that is not there', async () => {
  const url = await openDoors()
  await ours.given.project('HIDDEN')
  await ours.given.tasks([{ title: 'Hidden' }], 'HIDDEN')
  const made = await ours.run<{ key: string }>('identity.create_agent', {
    name: 'narrow',
    projects: ['GH'],
  })
  const said = async (project: string, probe: Probe) => {
    const { status, text } = await send({ url, key: made.key, headers: TRACE, ...probe })
    return `${probe.path} ${status} ${text}`.replaceAll(project, 'PROJECT')
  }
  const kinds = (project: string) => [
    get(`/v1/tasks/${project}-1`),
    get(`/v1/tasks/${project}-1/comments`),
    get(`/v1/projects/${project}`),
    get(`/v1/projects/${project}/board`),
    post(`/v1/tasks/${project}-1/claim`),
    post('/v1/work/next', { project }),
  ]
  const [real, unreal] = [kinds('HIDDEN'), kinds('NOWHERE')]
  for (const [at, probe] of real.entries()) {
    const other = unreal[at] ?? probe
    expect(await said('HIDDEN', probe)).toBe(await said('NOWHERE', other))
  }
}, 60_000)

test('MCP says the same of a foreign task and of one that is not there', async () => {
  const url = await openDoors()
  const requestInit = { headers: { authorization: `Bearer ${stranger.ownerKey}` } }
  const client = new Client(
    { name: 'stranger', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/agent/mcp`), { requestInit }),
  )
  later(() => client.close())
  const said = async (key: string, name: string, args: Record<string, unknown>) => {
    const { content, isError } = await client.callTool({ name, arguments: args })
    const text = JSON.stringify(content).replaceAll(key, 'KEY')
    return `${name} ${isError} ${text.replaceAll(/[0-9a-f]{32}/g, 'TRACE')}`
  }
  for (const [name, args] of [
    ['task_get', (key: string) => ({ ids: [key] })],
    ['task_save', (key: string) => ({ items: [{ id: key, title: 'Mine' }] })],
    ['work_next', (key: string) => ({ task: key })],
    ['work_update', (key: string) => ({ lease: `${key}#1` })],
    ['work_finish', (key: string) => ({ lease: `${key}#1`, outcome: 'done' })],
    ['context', (key: string) => ({ op: 'read', at: key })],
  ] as const) {
    const [foreign, unknown] = [
      await said('SEC-1', name, args('SEC-1')),
      await said('NIL-1', name, args('NIL-1')),
    ]
    expect(foreign).toBe(unknown)
  }
}, 60_000)
