import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CODES, Fault } from './protocol.ts'

// A session id carries what is needed to open its session again: a restart, another worker or an
// eviction loses nothing that the client would notice.

const PREFIX = 'gs1.'
const IV_BYTES = 12
const TAG_BYTES = 16
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
})

/** What a session id holds. */
export type SessionFacts = Readonly<z.output<typeof Facts>>

/** Makes an id out of facts; what a client declares beyond all measure is left out. */
export const sealSession = (key: Uint8Array, facts: SessionFacts): string => {
  const whole = seal(key, facts)
  if (whole.length <= ID_CHARS_MAX) return whole
  return seal(key, { ...facts, capabilities: {}, client: { name: 'unknown', version: '0' } })
}

const seal = (key: Uint8Array, facts: SessionFacts): string => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const sealed = [cipher.update(JSON.stringify(facts), 'utf8'), cipher.final()]
  return PREFIX + Buffer.concat([iv, ...sealed, cipher.getAuthTag()]).toString('base64url')
}

/** Reads an id; `null` for one that is not ours, was changed, or is too old. */
export const openSession = (key: Uint8Array, id: string, now: number): SessionFacts | null => {
  if (!id.startsWith(PREFIX) || id.length > ID_CHARS_MAX) return null
  const bytes = Buffer.from(id.slice(PREFIX.length), 'base64url')
  if (bytes.length <= IV_BYTES + TAG_BYTES) return null
  // Base64 has several spellings of one value; an id has one.
  if (PREFIX + bytes.toString('base64url') !== id) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const open = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]
    const facts = Facts.parse(JSON.parse(Buffer.concat(open).toString('utf8')))
    return now - facts.created < LIFE_MS ? facts : null
  } catch {
    return null // Not sealed with our key: all reasons look alike from outside.
  }
}

/** Names an ended session without keeping its id. */
export const sessionHash = (id: string): string =>
  createHash('sha256').update(id).digest('base64url')

/** Makes the answer for every id that does not open a session of this caller. */
export const sessionNotFound = (): Fault =>
  new Fault({ status: 404, code: CODES.session }, 'Session not found')
