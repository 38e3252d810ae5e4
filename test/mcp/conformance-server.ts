import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import {
  localhostHostValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
} from '@modelcontextprotocol/node'
import {
  createMcpHandler,
  createRequestStateCodec,
  ProtocolError,
  Server,
} from '@modelcontextprotocol/server'
import {
  listSuitePrompts,
  readSuiteResource,
  SUITE_PROMPTS,
  SUITE_RESOURCES,
  SUITE_TEMPLATES,
} from './conformance-offers.ts'
import { listSuiteTools } from './conformance-schemas.ts'
import { TASK_TOOLS } from './conformance-tasks.ts'
import { SUITE_TOOLS } from './conformance-tools.ts'

// A server on the official library that offers what the official suite asks for, in both eras.

type Dynamic = { tool: boolean; prompt: boolean }
type Tell = Readonly<Record<keyof Dynamic, () => void>>

/** A server for the suite, on 127.0.0.1. */
export type SuiteServer = Readonly<{ url: string; stop(): Promise<void> }>

const codec = createRequestStateCodec({ key: randomBytes(32) })

const makeServer = (dynamic: Dynamic, tellOf: (server: Server) => Tell): Server => {
  const server = new Server(
    { name: 'suite', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        completions: {},
        logging: {},
      },
      requestState: { verify: codec.verify },
    },
  )
  const tell = tellOf(server)
  const toggle = (kind: keyof Dynamic) => {
    dynamic[kind] = !dynamic[kind]
    tell[kind]()
  }
  server.setRequestHandler('tools/list', () => ({ tools: listSuiteTools(dynamic.tool) }))
  server.setRequestHandler('tools/call', ({ params: { name, arguments: args = {} } }, context) => {
    const tool = SUITE_TOOLS[name] ?? TASK_TOOLS[name]
    if (tool === undefined) throw new ProtocolError(-32_602, `Unknown tool ${name}`)
    return tool({ context, args, codec, toggle })
  })
  server.setRequestHandler('prompts/list', () => ({ prompts: listSuitePrompts(dynamic.prompt) }))
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: args = {} } }, context) => {
    const prompt = SUITE_PROMPTS[name]
    if (prompt === undefined) throw new ProtocolError(-32_602, `Unknown prompt ${name}`)
    return prompt.get(args, context)
  })
  server.setRequestHandler('resources/list', () => ({ resources: SUITE_RESOURCES }))
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: SUITE_TEMPLATES,
  }))
  server.setRequestHandler('resources/read', ({ params: { uri } }) => readSuiteResource(uri))
  server.setRequestHandler('resources/subscribe', () => ({}))
  server.setRequestHandler('resources/unsubscribe', () => ({}))
  server.setRequestHandler('completion/complete', ({ params: { argument } }) => {
    const values = ['paris', 'park', 'party'].filter((one) => one.startsWith(argument.value))
    return { completion: { values, total: values.length, hasMore: false } }
  })
  return server
}

type Handle = (req: IncomingMessage, res: ServerResponse) => Promise<unknown>

/** Starts the server for the revision with sessions, or for the stateless one. */
export const suiteServer = (era: 'legacy' | 'modern'): Promise<SuiteServer> => {
  const dynamic: Dynamic = { tool: true, prompt: true }
  return serve(era === 'modern' ? statelessHandle(dynamic) : sessionHandle(dynamic))
}

const statelessHandle = (dynamic: Dynamic): Handle => {
  const tell = {
    tool: () => handler.notify.toolsChanged(),
    prompt: () => handler.notify.promptsChanged(),
  }
  const handler = createMcpHandler(() => makeServer(dynamic, () => tell), { legacy: 'reject' })
  const node = toNodeHandler(handler)
  return (req, res) =>
    node(Object.assign(req, { method: req.method ?? '', url: req.url ?? '' }), res)
}

const sessionHandle = (dynamic: Dynamic): Handle => {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>()
  return async (req, res) => {
    const id = String(req.headers['mcp-session-id'] ?? '')
    const known = sessions.get(id)
    if (known !== undefined) return known.handleRequest(req, res)
    if (id !== '') return res.writeHead(404).end('{}')
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void sessions.set(session, transport),
      onsessionclosed: (session) => void sessions.delete(session),
    })
    const server = makeServer(dynamic, (own) => ({
      tool: () => void own.sendToolListChanged(),
      prompt: () => void own.sendPromptListChanged(),
    }))
    await server.connect(transport)
    return transport.handleRequest(req, res)
  }
}

const serve = async (handle: Handle): Promise<SuiteServer> => {
  const hostFits = localhostHostValidation()
  const originFits = localhostOriginValidation()
  const server = createServer((req, res) => {
    if (!hostFits(req, res) || !originFits(req, res)) return
    handle(req, res).catch((error: unknown) => res.destroy(new Error(String(error))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
