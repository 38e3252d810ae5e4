import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { startTestHub, type TestHub } from '../test/hub.ts'
import { tokensOf, toolTokens } from '../test/tokens.ts'
import { SERVERS, TOOLS_EACH } from './baselines-catalogue.ts'
import { echoFor } from './hot.ts'
import type { LoadReport } from './load-process.ts'
import { baselineServer, type Load, rawRequest, rawToolCall, startLoad } from './processes.ts'
import { type Finding, median, round } from './result.ts'
import { makeAgents, makeProject } from './seed.ts'

const PROFILE = 'whole'
const TOOLS = SERVERS.length * TOOLS_EACH
const ROUND_S = 0.5
const WARM_S = 1
const SEARCH_P95_MS_MAX = 5
const SEARCH_TOKENS_MAX = 400
const QUERIES = [
  'create ticket', 'list pull request comments', 'restart a build', 'search log lines by words',
  'send a message', 'refund a payment', 'change the state of a deployment', 'read one wiki page',
  'who attends an event', 'take a screenshot of a tab', 'newest alerts', 'add a label',
] as const // biome-ignore format: a list of queries

type Hall = Readonly<{ hub: TestHub; load: Load; key: string; client: Client }>

/** Measures finding tools among three hundred, and what it costs a model beside listing them. */
export const bench = async (): Promise<Finding> => {
  const upstream = await baselineServer('catalogue')
  const settings = { GUILDHALL_EGRESS_ALLOW: `127.0.0.1/32:${upstream.port}` }
  const hub = await startTestHub({ settings })
  const load = startLoad()
  try {
    await makeProject(hub, 'LST')
    const [key = ''] = await makeAgents(hub, 'LST', 1)
    await addServers(hub, upstream.port)
    const client = await connect(`${hub.url}/agent/mcp`, key)
    try {
      return await measured({ hub, load, key, client })
    } finally {
      await client.close()
    }
  } finally {
    await load.stop()
    await hub.stop()
    await upstream.stop()
  }
}

const addServers = async (hub: TestHub, port: number): Promise<void> => {
  for (const slug of SERVERS) {
    const { status, body } = await hub.api('POST', '/v1/tool-servers', {
      ...{ slug, url: `http://127.0.0.1:${port}/${slug}`, trust: true },
      rules: { egress: 'internal', untrusted: false },
    })
    const isWhole = Reflect.get(Object(body), 'tools') === TOOLS_EACH
    if (status !== 200 || !isWhole) throw new Error(JSON.stringify(body))
  }
  const tools = SERVERS.map((slug) => `${slug}__*`)
  const { status, body } = await hub.api('PUT', `/v1/tool-profiles/${PROFILE}`, { tools })
  if (status !== 200) throw new Error(JSON.stringify(body))
}

const measured = async ({ hub, load, key, client }: Hall): Promise<Finding> => {
  const port = Number(new URL(hub.url).port)
  const alone = (request: string, expects: string) =>
    load.run({ port, requests: [request], seconds: ROUND_S, expects, always: true })
  const firstMs = await timed(() => textOf(client, { q: 'anything at all' }))
  const { ours, bare } = await searched({ port, load, key })
  const servers = await alone(rawToolCall(key, 'tool_find', {}), SERVERS[0])
  const native = await nativeList(hub, key)
  const list = await alone(listRequest(key), '__')
  const { search, one, counts } = await tokensOfAnswers(client)
  const value = round(median(ours.map(({ p50Ms }) => p50Ms)), 3)
  const p95Ms = round(Math.max(...ours.map((report) => report.p95Ms)), 3)
  const baselineValue = round(median(bare.map(({ p50Ms }) => p50Ms)), 3)
  const { tools, tokens } = native
  return {
    name: 'hub-list',
    value,
    unit: `ms p50 to search ${TOOLS} tools of ${SERVERS.length} servers`,
    baseline: 'bare node:http JSON echo of as many bytes',
    baselineValue,
    ratio: round(value / baselineValue),
    budget: `p95 of each query < ${SEARCH_P95_MS_MAX} ms, an answer <= ${SEARCH_TOKENS_MAX} tokens`,
    met: p95Ms < SEARCH_P95_MS_MAX && search <= SEARCH_TOKENS_MAX,
    also: [
      { what: 'the slowest query', p95Ms },
      { what: 'the first search, which makes the index', ms: round(firstMs) },
      { what: 'servers with counts', ...timesOf(servers), tokens: counts },
      { what: 'native list of all', ...timesOf(list), tools, tokens },
      { what: 'tokens of a search, at most', tokens: search, ofList: round(search / tokens, 4) },
      { what: 'tokens of how to call one, at most', tokens: one, ofList: round(one / tokens, 4) },
    ],
  }
}

