import { z } from 'zod'
import type { Random } from '../../kernel/id.ts'
import { refuse } from '../../kernel/refusal.ts'
import { isSendersSecret, type WebhookScheme } from '../domain/webhook-scheme.ts'

const SECRET_BYTES = 32
const SECRET_BYTES_MIN = 16
const PREFIX = 'whsec_'
const HOUR_MS = 3_600_000
const OVERLAP_HOURS = 24
const OVERLAP_HOURS_MAX = 168

/** A secret that both sides know. */
export const SharedSecret = z
  .string()
  .min(8)
  .max(1_024)
  .describe('The secret that the sender made; left out: the hub makes one and shows it once')

/** For how long the secret before counts, too. */
export const OverlapHours = z
  .int()
  .min(0)
  .max(OVERLAP_HOURS_MAX)
  .default(OVERLAP_HOURS)
  .describe('Hours for which the secret before counts, too')

/** Turns hours into the moment at which the secret before is over. */
export const overlapEnd = (now: number, hours: number): number => now + hours * HOUR_MS

/** Makes a secret in the spelling of Standard Webhooks. */
export const makeSigningSecret = (random: Random): string =>
  `${PREFIX}${Buffer.from(random(new Uint8Array(SECRET_BYTES))).toString('base64')}`

/** Takes the sender's secret, or makes one; says which. */
export const secretFor = (
  scheme: WebhookScheme,
  given: string | undefined,
  random: Random,
): Readonly<{ text: string; isOurs: boolean }> => {
  if (given !== undefined) {
    if (scheme === 'standard-webhooks' && standardKey(given) === null) throw notBase64()
    return { text: given, isOurs: false }
  }
  if (isSendersSecret(scheme)) throw secretNeeded(scheme)
  const bytes = Buffer.from(random(new Uint8Array(SECRET_BYTES)))
  const isStandard = scheme === 'standard-webhooks'
  const text = isStandard ? `${PREFIX}${bytes.toString('base64')}` : bytes.toString('base64url')
  return { text, isOurs: true }
}

/** Reads the key out of a secret of Standard Webhooks; `null` where it is none. */
export const standardKey = (secret: string): Buffer | null => {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null
  const key = Buffer.from(text, 'base64')
  return key.length < SECRET_BYTES_MIN ? null : key
}

const notBase64 = () => {
  const message = 'A secret of Standard Webhooks is whsec_ and base64; copy it again.'
  return refuse('invalid', 'tools.webhook_secret_wrong', message, { field: 'secret' })
}

const secretNeeded = (scheme: string) => {
  const message = `${scheme} makes the secret itself: copy it from there into "secret".`
  return refuse('invalid', 'tools.webhook_secret_needed', message, { field: 'secret' })
}
