import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'
import type { Headers } from './guard.ts'

// Whoever connects to us may be a proxy, and what it says of its own caller is worth as much as we
// trust it. Every proxy adds to the right: so the list is read from there, and the first that is
// none of our proxies is the caller. What stands left of it, the caller may have made up.

const MAPPED = '::ffff:'

/**
 * Gives the address of whoever calls, in one spelling: the socket's, or what trusted proxies say.
 * `undefined` where they say nothing that can be believed: no address, or two different ones.
 */
export const clientAddress = (
  socketAddress: string | undefined,
  headers: Headers,
  trusted: readonly string[],
): string | undefined => {
  const peer = socketAddress === undefined ? null : plainAddress(socketAddress)
  if (peer === null) return undefined
  if (trusted.length === 0) return peer
  const isTrusted = trustOf(trusted)
  if (!isTrusted(peer)) return peer
  const byOld = callerIn({ peer, list: listOf(headers['x-forwarded-for']), isTrusted }, nodeOf)
  const byModern = callerIn({ peer, list: listOf(headers['forwarded']), isTrusted }, forOf)
  if (byOld === null) return byModern === null ? peer : byModern
  // A proxy sets one of the two and may pass the other on as its caller wrote it.
  return byModern === null || byModern === byOld ? byOld : undefined
}

type IsTrusted = (address: string) => boolean
type Told = Readonly<{ peer: string; list: string | null; isTrusted: IsTrusted }>

// Reads no further than it has to: what is left of the caller may be thousands of made up entries.
const callerIn = (
  { peer, list, isTrusted }: Told,
  read: (entry: string) => string | null,
): string | undefined | null => {
  if (list === null) return null
  let caller = peer
  for (let end = list.length; end >= 0 && isTrusted(caller); ) {
    const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1)
    const entry = read(list.slice(comma + 1, end).trim())
    if (entry === null) return undefined
    caller = entry
    end = comma
  }
  return caller
}

const listOf = (header: Headers[string]): string | null => {
  const text = typeof header === 'string' ? header : (header ?? []).join(',')
  return text.trim() === '' ? null : text
}

// A quoted string may hold a comma, an address does not: what is torn there is no address.
const forOf = (element: string): string | null => {
  const found = element
    .split(';')
    .map((pair) => /^\s*for\s*=\s*(?:"([^"\\]*)"|([^"\s]*))\s*$/i.exec(pair))
    .filter((match) => match !== null)
  const [only, ...more] = found
  return only && more.length === 0 ? nodeOf(only[1] ?? only[2] ?? '') : null
}

const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/
const WITH_PORT = /^([0-9.]+):\d{1,5}$/

const nodeOf = (node: string): string | null =>
  plainAddress(BRACKETED.exec(node)?.[1] ?? WITH_PORT.exec(node)?.[1] ?? node)

/** Gives an address its one spelling; IPv4 that is written as IPv6 becomes IPv4 again. */
const plainAddress = (text: string): string | null => {
  if (isIPv4(text)) return text
  const [bare = ''] = text.split('%', 1)
  if (!isIPv6(bare)) return null
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' })
  return address.startsWith(MAPPED) && address.includes('.')
    ? address.slice(MAPPED.length)
    : address
}

const kept = new WeakMap<readonly string[], IsTrusted>()

// One list for the life of a process: read once, not with every request.
const trustOf = (trusted: readonly string[]): IsTrusted => {
  const known = kept.get(trusted)
  if (known) return known
  const nets = { v4: new BlockList(), v6: new BlockList() }
  for (const cidr of trusted) {
    const [net = '', bits] = cidr.trim().split('/')
    if (isIPv4(net)) nets.v4.addSubnet(net, Number(bits ?? 32), 'ipv4')
    else nets.v6.addSubnet(net, Number(bits ?? 128), 'ipv6')
  }
  const isTrusted: IsTrusted = (address) =>
    isIPv4(address) ? nets.v4.check(address, 'ipv4') : nets.v6.check(address, 'ipv6')
  kept.set(trusted, isTrusted)
  return isTrusted
}
