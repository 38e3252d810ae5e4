import type { Actor } from '../../kernel/actor.ts'
import { refuseStale } from '../../kernel/fresh.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'

/**
 * Refuses what the caller's sign-in does not carry: nobody signed in, a second factor missing, or
 * a sign-in too long ago.
 */
export const gate = (operation: AnyOperation, actor: Actor, now: number): void => {
  if (actor.kind === 'stranger' && operation.open === undefined) throw signInFirst()
  if (actor.stage !== undefined && !operation.stages.includes(actor.stage)) throw unfinished(actor)
  if (operation.fresh) refuseStale(actor, now)
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
