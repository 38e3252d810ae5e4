import type { IncomingMessage } from 'node:http'
import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Refusal } from '../../kernel/refusal.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { OwnAddress } from '../guard.ts'
import { guardOrigin } from '../guard.ts'
import type { Exchange, Reply } from './answer.ts'
import type { FlatHeaders } from './headers.ts'
import { mistake, problem } from './problem.ts'

const ADDRESS_CHARS_MAX = 8192

/** Refuses what no route should ever see: foreign names, foreign pages, odd requests. */
export const turnAway = ({ req }: Exchange, own: OwnAddress): Refusal | null => {
  const { url = '', method = '' } = req
  if (method === 'TRACE' || method === 'CONNECT') return noMethod(method, ['GET', 'HEAD', 'POST'])
  if (!url.startsWith('/')) {
    return mistake('platform.address_not_valid', 'Ask for a path: it starts with a slash.')
  }
  if (url.length > ADDRESS_CHARS_MAX) {
    const message = `The address is longer than ${ADDRESS_CHARS_MAX} characters; send a body.`
    return mistake('platform.address_too_long', message)
  }
  return turnAwayForeign(req, own)
}

/** Refuses a request whose `Origin` or `Host` is not ours, or that can be read in two ways. */
export const turnAwayForeign = (
  request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  own: OwnAddress,
): Refusal | null => {
  const ambiguous = turnAwayAmbiguous(request)
  if (ambiguous !== null) return ambiguous
  const judged = guardOrigin(request.headers, own)
  if (judged === null) return null
  if (judged.status === 403) {
    const message = 'Only pages of this hub may call it from a browser.'
    return refuse('forbidden', 'platform.origin_refused', message)
  }
  const message = 'This hub has another name; set GUILDHALL_PUBLIC_URL to the address people use.'
  return mistake('platform.host_not_ours', message)
}

/** Refuses a method, with those the path answers. */
export const noMethod = (method: string, allow: readonly string[]): Refusal => {
  const message = `${method} is not possible here; use ${allow.join(', ')}.`
  return mistake('platform.method_not_allowed', message, { allow })
}

/**
 * Refuses what another reader on the way could take differently: no host or two, or a body whose
 * end is told in a way that not everybody knows.
 */
export const turnAwayAmbiguous = ({
  headers,
  rawHeaders,
}: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): Refusal | null => {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts !== 1) return mistake('platform.request_not_valid', 'Send the Host header, once.')
  const coding = headers['transfer-encoding']
  if (coding === undefined || coding.toLowerCase() === 'chunked') return null
  const message = 'Send a body with its length, or in chunks; there is no other encoding here.'
  return mistake('platform.request_not_valid', message)
}

/** Answers what Node could not even read as a request, then ends the connection. */
export const answerUnreadable = (error: Error, socket: Duplex, headers: FlatHeaders): void => {
  const current: unknown = Reflect.get(socket, '_httpMessage')
  const isBegun = current instanceof ServerResponse && current.headersSent
  if (isBegun) socket.destroy()
  else {
    const kept = [...headers, 'cache-control', 'no-store']
    rawAnswer(socket, problem(unreadable(error), { trace: NO_TRACE, headers: kept }))
  }
}

const NO_TRACE = '0'.repeat(32)

/** Writes an answer on a bare socket, where no request object stands for it, and ends it. */
export const rawAnswer = (socket: Duplex, { status, headers, body }: Reply): void => {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`]
  for (let at = 0; at + 1 < headers.length; at += 2)
    lines.push(`${headers[at]}: ${headers[at + 1]}`)
  lines.push(`content-length: ${Buffer.byteLength(body ?? '')}`, 'connection: close', '', '')
  socket.end(`${lines.join('\r\n')}${String(body ?? '')}`, () => socket.destroy())
}

const unreadable = (error: Error): Refusal => {
  const code: unknown = Reflect.get(error, 'code')
  if (code === 'HPE_HEADER_OVERFLOW') {
    return mistake('platform.headers_too_large', 'The headers are too large; send fewer of them.')
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return mistake('platform.request_too_slow', 'The request came too slowly; send it again.')
  }
  return mistake('platform.request_not_valid', 'This is not a well-formed HTTP request.')
}
