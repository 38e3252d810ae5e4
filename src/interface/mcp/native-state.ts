import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Actor } from '../../kernel/actor.ts'
import { canonical } from '../../kernel/canonical.ts'
import type { Json } from './protocol.ts'
import { badParams } from './protocol.ts'
import { openText, sealText } from '../sealed.ts'

// What a client is given to bring back with its answers, where the hub itself asks. It names what
// waits for them, and fits one principal and one request only.

const PURPOSE = 'gr1.'
/** Milliseconds for which a state is good. */
const LIFE_MS = 15 * 60_000

const Facts = z.object({
  org: z.string(),
  principal: z.string(),
  method: z.string(),
  params: z.string(),
  ref: z.string(),
  until: z.number(),
})

/** What a state is bound to. */
export type Bound = Readonly<{ actor: Actor; method: string; params: Json; now: number }>

/** Makes the state that brings a reference back. */
export const sealState = (key: Uint8Array, bound: Bound, ref: string): string => {
  const facts = { ...factsOf(bound), ref, until: bound.now + LIFE_MS }
  return sealText(key, PURPOSE, JSON.stringify(facts))
}

/** Reads the reference out of a state of ours; `null` for one that a server has made. */
export const openState = (key: Uint8Array, bound: Bound, state: string): string | null => {
  if (!state.startsWith(PURPOSE)) return null
  const text = openText(key, PURPOSE, state)
  if (text === null) throw badState()
  const { ref, until, ...made } = Facts.parse(JSON.parse(text))
  if (bound.now >= until || canonical(made) !== canonical(factsOf(bound))) throw badState()
  return ref
}

/** Makes the answer for a state that does not fit the call it comes with. */
export const badState = () => badParams('requestState is not valid for this call.')

const factsOf = ({ actor, method, params }: Bound) => {
  const { requestState: _state, inputResponses: _answers, _meta, ...asked } = params
  const digest = createHash('sha256').update(canonical(asked)).digest('base64url')
  return { org: actor.orgId, principal: actor.id, method, params: digest }
}
