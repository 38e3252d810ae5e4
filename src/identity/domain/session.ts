import { assert } from '../../kernel/assert.ts'
import type { Stage } from '../../kernel/actor.ts'
import { isUuid } from '../../kernel/id.ts'

// tag.id.secret: the tag names the organisation, the id the row, the secret is 256 bits of chance
// in base64url. The text stands in a cookie and nowhere else; the row holds its SHA-256. Links have
// the same form.

/** Milliseconds after its last use at which a session ends. */
export const SESSION_IDLE_MS = 24 * 3_600_000
/** Milliseconds after its begin at which a session ends, however much it is used. */
export const SESSION_MS = 30 * 86_400_000
/** Milliseconds that a sign-in may stay unfinished. */
export const STAGE_MS = 300_000
/** Sessions that one account may have; the oldest ends for a new one. */
export const SESSIONS_MAX = 50
/** Bytes of chance in a session. */
export const SESSION_SECRET_BYTES = 32
/** Codes or passwords that may be given to one session before it ends. */
export const TRIES_MAX = 5

/** What a session's text says. */
export type SessionParts = Readonly<{ tag: string; id: string; secret: string }>

const SESSION = /^([0-9A-Za-z]{8})\.([0-9a-f-]{36})\.([0-9A-Za-z_-]{43})$/

/** Reads the text of a session; `null` where it is none. */
export const parseSession = (text: string): SessionParts | null => {
  const [, tag = '', id = '', secret = ''] = SESSION.exec(text) ?? []
  return isUuid(id) ? { tag, id, secret } : null
}

/** Writes a session as its cookie holds it. */
export const formatSession = ({ tag, id, secret }: SessionParts): string => {
  assert(secret.length === 43, 'a session has 32 bytes of secret')
  return `${tag}.${id}.${secret}`
}

/** Who has to have a second factor in an organisation. */
export const SECOND_FACTOR = ['required', 'admins', 'optional'] as const
/** A setting of who has to have a second factor. */
export type SecondFactor = (typeof SECOND_FACTOR)[number]

/** What decides how far a sign-in has come. */
export type Standing = Readonly<{
  setting: SecondFactor
  /** Owners and administrators of the organisation. */
  isAdmin: boolean
  hasFactor: boolean
  /** Two factors were shown already: a password and a code, or a passkey. */
  isStrong: boolean
  /** False as long as there is neither password nor passkey: the hub's owner on the own machine. */
  isSetUp: boolean
}>

/** Decides what is missing of a sign-in. */
export const stageOf = ({ setting, isAdmin, hasFactor, isStrong, isSetUp }: Standing) => {
  const stage = (missing: Stage | null) => missing
  if (isStrong || !isSetUp) return stage(null)
  if (hasFactor) return stage('factor')
  const isNeeded = setting === 'required' || (setting === 'admins' && isAdmin)
  return stage(isNeeded ? 'enrol' : null)
}
