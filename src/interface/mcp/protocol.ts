// The words of the Model Context Protocol that the door needs, written down once.

/** The one revision that the stateless era speaks here. */
export const MODERN_VERSION = '2026-07-28'
/** The key of `_meta` whose presence makes a message modern. */
export const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion'
/** The key of `_meta` in which a modern client declares what it can do. */
export const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities'
/** The key of `_meta` in which a modern client names itself. */
export const CLIENT_KEY = 'io.modelcontextprotocol/clientInfo'
/** The key of `_meta` that asks for log messages. */
export const LOG_LEVEL_KEY = 'io.modelcontextprotocol/logLevel'
/** The key of a result's `_meta` that names the server. */
export const SERVER_KEY = 'io.modelcontextprotocol/serverInfo'
/** The key of `_meta` that ties a message to its `subscriptions/listen`. */
export const SUBSCRIPTION_KEY = 'io.modelcontextprotocol/subscriptionId'
/** The key of `_meta` that makes a repeated call harmless. */
export const REPEAT_KEY = 'guildhall/key'
/** The key of `_meta` that asks for the output as data beside the text. */
export const STRUCTURED_KEY = 'guildhall/structured'

/** Codes of JSON-RPC and of the protocol. */
export const CODES = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  server: -32000,
  session: -32001,
  header: -32020,
  version: -32022,
} as const

/** The id of a request; 0 and '' are ids like any other. */
export type MessageId = string | number

/** Plain JSON with named members. */
export type Json = Readonly<Record<string, unknown>>

/** A JSON-RPC message as it came in; its id is `undefined` for notifications and responses. */
export type Message = Readonly<{
  method: string
  params: Json
  id: MessageId | undefined
  meta: Json
  /** The message as parsed, for the official library. */
  body: Json
  isResponse: boolean
}>

/** A mistake in the protocol, with the status and the error object that answer it. */
export class Fault extends Error {
  readonly status: number
  readonly code: number
  readonly data: Json | undefined
  readonly headers: readonly string[]

  constructor(
    answer: Readonly<{ status: number; code: number; data?: Json; headers?: readonly string[] }>,
    message: string,
  ) {
    super(message)
    this.name = 'Fault'
    this.status = answer.status
    this.code = answer.code
    this.data = answer.data
    this.headers = answer.headers ?? []
  }
}

/** Makes a fault whose status is 400. */
export const badRequest = (code: number, message: string, data?: Json): Fault =>
  new Fault({ status: 400, code, ...(data && { data }) }, message)

/** Makes the fault for params that name what does not exist: the status stays 200. */
export const badParams = (message: string, data?: Json): Fault =>
  new Fault({ status: 200, code: CODES.params, ...(data && { data }) }, message)

/** Tells whether a value is an object with members. */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Makes the JSON-RPC error of a fault; an unreadable id is `null`. */
export const errorMessage = (id: MessageId | undefined, { code, message, data }: Fault): Json => ({
  jsonrpc: '2.0',
  id: id ?? null,
  error: { code, message, ...(data && { data }) },
})

/** Writes text so that every character is one byte: its length is its size. */
export const ascii = (text: string): string =>
  text.replaceAll(
    // JSON escapes what a character class of printable ASCII leaves out.
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
