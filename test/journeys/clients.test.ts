import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import * as firstStdio from '@modelcontextprotocol/sdk/client/stdio.js'
import * as firstHttp from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readEvents } from '../../scripts/demo/ledger.ts'
import { guildhall } from '../../scripts/demo/setting.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { toolTokens } from '../tokens.ts'
import { later } from './ground.ts'

// Official clients, both lines, as they are published, against a hub as it is started.

const ROOT = join(import.meta.dirname, '..', '..')
const CLI = join(ROOT, 'src', 'main', 'cli.ts')
const INSPECTOR = join(ROOT, 'node_modules', '.bin', 'mcp-inspector')
const TOKENS_MAX = 1_800
const ABOUT = { name: 'journey', version: '1' }
const run = promisify(execFile)
let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
  const made = await hub.api('POST', '/v1/projects', { key: 'GH', name: 'Hall' })
  expect(made.status).toBeLessThan(300)
  await newTask('First')
}, 90_000)
afterAll(() => hub.stop())

const Created = z.object({ created: z.array(z.object({ key: z.string() })) })

const newTask = async (title: string): Promise<string> => {
  const { body } = await hub.api('POST', '/v1/tasks', { project: 'GH', items: [{ title }] })
  return Created.parse(body).created[0]?.key ?? ''
}

const address = () => new URL(`${hub.url}/agent/mcp`)
const asOwner = () => ({ requestInit: { headers: { Authorization: `Bearer ${hub.ownerKey}` } } })
const bridge = () => ({
  command: process.execPath,
  args: [CLI, 'mcp'],
  env: {
    PATH: process.env['PATH'] ?? '',
    HOME: hub.home,
    GUILDHALL_HOME: hub.home,
    GUILDHALL_URL: hub.url,
    GUILDHALL_KEY: hub.ownerKey,
  },
})

const MODES = { modern: { mode: { pin: '2026-07-28' } }, legacy: { mode: 'legacy' } } as const

const second = async (mode: keyof typeof MODES, over: 'http' | 'stdio') => {
  const client = new Client(ABOUT, { versionNegotiation: MODES[mode] })
  const transport =
    over === 'http'
      ? new StreamableHTTPClientTransport(address(), asOwner())
      : new StdioClientTransport(bridge())
  await client.connect(transport)
  later(() => client.close())
  return client
}

const first = async (over: 'http' | 'stdio') => {
  const client = new FirstClient(ABOUT)
  if (over === 'http') {
    await client.connect(new firstHttp.StreamableHTTPClientTransport(address(), asOwner()))
  } else {
    await client.connect(new firstStdio.StdioClientTransport(bridge()))
  }
  later(() => client.close())
  return client
}

type Called = Readonly<{ [name: string]: unknown; content?: unknown; isError?: unknown }>
/** What the clients have in common, as far as the tests go. */
type AnyClient = Readonly<{
  listTools(): Promise<{ tools: { name: string; inputSchema: object }[] }>
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<Called>
  readResource(params: { uri: string }): Promise<{ contents: object[] }>
  listResourceTemplates(): Promise<{ resourceTemplates: { uriTemplate: string }[] }>
  listPrompts(): Promise<{ prompts: { name: string }[] }>
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<object>
}>

const CLIENTS: readonly (readonly [string, () => Promise<AnyClient>])[] = [
  ['the second line, stateless', () => second('modern', 'http')],
  ['the second line, with a session', () => second('legacy', 'http')],
  ['the second line, stateless, over the bridge', () => second('modern', 'stdio')],
  ['the second line, with a session, over the bridge', () => second('legacy', 'stdio')],
  ['the first line', () => first('http')],
  ['the first line, over the bridge', () => first('stdio')],
]

const Content = z.array(z.object({ type: z.literal('text'), text: z.string() })).min(1)
const textOf = ({ content }: Called): string => Content.parse(content)[0]?.text ?? ''

