import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { atPage } from '../approvals.ts'
import { askingAt, type Json } from './hub-asking.ts'
import { type HubDoor, openHubDoor, UNASKED } from './hub-door.ts'
import { sessionServer, type UpstreamServer } from './upstream-servers.ts'

// Calls that go on without their caller: slow ones, and those that wait for a person.

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
const FORMS = { ...TASKS, elicitation: { form: {} } }
const PAGES = { ...TASKS, elicitation: { form: {}, url: {} } }
const WAIT = { timeout: 8_000 }

let hub: HubDoor
let ana: Actor
let server: UpstreamServer
beforeAll(async () => {
  hub = await openHubDoor(100)
  server = await sessionServer()
  const add = (slug: string, rules: object) =>
    hub.run('tools.add_tool_server', { slug, url: server.url, trust: true, rules })
  await add('old', UNASKED)
  await add('asked', { approval: 'always', egress: 'internal' })
  for (const name of ['old', 'asked']) {
    await hub.run('tools.save_tool_profile', { name, tools: [`${name}__*`] })
  }
  ana = await hub.given.person('ana', 'admin')
})
afterAll(async () => {
  await server.stop()
  await hub.stop()
})

const { ask, call, listen } = askingAt(() => hub)

const decide = async (decision: string) => {
  const page = atPage(ana, hub.clock.now())
  const [approval] = (await hub.run('agents.list_approvals', {}, page)).items
  await hub.run('agents.decide_approval', { key: approval.key, decision }, page)
  await hub.house.settle()
  await hub.due('tools.resume_calls')
}

const look = async (taskId: string, profile = 'asked', capabilities: object = TASKS) =>
  (await ask(profile, 'tasks/get', { taskId }, { capabilities })).result

test('a slow call becomes a task, and cancelling it ends it at the server', async () => {
  const { result } = await call('old', 'old__hang', {}, { capabilities: TASKS })
  expect(result).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 86_400_000 })
  expect(result).not.toHaveProperty('requestState')
  const { taskId } = result
  expect(await look(taskId, 'old')).toMatchObject({ resultType: 'complete', status: 'working' })
  const { cancelled } = server.seen
  const acked = await ask('old', 'tasks/cancel', { taskId }, { capabilities: TASKS })
  expect(Object.keys(acked.result)).toEqual(['resultType', '_meta'])
  expect(await look(taskId, 'old')).toMatchObject({ status: 'cancelled' })
  await vi.waitFor(() => expect(server.seen.cancelled).toBe(cancelled + 1), WAIT)
})

test('a client that takes no tasks waits, and may not ask for them', async () => {
  const quick = await call('old', 'old__echo', { n: 1 }, { capabilities: TASKS })
  expect(quick.result).toMatchObject({ resultType: 'complete' })
  const bare = await ask('old', 'tasks/get', { taskId: 'gt1.nothing' })
  expect(bare).toMatchObject({
    status: 400,
    error: { code: -32_021, data: { requiredCapabilities: TASKS } },
  })
})

test('a task is unknown to everybody but whoever made the call', async () => {
  const { result } = await call('old', 'old__hang', {}, { capabilities: TASKS })
  const { taskId } = result
  const bob = await hub.given.person('bob')
  const { key } = await hub.run('identity.create_key', { name: 'k' }, bob)
  const unknown = { status: 200, error: { code: -32_602, message: 'Unknown task.' } }
  const foreign = { capabilities: TASKS, key }
  for (const method of ['tasks/get', 'tasks/cancel']) {
    expect(await ask('old', method, { taskId }, foreign)).toMatchObject(unknown)
  }
  const changed = { taskId: `${taskId.slice(0, -2)}AA` }
  expect(await ask('old', 'tasks/get', changed, { capabilities: TASKS })).toMatchObject(unknown)
  await ask('old', 'tasks/cancel', { taskId }, { capabilities: TASKS })
})

test('a call that waits for a person is a task, told of when it is decided', async () => {
  const args = { n: 3 }
  const { result } = await call('asked', 'asked__echo', args, { capabilities: PAGES })
  const { taskId } = result
  expect(result).toMatchObject({ resultType: 'task', status: 'working' })
  const page = { page: { method: 'elicitation/create', params: { mode: 'url' } } }
  const open = await look(taskId, 'asked', PAGES)
  expect(open).toMatchObject({ status: 'input_required', inputRequests: page })
  const answer = { taskId, inputResponses: { page: { action: 'accept' } } }
  await ask('asked', 'tasks/update', answer, { capabilities: PAGES })
  expect(await look(taskId, 'asked', PAGES)).toMatchObject({ status: 'working' })
  const stream = await listen('asked', { taskIds: [taskId, 'gt1.x'] }, { capabilities: TASKS })
  await vi.waitFor(() => expect(stream.heard.length).toBeGreaterThan(0), WAIT)
  expect(stream.heard[0].params.notifications).toEqual({ taskIds: [taskId] })
  await decide('approve')
  const done = { status: 'completed', result: { content: [{ type: 'text', text: '{"n":3}' }] } }
  await vi.waitFor(async () => expect(await look(taskId)).toMatchObject(done), WAIT)
  await vi.waitFor(() => {
    const told = stream.heard.filter(({ method }: Json) => method === 'notifications/tasks')
    expect(told.at(-1)?.params).toMatchObject({ taskId, ...done })
  }, WAIT)
  await stream.close()
})

test('what is not approved ends as a refusal, what is taken back needs nobody', async () => {
  const { result: first } = await call('asked', 'asked__echo', { n: 4 }, { capabilities: TASKS })
  await decide('deny')
  const refused = await look(first.taskId)
  expect(refused).toMatchObject({ status: 'completed', result: { isError: true } })
  const args = { n: 5 }
  const { result: second } = await call('asked', 'asked__echo', args, { capabilities: TASKS })
  await ask('asked', 'tasks/cancel', { taskId: second.taskId }, { capabilities: TASKS })
  expect(await look(second.taskId)).toMatchObject({ status: 'cancelled' })
  const page = atPage(ana, hub.clock.now())
  const [newest] = (await hub.run('agents.list_approvals', {}, page)).items
  expect(newest).toMatchObject({ args: expect.stringContaining('5'), state: 'withdrawn' })
})

test('what a server asks before its call is slow is asked at once', async () => {
  const { result } = await call('old', 'old__ask', {}, { capabilities: FORMS })
  expect(result).toMatchObject({ resultType: 'input_required' })
  const inputResponses = { 'question-1': { action: 'accept', content: { colour: 'red' } } }
  const { requestState } = result
  const params = { name: 'old__ask', arguments: {}, requestState, inputResponses }
  const done = await ask('old', 'tools/call', params, { capabilities: FORMS })
  expect(done.result.content[0].text).toBe('["accept","red"]')
})
