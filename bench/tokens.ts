import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { startTestHub } from '../test/hub.ts'
import { tokensOf, toolTokens } from '../test/tokens.ts'
import { type Finding, round } from './result.ts'
import { makeAgents, makeProject } from './seed.ts'

const TOOLS_MAX = 1_800
const LIST_MAX = 400
const STATUS_MAX = 40
const BRIEF_MAX = 150
const BODY = 'The body is another matter.'

/** Counts what a model pays: the list of tools, twenty tasks, a status change, a brief. */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  try {
    await makeProject(hub, 'TK')
    const items = Array.from({ length: 24 }, (_, index) => ({
      title: `Fix the ${index}. thing that people have asked for`,
      body: BODY,
      points: 3,
    }))
    const saved = await hub.api('POST', '/v1/tasks', { project: 'TK', items })
    if (saved.status !== 200) throw new Error(JSON.stringify(saved.body))
    const [key = ''] = await makeAgents(hub, 'TK', 1)
    const owner = await connect(hub.url, hub.ownerKey)
    const agent = await connect(hub.url, key)
    const { tools } = await owner.listTools()
    const value = toolTokens(
      tools.map(({ name, description = '', inputSchema }) => ({ name, description, inputSchema })),
    )
    const list = await textOf(agent, 'task_find', { project: 'TK' })
    const brief = await textOf(agent, 'work_next', { project: 'TK' })
    const lease = / lease (\S+#\d+)/.exec(brief)?.[1]
    const status = await textOf(agent, 'work_update', { lease, progress: 40 })
    await Promise.all([owner.close(), agent.close()])
    const asJson = await hub.api('GET', '/v1/tasks?project=TK')
    const counts = [
      { what: 'tools/list', value, limit: TOOLS_MAX },
      { what: '20 tasks', value: tokensOf(list), limit: LIST_MAX },
      { what: 'status change', value: tokensOf(status), limit: STATUS_MAX },
      { what: 'brief without body', value: tokensOf(brief.replace(BODY, '')), limit: BRIEF_MAX },
    ]
    const baselineValue = tokensOf(JSON.stringify(asJson.body))
    return {
      name: 'tokens',
      value,
      unit: 'tokens for tools/list',
      baseline: 'the same 20 tasks as JSON (the ratio is that of the list of 20 tasks)',
      baselineValue,
      ratio: round(tokensOf(list) / baselineValue),
      budget: counts.map(({ what, limit }) => `${what} <= ${limit}`).join(', '),
      met: counts.every((count) => count.value <= count.limit),
      also: counts,
    }
  } finally {
    await hub.stop()
  }
}

const connect = async (url: string, key: string): Promise<Client> => {
  const client = new Client(
    { name: 'bench', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  const requestInit = { headers: { authorization: `Bearer ${key}` } }
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/agent/mcp`), { requestInit }),
  )
  return client
}

const textOf = async (client: Client, name: string, args: Record<string, unknown>) => {
  const { content, isError } = await client.callTool({ name, arguments: args })
  const [first] = content
  const text = first?.type === 'text' ? first.text : ''
  if (isError) throw new Error(text)
  return text
}
