import type { RefusalKind } from '../../kernel/refusal.ts'
import { Refusal, refuse, retryAfterS } from '../../kernel/refusal.ts'
import type { Reply } from './answer.ts'
import type { FlatHeaders } from './headers.ts'
import { refusedQuotaHeaders } from './limit-headers.ts'

/** The status of each kind of refusal. */
export const STATUS_OF_KIND: Readonly<Record<RefusalKind, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many: 429,
  unavailable: 503,
}

// Protocol mistakes keep their own status, whatever kind they were thrown as.
const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ['platform.address_not_valid', 400],
  ['platform.body_not_json', 400],
  ['platform.idempotency_key_not_valid', 400],
  ['platform.if_match_not_valid', 400],
  ['platform.key_in_address', 400],
  ['platform.request_not_valid', 400],
  ['platform.two_credentials', 400],
  ['platform.upgrade_not_valid', 400],
  ['platform.method_not_allowed', 405],
  ['platform.request_too_slow', 408],
  ['platform.body_too_large', 413],
  ['platform.address_too_long', 414],
  ['platform.media_type_not_supported', 415],
  ['platform.expectation_not_met', 417],
  ['platform.host_not_ours', 421],
  ['platform.upgrade_required', 426],
  ['platform.headers_too_large', 431],
])

const BUG_CODE = 'platform.unexpected'
const BUG_TITLE = 'Something went wrong on our side; tell whoever runs this hub the trace.'
const RETRY_S = 2

/** Gives the status a refusal has on HTTP. */
export const statusOf = ({ kind, code }: Refusal): number =>
  STATUS_OF_CODE.get(code) ?? STATUS_OF_KIND[kind]

/** Refuses a protocol mistake: its code decides the status. */
export const mistake = (
  code: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Refusal => refuse('invalid', code, message, details)

/** What a problem document is made for: the trace, and headers that every answer carries. */
export type Told = Readonly<{ trace: string; headers: FlatHeaders }>

/** Turns whatever was thrown into a problem document; the text of a bug stays inside. */
export const problem = (thrown: unknown, { trace, headers }: Told): Reply => {
  const refusal = thrown instanceof Refusal ? thrown : null
  const code = refusal?.code ?? BUG_CODE
  const status = refusal ? statusOf(refusal) : 500
  const body = {
    type: `/problems/${code}`,
    title: refusal?.message ?? BUG_TITLE,
    status,
    code,
    ...outsideOf(refusal?.details ?? {}),
    trace,
  }
  const more = ['content-type', 'application/problem+json', ...extras(refusal, status)]
  return { status, headers: [...headers, ...more], body: JSON.stringify(body) }
}

const OWN_MEMBERS: ReadonlySet<string> = new Set(['type', 'title', 'status', 'code', 'trace'])

const outsideOf = (details: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(details).filter(([name]) => !OWN_MEMBERS.has(name)))

const extras = (refusal: Refusal | null, status: number): FlatHeaders => {
  if (refusal === null) return []
  if (status === 401) return ['www-authenticate', 'Bearer realm="guildhall"']
  if (status === 429 || status === 503) {
    const wait = String(Math.max(1, Math.ceil(retryAfterS(refusal) ?? RETRY_S)))
    return ['retry-after', wait, ...refusedQuotaHeaders(refusal)]
  }
  if (status === 426) return ['upgrade', 'websocket', 'connection', 'upgrade']
  const allow = status === 405 ? refusal.details['allow'] : undefined
  return Array.isArray(allow) ? ['allow', allow.join(', ')] : []
}
