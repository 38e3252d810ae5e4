import type { OutgoingHttpHeaders } from 'node:http'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types guildhall',
].join('; ')

/** The headers that every answer of the hub carries, whatever it is about. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const HTTPS_ONLY = 'max-age=31536000'

/** Headers as a flat list of names and values: what Node writes without looking at it again. */
export type FlatHeaders = readonly string[]

/** Makes the headers of every answer; an https address adds that it wants to stay https. */
export const flatSecurity = (publicUrl: string | undefined): FlatHeaders => {
  const flat = Object.entries(SECURITY_HEADERS).flat()
  const secure = publicUrl?.toLowerCase().startsWith('https:') ?? false
  return secure ? [...flat, 'strict-transport-security', HTTPS_ONLY] : flat
}

/** Turns named headers into a flat list. */
export const flatten = (headers: OutgoingHttpHeaders): FlatHeaders =>
  Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [name, String(value)],
  )
