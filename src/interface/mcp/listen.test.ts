import { afterEach, expect, test, vi } from 'vitest'
import type { TestDoor } from '../../../test/mcp-door.ts'
import { modern, openDoor } from '../../../test/mcp-door.ts'

const doors: TestDoor[] = []
const open = async () => {
  const door = await openDoor()
  doors.push(door)
  return door
}

afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.stop()))
})

type Told = Readonly<{ id?: unknown; method?: string; params?: object; result?: object }>

/** Opens a stream and gathers what it says. */
const listen = async (door: TestDoor, notifications: object, id: string | number = 0) => {
  const gone = new AbortController()
  const { headers = {}, body } = modern('subscriptions/listen', { notifications }, { id })
  const all = { ...headers, authorization: 'Bearer good-key', 'content-type': 'application/json' }
  const init = { method: 'POST', headers: all, body: String(body), signal: gone.signal }
  const response = await fetch(door.url, init)
  const told: Told[] = []
  const over = gather(response, told).catch(() => 'cut')
  return { response, told, over, leave: () => gone.abort() }
}

const gather = async (response: Response, told: Told[]) => {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const data = frame.split('\n').find((line) => line.startsWith('data: '))
      if (data) told.push(JSON.parse(data.slice(6)))
    }
  }
  return 'ended'
}

const TASK = 'guildhall://task/GH-1'
const methods = (told: readonly Told[]) => told.map(({ method }) => method ?? 'result')

test('the stream says first what it will tell, under the id of its request', async () => {
  const door = await open()
  const { response, told, leave } = await listen(door, {
    toolsListChanged: true,
    promptsListChanged: false,
    resourceSubscriptions: [TASK, TASK, 'guildhall://no/x'],
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(told[0]).toEqual({
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: {
      notifications: { toolsListChanged: true, resourceSubscriptions: [TASK] },
      _meta: { 'io.modelcontextprotocol/subscriptionId': 0 },
    },
  })
  leave()
})

test('many changes of one resource become one message, others none', async () => {
  const door = await open()
  const { told, leave } = await listen(door, { resourceSubscriptions: [TASK] })
  await vi.waitFor(() => expect(door.followers()).toBe(1))
  for (let count = 0; count < 20; count++) door.seal([{ data: { key: 'GH-1' } }])
  door.seal([{ data: { key: 'GH-2' } }])
  await vi.waitFor(() => expect(told).toHaveLength(2))
  door.seal([{ data: { key: 'GH-1' } }])
  await vi.waitFor(() => expect(told).toHaveLength(3))
  expect(methods(told.slice(1))).toEqual([
    'notifications/resources/updated',
    'notifications/resources/updated',
  ])
  leave()
})

test('only what was asked for is told', async () => {
  const door = await open()
  const quiet = await listen(door, { promptsListChanged: true })
  const keen = await listen(door, { resourcesListChanged: true }, 'keen')
  await vi.waitFor(() => expect(door.followers()).toBe(2))
  door.seal([{ name: 'work.project_created', data: { key: 'NEW' } }])
  await vi.waitFor(
    () => expect(methods(keen.told)).toContain('notifications/resources/list_changed'),
    3000,
  )
  expect(methods(quiet.told)).toEqual(['notifications/subscriptions/acknowledged'])
  quiet.leave()
  keen.leave()
})

test('rights that change the list of tools are told', async () => {
  const door = await open()
  const { told, leave } = await listen(door, { toolsListChanged: true })
  await vi.waitFor(() => expect(told).toHaveLength(1))
  door.never.set('ada', ['work.save_tasks'])
  door.regrant()
  await vi.waitFor(() => expect(methods(told)).toContain('notifications/tools/list_changed'), 3000)
  leave()
})

test('a revoked key ends the stream', async () => {
  const door = await open()
  const { told, over } = await listen(door, { toolsListChanged: true })
  await vi.waitFor(() => expect(told).toHaveLength(1))
  door.revoke('good-key')
  expect(await over).toBe('ended')
  expect(door.followers()).toBe(0)
})

test('a door that closes says goodbye to its readers', async () => {
  const door = await open()
  const { told, over } = await listen(door, { toolsListChanged: true }, 'last')
  await vi.waitFor(() => expect(told).toHaveLength(1))
  await door.stop()
  doors.length = 0
  await over
  expect(told.at(-1)).toMatchObject({
    id: 'last',
    result: { _meta: { 'io.modelcontextprotocol/subscriptionId': 'last' } },
  })
})

test('a stream about nothing ends at once', async () => {
  const door = await open()
  const { told, over } = await listen(door, {})
  expect(await over).toBe('ended')
  expect(methods(told)).toEqual(['notifications/subscriptions/acknowledged', 'result'])
})

test('streams beyond the limit are refused, and dropped ones make room', async () => {
  const door = await open()
  const streams = await Promise.all(
    Array.from({ length: 64 }, () => listen(door, { toolsListChanged: true })),
  )
  const params = { notifications: { toolsListChanged: true } }
  const refused = await door.send(modern('subscriptions/listen', params))
  expect(JSON.parse(refused.text).error).toEqual({
    code: -32603,
    message: 'Subscription limit reached',
  })
  for (const { leave } of streams) leave()
  await vi.waitFor(() => expect(door.followers()).toBe(0))
  const again = await listen(door, { toolsListChanged: true })
  expect(again.response.headers.get('content-type')).toBe('text/event-stream')
  again.leave()
})
