import { LRUCache } from 'lru-cache'
import type { Outcome } from './call.ts'
import { refusedOutcome, runTool, wishesOf } from './call.ts'
import type { Exchange, Ground, Visitor } from './ground.ts'
import { INSTRUCTIONS } from './instructions.ts'
import { checkParamHeaders, climb } from './ladder.ts'
import { makeListens } from './listen.ts'
import type { Asked, Context, Method } from './modern-method.ts'
import {
  callerOf,
  closing,
  DISCOVER_TTL_MS,
  LIST_TTL_MS,
  noCursor,
  withTail,
} from './modern-method.ts'
import { NATIVE_METHODS } from './native-modern.ts'
import { completed, getPrompt, listPrompts } from './prompts.ts'
import type { Json, Message } from './protocol.ts'
import { ascii, badParams, CODES, Fault, isJson, MODERN_VERSION, SERVER_KEY } from './protocol.ts'
import { replyEmpty, replyJson, replyThrown } from './reply.ts'
import { listResources, listTemplates, readResource } from './resources.ts'
import { runSlowly } from './sse.ts'
import { findOperation, listTools } from './tools.ts'

// The stateless era. A call on it makes no object of the official library: it reads one message,
// looks up, runs, and writes one string.

const LISTS_MAX = 256
const VISITED_MAX = 10_000
const NO_ARGUMENTS: Json = {}

/** The stateless era of the door. */
export type Modern = Readonly<{
  handle(exchange: Exchange, visitor: Visitor, message: Message): void
  close(): void
}>

/** Makes the stateless era. */
export const makeModern = (ground: Ground): Modern => {
  const serverInfo = { name: 'guildhall', title: 'Guildhall', version: ground.version }
  const context: Context = {
    ground,
    serverInfo,
    tail: `"resultType":"complete","_meta":${JSON.stringify({ [SERVER_KEY]: serverInfo })}}`,
    lists: new LRUCache({ max: LISTS_MAX }),
    visited: new LRUCache({ max: VISITED_MAX }),
    listens: makeListens(ground, serverInfo),
  }
  return {
    handle: (exchange, visitor, message) => handle(context, { exchange, visitor, message }),
    close: () => context.listens.close(),
  }
}

const handle = (context: Context, asked: Asked): void => {
  const { exchange, visitor, message } = asked
  const { hall } = context.ground
  const failed = (thrown: unknown) =>
    replyThrown(exchange, thrown, { hall, trace: visitor.trace, id: message.id })
  try {
    climb(message, exchange.req.headers)
    if (message.id === undefined) return replyEmpty(exchange, 202)
    const methods = visitor.place.hub === null ? METHODS : NATIVE_METHODS
    const method = methods.get(message.method)
    if (method === undefined)
      throw new Fault({ status: 404, code: CODES.method }, 'Method not found')
    const result = method(context, asked)
    if (result instanceof Promise) result.then((text) => finish(asked, text)).catch(failed)
    else finish(asked, result)
  } catch (thrown) {
    failed(thrown)
  }
}

const finish = ({ exchange, message }: Asked, result: string | null): void => {
  if (result === null) return
  replyJson(exchange, `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":${result}}`)
}

const discover: Method = ({ tail }) => {
  const capabilities = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
    completions: {},
  }
  const about = { supportedVersions: [MODERN_VERSION], capabilities, instructions: INSTRUCTIONS }
  return withTail({ ...about, ttlMs: DISCOVER_TTL_MS, cacheScope: 'private' }, tail)
}

/** Makes the method of a list that is equal for equal rights and places. */
const list =
  (make: (ground: Ground, visitor: Visitor, names: ReadonlySet<string>) => Json): Method =>
  async ({ ground, lists, tail }, { visitor, message }) => {
    noCursor(message)
    const { names, mark } = await ground.hall.offers(visitor.actor)
    const key = `${message.method} ${visitor.place.mark} ${mark}`
    const known = lists.get(key)
    if (known !== undefined) return known
    const made = make(ground, visitor, names)
    const text = ascii(withTail({ ...made, ttlMs: LIST_TTL_MS, cacheScope: 'private' }, tail))
    lists.set(key, text)
    return text
  }

