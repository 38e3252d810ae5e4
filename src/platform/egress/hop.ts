import type { AllowList } from './allow-list.ts'
import { redirectRefused, requestTooLarge } from './refusals.ts'
import type { Target } from './target.ts'
import { readTarget } from './target.ts'

/** One request to one target; a redirect leads to the next. */
export type Hop = Readonly<{
  target: Target
  method: string
  headers: Readonly<Record<string, string>>
  body: Uint8Array | null
}>

const REQUEST_BYTES_MAX = 16_000_000

// The connection and the URL decide these, not the caller.
const OURS = new Set(
  'connection content-length expect host keep-alive te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
)
// What may follow to another origin: nothing that could carry a credential.
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent'])

const ABOUT_BODY = /^content-/

/** What of a request is looked at; a standard request is one. */
export type Asked = Readonly<{
  method: string
  headers: Iterable<readonly [string, string]>
  body: Request['body'] | Uint8Array
  signal: AbortSignal
  redirect: Request['redirect']
}>

const NEVER = new AbortController().signal

/**
 * Reads what a caller of `fetch` has given. A text to an address, the case of every call of a tool,
 * needs no standard request: making one costs more than sending it.
 */
export const askedOf = (input: string | URL | Request, init: RequestInit = {}): Asked => {
  const { method = 'GET', headers = {}, body, signal, redirect = 'follow' } = init
  const isPlain =
    typeof input === 'string' &&
    (body === undefined || typeof body === 'string') &&
    (body === undefined ? BARE : WITH_BODY).test(method) &&
    Object.getPrototypeOf(headers) === Object.prototype &&
    Object.entries(headers).every(([name, value]) => NAME.test(name) && VALUE.test(String(value)))
  if (!isPlain) return new Request(input, init)
  const pairs = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), String(value).trim()] as const,
  )
  if (body === undefined) {
    return { method, headers: pairs, body: null, signal: signal ?? NEVER, redirect }
  }
  const all = pairs.some(([name]) => name === 'content-type') ? pairs : [...pairs, TEXT]
  const bytes = Buffer.from(body)
  return { method, headers: all, body: bytes, signal: signal ?? NEVER, redirect }
}

const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const WITH_BODY = /^(?:POST|PUT|PATCH|DELETE)$/
const BARE = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE)$/
const TEXT = ['content-type', 'text/plain;charset=UTF-8'] as const

/** Reads a request into a hop; its body is held, so that it can be bounded. */
export const firstHop = async (target: Target, request: Asked): Promise<Hop> => {
  const headers: Record<string, string> = {
    'accept-encoding': 'gzip, br',
    'user-agent': 'guildhall',
  }
  for (const [name, value] of request.headers) {
    if (!OURS.has(name) && !name.startsWith('proxy-')) headers[name] = value
  }
  return { target, method: request.method, headers, body: await bytesOf(request) }
}

const bytesOf = async ({ body }: Asked): Promise<Uint8Array | null> => {
  if (body === null) return null
  if (body instanceof Uint8Array) {
    if (body.byteLength > REQUEST_BYTES_MAX) throw requestTooLarge(REQUEST_BYTES_MAX)
    return body
  }
  const parts: AsyncIterable<Uint8Array> = body
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of parts) {
    bytes += chunk.byteLength
    if (bytes > REQUEST_BYTES_MAX) throw requestTooLarge(REQUEST_BYTES_MAX)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Decides the hop that a redirect asks for, or refuses to follow. */
export const nextHop = (
  hop: Hop,
  answer: Readonly<{ status: number; location: string }>,
  allow: AllowList,
): Hop => {
  const url = URL.parse(answer.location, hop.target.url.href)
  if (url === null) throw redirectRefused()
  const target = readTarget(url.href, allow)
  if (hop.target.url.protocol === 'https:' && url.protocol !== 'https:') throw redirectRefused()
  const turned = turnsToGet(hop.method, answer.status)
  const moved = url.origin !== hop.target.url.origin
  const body = turned ? null : hop.body
  // A form can hold a client secret: it does not travel to somebody else.
  if (moved && body !== null) throw redirectRefused()
  const kept = Object.entries(hop.headers).filter(
    ([name]) => (!moved || HARMLESS.has(name)) && !(turned && ABOUT_BODY.test(name)),
  )
  return {
    target,
    method: turned ? 'GET' : hop.method,
    headers: Object.fromEntries(kept),
    body,
  }
}

const turnsToGet = (method: string, status: number): boolean =>
  status === 303 ? method !== 'HEAD' : method === 'POST' && (status === 301 || status === 302)
