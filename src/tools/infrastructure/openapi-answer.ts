import type { Json } from '../domain/json.ts'
import { isObject } from '../domain/json.ts'
import { shorten } from '../../kernel/text.ts'
import { LineFailure } from '../../platform/mcp/line.ts'
import { readJson } from '../../platform/mcp/read-json.ts'

// Answers of a plain service become results of tools: what it gives, what it refuses. What it
// cannot answer at all (5xx, 401, 429) is a failure of the line to it.

/** An answer that was read to its end. */
export type ServiceAnswer = Readonly<{
  status: number
  headers: Headers
  bytes: Uint8Array
  /** Name of the tool, for what it gives that is no text. */
  tool: string
}>

const BINARY_BYTES_MAX = 3_000_000
const ERROR_CHARS_MAX = 2_000
const RETRY_AFTER_MS_MAX = 86_400_000
const TEXTUAL = /^text\/|[/+](?:xml|yaml|x-yaml|javascript|csv|graphql)$|x-www-form-urlencoded$/
const JSON_TYPE = /[/+](?:json|geo\+json|x-ndjson)$/
// Headers that say something where there is no body to say it.
const TELLING = ['location', 'etag', 'last-modified', 'content-length', 'content-type', 'link']

/** Tells what an answer says about the line to the service: null where it is about the call. */
export const failureIn = (response: Response): LineFailure | null => {
  const { status } = response
  if (status === 401) return failed('unauthorized', 'The service wants a credential.', response)
  if (status === 429) return failed('rate_limited', 'The service wants fewer requests.', response)
  if (status < 500) return null
  return failed('away', `The service failed with status ${status}.`, response)
}

/** Makes the result of a tool out of an answer. */
export const toolResult = (answer: ServiceAnswer): Json => {
  if (answer.status >= 300) return refused(answer)
  const type = mediaTypeOf(answer)
  if (answer.bytes.byteLength === 0) return { content: [textBlock(headLine(answer))] }
  if (JSON_TYPE.test(type)) return jsonResult(answer)
  if (TEXTUAL.test(type) || (type === '' && isPlain(answer))) {
    return { content: [textBlock(textOf(answer))] }
  }
  return binaryResult(answer, type)
}

const failed = (
  kind: LineFailure['kind'],
  message: string,
  { status, headers }: Response,
): LineFailure =>
  new LineFailure(kind, message, {
    status,
    challenge: headers.get('www-authenticate'),
    retryAfterMs: retryAfterMs(headers),
  })

// A date is compared with the service's own clock, so that ours does not matter.
const retryAfterMs = (headers: Headers): number | null => {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined) return null
  const ms = /^[0-9]{1,9}$/.test(text)
    ? Number(text) * 1_000
    : Date.parse(text) - Date.parse(headers.get('date') ?? '')
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX) : null
}

const textBlock = (text: string): Json => ({ type: 'text', text })

const mediaTypeOf = ({ headers }: ServiceAnswer): string =>
  headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? ''

const refused = (answer: ServiceAnswer): Json => {
  const { status, bytes } = answer
  const type = mediaTypeOf(answer)
  const said = JSON_TYPE.test(type) || TEXTUAL.test(type) || isPlain(answer) ? textOf(answer) : ''
  const why =
    status < 400
      ? `The service answered ${status} and leads elsewhere; redirects are not followed.`
      : `The service answered ${status}.`
  const text = bytes.byteLength === 0 || said === '' ? why : `${why}\n${said}`
  return { content: [textBlock(shorten(text, ERROR_CHARS_MAX))], isError: true }
}

const headLine = ({ status, headers }: ServiceAnswer): string => {
  const told = TELLING.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [`${name}: ${shorten(value, 500)}`]
  })
  return [`Done (${status}).`, ...told].join('\n')
}

const jsonResult = (answer: ServiceAnswer): Json => {
  const text = textOf(answer)
  const value = jsonIn(text)
  if (value === undefined || value === null || typeof value !== 'object') {
    return { content: [textBlock(text)] }
  }
  // Structured content is an object in the protocol; a list gets a name.
  const structuredContent = isObject(value) ? value : { result: value }
  // Long numbers are ids that do not survive being read: they are told as they came.
  const told = /\d{16}/.test(text) ? text : JSON.stringify(value)
  return { content: [textBlock(told)], structuredContent }
}

// What calls itself JSON and is not, is still what the service said.
const jsonIn = (text: string): unknown => {
  try {
    return readJson(text)
  } catch (error) {
    if (error instanceof LineFailure) return undefined
    throw error
  }
}

const textOf = ({ headers, bytes }: ServiceAnswer): string => {
  const [, label] = /;\s*charset="?([\w-]{1,40})/i.exec(headers.get('content-type') ?? '') ?? []
  return decoderFor(label ?? 'utf-8').decode(bytes)
}

const decoderFor = (label: string): InstanceType<typeof TextDecoder> => {
  try {
    return new TextDecoder(label)
  } catch {
    // A charset that nobody knows: most of its text is readable all the same.
    return new TextDecoder('utf-8')
  }
}

/** Tells whether bytes of no declared kind are text. */
const isPlain = ({ bytes }: ServiceAnswer): boolean => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return !/[^\P{Cc}\t\n\r]/u.test(text)
  } catch {
    return false
  }
}

const binaryResult = ({ bytes, tool }: ServiceAnswer, type: string): Json => {
  if (bytes.byteLength > BINARY_BYTES_MAX) {
    const message = `The service sent a file of more than ${BINARY_BYTES_MAX} bytes.`
    throw new LineFailure('too_large', message)
  }
  const mimeType = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream'
  const blob = Buffer.from(bytes).toString('base64')
  const resource = { uri: `openapi:${tool}`, mimeType, blob }
  const text = `A file of ${bytes.byteLength} bytes (${mimeType}).`
  return { content: [textBlock(text), { type: 'resource', resource }] }
}
