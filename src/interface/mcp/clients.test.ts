import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import * as firstHttp from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterEach, expect, test, vi } from 'vitest'
import type { TestDoor } from '../../../test/mcp-door.ts'
import { openDoor } from '../../../test/mcp-door.ts'
import { INSTRUCTIONS } from './instructions.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const open = async (...given: Parameters<typeof openDoor>): Promise<TestDoor> => {
  const door = await openDoor(...given)
  ends.push(() => door.stop())
  return door
}

const ABOUT = { name: 'test', version: '1' }
const requestInit = { headers: { Authorization: 'Bearer good-key' } }

const second = async (url: string, mode: 'legacy' | 'auto') => {
  const client = new Client(ABOUT, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  ends.push(() => client.close())
  return client
}

const first = async (url: string) => {
  const client = new FirstClient(ABOUT)
  const transport = new firstHttp.StreamableHTTPClientTransport(new URL(url), { requestInit })
  await client.connect(transport)
  ends.push(() => client.close())
  return client
}

type Called = Readonly<{ [name: string]: unknown; content?: unknown; isError?: unknown }>

/** What the three clients have in common, as far as the tests go. */
type AnyClient = Readonly<{
  listTools(): Promise<{ tools: { name: string }[] }>
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<Called>
  readResource(params: { uri: string }): Promise<{ contents: object[] }>
  listResourceTemplates(): Promise<{ resourceTemplates: object[] }>
  listPrompts(): Promise<{ prompts: { name: string }[] }>
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<object>
  getInstructions(): string | undefined
}>

const CLIENTS: readonly (readonly [string, (url: string) => Promise<AnyClient>])[] = [
  ['the second line, stateless', (url) => second(url, 'auto')],
  ['the second line, with a session', (url) => second(url, 'legacy')],
  ['the first line', first],
]

test.each(CLIENTS)('%s lists, calls, reads and asks', async (_, connect) => {
  const door = await open()
  const client = await connect(door.url)
  expect(client.getInstructions()).toBe(INSTRUCTIONS)
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toContain('sprint')
  const called = await client.callTool({ name: 'task_get', arguments: { ids: ['GH-1'] } })
  expect(called.content).toEqual([{ type: 'text', text: 'GH-1 First' }])
  const uri = 'guildhall://task/GH-1'
  expect((await client.readResource({ uri })).contents).toEqual([
    { uri, mimeType: 'text/plain', text: 'task GH-1' },
  ])
  expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(2)
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['plan'])
  const prompt = await client.getPrompt({ name: 'plan', arguments: { project: 'GH' } })
  expect(JSON.stringify(prompt)).toContain('Plan the next goal in GH.')
})

test.each(CLIENTS)('%s hears refusals as results and mistakes as errors', async (_, connect) => {
  const door = await open()
  const client = await connect(door.url)
  const refused = await client.callTool({ name: 'sprint', arguments: { op: 'strat' } })
  expect(refused).toMatchObject({ isError: true })
  expect(JSON.stringify(refused.content)).toContain('did you mean start?')
  const broken = await client.callTool({ name: 'break' })
  expect(JSON.stringify(broken)).toContain('trace: ')
  expect(JSON.stringify(broken)).not.toContain('swordfish')
  await expect(client.callTool({ name: 'no_such_tool' })).rejects.toMatchObject({ code: -32602 })
})

test('the stateless client is told what changed', async () => {
  const door = await open()
  const client = await second(door.url, 'auto')
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28')
  const updated: string[] = []
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    updated.push(params.uri)
  })
  const listening = await client.listen({
    resourceSubscriptions: ['guildhall://task/GH-1', 'guildhall://no/GH', 'guildhall://board/GH'],
  })
  expect(listening.honoredFilter).toEqual({
    resourceSubscriptions: ['guildhall://task/GH-1', 'guildhall://board/GH'],
  })
  door.seal([{ data: { key: 'GH-1' } }, { data: { key: 'GH-1' } }])
  await vi.waitFor(() =>
    expect(updated.sort()).toEqual(['guildhall://board/GH', 'guildhall://task/GH-1']),
  )
  await listening.close()
  await vi.waitFor(() => expect(door.followers()).toBe(0))
})

test('the client with a session is told what changed', async () => {
  const door = await open()
  const client = await second(door.url, 'legacy')
  const updated: string[] = []
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    updated.push(params.uri)
  })
  await client.subscribeResource({ uri: 'guildhall://task/GH-1' })
  await vi.waitFor(() => expect(door.followers()).toBe(1))
  door.seal([{ data: { key: 'GH-1' } }, { data: { key: 'GH-2' } }])
  await vi.waitFor(() => expect(updated).toEqual(['guildhall://task/GH-1']))
})

test('a session goes on in another process, its client notices nothing', async () => {
  const door = await open()
  const twin = await open({}, door)
  let target = door.port
  // Stands for the load balancer: from some moment on it knows the second process only.
  const rerouted: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    url.port = String(target)
    return fetch(url, init)
  }
  const client = new Client(ABOUT)
  const transport = new StreamableHTTPClientTransport(new URL(door.url), {
    requestInit,
    fetch: rerouted,
  })
  await client.connect(transport)
  ends.push(() => client.close())
  await client.callTool({ name: 'task_get', arguments: { ids: ['GH-1'] } })
  target = twin.port
  const calls = [1, 2, 3].map(() =>
    client.callTool({ name: 'task_get', arguments: { ids: ['GH-1'] } }),
  )
  for (const { content } of await Promise.all(calls)) {
    expect(content).toEqual([{ type: 'text', text: 'GH-1 First' }])
  }
})

test('two clients use the ids 0 and "0" at once and each gets its own answer', async () => {
  const door = await open()
  const clients = await Promise.all([second(door.url, 'legacy'), second(door.url, 'legacy')])
  const answers = await Promise.all(
    clients.map((client, at) =>
      client.callTool({ name: 'task_save', arguments: { key: `GH-${at + 5}`, title: 'x' } }),
    ),
  )
  expect(answers.map(({ content }) => JSON.stringify(content))).toEqual([
    expect.stringContaining('GH-5 saved'),
    expect.stringContaining('GH-6 saved'),
  ])
})
