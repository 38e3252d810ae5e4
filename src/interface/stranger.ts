import { type Actor, strangerIn } from '../kernel/actor.ts'

/** The actor of a call without a credential; the pipeline finds the organisation it is about. */
export const STRANGER: Actor = strangerIn('00000000-0000-7000-8000-000000000000')
