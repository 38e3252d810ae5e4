import { isIPv4, isIPv6 } from 'node:net'
import { refuse } from '../../kernel/refusal.ts'
import { canonicalAddress, netsOf } from './address.ts'

/** Targets that an administrator allows beyond the public internet. */
export type AllowList = Readonly<{
  /** Tells whether any entry is for this port: a name may then be asked for its addresses. */
  opens(port: number): boolean
  /** Tells whether an address, in its one spelling, is allowed at a port. */
  covers(address: string, port: number): boolean
}>

const ENTRY = /^(?:\[([0-9a-f:.]+)\/([0-9]{1,3})\]|([0-9.]+)\/([0-9]{1,2})):([1-9][0-9]{0,4})$/i

/** Reads the entries `10.0.0.0/8:8443` and `[fd00::/8]:443`; refuses what is not one. */
export const readAllowList = (entries: readonly string[]): AllowList => {
  const read = entries.map(readEntry)
  return {
    opens: (port) => read.some((entry) => entry.port === port),
    covers: (address, port) =>
      read.some(
        (entry) =>
          entry.port === port &&
          entry.family === (isIPv4(address) ? 'ipv4' : 'ipv6') &&
          entry.nets.check(address, entry.family),
      ),
  }
}

const readEntry = (text: string) => {
  const [, net6, bits6, net4, bits4, port] = ENTRY.exec(text) ?? []
  const net = net6 ?? net4 ?? ''
  const bits = Number(bits6 ?? bits4)
  const family = net6 === undefined ? ('ipv4' as const) : ('ipv6' as const)
  const fits = family === 'ipv4' ? isIPv4(net) && bits <= 32 : isOwnIpv6(net) && bits <= 128
  if (!fits || Number(port) > 65_535) throw entryWrong(text)
  return { family, nets: netsOf([`${net}/${bits}`]), port: Number(port) }
}

// A mapped network would never match: mapped addresses are compared as the IPv4 they carry.
const isOwnIpv6 = (net: string): boolean =>
  isIPv6(net) && canonicalAddress(net)?.includes(':') === true

const entryWrong = (text: string) => {
  const message =
    `"${text}" is no target to allow. ` +
    'Write a network and a port: 10.0.0.0/8:8443, 127.0.0.1/32:11434 or [fd00::/8]:443.'
  return refuse('invalid', 'platform.allowed_target_wrong', message)
}
