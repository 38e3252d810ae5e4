import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import { canonicalAddress, reachOf } from './address.ts'
import type { AllowList } from './allow-list.ts'
import { targetAway, targetMalformed, targetRefused } from './refusals.ts'

/** Where a request goes, before anybody was asked for addresses. */
export type Target = Readonly<{
  url: URL
  /** Name, or address without brackets. */
  host: string
  port: number
  /** The address in its one spelling when the URL gives one; null for a name. */
  literal: string | null
  /** Whether even a public address has to be allowed: plain http, an odd port, an inside name. */
  guarded: boolean
  /** The address to connect to when the URL gives it; null for a name, whose answers are judged. */
  pinned: readonly string[] | null
}>

type Read = Omit<Target, 'pinned'>

const URL_CHARACTERS_MAX = 8_192
const UNSAFE = /[\p{Cc}\p{Z}\\]/u
const AUTHORITY = /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[1-9][0-9]{0,4})?(?=[/?#]|$)/i
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/
const NAME_CHARACTERS_MAX = 253
// Ends of names that only an inner network answers for; a name without a dot is one, too.
const INSIDE_ENDS = new Set(
  [
    'localhost localdomain local internal intranet private corp home lan',
    'home.arpa test invalid onion',
  ].flatMap((line) => line.split(' ')),
)

/**
 * Reads a target and refuses it by its text alone: scheme, spelling, port, address.
 * What a parser would quietly repair (0x7f.1, blanks, full-width digits) is refused as written.
 */
export const readTarget = (text: string, allow: AllowList): Target => {
  const seen = passed.get(allow) ?? new LRUCache<string, Target>({ max: PASSED_MAX })
  passed.set(allow, seen)
  const known = seen.get(text)
  if (known !== undefined) return known
  const read = parseTarget(text)
  if (read.guarded && !allow.opens(read.port)) throw targetRefused()
  const { literal } = read
  const target = { ...read, pinned: literal === null ? null : pinnable(read, [literal], allow) }
  seen.set(text, target)
  return target
}

// The text alone decides, by a list that does not change: what has passed once passes again.
const PASSED_MAX = 2_000
const passed = new WeakMap<AllowList, LRUCache<string, Target>>()

const parseTarget = (text: string): Read => {
  if (text.length > URL_CHARACTERS_MAX || UNSAFE.test(text)) throw targetMalformed()
  const written = AUTHORITY.exec(text)?.[1]?.toLowerCase()
  const url = URL.parse(text)
  if (written === undefined || url === null) throw targetMalformed()
  const inBrackets = url.hostname.startsWith('[')
  // IPv6 has many honest spellings, a name and an IPv4 address only one.
  if (!inBrackets && (written !== url.hostname || !isName(written))) throw targetMalformed()
  const host = inBrackets ? url.hostname.slice(1, -1) : url.hostname
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const guarded =
    url.protocol !== 'https:' || (port < 1_024 && port !== 443) || isInsideName(url.hostname)
  return { url, host, port, literal: canonicalAddress(host), guarded }
}

const isName = (host: string): boolean =>
  host.length <= NAME_CHARACTERS_MAX && host.split('.').every((label) => LABEL.test(label))

const isInsideName = (host: string): boolean => {
  const labels = host.split('.')
  if (labels.length === 1) return !host.startsWith('[')
  return [1, 2].some((count) => INSIDE_ENDS.has(labels.slice(-count).join('.')))
}

/**
 * Gives the addresses that may be connected to, IPv4 first, or refuses all of them: one bad
 * address in an answer makes the whole answer a trick.
 */
export const pinnable = (
  target: Read,
  answers: readonly string[],
  allow: AllowList,
): readonly string[] => {
  if (answers.length === 0) throw targetAway()
  const addresses = answers.map((answer) => {
    const address = canonicalAddress(answer)
    if (address === null || !mayCall(target, address, allow)) throw targetRefused()
    return address
  })
  return [...new Set(addresses)].toSorted((a, b) => Number(isIPv6(a)) - Number(isIPv6(b)))
}

const mayCall = ({ guarded, port }: Read, address: string, allow: AllowList): boolean => {
  const reach = reachOf(address)
  if (reach === 'never') return false
  return (reach === 'public' && !guarded) || allow.covers(address, port)
}
