import type { ServerContext } from '@modelcontextprotocol/server'
import { ProtocolError, Server } from '@modelcontextprotocol/server'
import type { Caller } from './call.ts'
import { refusedOutcome, runTool, wishesOf } from './call.ts'
import type { Ground, Visitor } from './ground.ts'
import { INSTRUCTIONS } from './instructions.ts'
import { isVisible, URIS_MAX } from './listen.ts'
import { completed, getPrompt, listPrompts } from './prompts.ts'
import type { Json } from './protocol.ts'
import { badParams, isJson } from './protocol.ts'
import { faultOf } from './reply.ts'
import { listResources, listTemplates, readResource } from './resources.ts'
import { TICK_MS } from './sse.ts'
import { findOperation, listTools } from './tools.ts'

/** The revisions that sessions speak, the newest first. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']

/** What one session's handlers work with. */
export type Seat = {
  /** Finds who sent the request that is being handled. */
  readonly visitorOf: (request: Request | undefined) => Visitor
  /** Resources that the session subscribed to. */
  readonly uris: Set<string>
  /** Tells the session's stream that these are others now. */
  urisChanged: (() => void) | undefined
}

/** Makes the official server for one session, on the same handlers as the stateless era. */
export const makeServer = (ground: Ground, seat: Seat): Server => {
  const server = new Server(
    { name: 'guildhall', title: 'Guildhall', version: ground.version },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        completions: {},
      },
      instructions: INSTRUCTIONS,
      supportedProtocolVersions: LEGACY_VERSIONS,
    },
  )
  addTools(server, ground, seat)
  addResources(server, ground, seat)
  addPrompts(server, ground, seat)
  return server
}

const addTools = (server: Server, ground: Ground, seat: Seat): void => {
  server.setRequestHandler('tools/list', (_, context) =>
    guarded({ ground, seat, context }, async (visitor) => {
      const { names } = await ground.hall.offers(visitor.actor)
      return { tools: listTools(ground.tools, visitor.place, names).map(toolOf) }
    }),
  )
  server.setRequestHandler('tools/call', ({ params }, context) =>
    guarded({ ground, seat, context }, async (visitor) => {
      const { name, arguments: args = {} } = params
      const outcome = await callTool(ground, { visitor, context, call: { name, args } })
      const { text, isError, structured } = outcome
      return {
        content: [{ type: 'text' as const, text }],
        ...(isError && { isError }),
        ...(structured && { structuredContent: { ...structured } }),
      }
    }),
  )
}

const toolOf = ({
  name,
  description,
  inputSchema,
  annotations,
}: ReturnType<typeof listTools>[0]) => ({
  name,
  description,
  annotations,
  inputSchema: plain(inputSchema),
})

// The library wants to be able to write into its schemas, so it gets its own copy.
const plain = (schema: Readonly<{ type: 'object' }>) => ({ ...structuredClone(schema) })

type Calling = Readonly<{
  visitor: Visitor
  context: ServerContext
  call: Readonly<{ name: string; args: Json }>
}>

const callTool = async (ground: Ground, { visitor, context, call }: Calling) => {
  const { hall } = ground
  const { signal, _meta: meta } = context.mcpReq
  const wishes = wishesOf(isJson(meta) ? meta : {})
  const caller = callerOf(visitor, signal)
  const token = meta?.progressToken
  let tick: NodeJS.Timeout | undefined
  try {
    const found = findOperation(ground.tools, visitor.place, call)
    if (token !== undefined && found.operation.waiting) tick = ticker(hall, context, token)
    return await runTool(hall, caller, { ...found, wishes })
  } catch (thrown) {
    return refusedOutcome(hall, visitor.trace, thrown)
  } finally {
    clearInterval(tick)
  }
}

const ticker = (
  hall: Ground['hall'],
  { mcpReq }: ServerContext,
  progressToken: string | number,
): NodeJS.Timeout => {
  let progress = 0
  return setInterval(() => {
    const params = { progressToken, progress: ++progress }
    mcpReq.notify({ method: 'notifications/progress', params }).catch((error: unknown) => {
      hall.log('info', 'mcp: a sign of life was not delivered', { error: String(error) })
    })
  }, TICK_MS)
}

const addResources = (server: Server, ground: Ground, seat: Seat): void => {
  const { shelf, hall } = ground
  server.setRequestHandler('resources/list', (_, context) =>
    guarded({ ground, seat, context }, async (visitor) => {
      const { names } = await hall.offers(visitor.actor)
      return { resources: await listResources(shelf, callerOf(visitor, undefined), names) }
    }),
  )
  server.setRequestHandler('resources/templates/list', (_, context) =>
    guarded({ ground, seat, context }, async (visitor) => {
      const { names } = await hall.offers(visitor.actor)
      return { resourceTemplates: listTemplates(shelf.templates, names) }
    }),
  )
  server.setRequestHandler('resources/read', ({ params: { uri } }, context) =>
    guarded({ ground, seat, context }, async (visitor) => {
      const found = await readResource(shelf, callerOf(visitor, context.mcpReq.signal), uri)
      if (found === null) throw noResource(uri)
      return found
    }),
  )
  server.setRequestHandler('resources/subscribe', ({ params: { uri } }, context) =>
    guarded({ ground, seat, context }, async (visitor) => {
      const { names } = await hall.offers(visitor.actor)
      if (!isVisible(ground, names, uri)) throw noResource(uri)
      if (seat.uris.size >= URIS_MAX) throw badParams(`Subscribe to at most ${URIS_MAX} resources.`)
      seat.uris.add(uri)
      return {}
    }),
  )
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    seat.uris.delete(uri)
    return {}
  })
}

// The library turns the -32002 of older revisions into this code, as the newest one asks for.
const noResource = (uri: string) => badParams('There is no such resource.', { uri })

const addPrompts = (server: Server, ground: Ground, seat: Seat): void => {
  const { prompts } = ground.hall
  server.setRequestHandler('prompts/list', () => ({ prompts: listPrompts(prompts) }))
  server.setRequestHandler('prompts/get', ({ params }, context) =>
    guarded({ ground, seat, context }, async () => getPrompt(prompts, { ...params })),
  )
  server.setRequestHandler('completion/complete', ({ params }, context) =>
    guarded({ ground, seat, context }, (visitor) =>
      completed(ground, callerOf(visitor, undefined), { ...params }),
    ),
  )
}

const callerOf = ({ actor, trace, address }: Visitor, signal: AbortSignal | undefined): Caller => ({
  actor,
  trace,
  address,
  signal,
})

type Guarding = Readonly<{ ground: Ground; seat: Seat; context: ServerContext }>

/** Runs a handler so that nothing but our own sentences reaches the library's error answers. */
const guarded = async <T>(
  { ground, seat, context }: Guarding,
  act: (visitor: Visitor) => Promise<T>,
): Promise<T> => {
  const visitor = seat.visitorOf(context.http?.req)
  try {
    return await act(visitor)
  } catch (thrown) {
    const { code, message, data } = faultOf(thrown, { hall: ground.hall, trace: visitor.trace })
    throw new ProtocolError(code, message, data)
  }
}
