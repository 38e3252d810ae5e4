import type { Json, LineAbout, LineFailure, LineRequest } from './line.ts'
import { malformed } from './read-json.ts'
import type { ClientInfo } from './words.ts'
import { isJson, memberOf, META, MODERN_VERSION } from './words.ts'

/** What goes into a modern request besides its own params. */
export type Dress = Readonly<{
  clientInfo: ClientInfo
  capabilities: Json
  traceparent?: string | undefined
  /** The token under which progress comes back; null when nobody listens. */
  progressToken: number | null
}>

const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}
const PLAIN = /^[\t\x20-\x7e]+$/
const NAME_CHARACTERS_MAX = 200

/** Puts the envelope around params: a modern request is understood without any before it. */
export const modernParams = (params: Json, dress: Dress): Json => {
  const { clientInfo, capabilities } = dress
  return {
    ...params,
    _meta: {
      ...requestMeta(params, dress),
      [META.version]: MODERN_VERSION,
      [META.capabilities]: capabilities,
      [META.client]: clientInfo,
    },
  }
}

/** Puts params as a server with sessions reads them: what the session knows is left out. */
export const legacyParams = (params: Json, dress: Omit<Dress, 'clientInfo'>): Json => {
  const meta: Record<string, unknown> = requestMeta(params, dress)
  for (const key of [META.version, META.capabilities, META.client, META.logLevel]) delete meta[key]
  const { _meta: _, ...rest } = params
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta }
}

// The caller's token names the caller's call, and two callers may have the same: ours is unique.
const requestMeta = (
  params: Json,
  { progressToken, traceparent }: Pick<Dress, 'progressToken' | 'traceparent'>,
): Record<string, unknown> => {
  const { progressToken: _, ...meta } = memberOf(params, '_meta')
  return {
    ...meta,
    ...(traceparent !== undefined && { traceparent }),
    ...(progressToken !== null && { progressToken }),
  }
}

/** Makes the headers that repeat the body of a modern request for those who do not read bodies. */
export const modernHeaders = (
  asked: Pick<LineRequest, 'method' | 'params' | 'headers' | 'traceparent'>,
): Record<string, string> => {
  const { method, params, headers, traceparent } = asked
  const all: Record<string, string> = {}
  for (const name of Object.keys(headers ?? {})) {
    all[name.toLowerCase()] = headerValue(headers?.[name] ?? '')
  }
  all['mcp-protocol-version'] = MODERN_VERSION
  all['mcp-method'] = method
  const source = NAMED_BY[method]
  const named = source === undefined ? undefined : params[source]
  if (typeof named === 'string') all['mcp-name'] = headerValue(named)
  if (traceparent !== undefined) all['traceparent'] = traceparent
  return all
}

/** Writes a text so that it survives in a header: as it is, or as `=?base64?..?=`. */
export const headerValue = (text: string): string => {
  const isPlain = PLAIN.test(text) && text.trim() === text
  const isMarked = text.startsWith('=?base64?') && text.endsWith('?=')
  return isPlain && !isMarked ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}

/** Reads what `server/discover` answered; null when the server is not of the modern era. */
export const readDiscovery = (result: Json): LineAbout | null => {
  const versions = result['supportedVersions']
  if (!Array.isArray(versions) || !isJson(result['capabilities'])) return null
  if (!versions.includes(MODERN_VERSION)) return null
  const server = memberOf(result['_meta'], META.server)
  return aboutOf({ era: 'modern', version: MODERN_VERSION, server, result })
}

/** Reads what both eras say of a server in the same words. */
export const aboutOf = (
  read: Readonly<{ era: LineAbout['era']; version: string; server: Json; result: Json }>,
): LineAbout => {
  const { era, version, server, result } = read
  const instructions = result['instructions']
  return {
    era,
    version,
    server: { name: textOf(server['name']), version: textOf(server['version']) },
    capabilities: memberOf(result, 'capabilities'),
    instructions: typeof instructions === 'string' ? instructions : null,
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, NAME_CHARACTERS_MAX) : ''

/** Makes the failure for a server that speaks no revision of ours. */
export const versionUnknown = (versions: unknown): LineFailure => {
  const listed = Array.isArray(versions) ? versions.slice(0, 10).map(textOf).join(', ') : 'unknown'
  return malformed(`The server speaks only revisions that the hub does not: ${listed}.`)
}