type Searching = Readonly<{ port: number; load: Load; key: string }>

/** Searches with every query over one connection, in turn with an echo of as many bytes. */
const searched = async ({ port, load, key }: Searching) => {
  const sides = QUERIES.map((q) => ({
    ...{ name: q, port, expects: '__' },
    request: rawToolCall(key, 'tool_find', { q }),
  }))
  const ours: LoadReport[] = []
  const bare: LoadReport[] = []
  const [warm] = sides
  if (warm) await load.run({ port, requests: [warm.request], seconds: WARM_S, expects: '__' })
  for (const { request, expects, ...side } of sides) {
    const order = { requests: [request], seconds: ROUND_S }
    ours.push(await load.run({ ...order, port, expects, always: true }))
    const echo = await echoFor(load, { ...side, request, expects })
    try {
      bare.push(await load.run({ ...order, port: echo.port, expects: 'xxx' }))
    } finally {
      await echo.stop()
    }
  }
  return { ours, bare }
}

const timesOf = ({ p50Ms, p95Ms }: LoadReport) => ({
  p50Ms: round(p50Ms, 3),
  p95Ms: round(p95Ms, 3),
})

type Native = Readonly<{ tools: number; tokens: number }>

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await act()
  return performance.now() - begun
}

const connect = async (url: string, key: string): Promise<Client> => {
  const client = new Client(
    { name: 'bench', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  const requestInit = { headers: { authorization: `Bearer ${key}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return client
}

const textOf = async (client: Client, args: Record<string, unknown>): Promise<string> => {
  const { content, isError } = await client.callTool({ name: 'tool_find', arguments: args })
  const [first] = content
  const text = first?.type === 'text' ? first.text : ''
  if (isError) throw new Error(text)
  return text
}

/** What a model reads: the longest answer of each kind. */
const tokensOfAnswers = async (client: Client) => {
  const searches: number[] = []
  const signatures: number[] = []
  for (const q of QUERIES) {
    const text = await textOf(client, { q })
    searches.push(tokensOf(text))
    const [name = ''] = /^[a-z]+__\w+/.exec(text) ?? []
    signatures.push(tokensOf(await textOf(client, { name })))
  }
  const counts = tokensOf(await textOf(client, {}))
  return { search: Math.max(...searches), one: Math.max(...signatures), counts }
}

/** Lists all tools as a client does that is given a profile's address. */
const nativeList = async (hub: TestHub, key: string): Promise<Native> => {
  const client = await connect(`${hub.url}/agent/mcp/p/${PROFILE}`, key)
  try {
    const { tools } = await client.listTools()
    const own = tools.map(({ name, description = '', inputSchema }) => ({
      ...{ name, description, inputSchema },
    }))
    if (own.length < TOOLS) throw new Error(`It lists ${own.length} tools.`)
    return { tools: own.length, tokens: toolTokens(own) }
  } finally {
    await client.close()
  }
}

const listRequest = (key: string): string =>
  rawRequest({
    method: 'POST',
    path: `/agent/mcp/p/${PROFILE}`,
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    },
    body: {
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/list' },
      params: {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    },
  })
