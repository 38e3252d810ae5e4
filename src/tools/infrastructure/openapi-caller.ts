import { Refusal, refuse } from '../../kernel/refusal.ts'
import { LineFailure } from '../../platform/mcp/line.ts'
import { startWait } from '../../platform/mcp/wait.ts'
import type { Json } from '../domain/json.ts'
import type { OpenApiOperation } from '../domain/openapi-operation.ts'
import { isHttpToken } from '../domain/openapi-operation.ts'
import { encoded } from '../domain/openapi-path.ts'
import { buildRequest } from '../domain/openapi-request.ts'
import { failureIn, toolResult } from './openapi-answer.ts'

/** What a connection adds to a request; it goes over whatever the arguments say. */
export type OpenApiCredential = Readonly<{
  headers?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
}>

/** One call of an operation. */
export type OpenApiCall = Readonly<{
  operation: OpenApiOperation
  args: Json
  /** The address of the service, as `openApiAddress` gives it. */
  baseUrl: string
  /** Gives the credential; asked before every call. */
  credential: () => Promise<OpenApiCredential>
  timeoutMs: number
  bytesMax: number
  signal: AbortSignal
  /** W3C traceparent to pass on. */
  traceparent?: string
  /** Called once when the first byte of the request may have left. */
  sent?: () => void
}>

/** Calls operations of plain HTTP services. */
export type OpenApiCaller = Readonly<{
  /** Gives the result of a tool. Throws a refusal of the arguments, or `LineFailure`. */
  call(asked: OpenApiCall): Promise<Json>
}>

/** What calling needs: the way out, and the time. */
export type CallerGround = Readonly<{
  fetch: (input: string, init: RequestInit) => Promise<Response>
  now: () => number
}>

const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Makes the caller of services that are described by an OpenAPI document. */
export const openapiCaller = ({ fetch, now }: CallerGround): OpenApiCaller => ({
  async call(asked) {
    const { operation, args, baseUrl, bytesMax } = asked
    const request = buildRequest(operation, args, baseUrl)
    const wait = startWait(asked, now)
    try {
      const credential = await wait.until(asked.credential())
      const headers = headersOf(request.headers, credential, asked.traceparent)
      const url = withQuery(request.url, credential)
      const { method, body } = request
      wait.sending()
      const { signal } = wait
      const init = { method, headers, signal, redirect: 'manual' } as const
      const response = await wait.until(fetch(url, body === null ? init : { ...init, body }))
      const failure = failureIn(response)
      if (failure !== null) {
        await response.body?.cancel()
        throw failure
      }
      const bytes = await wait.until(bytesOf(response, bytesMax))
      const answer = { status: response.status, headers: response.headers, bytes }
      return toolResult({ ...answer, tool: operation.name })
    } catch (error) {
      // A credential that cannot be had is refused in the words of whoever keeps it.
      if (error instanceof Refusal && !wait.wasSent()) throw error
      throw wait.explain(error)
    } finally {
      wait.end()
    }
  },
})

const headersOf = (
  built: Readonly<Record<string, string>>,
  { headers = {} }: OpenApiCredential,
  traceparent: string | undefined,
): Record<string, string> => {
  const all: Record<string, string> = { ...built }
  if (traceparent !== undefined) all['traceparent'] = traceparent
  for (const [name, value] of Object.entries(headers)) {
    const plain = name.toLowerCase()
    if (!isHttpToken(name) || !HEADER_VALUE.test(value)) throw brokenCredential()
    // A session cookie stands beside the cookies of the call; everything else takes its place.
    const before = plain === 'cookie' ? all[plain] : undefined
    all[plain] = before === undefined ? value : `${before}; ${value}`
  }
  return all
}

const withQuery = (url: string, { query = {} }: OpenApiCredential): string => {
  const added = Object.entries(query).map(([name, value]) => {
    if (!value.isWellFormed()) throw brokenCredential()
    return `${encoded(name)}=${encoded(value)}`
  })
  if (added.length === 0) return url
  return `${url}${url.includes('?') ? '&' : '?'}${added.join('&')}`
}

// The credential itself is not told, not even in part.
const brokenCredential = () => {
  const message =
    'The credential of this service cannot be sent: it has characters that a header cannot hold. ' +
    'Replace it.'
  return refuse('conflict', 'tools.credential_unusable', message)
}

const bytesOf = async (response: Response, bytesMax: number): Promise<Uint8Array> => {
  const { body, headers } = response
  // The answer to HEAD tells a length and has no body.
  if (body === null) return new Uint8Array()
  if (Number(headers.get('content-length')) > bytesMax) {
    await body.cancel()
    throw tooLarge(bytesMax)
  }
  const parts: AsyncIterable<Uint8Array> = body
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of parts) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw tooLarge(bytesMax)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const tooLarge = (bytesMax: number): LineFailure =>
  new LineFailure('too_large', `The service sent more than ${bytesMax} bytes.`)
