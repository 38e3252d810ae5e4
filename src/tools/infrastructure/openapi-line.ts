import { assert } from '../../kernel/assert.ts'
import { type Line, UpstreamFault } from '../../platform/mcp/line.ts'
import { openApiAddress } from '../domain/openapi-path.ts'
import type { Auth } from '../domain/upstream.ts'
import { openapiCaller } from './openapi-caller.ts'
import { readOpenApi } from './openapi-text.ts'
import { authHeaders } from './upstream-auth.ts'

const METHOD_UNKNOWN = -32601
const TOOL_UNKNOWN = -32602

/** What a line to a plain HTTP service is opened with. */
export type ServiceOptions = Readonly<{
  /** The text of its OpenAPI document. */
  document: string
  /** The address that an administrator gave; the document's own path goes below it. */
  baseUrl: string
  auth: Auth
  secret: string | null
  /** Gives the headers of a request, where they change from one to the next. */
  headers?: () => Promise<Readonly<Record<string, string>>>
  fetch: (input: string, init: RequestInit) => Promise<Response>
  bytesMax: number
}>

/** Opens a plain HTTP service as if it were a server of tools: its operations are the tools. */
export const openServiceLine = async (options: ServiceOptions): Promise<Line> => {
  const { auth, secret, bytesMax, headers } = options
  const tools = await readOpenApi(options.document)
  const byName = new Map(tools.operations.map((one) => [one.name, one]))
  const baseUrl = openApiAddress(options.baseUrl, tools.serverPath)
  const caller = openapiCaller({ fetch: options.fetch, now: () => performance.now() })
  const inQuery = auth.kind === 'query' && auth.name !== undefined && secret !== null
  const credential = {
    headers: authHeaders(auth, secret),
    ...(inQuery && { query: { [auth.name ?? '']: secret } }),
  }
  const listed = tools.operations.map(({ name, title, description, inputSchema, effect }) => ({
    ...{ name, description, inputSchema },
    ...(title !== null && { title }),
    annotations: { readOnlyHint: effect === 'read', destructiveHint: effect === 'destroy' },
  }))
  let busy = 0
  const ended = Promise.withResolvers<Readonly<{ why: string }>>()
  return {
    about: {
      era: 'modern',
      version: 'openapi',
      server: { name: tools.title.slice(0, 120), version: tools.version.slice(0, 40) },
      capabilities: { tools: {} },
      instructions: tools.description,
    },
    async request({ method, params, timeoutMs, signal, traceparent, sent }) {
      if (method === 'tools/list') return { tools: listed }
      if (method !== 'tools/call') throw new UpstreamFault(METHOD_UNKNOWN, 'Method not found')
      const operation = byName.get(String(params['name']))
      if (!operation) throw new UpstreamFault(TOOL_UNKNOWN, 'Unknown tool')
      const args = params['arguments']
      assert(isObject(args), 'arguments were checked before')
      busy += 1
      try {
        return await caller.call({
          ...{ operation, args, baseUrl, timeoutMs, bytesMax, signal },
          credential: async () => (headers ? { headers: await headers() } : credential),
          ...(traceparent !== undefined && { traceparent }),
          ...(sent && { sent }),
        })
      } finally {
        busy -= 1
      }
    },
    onNotice: () => () => {},
    watch: async () => {},
    busy: () => busy,
    closed: ended.promise,
    close: async () => ended.resolve({ why: 'closed' }),
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
