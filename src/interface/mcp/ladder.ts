import type { Headers } from '../guard.ts'
import type { Json, Message } from './protocol.ts'
import {
  badRequest,
  CAPABILITIES_KEY,
  CLIENT_KEY,
  CODES,
  isJson,
  LOG_LEVEL_KEY,
  MODERN_VERSION,
  VERSION_KEY,
} from './protocol.ts'

// The rules of the stateless era in the order in which they answer: the first one broken speaks.

/** Levels of log messages, the least severe first. */
export const LOG_LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
]
const LEVELS: ReadonlySet<unknown> = new Set(LOG_LEVELS)

/** The member of params that the `Mcp-Name` header repeats, per method. */
const NAMED_BY: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
])

/** Decides which era a message belongs to; its body speaks first, the header only where it must. */
export const eraOf = (message: Message, headers: Headers): 'modern' | 'legacy' => {
  if (message.isResponse) return 'legacy'
  if (VERSION_KEY in message.meta) return 'modern'
  if (!isModern(headerValue(headers, 'mcp-protocol-version'))) return 'legacy'
  if (message.id === undefined) return 'modern'
  if (message.method === 'initialize') {
    throw mismatch(
      'initialize belongs to revisions before 2026-07-28; the header names a later one.',
    )
  }
  const text = `Invalid params: the header names ${MODERN_VERSION}, but _meta lacks ${VERSION_KEY}.`
  throw badRequest(CODES.params, text, { envelope: { missing: [VERSION_KEY] } })
}

const isModern = (version: string | undefined): boolean =>
  version !== undefined && version >= MODERN_VERSION

/** Checks envelope, headers and version of a modern message: rows 7 to 10. */
export const climb = (message: Message, headers: Headers): void => {
  const { meta, method, id } = message
  // A notification on the strength of its header alone has no envelope to check.
  const version = meta[VERSION_KEY]
  if (version !== undefined || id !== undefined) checkEnvelope(meta, id !== undefined)
  const named = headerValue(headers, 'mcp-protocol-version')
  const methodNamed = headerValue(headers, 'mcp-method')
  if (named !== undefined && version !== undefined && named !== version) {
    throw mismatch('The MCP-Protocol-Version header names another version than _meta.')
  }
  if (methodNamed !== undefined && methodNamed !== method) {
    throw mismatch('The Mcp-Method header names another method than the body.')
  }
  if (version !== undefined && version !== MODERN_VERSION) {
    const data = { supported: [MODERN_VERSION], requested: version }
    throw badRequest(CODES.version, 'Unsupported protocol version', data)
  }
  if (id === undefined) return
  if (named === undefined) throw mismatch('The MCP-Protocol-Version header is missing.')
  if (methodNamed === undefined) throw mismatch('The Mcp-Method header is missing.')
  checkName(message, headers)
}

const checkEnvelope = (meta: Json, isRequest: boolean): void => {
  if (typeof meta[VERSION_KEY] !== 'string') throw envelope(VERSION_KEY, 'has to be a string')
  if (!isRequest) return
  if (!(CAPABILITIES_KEY in meta)) throw envelope(CAPABILITIES_KEY, 'missing')
  if (!isJson(meta[CAPABILITIES_KEY])) throw envelope(CAPABILITIES_KEY, 'has to be an object')
  const client = meta[CLIENT_KEY]
  if (client !== undefined && !isClient(client)) {
    throw envelope(CLIENT_KEY, 'has to be an object with name and version')
  }
  const level = meta[LOG_LEVEL_KEY]
  if (level !== undefined && !LEVELS.has(level)) throw envelope(LOG_LEVEL_KEY, 'unknown level')
  const token = meta['progressToken']
  if (token !== undefined && typeof token !== 'string' && !Number.isSafeInteger(token)) {
    throw envelope('progressToken', 'has to be a string or an integer')
  }
}

const isClient = (value: unknown): boolean =>
  isJson(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string'

const checkName = ({ method, params }: Message, headers: Headers): void => {
  const field = NAMED_BY.get(method)
  if (field === undefined) return
  const value = params[field]
  const raw = headerValue(headers, 'mcp-name')
  if (raw === undefined) {
    if (typeof value !== 'string') return
    throw mismatch(`The Mcp-Name header is missing; it repeats params.${field}.`)
  }
  const given = decoded(raw)
  if (given === undefined) throw mismatch('The Mcp-Name header is not valid base64.')
  if (typeof value === 'string' && given !== value) {
    throw mismatch(`The Mcp-Name header differs from params.${field}.`)
  }
}

/** Compares the `Mcp-Param-*` headers with the arguments they repeat: row 13. */
export const checkParamHeaders = (args: Json, headers: Headers): void => {
  for (const name in headers) {
    if (!name.startsWith('mcp-param-')) continue
    const wanted = name.slice('mcp-param-'.length)
    const field = Object.keys(args).find((key) => key.toLowerCase() === wanted)
    const value = field === undefined ? undefined : args[field]
    if (!isScalar(value)) continue
    const raw = headerValue(headers, name)
    const given = raw === undefined ? undefined : decoded(raw)
    const isSame = typeof value === 'number' ? Number(given) === value : given === String(value)
    if (!isSame) throw mismatch(`The Mcp-Param-${wanted} header differs from the argument.`)
  }
}

/** Compares headers with the arguments that a tool marks for them: each is there, and equal. */
export const checkMarkedHeaders = (
  marks: readonly Readonly<{ header: string; path: readonly string[] }>[],
  args: Json,
  headers: Headers,
): void => {
  for (const { header, path } of marks) {
    const value = path.reduce<unknown>((at, field) => (isJson(at) ? at[field] : undefined), args)
    const raw = headerValue(headers, `mcp-param-${header.toLowerCase()}`)
    if (!isScalar(value)) {
      if (raw === undefined) continue
      throw mismatch(`The Mcp-Param-${header} header repeats an argument that is not there.`)
    }
    if (raw === undefined) throw mismatch(`The Mcp-Param-${header} header is missing.`)
    const given = decoded(raw)
    const isSame = typeof value === 'number' ? Number(given) === value : given === String(value)
    if (!isSame) throw mismatch(`The Mcp-Param-${header} header differs from the argument.`)
  }
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** Reads one header, spaces and tabs around it taken off. */
const headerValue = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  if (value === undefined) return undefined
  const text = typeof value === 'string' ? value : value.join(', ')
  return /^[ \t]|[ \t]$/.test(text) ? text.replaceAll(/^[ \t]+|[ \t]+$/g, '') : text
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Decodes `=?base64?...?=`, strictly; any other text is itself. */
const decoded = (value: string): string | undefined => {
  if (!value.startsWith('=?base64?') || !value.endsWith('?=')) return value
  const base64 = value.slice('=?base64?'.length, -'?='.length)
  if (!BASE64.test(base64)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    return undefined // Not UTF-8: as wrong as not base64.
  }
}

const mismatch = (message: string) => badRequest(CODES.header, message)

const envelope = (key: string, problem: string) =>
  badRequest(CODES.params, `Invalid _meta for ${MODERN_VERSION}: ${key}: ${problem}`, {
    envelope: { key, problem },
  })
