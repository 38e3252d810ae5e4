import { BlockList, isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AllowLists,
  allowedFrom,
  ANYWHERE,
  compileLists,
  locksOut,
  netOf,
} from './allow-list.ts'

const allows = (nets: readonly string[], address: string | undefined): boolean =>
  allowedFrom(compileLists({ ...ANYWHERE, web: nets }), 'web', address)

test.each([
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['10.0.0.0/8', '192.0.2.0/24'], '192.0.2.255', true],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['::ffff:10.0.0.0/104'], '10.1.2.3', true],
  [['2001:db8::/32'], '2001:DB8:ffff::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['fe80::1'], 'fe80::1%eth0', true],
  [['0.0.0.0/0'], '203.0.113.9', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['::/0'], '203.0.113.9', false],
  [['::/0'], '::ffff:203.0.113.9', false],
  [['10.0.0.0/8'], undefined, false],
  [['10.0.0.0/8'], 'localhost', false],
  [['not a network'], '255.255.255.255', false],
  [[], undefined, true],
])('%j and %s: %s', (nets, address, expected) => {
  expect(allows(nets, address)).toBe(expected)
})

test.each([
  '',
  '10',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.1/33',
  '10.0.0.1/-1',
  '10.0.0.1/08',
  '10.0.0.1/8/8',
  '1::2::3',
  ':1',
  '1:',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'g::',
  '1:2:3:4:5:6:7::8',
  '::/129',
  '::ffff:1.2.3.4/95',
  '1.2.3.4::',
  '::1.2.3',
  'localhost',
])('%j is no network', (text) => {
  // biome-ignore format: a row of texts
  expect(netOf(text)).toBeNull()
})

test('addresses are read as the machine reads them', () => {
  const word = fc.nat(0xffff).map((value) => value.toString(16))
  const v4 = fc.ipV4()
  const v6 = fc.oneof(
    fc.ipV6(),
    fc.array(word, { minLength: 1, maxLength: 9 }).map((w) => w.join(':')),
  )
  fc.assert(
    fc.property(fc.oneof(v4, v6, fc.string({ maxLength: 20 })), (text) => {
      fc.pre(!/[%/]/.test(text))
      expect(netOf(text) !== null).toBe(isIPv4(text) || isIPv6(text))
    }),
    { numRuns: 2_000 },
  )
})

test('networks hold the addresses that the machine says they hold', () => {
  // Few values, so that many addresses lie in many networks.
  const octet = fc.constantFrom(0, 1, 10, 127, 128, 255)
  const v4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'))
  const word = fc.constantFrom('0', '1', '2001', 'db8', '8000', 'fe80')
  // The machine takes mapped addresses for IPv4, with a network of either version.
  const v6 = fc.array(word, { minLength: 8, maxLength: 8 }).map((words) => words.join(':'))
  const pair = <T>(address: fc.Arbitrary<T>, bits: number) =>
    fc.tuple(address, fc.integer({ min: 0, max: bits }), address)
  fc.assert(
    fc.property(fc.oneof(pair(v4, 32), pair(v6, 128)), ([net, bits, address]) => {
      const oracle = new BlockList()
      const version = isIPv4(net) ? 'ipv4' : 'ipv6'
      oracle.addSubnet(net, bits, version)
      expect(allows([`${net}/${bits}`], address)).toBe(oracle.check(address, version))
    }),
    { numRuns: 3_000 },
  )
})

const lists = (more: Partial<AllowLists>): AllowLists => ({ ...ANYWHERE, ...more })

test.each<[string, AllowLists, 'session' | 'key' | 'oauth' | 'none', string | undefined, string[]]>(
  [
    ['no lists', lists({}), 'session', undefined, []],
    ['a list with the author', lists({ web: ['192.0.2.0/24'] }), 'session', '192.0.2.7', []],
    ['a list without the author', lists({ web: ['192.0.2.0/24'] }), 'session', '10.0.0.1', ['web']],
    ['a list of the other way in', lists({ keys: ['192.0.2.0/24'] }), 'session', '10.0.0.1', []],
    ['the list of keys', lists({ keys: ['192.0.2.0/24'] }), 'key', '10.0.0.1', ['keys']],
    [
      'the list of keys and a token',
      lists({ keys: ['192.0.2.0/24'] }),
      'oauth',
      '10.0.0.1',
      ['keys'],
    ],
    ['the list of administration', lists({ admin: ['192.0.2.7'] }), 'key', '192.0.2.8', ['admin']],
    ['an author from nowhere', lists({ web: ['0.0.0.0/0'] }), 'session', undefined, ['web']],
    ['the hub itself', lists({ admin: ['192.0.2.7'] }), 'none', undefined, []],
  ],
)('%s', (_, given, via, address, out) => {
  expect(locksOut(given, { via }, address)).toEqual(out)
})
