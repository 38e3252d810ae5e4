import { type Actor, HUB_ORG, strangerIn } from '../kernel/actor.ts'

/** The actor of a call without a credential; the pipeline finds the organisation it is about. */
export const STRANGER: Actor = strangerIn(HUB_ORG)
