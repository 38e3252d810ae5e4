import type { Actor } from '../../kernel/actor.ts'

// Networks from which an organisation may be used. Addresses are compared as numbers of their own
// version; IPv4 that is written as IPv6 (`::ffff:192.0.2.7`) is IPv4.

/** What an allow-list is about: browsers, keys and tokens, and acts that only people may do. */
export const LIST_KINDS = ['web', 'keys', 'admin'] as const
/** A kind of allow-list. */
export type ListKind = (typeof LIST_KINDS)[number]

/** The networks of each kind; an empty list lets in from anywhere. */
export type AllowLists = Readonly<Record<ListKind, readonly string[]>>

/** Allow-lists that are ready to be asked. */
export type CompiledLists = Readonly<Record<ListKind, readonly Net[]>>

type Version = 4 | 6
type Address = Readonly<{ version: Version; bits: bigint }>

/** A network: the bits that its addresses begin with, and how many bits come after them. */
export type Net = Readonly<{ version: Version; start: bigint; rest: bigint }>

/** The lists of an organisation that has set none. */
export const ANYWHERE: AllowLists = { web: [], keys: [], admin: [] }

/** Reads an address or a network in CIDR notation; `null` where the text is neither. */
export const netOf = (text: string): Net | null => {
  const [host = '', prefix, ...more] = text.split('/')
  const address = addressOf(host)
  if (address === null || more.length > 0) return null
  const { version, bits } = address
  // A mapped address is written in 128 bits, and 32 of them are its own.
  const written = host.includes(':') ? 128 : 32
  const width = version === 4 ? 32 : 128
  if (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix)) return null
  const length = (prefix === undefined ? written : Number(prefix)) - (written - width)
  if (length < 0 || length > width) return null
  const rest = BigInt(width - length)
  return { version, start: bits >> rest, rest }
}

/** Makes lists ready to be asked; networks that cannot be read let nobody in. */
export const compileLists = ({ web, keys, admin }: AllowLists): CompiledLists => ({
  web: netsOf(web),
  keys: netsOf(keys),
  admin: netsOf(admin),
})

const NOWHERE: Net = { version: 4, start: -1n, rest: 0n }

const netsOf = (texts: readonly string[]): readonly Net[] =>
  texts.map((text) => netOf(text) ?? NOWHERE)

/** Tells whether a kind of use is allowed from an address; an unknown one is on no list. */
export const allowedFrom = (
  lists: CompiledLists,
  kind: ListKind,
  address: string | undefined,
): boolean => {
  const nets = lists[kind]
  if (nets.length === 0) return true
  const asked = address === undefined ? null : addressOf(address)
  return asked !== null && nets.some((net) => holds(net, asked))
}

const holds = (net: Net, { version, bits }: Address): boolean =>
  net.version === version && bits >> net.rest === net.start

/** Gives the list that speaks of an actor's own way in; `null` where it came in by none. */
export const listOf = ({ via }: Pick<Actor, 'via'>): 'web' | 'keys' | null => {
  if (via === undefined || via === 'none') return null
  return via === 'session' ? 'web' : 'keys'
}

/** Names the lists that would shut out the one who sets them. */
export const locksOut = (
  lists: AllowLists,
  author: Pick<Actor, 'via'>,
  address: string | undefined,
): readonly ListKind[] => {
  const compiled = compileLists(lists)
  const own = listOf(author)
  const asked: readonly ListKind[] = own === null ? [] : [own, 'admin']
  return asked.filter((kind) => !allowedFrom(compiled, kind, address))
}

const addressOf = (text: string): Address | null => {
  const [bare = ''] = text.split('%', 1)
  if (!bare.includes(':')) {
    const bits = ipv4Of(bare)
    return bits === null ? null : { version: 4, bits }
  }
  const bits = ipv6Of(bare)
  if (bits === null) return null
  return bits >> 32n === 0xffffn ? { version: 4, bits: bits & 0xffff_ffffn } : { version: 6, bits }
}

const OCTET = /^(0|[1-9]\d{0,2})$/

const ipv4Of = (text: string): bigint | null => {
  const octets = text.split('.')
  const fits = octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)
  if (octets.length !== 4 || !fits) return null
  return joined(octets.map(BigInt), 8n)
}

const ipv6Of = (text: string): bigint | null => {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return null
  const left = groupsOf(head, tail === undefined)
  const right = groupsOf(tail ?? '', true)
  if (left === null || right === null) return null
  const gap = 8 - left.length - right.length
  if (tail === undefined ? gap !== 0 : gap < 1) return null
  return joined([...left, ...Array.from({ length: gap }, () => 0n), ...right], 16n)
}

/** Reads groups of sixteen bits; the last of an address may be written as IPv4. */
const groupsOf = (text: string, isEnd: boolean): readonly bigint[] | null => {
  if (text === '') return []
  const words = text.split(':')
  const groups: bigint[] = []
  for (const [index, word] of words.entries()) {
    const old = isEnd && index === words.length - 1 && word.includes('.') ? ipv4Of(word) : null
    if (old !== null) groups.push(old >> 16n, old & 0xffffn)
    else if (/^[0-9a-f]{1,4}$/i.test(word)) groups.push(BigInt(`0x${word}`))
    else return null
  }
  return groups
}

const joined = (parts: readonly bigint[], width: bigint): bigint =>
  parts.reduce((bits, part) => (bits << width) | part, 0n)
