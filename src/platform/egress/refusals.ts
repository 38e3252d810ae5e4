import type { Refusal } from '../../kernel/refusal.ts'
import { refuse } from '../../kernel/refusal.ts'

// No sentence names a host or an address: what stands behind a name inside our network is not
// told to whoever typed the name.

/** Refuses where a target is: not on the public internet, and not allowed by the administrator. */
export const targetRefused = (): Refusal => {
  const message =
    'The hub may not call this address. Give an https address on the public internet, ' +
    'or ask the administrator to allow this one.'
  return refuse('invalid', 'platform.target_refused', message)
}

/** Refuses how a target is written. */
export const targetMalformed = (): Refusal => {
  const message =
    'The hub may not call an address that is written like this. Write https://host/path: ' +
    'no user name, no blanks, an international name in its xn-- form, numbers in decimal.'
  return refuse('invalid', 'platform.target_refused', message)
}

/** Refuses a redirect that may not be followed. */
export const redirectRefused = (): Refusal => {
  const message = 'This address redirects where the hub may not follow. Give its final address.'
  return refuse('invalid', 'platform.target_refused', message)
}

/** Refuses because the other side is dead, too slow, or talks nonsense. */
export const targetAway = (): Refusal => {
  const message =
    'The other side did not answer in time, or not as it should. ' +
    'Check that it is up and that its certificate is valid, then try again.'
  return refuse('unavailable', 'platform.target_away', message, { retryAfterS: 30 })
}

/** Refuses an answer that is larger than its reader is ready for. */
export const targetTooLarge = (bytesMax: number): Refusal => {
  const message = `The answer is larger than ${bytesMax} bytes. Ask the other side for less.`
  return refuse('unavailable', 'platform.target_too_large', message, { bytesMax })
}

/** Refuses a request that is larger than the hub sends in one piece. */
export const requestTooLarge = (bytesMax: number): Refusal => {
  const message = `The request is larger than ${bytesMax} bytes. Send it in smaller parts.`
  return refuse('invalid', 'platform.request_too_large', message, { bytesMax })
}

/** Refuses because too many requests are on their way already. */
export const egressBusy = (): Refusal => {
  const message = 'Too many requests to other systems are on their way. Try again shortly.'
  return refuse('unavailable', 'platform.egress_busy', message, { retryAfterS: 5 })
}
