import { refuse } from '../kernel/refusal.ts'
import type { Headers } from './guard.ts'

const BEARER = /^Bearer +(\S.*)$/i
const KEY_NAMES: ReadonlySet<string> = new Set([
  'access_token',
  'api_key',
  'api-key',
  'apikey',
  'authorization',
  'x-api-key',
])
// Most addresses are cleared by one look; only the rest is taken apart.
const SUSPECT = /key|token|auth|guild/i
const KEY_START = /^guild_[a-z]_/

/**
 * Finds the key a request presents: `Authorization: Bearer` or `X-API-Key`, never both.
 * Refuses a key in the address, because addresses end in logs and histories.
 */
export const credentialOf = (headers: Headers, url: string): string | undefined => {
  if (hasKey(url)) {
    const message = 'Send the key in the Authorization header, never in the address; replace it.'
    throw refuse('invalid', 'platform.key_in_address', message)
  }
  const { authorization } = headers
  const key = headers['x-api-key']
  if (authorization !== undefined && key !== undefined) {
    const message = 'Send one key: Authorization or X-API-Key, not both.'
    throw refuse('invalid', 'platform.two_credentials', message)
  }
  if (typeof key === 'string') return key.trim() || undefined
  return typeof authorization === 'string' ? BEARER.exec(authorization)?.[1]?.trim() : undefined
}

const hasKey = (url: string): boolean => {
  const start = url.indexOf('?')
  if (start < 0 || !SUSPECT.test(url)) return false
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    if (KEY_NAMES.has(name.toLowerCase()) || KEY_START.test(value)) return true
  }
  return false
}
