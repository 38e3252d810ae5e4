import type {
  CallToolResult,
  InputRequiredResult,
  ServerContext,
  ServerNotifier,
} from '@modelcontextprotocol/server'
import { inputRequired, inputResponse, ProtocolError, Server } from '@modelcontextprotocol/server'
import type { Seen } from './fixture-words.ts'
import { COLOUR_FORM, listedTools, said, untilAborted } from './fixture-words.ts'

type Changes = Pick<ServerNotifier, 'toolsChanged' | 'resourceUpdated'>
type Turn = Readonly<{
  changes: Changes
  seen: Seen
  request: ServerContext['mcpReq']
  args: Readonly<Record<string, unknown>>
}>

const inputSchema = { type: 'object' as const, properties: {} }

const TOOLS: Readonly<
  Record<string, (turn: Turn) => Promise<CallToolResult | InputRequiredResult>>
> = {
  echo: async ({ args }) => said(JSON.stringify(args)),
  async count({ request }) {
    const { _meta: meta } = request
    for (const progress of [1, 2, 3]) {
      const params = { progressToken: meta?.progressToken ?? 'none', progress, total: 3 }
      await request.notify({ method: 'notifications/progress', params })
    }
    return said('3')
  },
  async talk({ request }) {
    await request.log('info', 'I talk.')
    return said('talked')
  },
  async hang({ request, seen }) {
    await untilAborted(request.signal)
    seen.cancelled += 1
    return said('never read')
  },
  async ask({ request }) {
    const view = inputResponse(request.inputResponses, 'colour')
    if (view.kind !== 'missing') return said(JSON.stringify(view))
    const form = { message: 'Which colour?', requestedSchema: COLOUR_FORM }
    return inputRequired({
      inputRequests: { colour: inputRequired.elicit(form) },
      requestState: 'half-way',
    })
  },
  async refuse() {
    throw new ProtocolError(-32_050, 'Not today.', { why: 'fixture' })
  },
  async change({ changes, seen }) {
    seen.isShort = seen.isShort !== true
    changes.toolsChanged()
    return said('changed')
  },
  async touch({ changes, args }) {
    changes.resourceUpdated(String(args['uri']))
    return said('touched')
  },
  cancelled: async ({ seen }) => said(String(seen.cancelled)),
  crash: async () => process.exit(3),
}

/** Makes a server of the official library of the second line, which knows the stateless era. */
export const secondLineServer = (seen: Seen, notifier?: () => Changes): Server => {
  const server = new Server(
    { name: 'second-line', version: '2.0.0' },
    {
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
      instructions: 'A fixture.',
    },
  )
  const own: Changes = {
    toolsChanged: () => void server.sendToolListChanged(),
    resourceUpdated: (uri) => void server.sendResourceUpdated({ uri }),
  }
  server.setRequestHandler('tools/list', () => ({
    tools: listedTools(seen).map((tool) => ({ ...tool, inputSchema })),
  }))
  server.setRequestHandler('tools/call', ({ params }, { mcpReq: request }) => {
    const { name, arguments: args = {} } = params
    seen.calls.push(name)
    const tool = TOOLS[name]
    if (tool === undefined) throw new ProtocolError(-32_602, `Unknown tool ${name}`)
    return tool({ changes: notifier?.() ?? own, seen, request, args })
  })
  return server
}
