import { z } from 'zod'
import { PINNED_CLIENTS } from './oauth-clients.ts'

// A client says who it is by a document at the address that is its id. Strangers write these
// documents: each is read within bounds and cut down to what this server understands, so that
// nothing else of it can matter.

/** Bytes of a client's document at most. */
export const CLIENT_BYTES_MAX = 64 * 1024
/** Bytes of a client's keys at most. */
export const KEYS_BYTES_MAX = 256 * 1024

const REDIRECTS_MAX = 20
const KEPT_GRANTS: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token'])
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const PRIVATE_SCHEME = /^[a-z][a-z0-9+.-]*:\/\/[^/]/

/** The way out of the hub, in the form of the standard `fetch`. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>

const text = z.string().max(2_000)
const Document = z.object({
  client_id: text,
  client_name: text.optional(),
  client_uri: text.optional(),
  redirect_uris: z.array(text).min(1).max(REDIRECTS_MAX),
  grant_types: z.array(text).max(20).optional(),
  response_types: z.array(text).max(20).optional(),
  application_type: z.enum(['web', 'native']).optional(),
  token_endpoint_auth_method: text.optional(),
  token_endpoint_auth_methods_supported: z.array(text).max(20).optional(),
  token_endpoint_auth_signing_alg: text.optional(),
  jwks_uri: text.optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(20) }).optional(),
  // Kept to be refused: a document that everybody can read holds no secret.
  client_secret: z.unknown().optional(),
  client_secret_expires_at: z.unknown().optional(),
})

/** Makes the function by which the OAuth server fetches documents and keys of its clients. */
export const clientFetch =
  (fetch: Fetch) =>
  async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input)
    // Only documents are fetched by hand; keys leave it to the library to follow or not.
    const isDocument = init.redirect === 'manual'
    const pinned = isDocument ? PINNED_CLIENTS.get(url) : undefined
    if (pinned) return Response.json(pinned, { headers: { 'cache-control': 'max-age=86400' } })
    const { signal, headers } = init
    const asked = { headers: headers ?? {}, redirect: 'manual', ...(signal && { signal }) } as const
    const answer = await fetch(url, { method: 'GET', ...asked })
    if (!isDocument || answer.status !== 200) return answer
    const bytes = await readBounded(answer, CLIENT_BYTES_MAX)
    const document = readDocument(url, bytes)
    const cache = answer.headers.get('cache-control')
    return Response.json(document, cache === null ? {} : { headers: { 'cache-control': cache } })
  }

const readBounded = async (answer: Response, bytesMax: number): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = answer.body ?? []
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw new Error('The document of this client is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Reads a client's document and keeps of it what this server understands. */
export const readDocument = (url: string, body: string): Readonly<Record<string, unknown>> => {
  const read = Document.parse(JSON.parse(body))
  if (read.client_id !== url) throw new Error('This document is about another client.')
  for (const uri of read.redirect_uris) checkRedirect(uri)
  if (read.jwks_uri !== undefined && new URL(read.jwks_uri).host !== new URL(url).host) {
    throw new Error('The keys of a client have to lie where its document does.')
  }
  const { application_type: type, grant_types: grants, ...rest } = read
  return {
    ...rest,
    application_type: type ?? (read.redirect_uris.some(isLocal) ? 'native' : 'web'),
    ...(grants && { grant_types: grants.filter((grant) => KEPT_GRANTS.has(grant)) }),
  }
}

const isLocal = (uri: string): boolean => {
  const { protocol, hostname } = new URL(uri)
  return protocol !== 'https:' && (protocol !== 'http:' || LOOPBACK.has(hostname))
}

const checkRedirect = (uri: string): void => {
  const { protocol, hostname, username, password, hash } = new URL(uri)
  const isPlain = username === '' && password === '' && hash === '' && !/[#*\s\\]/.test(uri)
  const isHttp = protocol === 'http:' && LOOPBACK.has(hostname)
  const isPrivate = protocol !== 'http:' && protocol !== 'https:' && PRIVATE_SCHEME.test(uri)
  if (isPlain && (protocol === 'https:' || isHttp || isPrivate)) return
  throw new Error('A redirect of this client leads nowhere that can be trusted.')
}
