import { type Refusal, refuse } from '../../kernel/refusal.ts'

/** Says a wait in whole seconds, rounded up: after them the call passes. */
export const waitS = (waitMs: number): number => Math.max(1, Math.ceil(waitMs / 1_000))

/** Refuses a call until a wait is over; `why` begins the sentence. */
export const tooMany = (
  why: string,
  waitMs: number,
  details: Readonly<Record<string, unknown>> = {},
): Refusal => {
  const retryAfterS = waitS(waitMs)
  const seconds = retryAfterS === 1 ? '1 second' : `${retryAfterS} seconds`
  const message = `${why}; wait ${seconds}, then go on.`
  return refuse('too_many', 'platform.too_many_calls', message, { retryAfterS, ...details })
}
