/** The seven ways in which Guildhall says no; `docs/style.md` section 7 maps each to its doors. */
export type RefusalKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_many'
  | 'unavailable'

/** Facts that travel with a refusal: JSON values that a stranger may see. */
export type RefusalDetails = Readonly<Record<string, unknown>>

/** An expected "no". Thrown by domain, stores and pipeline; translated once, by a door. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  readonly code: string
  readonly details: RefusalDetails

  constructor(kind: RefusalKind, code: string, message: string, details: RefusalDetails) {
    super(message)
    this.name = 'Refusal'
    this.kind = kind
    this.code = code
    this.details = details
  }
}

/**
 * Makes a refusal, to be thrown by the caller.
 * `code` is `room.what_is_wrong` and stable for ever; `message` tells the reader what to do next.
 */
export const refuse = (
  kind: RefusalKind,
  code: string,
  message: string,
  details: RefusalDetails = {},
): Refusal => new Refusal(kind, code, message, details)

/** Waits that a caller should keep before trying again: `retryAfterS` of the details, if any. */
export const retryAfterS = (refusal: Refusal): number | undefined => {
  const seconds = refusal.details['retryAfterS']
  return typeof seconds === 'number' ? seconds : undefined
}

/** Refuses a thing by its short name; the same bytes for "unknown" and for "not yours to see". */
export const notFound = (name: string): Refusal =>
  refuse('not_found', 'platform.not_found', `${name} does not exist or you may not see it.`)
