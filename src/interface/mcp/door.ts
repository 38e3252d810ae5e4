import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../../kernel/actor.ts'
import { assert } from '../../kernel/assert.ts'
import type { Hall } from '../../kernel/hall.ts'
import { credentialOf } from '../credential.ts'
import { guardOrigin } from '../guard.ts'
import { addressReader } from '../http/address.ts'
import { turnAwayAmbiguous } from '../http/front.ts'
import { flatSecurity } from '../http/headers.ts'
import { traceOf } from '../http/trace.ts'
import type { DoorOptions, Exchange, Ground, Visitor } from './ground.ts'
import { eraOf } from './ladder.ts'
import type { Legacy } from './legacy.ts'
import { readBody, readMessage } from './message.ts'
import type { Modern } from './modern.ts'
import { makeModern } from './modern.ts'
import type { Native } from './ground.ts'
import { makeNative } from './native.ts'
import type { Place } from './place.ts'
import { audienceOf, placeReader } from './place.ts'
import { CODES, Fault } from './protocol.ts'
import { replyThrown } from './reply.ts'
import { makeTemplates } from './resources.ts'
import type { TokenRules } from './token-answers.ts'
import { missingScope, tokenFault } from './token-answers.ts'
import type { Tools } from './tools.ts'
import { makeTools } from './tools.ts'

/** Milliseconds after which a client that takes tasks goes on without a call. */
const TASK_AFTER_MS = 20_000

type AddressOf = (req: IncomingMessage) => string | undefined

/** The MCP door: `main` asks `handles` first and hands over what came in. */
export type McpDoor = Readonly<{
  handles(url: string): boolean
  /** Answers; `addressOf` gives the caller's network address, proxies taken off. */
  handle(req: IncomingMessage, res: ServerResponse, addressOf?: AddressOf): void
  /** Ends every stream and session; may be called twice. */
  close(): Promise<void>
}>

/** What the door is made with; without rules for tokens there is no door for them. */
export type McpDoorOptions = DoorOptions & Readonly<{ tokens?: TokenRules }>

type Context = Readonly<{
  options: McpDoorOptions
  hall: Hall
  tools: Tools
  native: Native | null
  placeOf: (url: string) => Place
  modern: Modern
  legacy: Legacy
}>

/** Makes the MCP door: tools, lists and schemas are built here, once. */
export const mcpDoor = (options: McpDoorOptions): McpDoor => {
  const { version, toolAbout = {}, keySources = {}, sessionKey } = options
  const hall = knowingDoors(options.hall)
  assert(sessionKey.length === 32, 'the key of sessions has 32 bytes')
  const tools = makeTools(hall.operations, toolAbout)
  const templates = makeTemplates(hall.operations)
  const native = options.native ? makeNative(hall, options.native) : null
  const shelf = { hall, templates, keySources }
  const { taskAfterMs = TASK_AFTER_MS } = options
  const ground: Ground = { hall, version, tools, shelf, native, sealKey: sessionKey, taskAfterMs }
  const modern = makeModern(ground)
  const legacy = legacyWhenAsked(ground, options)
  const placeOf = placeReader([...tools.keys()], native !== null)
  const security = flatSecurity(options.publicUrl)
  const context = { options, hall, tools, native, placeOf, modern, legacy }
  return {
    handles(url) {
      const audience = audienceOf(url)
      return audience === 'agent' || (audience === 'mcp' && options.tokens !== undefined)
    },
    handle: (req, res, addressOf = addressOfSocket) =>
      enter(context, { req, res, security }, addressOf),
    async close() {
      modern.close()
      await legacy.close()
    },
  }
}

/** Asks for a credential again, where a stream stays open, as it was shown: at its own door. */
const knowingDoors = (hall: Hall): Hall => ({
  ...hall,
  authenticate: (credential, presented) =>
    hall.authenticate(credential, {
      audience: credential?.startsWith('guild_') ? 'agent' : 'mcp',
      ...presented,
    }),
})

/**
 * Loads the legacy leg with its first caller: the official library takes a tenth of an idle hub's
 * memory, and a hub of modern clients never needs it.
 */
