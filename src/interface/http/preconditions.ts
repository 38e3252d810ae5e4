import { hash } from 'node:crypto'
import type { Refusal } from '../../kernel/refusal.ts'
import type { Headers } from '../guard.ts'
import { mistake } from './problem.ts'

const KEY = /^[\x21-\x7e]{1,200}$/
const ONE_VERSION = /^"(0|[1-9][0-9]{0,14})(?:\.[A-Za-z0-9_-]{8})?"$/

/** Reads the key under which a repeated write is answered, not done again. */
export const idempotencyKeyOf = (headers: Headers): string | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && KEY.test(key)) return key
  const message = 'Idempotency-Key takes 1 to 200 visible ASCII characters; a UUID is a good one.'
  throw mistake('platform.idempotency_key_not_valid', message)
}

/** Reads the version a write expects; `*` and no header expect none. */
export const expectedVersion = (headers: Headers): number | undefined => {
  const given = headers['if-match']
  if (given === undefined || given === '*') return undefined
  const version = typeof given === 'string' ? ONE_VERSION.exec(given)?.[1] : undefined
  if (version !== undefined) return Number(version)
  const message = 'If-Match takes one version in quotes, as it came in ETag: "3".'
  throw mistake('platform.if_match_not_valid', message)
}

/** Refuses a condition on an operation that knows no versions: it could not be kept. */
export const noVersionHere = (): Refusal => {
  const message = 'This route knows no versions; leave If-Match out.'
  return mistake('platform.if_match_not_valid', message)
}

/**
 * Writes the ETag of a read: the row's version, which writes expect in If-Match, and a mark of the
 * bytes. An answer also shows what belongs to other rows, and those change without the version.
 */
export const etagOf = (version: number, body: string): string =>
  `"${version}.${hash('sha1', body, 'base64url').slice(0, 8)}"`

/** Tells whether the reader already holds these bytes. */
export const holdsVersion = (headers: Headers, etag: string): boolean => {
  const given = headers['if-none-match']
  if (typeof given !== 'string') return false
  return given === '*' || given.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
