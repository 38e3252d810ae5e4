import type { Actor } from '../../kernel/actor.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'

/** Milliseconds after a sign-in for which it counts as fresh. */
export const FRESH_MS = 600_000

/**
 * Refuses what the caller's sign-in does not carry: nobody signed in, a second factor missing, or
 * a sign-in too long ago. Keys have no sign-in to be stale; they are cut down by their scopes.
 */
export const gate = (operation: AnyOperation, actor: Actor, now: number): void => {
  if (actor.kind === 'stranger' && operation.open === undefined) throw signInFirst()
  if (actor.stage !== undefined && !operation.stages.includes(actor.stage)) throw unfinished(actor)
  if (!operation.fresh || actor.authTime === undefined) return
  if (now - actor.authTime > FRESH_MS) throw notFresh()
}

/** Refuses what needs a whole sign-in and is no operation: a stream that stays open. */
export const refuseUnfinished = (actor: Actor): void => {
  if (actor.stage !== undefined) throw unfinished(actor)
}

const signInFirst = () => {
  const message = 'Sign in first, or send a key: "Authorization: Bearer guild_...".'
  return refuse('unauthenticated', 'identity.sign_in_needed', message)
}

const unfinished = ({ stage }: Actor) => {
  const message =
    stage === 'factor'
      ? 'Finish signing in: give the code of your second factor.'
      : 'Finish signing in: set up a second factor, your organisation asks for one.'
  return refuse('unauthenticated', 'identity.sign_in_not_finished', message, { stage })
}

const notFresh = () => {
  const message = 'Confirm that it is you: sign in again, then repeat this within ten minutes.'
  return refuse('forbidden', 'identity.fresh_sign_in_needed', message, {
    freshForS: FRESH_MS / 1000,
  })
}
