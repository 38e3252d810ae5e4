// The bridge's side of the wire to the hub: one modern POST per request, answers as JSON or SSE.
import { setTimeout as pause } from 'node:timers/promises'
import {
  ProtocolError,
  ProtocolErrorCode,
  type ServerCapabilities,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { causeCode } from './hub.ts'
import { sseMessages } from './sse.ts'

// What the bridge speaks to the hub, whatever its own client speaks.
const REVISION = '2026-07-28'

const PREFIX = 'io.modelcontextprotocol/'

/** Names of the protocol's own entries in `_meta`. */
export const META = {
  version: `${PREFIX}protocolVersion`,
  capabilities: `${PREFIX}clientCapabilities`,
  client: `${PREFIX}clientInfo`,
  level: `${PREFIX}logLevel`,
} as const

const AWAY_MS_MAX = 10_000
const FIRST_PAUSE_MS = 50
const PAUSE_MS_MAX = 500

/** A plain JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** Tells whether a value is a plain JSON object. */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where the hub's agent door is, and the key for it. */
export type Target = Readonly<{
  url: string
  /** The hub's own address, for sentences. */
  home: string
  key: string | undefined
  /** How long the bridge waits for a hub that is not there. */
  awayMsMax?: number
}>

/** One request to the hub. */
export type Outgoing = Readonly<{
  id: string | number
  method: string
  params: Json
  signal: AbortSignal
  /** Hears notifications that come before the result. */
  onNotification?: (method: string, params: Json) => void | Promise<void>
}>

/** Says that the hub is not there; the sentence is what people see in their agent. */
export const awayError = (home: string): ProtocolError =>
  new ProtocolError(
    ProtocolErrorCode.InternalError,
    `Guildhall is not running at ${home}: npx guildhall start.`,
  )

// A value that is not plain visible ASCII travels as base64 between the markers of the protocol.
const headerValue = (value: string): string =>
  /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?base64?')
    ? value
    : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`

const headersOf = ({ key }: Target, { method, params }: Outgoing): Record<string, string> => {
  const named = params['name'] ?? params['uri'] ?? params['taskId']
  const hasName = ['tools/call', 'prompts/get', 'resources/read'].includes(method)
  return {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': REVISION,
    'mcp-method': method,
    ...(hasName && typeof named === 'string' ? { 'mcp-name': headerValue(named) } : {}),
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  }
}

/** Sends a request and gives back its result; a hub that is away gets ten seconds to appear. */
export const ask = async (target: Target, outgoing: Outgoing): Promise<Json> => {
  const deadline = performance.now() + (target.awayMsMax ?? AWAY_MS_MAX)
  let lost = 0
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(PAUSE_MS_MAX, wait * 2)) {
    try {
      return await once(target, outgoing)
    } catch (error) {
      if (outgoing.signal.aborted || error instanceof ProtocolError) throw error
      const refused = causeCode(error) === 'ECONNREFUSED'
      // A connection that broke on the way may have done its work: the key in `_meta` lets one
      // second try find it. One that was never made may be tried until the time is up.
      if (!refused) lost += 1
      if (lost > 1 || performance.now() + wait > deadline) throw awayError(target.home)
      await pause(wait, undefined, { signal: outgoing.signal })
    }
  }
}

const once = async (target: Target, outgoing: Outgoing): Promise<Json> => {
  const { id, method, params, signal } = outgoing
  const response = await fetch(target.url, {
    method: 'POST',
    headers: headersOf(target, outgoing),
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
    signal,
  })
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/event-stream') && response.body) {
    return fromStream(response.body, outgoing)
  }
  const body = parsed(await response.text())
  const result = resultOf(body)
  if (result) return result
  throw new ProtocolError(ProtocolErrorCode.InternalError, httpSentence(response.status, target))
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null // Not from our door: the status says what happened.
  }
}

const httpSentence = (status: number, { home }: Target): string => {
  if (status === 401) return `Guildhall at ${home} does not know this key: guildhall doctor.`
  return `Guildhall at ${home} answered ${status}: guildhall doctor.`
}

const isCoded = (error: Json): error is Json & { readonly code: number } =>
  typeof error['code'] === 'number'

/** Reads a JSON-RPC answer; null where it is none; throws where it is an error. */
const resultOf = (body: unknown): Json | null => {
  if (!isJson(body)) return null
  const { error, result } = body
  if (isJson(error) && isCoded(error)) {
    const { code, message, data } = error
    throw new ProtocolError(code, typeof message === 'string' ? message : '', data)
  }
  return isJson(result) ? result : null
}

const fromStream = async (
  body: ReadableStream<Uint8Array>,
  { onNotification }: Outgoing,
): Promise<Json> => {
  for await (const { data } of sseMessages(body)) {
    const message = parsed(data)
    if (!isJson(message)) continue
    const { method, params } = message
    if (typeof method === 'string') {
      await onNotification?.(method, isJson(params) ? params : {})
      continue
    }
    const result = resultOf(message)
    if (result) return result
  }
  // The stream ended before the answer: to the caller that is a lost connection.
  throw new TypeError('The answer ended early.')
}

/** Makes the entries that every modern request carries; the caller may put its own over them. */
export const envelope = (capabilities: unknown, version: string): Json => ({
  [META.version]: REVISION,
  [META.capabilities]: capabilities,
  [META.client]: { name: 'guildhall-bridge', version },
})

/** What the hub says about itself, in the part a server needs before its client asks. */
export type Discovered = Readonly<{
  capabilities: ServerCapabilities
  instructions: string | undefined
}>

/** Asks the hub what it offers. */
export const discover = async (
  target: Target,
  more: Readonly<{ signal: AbortSignal; version: string }>,
): Promise<Discovered> => {
  const { signal, version } = more
  const params = { _meta: envelope({}, version) }
  const result = await ask(target, { id: 0, method: 'server/discover', params, signal })
  const { capabilities, instructions } = result
  return {
    capabilities: Capabilities.parse(capabilities),
    instructions: typeof instructions === 'string' ? instructions : undefined,
  }
}

const Changing = z.looseObject({ listChanged: z.boolean().optional() }).optional()

// The part of the hub's capabilities that a stdio server can keep.
const Capabilities = z
  .object({
    tools: Changing,
    prompts: Changing,
    resources: z
      .looseObject({ listChanged: z.boolean().optional(), subscribe: z.boolean().optional() })
      .optional(),
    completions: z.looseObject({}).optional(),
  })
  .transform(
    (given): ServerCapabilities => ({
      ...(given.tools ? { tools: { listChanged: given.tools.listChanged === true } } : {}),
      ...(given.prompts ? { prompts: { listChanged: given.prompts.listChanged === true } } : {}),
      ...(given.resources
        ? {
            resources: {
              listChanged: given.resources.listChanged === true,
              subscribe: given.resources.subscribe === true,
            },
          }
        : {}),
      ...(given.completions ? { completions: {} } : {}),
    }),
  )
