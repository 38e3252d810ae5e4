import type { IncomingMessage } from 'node:http'
import type { Actor } from '../../kernel/actor.ts'
import { Refusal, refuse } from '../../kernel/refusal.ts'
import type { Visitor } from './ground.ts'
import type { Native } from './ground.ts'
import type { Message } from './protocol.ts'
import { CODES, Fault, isJson } from './protocol.ts'
import type { Tools } from './tools.ts'
import { findOperation } from './tools.ts'

// The door for tokens tells a client where to get one, and what more a token would have to hold.
// The door for keys never does: clients that find a sign-in there forget the key they were given.

/** What the door has to know of the hub's OAuth server. */
export type TokenRules = Readonly<{
  /** The path of the metadata that names the server. */
  metadata: string
  /** Scopes that a client is told to ask for at first. */
  scopes: readonly string[]
  /** Every scope a token needs for a permission it lacks; `null` where scopes are not at fault. */
  needed: (actor: Actor, permission: string) => readonly string[] | null
}>

type Asked = Readonly<{
  rules: TokenRules
  req: IncomingMessage
  publicUrl: string | undefined
  credential?: string | undefined
}>

/** Adds to a refusal what a client needs to get a token, or a better one. */
export const tokenFault = (thrown: unknown, asked: Asked): unknown => {
  if (!(thrown instanceof Refusal)) return thrown
  const { rules, credential } = asked
  const { kind, code, message, details } = thrown
  const data = { code, ...details }
  if (kind === 'unauthenticated') {
    const wrong = credential === undefined ? [] : ['error="invalid_token"']
    const headers = challenge(asked, [...wrong, scopeOf(rules.scopes)])
    return new Fault({ status: 401, code: CODES.server, data, headers }, message)
  }
  const needed = details['scopes']
  if (code !== LACKING || !Array.isArray(needed)) return thrown
  const headers = challenge(asked, ['error="insufficient_scope"', scopeOf(needed)])
  return new Fault({ status: 403, code: CODES.server, data, headers }, message)
}

const challenge = ({ rules, req, publicUrl }: Asked, words: readonly string[]) => {
  // The host was judged before: it is the hub's own.
  const home = publicUrl ? new URL(publicUrl).origin : `http://${req.headers.host ?? ''}`
  const all = [...words, `resource_metadata="${home}${rules.metadata}"`]
  return ['www-authenticate', `Bearer ${all.join(', ')}`]
}

const scopeOf = (scopes: readonly unknown[]): string => `scope="${scopes.map(String).join(' ')}"`

const LACKING = 'identity.scope_lacking'

/** Finds what a tool's call would need and its token does not hold; `null` where nothing is. */
export const missingScope = (
  asked: Readonly<{
    tools: Tools
    native: Native | null
    message: Message
    visitor: Visitor
    rules: TokenRules
  }>,
): Refusal | null => {
  const { visitor, rules } = asked
  const access = accessOfMessage(asked)
  const needed = access === null ? null : rules.needed(visitor.actor, access)
  if (needed === null) return null
  const said = `This needs the scopes ${needed.join(', ')}; sign in again and allow them.`
  return refuse('forbidden', LACKING, said, { needs: access, scopes: needed })
}

type Judged = Readonly<{
  tools: Tools
  native: Native | null
  message: Message
  visitor: Visitor
}>

const accessOfMessage = ({ tools, native, message, visitor }: Judged): string | null => {
  const { method, params } = message
  const { name, arguments: args = {} } = params
  if (visitor.place.hub !== null) return native?.accessOf(method) ?? null
  if (method !== 'tools/call' || typeof name !== 'string' || !isJson(args)) return null
  return accessOf(tools, visitor, { name, args })
}

const accessOf = (
  tools: Tools,
  { place }: Visitor,
  call: Parameters<typeof findOperation>[2],
): string | null => {
  try {
    return findOperation(tools, place, call).operation.access
  } catch (thrown) {
    // Not a call of ours: whoever handles it says what is wrong with it.
    if (thrown instanceof Fault || thrown instanceof Refusal) return null
    throw thrown
  }
}
