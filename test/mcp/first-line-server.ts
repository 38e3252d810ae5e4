import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import * as types from '@modelcontextprotocol/sdk/types.js'
import type { Seen } from './fixture-words.ts'
import { COLOUR_FORM, listedTools, said, untilAborted } from './fixture-words.ts'

const inputSchema = { type: 'object' as const, properties: {} }

type Extra = RequestHandlerExtra<types.ServerRequest, types.ServerNotification>
type Turn = Readonly<{
  server: Server
  seen: Seen
  extra: Extra
  args: Readonly<Record<string, unknown>>
  token: string | number
}>

const ELICIT = { message: 'Which colour?', requestedSchema: COLOUR_FORM }
const answered = ({ action, content }: types.ElicitResult) =>
  said(JSON.stringify([action, content?.['colour'] ?? null]))

const TOOLS: Readonly<Record<string, (turn: Turn) => Promise<types.CallToolResult>>> = {
  echo: async ({ args }) => said(JSON.stringify(args)),
  async count({ extra, token }) {
    for (const progress of [1, 2, 3]) {
      const params = { progressToken: token, progress, total: 3 }
      await extra.sendNotification({ method: 'notifications/progress', params })
    }
    return said('3')
  },
  async talk({ extra }) {
    const params = { level: 'info' as const, data: 'I talk.' }
    await extra.sendNotification({ method: 'notifications/message', params })
    return said('talked')
  },
  async hang({ extra, seen }) {
    await untilAborted(extra.signal)
    seen.cancelled += 1
    return said('never read')
  },
  async ask({ extra }) {
    const asked = { method: 'elicitation/create' as const, params: ELICIT }
    return answered(await extra.sendRequest(asked, types.ElicitResultSchema))
  },
  ask_later: async ({ server }) => answered(await server.elicitInput(ELICIT)),
  async refuse() {
    throw new types.McpError(-32_050, 'Not today.', { why: 'fixture' })
  },
  async change({ server, seen }) {
    seen.isShort = seen.isShort !== true
    await server.sendToolListChanged()
    return said('changed')
  },
  async touch({ server, args }) {
    await server.sendResourceUpdated({ uri: String(args['uri']) })
    return said('touched')
  },
  cancelled: async ({ seen }) => said(String(seen.cancelled)),
  crash: async () => process.exit(3),
}

/** Makes a server of the official library of the first line, which knows the eras with sessions. */
export const firstLineServer = (seen: Seen): Server => {
  const server = new Server(
    { name: 'first-line', version: '1.0.0' },
    {
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
      instructions: 'A fixture.',
    },
  )
  server.setRequestHandler(types.ListToolsRequestSchema, () => ({
    tools: listedTools(seen).map((tool) => ({ ...tool, inputSchema })),
  }))
  server.setRequestHandler(types.SubscribeRequestSchema, () => ({}))
  server.setRequestHandler(types.UnsubscribeRequestSchema, () => ({}))
  server.setRequestHandler(types.CallToolRequestSchema, ({ params }, extra) => {
    const { name, arguments: args = {}, _meta: meta } = params
    seen.calls.push(name)
    const tool = TOOLS[name]
    if (tool === undefined) throw new types.McpError(-32_602, `Unknown tool ${name}`)
    return tool({ server, seen, extra, args, token: meta?.progressToken ?? 'none' })
  })
  return server
}
