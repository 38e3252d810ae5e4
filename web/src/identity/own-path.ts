// Where to go after a sign-in comes in the address, and an address can be made by anybody: only
// paths of this hub are followed.

const CONTROL = /[\p{Cc}\\]/u
const NOT_AFTERWARDS = /^\/(sign-in|set-up|invitation|reset|verify|v1)(\/|$)/

/** Gives a path of this hub, or the start page for anything else. */
export const ownPath = (wanted: unknown, origin: string): string => {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || CONTROL.test(wanted)) return '/'
  const parsed = URL.canParse(wanted, origin) ? new URL(wanted, origin) : null
  if (parsed?.origin !== origin || parsed.pathname.startsWith('//')) return '/'
  if (NOT_AFTERWARDS.test(parsed.pathname)) return '/'
  return parsed.pathname + parsed.search + parsed.hash
}
