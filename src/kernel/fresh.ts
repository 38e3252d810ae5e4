import type { Actor } from './actor.ts'
import { refuse } from './refusal.ts'

/** Milliseconds after a sign-in for which it counts as fresh. */
export const FRESH_MS = 600_000

/** Refuses a browser session whose sign-in is too long ago; keys have no sign-in to be stale. */
export const refuseStale = ({ authTime }: Pick<Actor, 'authTime'>, now: number): void => {
  if (authTime === undefined || now - authTime <= FRESH_MS) return
  const message = 'Confirm that it is you: sign in again, then repeat this within ten minutes.'
  throw refuse('forbidden', 'identity.fresh_sign_in_needed', message, {
    freshForS: FRESH_MS / 1000,
  })
}
