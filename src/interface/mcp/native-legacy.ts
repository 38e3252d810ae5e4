import type { JSONRPCRequest, ServerContext } from '@modelcontextprotocol/server'
import { ProtocolError, Server } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import type { CallClient } from '../../kernel/operation.ts'
import { wishesOf } from './call.ts'
import type { Ground, Visitor } from './ground.ts'
import { NATIVE_INSTRUCTIONS } from './instructions.ts'
import { LEGACY_VERSIONS, type Seat } from './legacy-server.ts'
import { URIS_MAX } from './listen.ts'
import { pageQuestion, type Question, refOf, serverFault } from './native-answer.ts'
import { nativeCapabilities } from './native-modern.ts'
import { isLoud } from './native-stream.ts'
import type { Native, NativeKind, NativeOutcome } from './ground.ts'
import type { Json } from './protocol.ts'
import { badParams, CODES, Fault, isJson } from './protocol.ts'
import { faultOf } from './reply.ts'
import type { SessionFacts } from './session-id.ts'

// The eras with sessions at a profile of the hub. Here a client can be asked while its call is
// under way, so what a server asks, of whichever era it is, is asked at once.

/** Milliseconds that a client may take for one question, because people answer them. */
const ASK_MS = 600_000
/** Times that one call may ask. */
const ROUNDS_MAX = 8
const NOTHING: Json = {}
const RESULT_TOOL = 'guildhall__result'
const USUAL_LEVEL = 'info'

type Sitting = Readonly<{ seat: Seat; facts: SessionFacts; visitor: Visitor }>

/** Makes the official server for a session at a profile of the hub. */
export const makeNativeServer = async (
  ground: Ground,
  { seat, facts, visitor }: Sitting,
): Promise<Server> => {
  const { native } = ground
  assert(native, 'an address of a profile is read only where there are profiles')
  const { offers } = await native.view(visitor)
  const server = new Server(
    { name: 'guildhall', title: 'Guildhall', version: ground.version },
    {
      capabilities: nativeCapabilities(offers),
      instructions: NATIVE_INSTRUCTIONS,
      supportedProtocolVersions: LEGACY_VERSIONS,
    },
  )
  const levels = { least: USUAL_LEVEL }
  if (offers.logging) {
    server.setRequestHandler('logging/setLevel', ({ params: { level } }) => {
      levels.least = level
      return {}
    })
  }
  // Results pass as their servers made them: the library's own shapes would drop what they do not
  // know.
  server.fallbackRequestHandler = async (request, context) => {
    const caller = seat.visitorOf(context.http?.req)
    const turn = { ground, native, seat, facts, caller, context, levels, params: paramsOf(request) }
    try {
      return { ...(await answer(request.method, turn)) }
    } catch (thrown) {
      const { code, message, data } = faultOf(thrown, { hall: ground.hall, trace: caller.trace })
      throw new ProtocolError(code, message, data)
    }
  }
  return server
}

const paramsOf = ({ params }: JSONRPCRequest): Json => (isJson(params) ? params : NOTHING)

type Turn = Readonly<{
  ground: Ground
  native: Native
  seat: Seat
  facts: SessionFacts
  caller: Visitor
  context: ServerContext
  levels: Readonly<{ least: string }>
  params: Json
}>

const answer = async (method: string, turn: Turn): Promise<Json> => {
  const { native, caller, params } = turn
  switch (method) {
    case 'tools/list':
      return { tools: (await listsOf(turn)).tools }
    case 'prompts/list':
      return { prompts: (await listsOf(turn)).prompts }
    case 'resources/list':
      return { resources: (await listsOf(turn)).resources }
    case 'resources/templates/list':
      return { resourceTemplates: (await listsOf(turn)).templates }
    case 'resources/subscribe':
      return subscribe(turn)
    case 'resources/unsubscribe':
      turn.seat.uris.delete(String(params['uri']))
      turn.seat.urisChanged?.()
      return {}
    default: {
      const passing = passingOf(method, params)
      await native.view(caller)
      return pass(turn, passing)
    }
  }
}

const listsOf = async ({ native, caller }: Turn) => (await native.view(caller)).lists()

const subscribe = ({ seat, params: { uri } }: Turn): Json => {
  if (typeof uri !== 'string') throw badParams('Say in params.uri what to subscribe to.')
  if (seat.uris.size >= URIS_MAX) throw badParams(`Subscribe to at most ${URIS_MAX} resources.`)
  seat.uris.add(uri)
  seat.urisChanged?.()
  return {}
}

type Passing = Readonly<{ kind: NativeKind; input: Json }>

const passingOf = (method: string, params: Json): Passing => {
  const { name, uri, arguments: args = NOTHING, ref, argument, context } = params
  switch (method) {
    case 'tools/call':
      return { kind: 'call', input: { name, args } }
    case 'resources/read':
      return { kind: 'read', input: { uri } }
    case 'prompts/get':
      return { kind: 'prompt', input: { name, args } }
    case 'completion/complete':
      return {
        kind: 'complete',
        input: { ref, argument, ...(context !== undefined && { context }) },
      }
    default:
      throw new Fault({ status: 200, code: CODES.method }, 'Method not found')
  }
}