const resources: Method = async ({ ground, tail }, { visitor, message }) => {
  noCursor(message)
  const { names } = await ground.hall.offers(visitor.actor)
  const found = await listResources(ground.shelf, callerOf(visitor, undefined), names)
  return withTail({ resources: found, ttlMs: LIST_TTL_MS, cacheScope: 'private' }, tail)
}

const read: Method = async ({ ground, tail }, { exchange, visitor, message }) => {
  const { uri } = message.params
  noState(message)
  if (typeof uri !== 'string') throw badParams('Say in params.uri what to read.')
  const result = await readResource(ground.shelf, callerOf(visitor, closing(exchange)), uri)
  if (result === null) throw badParams('There is no such resource.', { uri })
  return withTail({ ...result, ttlMs: 0, cacheScope: 'private' }, tail)
}

const prompt: Method = ({ ground, tail }, { message }) => {
  noState(message)
  return withTail(getPrompt(ground.hall.prompts, message.params), tail)
}

const complete: Method = async ({ ground, tail }, { visitor, message }) =>
  withTail(await completed(ground, callerOf(visitor, undefined), message.params), tail)

const listen: Method = async ({ listens }, { exchange, visitor, message }) => {
  await listens.open(exchange, visitor, message)
  return null
}

const call: Method = (context, { exchange, visitor, message }) => {
  const { ground, tail } = context
  const { params, meta } = message
  const { name, arguments: args = NO_ARGUMENTS } = params
  if (isJson(args)) checkParamHeaders(args, exchange.req.headers)
  if (typeof name !== 'string') throw badParams('Say in params.name which tool to call.')
  if (!isJson(args)) throw badParams('Send the arguments of a tool as an object.')
  noState(message)
  const wishes = wishesOf(meta)
  let found: ReturnType<typeof findOperation>
  try {
    found = findOperation(ground.tools, visitor.place, { name, args })
  } catch (thrown) {
    return resultText(refusedOutcome(ground.hall, visitor.trace, thrown), tail)
  }
  const { operation } = found
  // Only what waits or writes looks at the signal: a read is over before anybody could go.
  const stops = operation.waiting !== undefined || operation.effect !== 'read'
  const caller = callerOf(visitor, stops ? closing(exchange) : undefined)
  const outcome = runTool(ground.hall, caller, { ...found, wishes })
  if (!(outcome instanceof Promise)) return resultText(outcome, tail)
  const text = outcome.then((done) => resultText(done, tail))
  const token = meta['progressToken']
  if (operation.waiting === undefined || token === undefined) return text
  return runSlowly(exchange, text, {
    id: message.id,
    token,
    hall: ground.hall,
    trace: visitor.trace,
  })
}

const noState = ({ params }: Message): void => {
  if (params['requestState'] !== undefined) {
    throw badParams('requestState is not valid for this call.')
  }
}

const resultText = ({ text, isError, structured }: Outcome, tail: string): string => {
  const data = structured === undefined ? '' : `"structuredContent":${JSON.stringify(structured)},`
  const error = isError ? '"isError":true,' : ''
  return `{"content":[{"type":"text","text":${JSON.stringify(text)}}],${data}${error}${tail}`
}

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['tools/call', call],
  ['server/discover', discover],
  [
    'tools/list',
    list(({ tools }, { place }, names) => ({ tools: listTools(tools, place, names) })),
  ],
  ['prompts/list', list(({ hall }) => ({ prompts: listPrompts(hall.prompts) }))],
  [
    'resources/templates/list',
    list(({ shelf }, _, names) => ({ resourceTemplates: listTemplates(shelf.templates, names) })),
  ],
  ['resources/list', resources],
  ['resources/read', read],
  ['prompts/get', prompt],
  ['completion/complete', complete],
  ['subscriptions/listen', listen],
])
