import type { Actor } from '../../kernel/actor.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { ConsentRequest, ConsentStore } from './oauth-ports.ts'

/** Who may decide about programs: a person in a browser session. */
export type Decider = Readonly<{ personId: string; sessionId: string; authTime: number }>

/** Refuses whoever did not sign in with a browser: programs hold keys and tokens, too. */
export const deciderOf = (actor: Actor): Decider => {
  const { kind, via, credentialId, authTime } = actor
  if (kind === 'person' && via === 'session' && credentialId !== undefined) {
    return { personId: actor.id, sessionId: credentialId, authTime: authTime ?? 0 }
  }
  const message = 'Decide this in a browser that you have signed in with, not with a key.'
  throw refuse('forbidden', 'identity.session_needed', message)
}

/** Finds the undecided request that lies before this session; all others are unknown alike. */
export const openRequest = async (
  consents: ConsentStore,
  uid: string,
  by: Readonly<{ actor: Actor; now: number }>,
): Promise<ConsentRequest & Readonly<{ decider: Decider }>> => {
  const decider = deciderOf(by.actor)
  const request = await consents.find(uid, by.now)
  const isTheirs = request?.personId === decider.personId && request.sessionId === decider.sessionId
  if (request && isTheirs && request.decision === null) return { ...request, decider }
  throw notOpen(uid)
}

/** Says that a request is not before this browser: there is none, or it is decided. */
export const notOpen = (uid: string) => {
  const message =
    'There is no such request in this browser. Go on from the address in "open", or start again ' +
    'in the program that asked.'
  return refuse('not_found', 'identity.consent_not_open', message, { open: goPath(uid) })
}

/** The address at which a browser goes on with a request: before the decision and after it. */
export const goPath = (uid: string): string => `/oauth/interaction/${uid}/go`
