import { BlockList, isIPv4, isIPv6 } from 'node:net'

// What an address is, after the IANA special-purpose registries for IPv4 and IPv6. Version 6 is
// read the other way round: only 2000::/3 is given out to the internet, so all else is refused
// without being named, and the tables name the exceptions.

/** Who can be behind an address: anybody, our own network, or nobody that may be called. */
export type Reach = 'public' | 'private' | 'never'

// Networks of our own kind: called only when an administrator allows them.
const PRIVATE_NETS = [
  '10.0.0.0/8',
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '::1/128',
  'fc00::/7', // unique local
] as const

// Networks and hosts that are never called, even when somebody allows them.
const NEVER_NETS = [
  '0.0.0.0/8', // "this host": Linux takes it for loopback
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // multicast tunnels
  '192.88.99.0/24', // 6to4 relays
  '192.175.48.0/24', // AS112
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved and broadcast
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarks and more
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: carries an IPv4 address, and nobody routes it any more
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
  // Hosts that hand out credentials of the machine to whoever asks.
  '169.254.169.254/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  '100.100.100.200/32',
  '168.63.129.16/32',
  'fd00:ec2::23/128',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
] as const

const GLOBAL_NETS = ['2000::/3'] as const
const NAT64_NETS = ['64:ff9b::/96'] as const

/** Makes a list of networks from their CIDR texts. */
export const netsOf = (cidrs: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [net = '', bits = ''] = cidr.split('/')
    list.addSubnet(net, Number(bits), isIPv4(net) ? 'ipv4' : 'ipv6')
  }
  return list
}

// Versions in lists of their own: BlockList would match an IPv4 address against `::/0`.
const listsOf = (cidrs: readonly string[]): Readonly<{ v4: BlockList; v6: BlockList }> => ({
  v4: netsOf(cidrs.filter((cidr) => !cidr.includes(':'))),
  v6: netsOf(cidrs.filter((cidr) => cidr.includes(':'))),
})

const PRIVATE = listsOf(PRIVATE_NETS)
const NEVER = listsOf(NEVER_NETS)
const GLOBAL = netsOf(GLOBAL_NETS)
const NAT64 = netsOf(NAT64_NETS)

/**
 * Gives an address its one spelling: IPv4 dotted (also out of `::ffff:0:0/96`), IPv6 as eight
 * groups. Null when it is no address, or one of a single network card (`fe80::1%eth0`).
 */
export const canonicalAddress = (text: string): string | null => {
  if (isIPv4(text)) return text
  if (!isIPv6(text) || text.includes('%')) return null
  const groups = groupsOf(text)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return isMapped ? lastAsIpv4(groups) : groups.map((group) => group.toString(16)).join(':')
}

/** Tells who can be behind an address in its one spelling. */
export const reachOf = (address: string): Reach => {
  if (isIPv4(address)) {
    if (NEVER.v4.check(address, 'ipv4')) return 'never'
    return PRIVATE.v4.check(address, 'ipv4') ? 'private' : 'public'
  }
  if (NEVER.v6.check(address, 'ipv6')) return 'never'
  if (PRIVATE.v6.check(address, 'ipv6')) return 'private'
  // A network without IPv4 reaches the old internet through these, and only that.
  if (NAT64.check(address, 'ipv6')) {
    return reachOf(lastAsIpv4(groupsOf(address))) === 'public' ? 'public' : 'never'
  }
  return GLOBAL.check(address, 'ipv6') ? 'public' : 'never'
}

const groupsOf = (text: string): readonly number[] => {
  const [head = '', tail] = text.split('::')
  const left = wordsOf(head)
  const right = wordsOf(tail ?? '')
  const gap = Array.from({ length: 8 - left.length - right.length }, () => 0)
  return [...left, ...gap, ...right]
}

const wordsOf = (part: string): readonly number[] =>
  part === ''
    ? []
    : part.split(':').flatMap((word) => {
        if (!word.includes('.')) return [Number.parseInt(word, 16)]
        const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number)
        return [a * 256 + b, c * 256 + d]
      })

const lastAsIpv4 = (groups: readonly number[]): string =>
  groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
