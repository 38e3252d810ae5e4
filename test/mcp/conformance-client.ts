import { openHttpLine, WIDEST_RELAYS } from '../../src/platform/mcp/http-line.ts'
import type { Json } from '../../src/platform/mcp/line.ts'
import { UpstreamFault } from '../../src/platform/mcp/line.ts'
import { headerMarks } from '../../src/tools/domain/header-mark.ts'
import { asked, lineOptions } from './test-lines.ts'

// A client for the official suite: does over a line what the suite's scenarios wait for. The
// address of the suite's server is the last argument.

const url = process.argv.at(-1) ?? ''
const relays = WIDEST_RELAYS
const context: unknown = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}')

let lastSchema: unknown = {}

/** Fills in what a schema wants, so that every tool can be called. */
const argsFor = (schema: unknown): Json => {
  const properties: Json =
    typeof schema === 'object' && schema !== null && 'properties' in schema
      ? Object(schema.properties)
      : {}
  const valueOf = (one: unknown) => {
    const { type, default: usual } = Object(one)
    if (usual !== undefined) return usual
    // A tool that wants an object gets the schema seen before, to tell whether it came unchanged.
    if (type === 'object') return lastSchema
    if (type === 'number' || type === 'integer') return 5
    if (type === 'boolean') return true
    const [first]: unknown[] = Object(one).enum ?? []
    return first ?? 'text'
  }
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valueOf(one)]))
}

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : [])

const line = await openHttpLine({
  ...lineOptions(url),
  relays,
  era: 'auto',
  pauses: { firstMs: 100, mostMs: 1_000, steadyMs: 60_000 },
})
const capabilities = WIDEST_RELAYS
const ask = async (method: string, params: Json): Promise<Json> => {
  if (method !== 'elicitation/create') return method === 'roots/list' ? { roots: [] } : {}
  return { action: 'accept', content: argsFor(params['requestedSchema']) }
}
const more = { capabilities, ask }
/** Makes a request until it is complete: answers what is asked, as a client would. */
const complete = async (
  method: string,
  params: Json,
  headers: Record<string, string>,
): Promise<Json> => {
  const result = await line.request(asked(method, params, { ...more, headers }))
  if (result['resultType'] !== 'input_required') return result
  const inputResponses: Record<string, Json> = {}
  for (const [name, one] of Object.entries(Object(result['inputRequests']))) {
    inputResponses[name] = await ask(Object(one).method, Object(one).params)
  }
  const { requestState } = result
  const state = requestState === undefined ? {} : { requestState }
  return complete(method, { ...params, inputResponses, ...state }, headers)
}
/** Repeats marked arguments as headers. */
const headersFor = (schema: unknown, args: Json): Record<string, string> => {
  const read = headerMarks(Object(schema))
  const headers: Record<string, string> = {}
  for (const { header, path } of read.kind === 'valid' ? read.marks : []) {
    const value = path.reduce((at: unknown, name) => Object(at)[name], args)
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
    if (isPlain) headers[`Mcp-Param-${header}`] = `${Object(value)}`
  }
  return headers
}

/** Calls a tool as the suite wishes, or with what its schema wants. */
const callTool = async (tool: Json) => {
  const { name, inputSchema } = tool
  const wished = listOf(Object(context).toolCalls).filter((call) => call['name'] === name)
  const calls = wished.length > 0 ? wished : [{ arguments: argsFor(inputSchema) }]
  for (const call of calls) {
    const args: Json = Object(call['arguments'])
    await complete('tools/call', { name, arguments: args }, headersFor(inputSchema, args))
  }
  lastSchema = inputSchema
}

/** Asks for a list, and for each of its members. */
const walk = async (name: string, visit: (member: Json) => Promise<unknown>) => {
  if (!(name in line.about.capabilities)) return
  const listed = await line.request(asked(`${name}/list`, {}, more))
  for (const member of listOf(listed[name])) {
    await visit(member).catch((error: unknown) => {
      // Some scenarios serve lists only; what else fails is a fault of ours.
      if (!(error instanceof UpstreamFault)) throw error
    })
  }
}

await walk('tools', async (tool) => {
  if (headerMarks(Object(tool['inputSchema'])).kind === 'valid') await callTool(tool)
})
await walk('resources', ({ uri }) => line.request(asked('resources/read', { uri }, more)))
await walk('prompts', ({ name }) => line.request(asked('prompts/get', { name }, more)))
await line.close()