type Round = Passing & Readonly<{ answers?: Json; state?: string; isRetry: boolean }>

/** Passes a request on, and asks the client for whatever its server wants before it answers. */
const pass = async (turn: Turn, passing: Passing): Promise<Json> => {
  let round: Round = { ...passing, isRetry: false }
  for (let asked = 0; asked <= ROUNDS_MAX; asked += 1) {
    const done = await make(turn, round)
    const fault = serverFault(done, passing)
    if (fault !== null) throw fault
    const page = pageQuestion(done, turn.facts.capabilities)
    if (page !== null && !round.isRetry) {
      const { action } = await answered(turn, withId(page))
      if (action !== 'accept') return done.result ?? {}
      round = waited(done, passing)
      continue
    }
    const questions = questionsOf(done)
    if (questions === null) return done.result ?? {}
    const answers = await Promise.all(
      questions.map(async ([name, one]) => [name, await answered(turn, one)] as const),
    )
    const { requestState: state } = done.result ?? {}
    round = {
      ...{ ...passing, isRetry: true, answers: Object.fromEntries(answers) },
      ...(typeof state === 'string' && { state }),
    }
  }
  throw new Fault({ status: 200, code: CODES.internal }, 'The server asks more than one call may.')
}

const make = ({ native, caller, context, ...turn }: Turn, round: Round): Promise<NativeOutcome> => {
  const { kind, input, answers, state, isRetry } = round
  const { signal, _meta: meta } = context.mcpReq
  const client = clientOf({ context, ...turn })
  const { repeatKey } = wishesOf(isJson(meta) ? meta : {})
  const more =
    kind === 'complete'
      ? {}
      : { ...(state !== undefined && { state }), logLevel: turn.levels.least }
  return native.run(caller, {
    ...{ kind, signal, repeatKey: isRetry ? undefined : repeatKey },
    client: { ...client, ...(answers && { answers }) },
    input: { ...input, ...more },
  })
}

const clientOf = (turn: Omit<Turn, 'native' | 'caller'>): CallClient => {
  const { context, facts, levels, ground } = turn
  const { mcpReq } = context
  const { _meta: meta } = mcpReq
  const progressToken = meta?.progressToken
  const tell = (method: string, params: Json) => {
    mcpReq.notify({ method, params: { ...params } }).catch((error: unknown) => {
      ground.hall.log('info', 'mcp: a notification was not delivered', { error: String(error) })
    })
  }
  return {
    capabilities: facts.capabilities,
    ask: (method, params) => ask(turn, { method, params }),
    ...(progressToken !== undefined && {
      progress: (params) => tell('notifications/progress', { ...params, progressToken }),
    }),
    logged: (params) => isLoud(params, levels.least) && tell('notifications/message', params),
  }
}

/** Asks, and says in our words that there was no answer. */
const answered = async (turn: Turn, question: Question): Promise<Json> => {
  try {
    return await ask(turn, question)
  } catch {
    // Whatever its library threw: the client can or will not answer.
    const message = `The client did not answer ${question.method}, which the server asks.`
    throw new Fault({ status: 200, code: CODES.internal }, message)
  }
}

const Anything = z.looseObject({})

/** Asks the client on the stream of its call. */
const ask = async (
  { context }: Pick<Turn, 'context'>,
  { method, params }: Question,
): Promise<Json> => {
  const options = { timeout: ASK_MS, signal: context.mcpReq.signal }
  return context.mcpReq.send({ method, params: { ...params } }, Anything, options)
}

const questionsOf = ({
  result,
}: NativeOutcome): readonly (readonly [string, Question])[] | null => {
  if (result?.['resultType'] !== 'input_required') return null
  const { inputRequests } = result
  if (!isJson(inputRequests)) return []
  return Object.entries(inputRequests).flatMap(([name, one]) => {
    if (!isJson(one) || typeof one['method'] !== 'string') return []
    const { method, params } = one
    return [[name, withId({ method, params: isJson(params) ? params : {} })] as const]
  })
}

/** Revisions with sessions give every page a client is sent to an id. */
const withId = ({ method, params }: Question): Question => {
  if (params['mode'] !== 'url' || params['elicitationId'] !== undefined) return { method, params }
  return { method, params: { ...params, elicitationId: crypto.randomUUID() } }
}

/** After a page was shown: a call that was parked is waited for, another is made again. */
const waited = (done: NativeOutcome, passing: Passing): Round => {
  const ref = refOf(done)
  if (!ref.startsWith('call:')) return { ...passing, isRetry: true }
  const args = { call: ref.slice('call:'.length) }
  return { kind: 'call', input: { name: RESULT_TOOL, args }, isRetry: true }
}
