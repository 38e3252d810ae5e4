import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FlatHeaders } from './headers.ts'

/** One request and the place for its answer. */
export type Exchange = Readonly<{ req: IncomingMessage; res: ServerResponse }>

/** What goes back: the headers are flat and final but for the length. */
export type Reply = Readonly<{ status: number; headers: FlatHeaders; body: string | Buffer | null }>

// A body of this size that nobody read is drained, so that its sender lives to hear the answer;
// for a larger or an unknown one the connection ends instead.
const DRAIN_BYTES_MAX = 8 * 1024 * 1024

/** Writes an answer in one go; says nothing where one was begun already or nobody listens. */
export const answer = ({ req, res }: Exchange, { status, headers, body }: Reply): void => {
  if (res.headersSent || res.destroyed) return
  const all = [...headers]
  if (body !== null) all.push('content-length', String(Buffer.byteLength(body)))
  if (!req.complete && isTooMuchToDrain(req)) all.push('connection', 'close')
  res.writeHead(status, all)
  res.end(body ?? undefined)
}

const isTooMuchToDrain = ({ headers }: IncomingMessage): boolean => {
  const length = headers['content-length']
  if (length === undefined) return headers['transfer-encoding'] !== undefined
  return Number(length) > DRAIN_BYTES_MAX
}

/** Reads the path out of a request's target: what stands before the query. */
export const pathOf = (url: string): string => {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}
