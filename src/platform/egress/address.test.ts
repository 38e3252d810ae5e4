import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalAddress, reachOf } from './address.ts'
import { readAllowList } from './allow-list.ts'
import { pinnable, readTarget } from './target.ts'

// Written down from the IANA registries a second time, so that a slip in the source shows.
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '168.63.129.16/32',
  '::/128',
  '::1/128',
  '::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '100:0:0:1::/64',
  '2001::/32',
  '2001:2::/48',
  '2001:10::/28',
  '2001:20::/28',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

const numberOf = (address: string): bigint => {
  if (!address.includes(':')) {
    return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  }
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const gap = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...gap, ...right].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n)
}

const textOf4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')

const groupsOf = (value: bigint): string[] =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((value >> shift) & 65_535n).toString(16))

/** The honest spellings of an IPv6 address: long, short, upper case, with a dotted end. */
const spellings6 = (value: bigint): string[] => {
  const groups = groupsOf(value)
  const long = groups.map((group) => group.padStart(4, '0')).join(':')
  const dotted = `${groups.slice(0, 6).join(':')}:${textOf4(value & 0xffff_ffffn)}`
  const short = URL.parse(`http://[${long}]/`)?.hostname.slice(1, -1) ?? ''
  return [groups.join(':'), long, long.toUpperCase(), dotted, short]
}

/** An IPv4 address as itself and inside the IPv6 networks that carry one. */
const spellings4 = (value: bigint): string[] => [
  textOf4(value),
  ...spellings6((0xffffn << 32n) + value),
  ...spellings6(value),
  ...spellings6((numberOf('64:ff9b::') & ~0xffff_ffffn) + value),
  ...spellings6(numberOf('2002::') + (value << 80n)),
  ...spellings6(numberOf('2001::') + (value ^ 0xffff_ffffn)),
]

const inRange = fc.constantFrom(...SPECIAL).chain((cidr) => {
  const [net = '', bits = ''] = cidr.split('/')
  const width = net.includes(':') ? 128 : 32
  const room = 1n << BigInt(width - Number(bits))
  return fc
    .bigInt({ min: 0n, max: room - 1n })
    .map((offset) => ({ width, value: numberOf(net) + offset }))
})

describe('a special address', () => {
  const closed = readAllowList([])
  const name = readTarget('https://hub.example/', closed)
  const passes = (look: () => unknown): boolean => {
    try {
      look()
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: 'platform.target_refused' })
      return false
    }
  }
  const asAnswer = (text: string) => passes(() => pinnable(name, [text], closed))
  const asTyped = (text: string) => {
    const host = text.includes(':') ? `[${text}]` : text
    return passes(() => readTarget(`https://${host}/`, closed))
  }

  test('never passes, in no spelling, typed or answered by a resolver', () => {
    fc.assert(
      fc.property(inRange, ({ width, value }) => {
        const texts = width === 32 ? spellings4(value) : spellings6(value)
        expect(texts.filter((text) => asAnswer(text) || asTyped(text))).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  test('spoils an answer that also holds public addresses', () => {
    fc.assert(
      fc.property(inRange, fc.nat(2), ({ width, value }, place) => {
        const bad = width === 32 ? textOf4(value) : groupsOf(value).join(':')
        const answer = ['1.1.1.1', '2606:4700:4700::1111'].toSpliced(place, 0, bad)
        expect(passes(() => pinnable(name, answer, closed))).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})

test.each([
  ['0.255.255.255', 'never'],
  ['1.0.0.0', 'public'],
  ['9.255.255.255', 'public'],
  ['10.0.0.0', 'private'],
  ['11.0.0.0', 'public'],
  ['100.63.255.255', 'public'],
  ['100.64.0.0', 'private'],
  ['100.127.255.255', 'private'],
  ['100.128.0.0', 'public'],
  ['100.100.100.200', 'never'],
  ['100.100.100.201', 'private'],
  ['126.255.255.255', 'public'],
  ['128.0.0.0', 'public'],
  ['168.63.129.15', 'public'],
  ['168.63.129.16', 'never'],
  ['169.254.169.253', 'private'],
  ['169.254.169.254', 'never'],
  ['169.254.170.2', 'never'],
  ['172.15.255.255', 'public'],
  ['172.16.0.0', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.0', 'public'],
  ['192.0.1.0', 'public'],
  ['198.17.255.255', 'public'],
  ['198.20.0.0', 'public'],
  ['223.255.255.255', 'public'],
  ['224.0.0.0', 'never'],
  ['255.255.255.255', 'never'],
  ['::', 'never'],
  ['::1', 'private'],
  ['::2', 'never'],
  ['::ffff:8.8.8.8', 'public'],
  ['::ffff:10.1.2.3', 'private'],
  ['::ffff:a9fe:a9fe', 'never'],
  ['::ffff:0:8.8.8.8', 'never'],
  ['64:ff9b::8.8.8.8', 'public'],
  ['64:ff9b::10.1.2.3', 'never'],
  ['64:ff9b::169.254.169.254', 'never'],
  ['64:ff9b:1::8.8.8.8', 'never'],
  ['64:ff9b::1:808:808', 'never'],
  ['1fff:ffff::1', 'never'],
  ['2001:1ff::1', 'never'],
  ['2001:200::1', 'public'],
  ['2001:4860:4860::8888', 'public'],
  ['2002:808:808::1', 'never'],
  ['2606:4700:4700::1111', 'public'],
  ['3fff:fff::1', 'never'],
  ['3fff:1000::1', 'public'],
  ['4000::1', 'never'],
  ['fd00:ec2::253', 'private'],
  ['fd00:ec2::254', 'never'],
  ['fd00:0ec2:0:0::254', 'never'],
  ['fe80::1', 'never'],
  ['ff02::1', 'never'],
])('%s can be reached by: %s', (text, reach) => {
  expect(reachOf(canonicalAddress(text) ?? '')).toBe(reach)
})

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::FFFF:102:304', '1.2.3.4'],
  ['0:0:0:0:0:ffff:0102:0304', '1.2.3.4'],
  ['::', '0:0:0:0:0:0:0:0'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['fd00::1', 'fd00:0:0:0:0:0:0:1'],
  ['2001:DB8::1:0', '2001:db8:0:0:0:0:1:0'],
  ['1:2:3:4:5:6:7.8.9.10', '1:2:3:4:5:6:708:90a'],
  ['01.2.3.4', null],
  ['127.1', null],
  ['2130706433', null],
  ['0x7f000001', null],
  ['fe80::1%eth0', null],
  ['::1%25lo', null],
  ['[::1]', null],
  ['', null],
  ['localhost', null],
])('%s has the spelling %s', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical)
})