const legacyWhenAsked = (ground: Ground, options: DoorOptions): Legacy => {
  let loaded: Promise<Legacy> | undefined
  const load = () => {
    loaded ??= import('./legacy.ts').then(({ makeLegacy }) => makeLegacy(ground, options))
    return loaded
  }
  return {
    handle(exchange, visitor, message) {
      load().then(
        (legacy) => legacy.handle(exchange, visitor, message),
        (thrown: unknown) => {
          replyThrown(exchange, thrown, { hall: options.hall, trace: visitor.trace })
        },
      )
    },
    async close() {
      await (await loaded)?.close()
    },
  }
}

const addressOfSocket = addressReader([])

const enter = (context: Context, exchange: Exchange, addressOf: AddressOf): void => {
  const { hall, options } = context
  const { req } = exchange
  const trace = traceOf(req)
  const audience = audienceOf(req.url ?? '') ?? 'agent'
  const address = addressOf(req)
  const failed = (thrown: unknown) => {
    const said =
      audience === 'mcp' && options.tokens
        ? tokenFault(thrown, {
            rules: options.tokens,
            req,
            publicUrl: options.publicUrl,
            credential,
          })
        : thrown
    replyThrown(exchange, said, { hall, trace })
  }
  const greet = (actor: Actor) => {
    try {
      const place = context.placeOf(req.url ?? '')
      welcome(context, exchange, { actor, credential, place, trace, address })
    } catch (thrown) {
      failed(thrown)
    }
  }
  let credential: string | undefined
  try {
    checkOrigin(context, exchange)
    credential = credentialOf(req.headers, req.url ?? '')
    const actor = hall.authenticate(credential, { audience, address })
    if (actor instanceof Promise) actor.then(greet).catch(failed)
    else greet(actor)
  } catch (thrown) {
    failed(thrown)
  }
}

const checkOrigin = ({ options }: Context, { req }: Exchange): void => {
  const { port, publicUrl } = options
  const ambiguous = turnAwayAmbiguous(req)
  if (ambiguous !== null) throw ambiguous
  const stranger = guardOrigin(req.headers, { port: port(), publicUrl })
  if (stranger === null) return
  const message =
    stranger.status === 403
      ? 'This page may not call Guildhall from a browser.'
      : 'This hub does not go by that host name.'
  throw new Fault({ status: stranger.status, code: CODES.server }, message)
}

const welcome = (context: Context, exchange: Exchange, visitor: Visitor): void => {
  const { req } = exchange
  if (req.method === 'GET' || req.method === 'DELETE') {
    return context.legacy.handle(exchange, visitor, null)
  }
  checkPost(req)
  readBody(req, {
    whole: (bytes) => take(context, exchange, { visitor, bytes }),
    tooLarge: (fault) => {
      const { trace } = visitor
      replyThrown(exchange, fault, { hall: context.options.hall, trace })
    },
  })
}

const checkPost = ({ method, headers }: IncomingMessage): void => {
  if (method !== 'POST') {
    const answer = { status: 405, code: CODES.server, headers: ['allow', 'GET, POST, DELETE'] }
    throw new Fault(answer, 'Use POST; GET and DELETE are for sessions.')
  }
  const type = headers['content-type']
  const isJsonType = type === 'application/json' || /^application\/json\s*(;|$)/i.test(type ?? '')
  if (!isJsonType) {
    throw new Fault({ status: 415, code: CODES.server }, 'Send the body as application/json.')
  }
}

const take = (
  { options, hall, tools, native, modern, legacy }: Context,
  exchange: Exchange,
  { visitor, bytes }: Readonly<{ visitor: Visitor; bytes: Buffer }>,
): void => {
  const from = { hall, trace: visitor.trace }
  const message = readMessage(bytes)
  if ('fault' in message) {
    return replyThrown(exchange, message.fault, { ...from, id: message.id })
  }
  try {
    if (options.tokens && visitor.actor.via === 'oauth') {
      const { publicUrl, tokens: rules } = options
      const lacking = missingScope({ tools, native, message, visitor, rules })
      if (lacking) throw tokenFault(lacking, { rules, req: exchange.req, publicUrl })
    }
    const era = eraOf(message, exchange.req.headers)
    if (era === 'modern') modern.handle(exchange, visitor, message)
    else legacy.handle(exchange, visitor, message)
  } catch (thrown) {
    replyThrown(exchange, thrown, { ...from, id: message.id })
  }
}
