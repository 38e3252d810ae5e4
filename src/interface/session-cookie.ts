import { refuse } from '../kernel/refusal.ts'
import type { Presented } from '../kernel/hall.ts'
import { credentialOf } from './credential.ts'
import type { Headers, OwnAddress } from './guard.ts'
import { isLoopback, isOwnOrigin } from './guard.ts'

// A browser's session lives in a cookie that no script can read. Cookies travel with every request
// to a host, whichever page made it and whichever port it is for: so the name carries the hub, and
// a changing request has to say that it comes from a page of ours.

/** What a request must be known by to find its session. */
export type CookiePlace = Readonly<{
  /** The cookie's name without its prefix: `guildhall-3fa9c1`. */
  name: string
  own: OwnAddress
}>

/** What a request shows of who it is. */
export type Shown = Readonly<{ credential: string | undefined; presented: Presented }>

type Request = Readonly<{ headers: Headers; url: string; method: string }>

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const SESSION_S = 30 * 86_400

/**
 * Finds what a request shows: a key in its headers, else the session in its cookie. Refuses a
 * changing request with a cookie that does not come from a page of this hub.
 */
export const shownBy = (
  request: Request,
  place: CookiePlace,
  address: string | undefined,
): Shown => {
  const credential = credentialOf(request.headers, request.url)
  if (credential !== undefined) return { credential, presented: { audience: 'v1', address } }
  const session = sessionIn(request.headers, place)
  if (session === undefined) return { credential: undefined, presented: { address } }
  if (!SAFE.has(request.method)) refuseForeignPage(request.headers, place.own)
  return { credential: session, presented: { cookie: true, audience: 'v1', address } }
}

/** Refuses what a page of another site may have sent with our cookie. */
export const refuseForeignPage = (headers: Headers, own: OwnAddress): void => {
  const site = headers['sec-fetch-site']
  const isOurs = site === undefined ? isOwnOrigin(headers['origin'], own) : site === 'same-origin'
  if (isOurs) return
  const message = 'Only pages of this hub may do this with your session; programs send a key.'
  throw refuse('forbidden', 'platform.origin_refused', message)
}

const sessionIn = (headers: Headers, place: CookiePlace): string | undefined => {
  const { cookie } = headers
  if (typeof cookie !== 'string') return undefined
  const name = cookieName(place, headers)
  const found = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  if (found.length > 1) {
    const message = 'Two sessions came with this request; clear the cookies of this site.'
    throw refuse('invalid', 'platform.two_credentials', message)
  }
  return found[0]?.slice(name.length + 1) || undefined
}

/** Tells whether a request came to the hub's own machine by its plain address. */
const isPlain = ({ own }: CookiePlace, { host }: Headers): boolean =>
  typeof host === 'string' &&
  isLoopback(host.toLowerCase(), own.port) &&
  !own.publicUrl?.toLowerCase().startsWith(`https://${host.toLowerCase()}`)

const cookieName = (place: CookiePlace, headers: Headers): string =>
  isPlain(place, headers) ? place.name : `__Host-${place.name}`

/**
 * Writes the header that keeps or, with `null`, ends a session. Refuses where the way to the
 * browser is neither encrypted nor within this machine.
 */
export const sessionHeader = (
  session: string | null,
  place: CookiePlace,
  headers: Headers,
): readonly [name: string, value: string] => {
  const plain = isPlain(place, headers)
  const secure = place.own.publicUrl?.toLowerCase().startsWith('https:') ?? false
  if (!plain && !secure) {
    const message = 'Guildhall needs HTTPS on this address; set GUILDHALL_PUBLIC_URL to it.'
    throw refuse('forbidden', 'platform.https_needed', message)
  }
  const parts = [
    `${cookieName(place, headers)}=${session ?? ''}`,
    'Path=/',
    `Max-Age=${session === null ? 0 : SESSION_S}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(plain ? [] : ['Secure']),
  ]
  return ['set-cookie', parts.join('; ')]
}
