import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { guildhall } from '../../scripts/demo/setting.ts'
import type { TestHub } from '../hub.ts'
import { said, toolNamed } from '../tools/puppet.ts'
import { hubOf, later } from './ground.ts'
import { ask, mark, puppetOf, reaching } from './tools-ground.ts'

// What the hub of tools is for: a server as GitHub runs one, connected once with one credential,
// used by an agent over MCP and by people from the command line and over HTTP, in one record.

const READS = { annotations: { readOnlyHint: true, openWorldHint: true } }
const ISSUE = { repo: 'hall/roof', title: 'The roof leaks' }
const SCHEMA = {
  type: 'object',
  properties: { repo: { type: 'string' }, title: { type: 'string' } },
  required: ['repo', 'title'],
}

/** A server that keeps issues, for whoever comes with the right token. */
const issueServer = async (token: string) => {
  const github = await puppetOf([
    toolNamed('create_issue', { description: 'Opens an issue.', inputSchema: SCHEMA }),
    toolNamed('list_issues', { description: 'Lists the issues of a repository.', ...READS }),
  ])
  const issues: string[] = []
  github.instead = ({ headers }, res) => {
    if (headers.authorization === `Bearer ${token}`) return false
    res.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
    return true
  }
  github.acts.set('create_issue', ({ params }) => {
    issues.push(JSON.stringify(params['arguments']))
    return said(`#${issues.length} opened`)
  })
  github.acts.set('list_issues', () => said(issues.join('\n')))
  return { github, issues }
}

/** An agent with a claim, at the official client. */
const agentAt = async (hub: TestHub) => {
  await ask(hub, 'POST /projects', { body: { key: 'GH', name: 'Hall' } })
  await ask(hub, 'POST /tasks', { body: { project: 'GH', items: [{ title: 'Tell of the roof' }] } })
  const { key } = await ask(hub, 'POST /agents', { body: { name: 'dev-1', projects: ['GH'] } })
  const client = new Client({ name: 'journey', version: '1' })
  const requestInit = { headers: { Authorization: `Bearer ${String(key)}` } }
  const address = new URL(`${hub.url}/agent/mcp`)
  await client.connect(new StreamableHTTPClientTransport(address, { requestInit }))
  later(() => client.close())
  const Said = z.object({ content: z.array(z.object({ text: z.string() })).min(1) })
  return async (name: string, args: Record<string, unknown>): Promise<string> => {
    const result = await client.callTool({ name, arguments: args })
    return Said.parse(result).content[0]?.text ?? ''
  }
}

const Calls = z.object({
  items: z.array(z.object({ key: z.string(), tool: z.string(), by: z.string(), door: z.string() })),
})
const Events = z.object({
  items: z.array(z.object({ event: z.string(), data: z.record(z.string(), z.unknown()) })),
})

test('an agent and a person use one connection, and the record shows both', async () => {
  const token = `ghp-${mark()}`
  const { github, issues } = await issueServer(token)
  const hub = await hubOf({ env: reaching(github.port) })
  await ask(hub, 'POST /tool-servers', {
    body: {
      ...{ slug: 'github', url: github.url, trust: true, credential: 'shared' },
      ...{ auth: { kind: 'bearer' }, rules: { egress: 'internal', untrusted: false } },
    },
  })
  await ask(hub, 'POST /tool-servers/github/connection', { body: { value: token } })
  await ask(hub, 'POST /tool-servers/github/refresh')

  const agent = await agentAt(hub)
  expect(await agent('tool_find', { q: 'open an issue' })).toContain('github__create_issue')
  const call = { name: 'github__create_issue', args: ISSUE }
  expect(await agent('tool_call', call)).toContain('tools.lease_needed')
  await agent('work_next', {})
  expect(await agent('tool_call', call)).toBe('#1 opened')

  const listed = await guildhall(hub, ['tool', 'call', 'github__list_issues', '--args', '{}'])
  expect(listed).toMatchObject({ exit: 0, out: expect.stringContaining('The roof leaks') })
  const body = { args: { ...ISSUE, title: 'So does the cellar' } }
  const opened = await ask(hub, 'POST /tools/github__create_issue/calls', { body })
  expect(opened).toMatchObject({ state: 'done', text: '#2 opened' })
  expect(issues).toHaveLength(2)

  const { items } = Calls.parse(await ask(hub, 'GET /tool-calls'))
  expect(items.map(({ tool, by, door }) => [tool, by, door])).toEqual([
    ['create_issue', 'owner', 'http'],
    ['list_issues', 'owner', 'http'],
    ['create_issue', 'dev-1', 'mcp'],
  ])
  const events = Events.parse(await ask(hub, 'GET /ledger/events?limit=100')).items
  const ended = events.filter(({ event }) => event === 'tools.call_ended')
  expect(ended.map(({ data }) => String(data['key'])).toSorted()).toEqual(['TC-1', 'TC-2', 'TC-3'])
  expect(new Set(ended.map(({ data }) => data['connectionId'])).size).toBe(1)
  expect(events.map(({ event }) => event)).toContain('tools.lease_taken')
  expect(JSON.stringify([items, events])).not.toContain(token)
  expect(await ask(hub, 'GET /ledger/verify')).toMatchObject({ ok: true })
}, 90_000)
