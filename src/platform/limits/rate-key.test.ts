import { SocketAddress } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rateKey } from './rate-key.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:C000:0207', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:db8:1:2::1.2.3.4', '2001:db8:1:2::/64'],
  [undefined, 'unknown'],
  [':::', 'unknown'],
])('%s counts as %s', (address, key) => {
  expect(rateKey(address)).toBe(key)
})

test('every spelling of an address counts as the machine reads it', () => {
  const short = fc.constantFrom('0', '00', '1', 'FFFF', 'a0', '0db8', '2001')
  const words = fc.array(short, { minLength: 8, maxLength: 8 }).map((all) => all.join(':'))
  fc.assert(
    fc.property(
      fc.oneof(
        words,
        fc.ipV6().map((text) => text.toUpperCase()),
      ),
      (text) => {
        const { address } = new SocketAddress({ address: text, family: 'ipv6' })
        expect(rateKey(text)).toBe(rateKey(address))
      },
    ),
    { numRuns: 1_000 },
  )
})
