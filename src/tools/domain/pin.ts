import { refuse } from '../../kernel/refusal.ts'
import type { Json } from './json.ts'

/** The states of a definition: only what is approved is used. */
export const PIN_STATES = ['proposed', 'approved', 'changed', 'rejected', 'gone'] as const
/** A state of a definition. */
export type PinState = (typeof PIN_STATES)[number]

/** A definition as it was approved (or proposed), and what its server says instead, if it does. */
export type Pin = Readonly<{
  state: PinState
  hash: string
  body: Json
  nextHash: string | null
  nextBody: Json | null
}>

/** What happens to a definition: its server lists it or no longer does, or a person decides. */
export type PinStep =
  | Readonly<{ kind: 'listed'; hash: string; body: Json }>
  | Readonly<{ kind: 'missing' }>
  /** `hash` is of what the person saw. */
  | Readonly<{ kind: 'approve'; hash: string }>
  | Readonly<{ kind: 'reject' }>

type PinEvent = 'listed_new' | 'listed_same' | 'listed_other' | 'missing' | 'approve' | 'reject'

// What a person has not looked at stays blocked, even where a server takes its change back. What
// was rejected stays so until a person approves it; what is missing may come back as it was.
const NEXT: Readonly<Record<PinState, Readonly<Record<PinEvent, PinState | 'refuse'>>>> = {
  proposed: {
    ...{ listed_new: 'proposed', listed_same: 'refuse', listed_other: 'refuse' },
    ...{ missing: 'gone', approve: 'approved', reject: 'rejected' },
  },
  approved: {
    ...{ listed_new: 'refuse', listed_same: 'approved', listed_other: 'changed' },
    ...{ missing: 'gone', approve: 'refuse', reject: 'rejected' },
  },
  changed: {
    ...{ listed_new: 'refuse', listed_same: 'changed', listed_other: 'changed' },
    ...{ missing: 'changed', approve: 'approved', reject: 'rejected' },
  },
  rejected: {
    ...{ listed_new: 'rejected', listed_same: 'refuse', listed_other: 'refuse' },
    ...{ missing: 'rejected', approve: 'approved', reject: 'refuse' },
  },
  gone: {
    ...{ listed_new: 'proposed', listed_same: 'approved', listed_other: 'changed' },
    ...{ missing: 'gone', approve: 'refuse', reject: 'refuse' },
  },
}

/** Starts with what a server listed for the first time; nobody has approved it. */
export const propose = (hash: string, body: Json): Pin => ({
  ...{ state: 'proposed', hash, body, nextHash: null, nextBody: null },
})

/** Gives what a person would approve now, and its hash: what the server says last. */
export const latestOf = ({ hash, body, nextHash, nextBody }: Pin): { hash: string; body: Json } =>
  nextHash === null || nextBody === null ? { hash, body } : { hash: nextHash, body: nextBody }

/**
 * Tells whether a call may be made with this definition: it is approved, and its server says the
 * same as on that day. Asked for every call (T1).
 */
export const isCallable = ({ state, nextHash }: Pin): boolean =>
  state === 'approved' && nextHash === null

/** Decides what becomes of a definition; refuses what does not fit its state. */
export const advancePin = <P extends Pin>(pin: P, step: PinStep): P => {
  const state = NEXT[pin.state][eventOf(pin, step)]
  if (state === 'refuse') throw notWaiting(pin.state)
  switch (step.kind) {
    case 'listed':
      return listed({ ...pin, state }, step)
    case 'approve': {
      const latest = latestOf(pin)
      if (latest.hash !== step.hash) throw movedOn()
      return { ...pin, ...latest, state, nextHash: null, nextBody: null }
    }
    case 'reject':
      return { ...pin, ...latestOf(pin), state, nextHash: null, nextBody: null }
    default:
      return { ...pin, state, ...(wasProposed(pin) && { nextHash: pin.hash, nextBody: pin.body }) }
  }
}

const eventOf = (pin: Pin, step: PinStep): PinEvent => {
  if (step.kind !== 'listed') return step.kind
  if (!wasApproved(pin)) return 'listed_new'
  return step.hash === pin.hash ? 'listed_same' : 'listed_other'
}

// `hash` is of something approved unless nobody has, or a person took it back. A proposal that went
// missing says so by what would be next: itself.
const wasApproved = ({ state, nextHash, hash }: Pin): boolean =>
  state === 'approved' || state === 'changed' || (state === 'gone' && nextHash !== hash)

const wasProposed = ({ state }: Pin): boolean => state === 'proposed'

const listed = <P extends Pin>(pin: P, { hash, body }: { hash: string; body: Json }): P => {
  if (pin.state === 'changed') return { ...pin, nextHash: hash, nextBody: body }
  return { ...pin, hash, body, nextHash: null, nextBody: null }
}

const notWaiting = (state: PinState) => {
  const message = `This definition is ${state}; there is nothing to decide. Read it again.`
  return refuse('conflict', 'tools.definition_not_waiting', message, { state })
}

const movedOn = () => {
  const message = 'The server says something else by now; look at the new text, then decide.'
  return refuse('conflict', 'tools.definition_moved_on', message)
}