test.each(CLIENTS)(
  '%s uses tools, resources and prompts',
  async (_, connect) => {
    const client = await connect()
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name).toSorted()).toEqual([
      'agent',
      'ask_human',
      'context',
      'project',
      'sprint',
      'task_find',
      'task_get',
      'task_save',
      'tool_call',
      'tool_find',
      'work_finish',
      'work_next',
      'work_update',
    ])
    expect(toolTokens(tools)).toBeLessThanOrEqual(TOKENS_MAX)
    const read = await client.callTool({ name: 'task_get', arguments: { ids: ['GH-1'] } })
    expect(textOf(read)).toContain('First')
    const items = [{ title: 'Made by a client' }]
    const saved = await client.callTool({ name: 'task_save', arguments: { project: 'GH', items } })
    expect(saved.isError ?? false).toBe(false)
    const key = /GH-[0-9]+/.exec(textOf(saved))?.[0] ?? 'none'
    const made = await hub.api('GET', `/v1/tasks/${key}`)
    expect(made.body).toMatchObject({ title: 'Made by a client' })
    const { resourceTemplates } = await client.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain(
      'guildhall://task/{key}',
    )
    const resource = await client.readResource({ uri: 'guildhall://task/GH-1' })
    expect(JSON.stringify(resource.contents)).toContain('First')
    const { prompts } = await client.listPrompts()
    expect(prompts.map(({ name }) => name).toSorted()).toEqual(['plan', 'review', 'standup'])
    const prompt = await client.getPrompt({ name: 'review', arguments: { task: 'GH-1' } })
    expect(JSON.stringify(prompt)).toContain('Review GH-1.')
  },
  60_000,
)

const inspect = async (era: string, ...words: string[]): Promise<unknown> => {
  const fixed = ['--cli', address().href, '--transport', 'http', '--protocol-era', era]
  const header = ['--header', `Authorization: Bearer ${hub.ownerKey}`]
  const args = [...fixed, ...header, '--format', 'json', '--quiet', ...words]
  const env = { PATH: process.env['PATH'] ?? '', HOME: hub.home }
  const { stdout } = await run(INSPECTOR, args, { env, timeout: 50_000 })
  return JSON.parse(stdout)
}

test.each(['legacy', 'modern'])(
  'the Inspector, %s, lists tools and calls one',
  async (era) => {
    const listed = await inspect(era, '--method', 'tools/list', '--strict')
    expect(JSON.stringify(listed)).toContain('"work_next"')
    const args = ['--tool-name', 'task_get', '--tool-args-json', '{"ids":["GH-1"]}']
    const called = await inspect(era, '--method', 'tools/call', ...args)
    expect(JSON.stringify(called)).toContain('First')
  },
  120_000,
)

const PATCH = { priority: 'high', labels: ['+door'], points: 3, comment: 'Looked at it.' }

test('one change, made through three doors, leaves equal events', async () => {
  const keys = [await newTask('Same'), await newTask('Same'), await newTask('Same')]
  const [one = '', two = '', three = ''] = keys
  const items = (id: string) => [{ id, ...PATCH }]
  const over = await hub.api('POST', '/v1/tasks', { items: items(one) })
  const client = await second('modern', 'http')
  const called = await client.callTool({ name: 'task_save', arguments: { items: items(two) } })
  const said = await guildhall(hub, ['task', 'save', '--items', JSON.stringify(items(three))])
  expect(over).toMatchObject({ status: 200 })
  expect([called.isError ?? false, said.exit]).toEqual([false, 0])
  const events = await readEvents({ url: hub.url, key: hub.ownerKey })
  const traces = keys.map((key) =>
    events
      .filter(({ data }) => data['key'] === key)
      .map(({ name, version, actor, data }) => {
        const { key: _, taskId: __, card, ...rest } = data
        return { name, version, actor, rest, isCard: card !== undefined }
      }),
  )
  expect(traces[0]?.map(({ name }) => name)).toContain('work.task_changed')
  expect(traces[1]).toEqual(traces[0])
  expect(traces[2]).toEqual(traces[0])
}, 60_000)

const REFUSALS: readonly (readonly [string, object])[] = [
  ['an unknown task', { id: 'GH-9999', title: 'Nobody' }],
  ['a stale version', { id: 'GH-1', version: 99, title: 'Late' }],
  ['a dependency on itself', { id: 'GH-1', depends_on: ['+GH-1'] }],
  ['a field that is not there', { id: 'GH-1', titel: 'Typo' }],
]

test.each(REFUSALS)(
  '%s is refused in one sentence at three doors',
  async (_, item) => {
    const { status, body } = await hub.api('POST', '/v1/tasks', { items: [item] })
    expect(status).toBeGreaterThanOrEqual(400)
    const { title } = z.object({ title: z.string() }).parse(body)
    const client = await second('legacy', 'http')
    const called = await client.callTool({ name: 'task_save', arguments: { items: [item] } })
    expect(called.isError).toBe(true)
    expect(textOf(called).split('\n')[0]).toContain(title)
    const said = await guildhall(hub, ['task', 'save', '--items', JSON.stringify([item])])
    expect(said.exit).toBeGreaterThan(0)
    expect(said.err).toContain(title)
  },
  60_000,
)
