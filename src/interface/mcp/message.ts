import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { Refusal } from '../../kernel/refusal.ts'
import { scanJson } from '../json-scan.ts'
import type { Json, Message, MessageId } from './protocol.ts'
import { badRequest, CODES, Fault, isJson } from './protocol.ts'

const NOTHING: Json = {}

/** A message that cannot be taken, with the id that could still be read out of it. */
export type Unreadable = Readonly<{ fault: Fault; id: MessageId | undefined }>

/** Turns the bytes of a body into a message, or says which rule it breaks first. */
export const readMessage = (bytes: Buffer): Message | Unreadable => {
  if (!isUtf8(bytes)) return unreadable('Send the body as UTF-8.')
  const text = bytes.toString('utf8')
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return unreadable('Send the body as JSON; this one cannot be parsed.')
  }
  const id = isJson(body) && isId(body['id']) ? body['id'] : undefined
  try {
    scanJson(text)
    return messageOf(body)
  } catch (error) {
    if (error instanceof Fault) return { fault: error, id }
    if (error instanceof Refusal) {
      return { fault: badRequest(CODES.request, error.message, { code: error.code }), id }
    }
    throw error
  }
}

const unreadable = (message: string): Unreadable => ({
  fault: badRequest(CODES.parse, message),
  id: undefined,
})

/** Tells whether a value may be the id of a request. */
export const isId = (value: unknown): value is MessageId =>
  typeof value === 'string' || Number.isSafeInteger(value)

const messageOf = (body: unknown): Message => {
  if (!isJson(body)) throw invalid('Send one JSON-RPC message at a time, as an object.')
  if (body['jsonrpc'] !== '2.0') throw invalid('Send JSON-RPC 2.0: "jsonrpc" has to be "2.0".')
  const { id, method } = body
  if (id !== undefined && !isId(id)) throw invalid('Send an id that is a string or an integer.')
  if (method === undefined) return responseOf(body, id)
  if (typeof method !== 'string') throw invalid('Send a method that is a string.')
  const params = body['params'] ?? NOTHING
  if (!isJson(params)) throw invalid('Send params as an object with named members.')
  const meta = params['_meta']
  return { method, params, id, meta: isJson(meta) ? meta : NOTHING, body, isResponse: false }
}

const responseOf = (body: Json, id: MessageId | undefined): Message => {
  const { result, error } = body
  const isAnswer = isJson(result) !== isJson(error) && (id !== undefined || isJson(error))
  if (!isAnswer) throw invalid('Send a request, a notification or a response.')
  return { method: '', params: NOTHING, id: undefined, meta: NOTHING, body, isResponse: true }
}

const invalid = (message: string): Fault => badRequest(CODES.request, message)

/** Bytes that a body may have. */
export const BODY_BYTES_MAX = 1024 * 1024

/** What comes of reading a body; a client that goes away half-way hears and causes nothing. */
export type OnBody = Readonly<{ whole(bytes: Buffer): void; tooLarge(fault: Fault): void }>

/** Reads a body up to its limit. */
export const readBody = (req: IncomingMessage, on: OnBody): void => {
  if (Number(req.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return on.tooLarge(tooLarge())
  const chunks: Buffer[] = []
  let size = 0
  const onData = (chunk: Buffer) => {
    size += chunk.length
    if (size > BODY_BYTES_MAX) {
      req.off('data', onData)
      req.off('end', onEnd)
      on.tooLarge(tooLarge())
    } else chunks.push(chunk)
  }
  const onEnd = () => {
    const [only] = chunks
    on.whole(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size))
  }
  req.on('data', onData)
  req.on('end', onEnd)
}

// Whether the connection lives on is decided where the answer is written: a sender that is cut off
// in the middle of its body would never read why.
const tooLarge = () => {
  const message = `Send at most ${BODY_BYTES_MAX} bytes in one body.`
  return new Fault({ status: 413, code: CODES.server }, message)
}
