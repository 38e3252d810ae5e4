import { Refusal, retryAfterS } from '../../kernel/refusal.ts'
import { answer } from '../http/answer.ts'
import { statusOf } from '../http/problem.ts'
import { bugText } from './call.ts'
import type { Exchange, Ground } from './ground.ts'
import type { MessageId } from './protocol.ts'
import { CODES, errorMessage, Fault } from './protocol.ts'

const NO_STORE = ['cache-control', 'no-store']
const JSON_HEADERS = ['content-type', 'application/json', ...NO_STORE]
const RETRY_S = 2

/** Answers a request with JSON; says nothing where nobody listens any more. */
export const replyJson = (exchange: Exchange, body: string): void =>
  answer(exchange, { status: 200, headers: [...exchange.security, ...JSON_HEADERS], body })

/** Answers what needs no body: a notification, the end of a session. */
export const replyEmpty = (exchange: Exchange, status: 200 | 202): void =>
  answer(exchange, { status, headers: [...exchange.security, ...NO_STORE], body: null })

/** Answers with whatever was thrown, translated: the text of a bug stays inside. */
export const replyThrown = (
  exchange: Exchange,
  thrown: unknown,
  from: Readonly<{ hall: Ground['hall']; trace: string; id?: MessageId | undefined }>,
): void => {
  const fault = faultOf(thrown, from)
  const headers = [...exchange.security, ...JSON_HEADERS, ...fault.headers]
  answer(exchange, {
    status: fault.status,
    headers,
    body: JSON.stringify(errorMessage(from.id, fault)),
  })
}

/** Translates whatever was thrown into a fault of the protocol. */
export const faultOf = (
  thrown: unknown,
  { hall, trace }: Readonly<{ hall: Ground['hall']; trace: string }>,
): Fault => {
  if (thrown instanceof Fault) return thrown
  if (thrown instanceof Refusal) return refusalFault(thrown)
  return new Fault({ status: 500, code: CODES.internal }, bugText(hall, trace, thrown))
}

const refusalFault = (refusal: Refusal): Fault => {
  const status = statusOf(refusal)
  const data = { code: refusal.code, ...refusal.details }
  const { message } = refusal
  if (status === 400) return new Fault({ status, code: CODES.request, data }, message)
  if (status === 401) {
    // No `resource_metadata`: clients with a key would start to look for a sign-in.
    const headers = ['www-authenticate', 'Bearer realm="guildhall"']
    return new Fault({ status, code: CODES.server, data, headers }, message)
  }
  if (status === 429 || status === 503) {
    const seconds = Math.max(1, Math.ceil(retryAfterS(refusal) ?? RETRY_S))
    const headers = ['retry-after', String(seconds)]
    return new Fault({ status, code: CODES.server, data, headers }, message)
  }
  return new Fault({ status: 200, code: CODES.params, data }, message)
}
