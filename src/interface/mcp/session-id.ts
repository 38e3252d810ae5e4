import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CODES, Fault } from './protocol.ts'
import { openText, sealText } from '../sealed.ts'

// A session id carries what is needed to open its session again: a restart, another worker or an
// eviction loses nothing that the client would notice.

const PREFIX = 'gs1.'
/** Characters of an id; more does not fit into headers everywhere. */
const ID_CHARS_MAX = 4096
/** Days for which an id is good, in milliseconds. */
const LIFE_MS = 7 * 24 * 3_600_000

const Facts = z.object({
  org: z.string(),
  principal: z.string(),
  epoch: z.number(),
  version: z.string(),
  capabilities: z.record(z.string(), z.unknown()),
  client: z.object({ name: z.string(), version: z.string() }),
  created: z.number(),
  /** The profile of the hub that the session is about. */
  hub: z.string().nullable().default(null),
})

/** What a session id holds. */
export type SessionFacts = Readonly<z.output<typeof Facts>>

/** Makes an id out of facts; what a client declares beyond all measure is left out. */
export const sealSession = (key: Uint8Array, facts: SessionFacts): string => {
  const whole = seal(key, facts)
  if (whole.length <= ID_CHARS_MAX) return whole
  return seal(key, { ...facts, capabilities: {}, client: { name: 'unknown', version: '0' } })
}

const seal = (key: Uint8Array, facts: SessionFacts): string =>
  sealText(key, PREFIX, JSON.stringify(facts))

/** Reads an id; `null` for one that is not ours, was changed, or is too old. */
export const openSession = (key: Uint8Array, id: string, now: number): SessionFacts | null => {
  if (id.length > ID_CHARS_MAX) return null
  const text = openText(key, PREFIX, id)
  if (text === null) return null
  const facts = Facts.parse(JSON.parse(text))
  return now - facts.created < LIFE_MS ? facts : null
}

/** Names an ended session without keeping its id. */
export const sessionHash = (id: string): string =>
  createHash('sha256').update(id).digest('base64url')

/** Makes the answer for every id that does not open a session of this caller. */
export const sessionNotFound = (): Fault =>
  new Fault({ status: 404, code: CODES.session }, 'Session not found')
