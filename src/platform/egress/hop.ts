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

/** Reads a standard request into a hop; its body is held, so that it can be bounded. */
export const firstHop = async (target: Target, request: Request): Promise<Hop> => {
  const headers: Record<string, string> = {
    'accept-encoding': 'gzip, br',
    'user-agent': 'guildhall',
  }
  for (const [name, value] of request.headers) {
    if (!OURS.has(name) && !name.startsWith('proxy-')) headers[name] = value
  }
  return { target, method: request.method, headers, body: await bytesOf(request) }
}

const bytesOf = async ({ body }: Request): Promise<Uint8Array | null> => {
  if (body === null) return null
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
