import type { NativeKind, NativeOutcome } from './ground.ts'
import type { Json } from './protocol.ts'
import { CODES, Fault, isJson } from './protocol.ts'

// What the door makes of an outcome, in both eras.

/** A question to a client, as protocols put it. */
export type Question = Readonly<{ method: string; params: Json }>

const RESOURCE_CODE = -32_002
const CAPABILITY_CODE = -32_021

/** Turns an error that a server answered into one of ours: its code and its data stay. */
export const serverFault = (
  { fault }: NativeOutcome,
  { kind, input }: Readonly<{ kind: NativeKind; input: Json }>,
): Fault | null => {
  if (fault === null) return null
  const { code: given, message, data } = fault
  const isOld = kind === 'read' && given === RESOURCE_CODE
  const code = isOld ? CODES.params : given
  const kept = isJson(data) ? data : data === undefined ? undefined : { data }
  const about = isOld && kept === undefined ? { uri: input['uri'] } : kept
  const status = code === CAPABILITY_CODE ? 400 : 200
  return new Fault({ status, code, ...(about && { data: about }) }, message)
}

/** Finds what a person has to do at a page of the hub before a call can go on. */
export const pageQuestion = (outcome: NativeOutcome, capabilities: Json): Question | null => {
  const { elicitation } = capabilities
  if (!isJson(elicitation) || elicitation['url'] === undefined) return null
  const page = pageOf(outcome)
  if (page === null) return null
  return { method: 'elicitation/create', params: { mode: 'url', ...page } }
}

const pageOf = ({ state, approval, url, key, wants }: NativeOutcome) => {
  if (wants !== null) return wants
  if (state !== 'parked' || url === null) return null
  return { url, message: `${key} needs a person's approval (${approval}): decide on this page.` }
}

/** Names what the retry of a question waits for: a call that was parked, or the call itself. */
export const refOf = ({ key, state }: NativeOutcome): string =>
  state === 'parked' && key !== null ? `call:${key}` : 'again'
