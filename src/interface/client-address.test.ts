import { expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

const TRUSTED = ['10.0.0.0/8', '192.0.2.1', 'fd00::/8', '::1']
const OUTER = '203.0.113.9'

type Row = readonly [what: string, peer: string, headers: Record<string, string>, told: unknown]

test.each<Row>([
  ['a caller without a proxy', OUTER, {}, OUTER],
  ['a caller that makes up a list', OUTER, { 'x-forwarded-for': '127.0.0.1' }, OUTER],
  ['a caller that makes up the newer list', OUTER, { forwarded: 'for=127.0.0.1' }, OUTER],
  ['one trusted proxy', '10.0.0.1', { 'x-forwarded-for': OUTER }, OUTER],
  [
    'one proxy behind which the list begins made up',
    '10.0.0.1',
    { 'x-forwarded-for': `127.0.0.1, 10.9.9.9, ${OUTER}` },
    OUTER,
  ],
  ['two trusted proxies', '10.0.0.1', { 'x-forwarded-for': `1.1.1.1, ${OUTER}, 10.0.0.2` }, OUTER],
  ['a proxy known by its one address', '192.0.2.1', { 'x-forwarded-for': OUTER }, OUTER],
  ['its neighbour, who is none', '192.0.2.2', { 'x-forwarded-for': OUTER }, '192.0.2.2'],
  [
    'a caller within the trusted network',
    '10.0.0.1',
    { 'x-forwarded-for': '10.7.7.7' },
    '10.7.7.7',
  ],
  ['a trusted proxy that says nothing', '10.0.0.1', {}, '10.0.0.1'],
  ['a trusted proxy with an empty list', '10.0.0.1', { 'x-forwarded-for': ' ' }, '10.0.0.1'],
  ['a socket that speaks IPv6 for IPv4', '::ffff:10.0.0.1', { 'x-forwarded-for': OUTER }, OUTER],
  ['an entry that does so', '10.0.0.1', { 'x-forwarded-for': '::ffff:203.0.113.9' }, OUTER],
  ['an entry with a port', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9:5678' }, OUTER],
  ['IPv6 with a port', '::1', { 'x-forwarded-for': '[2001:DB8::1]:443' }, '2001:db8::1'],
  ['bare IPv6', 'fd00::7', { 'x-forwarded-for': '2001:db8:0:0::1' }, '2001:db8::1'],
  ['the newer list', '10.0.0.1', { forwarded: `for=1.1.1.1, for=${OUTER};proto=https` }, OUTER],
  [
    'the newer list, quoted and in another order',
    '10.0.0.1',
    { forwarded: 'by=10.0.0.1;For="[2001:db8::1]:4711"' },
    '2001:db8::1',
  ],
  [
    'both lists in agreement',
    '10.0.0.1',
    { 'x-forwarded-for': OUTER, forwarded: `for=${OUTER}` },
    OUTER,
  ],
  [
    'both lists at odds: one of them is the caller’s own',
    '10.0.0.1',
    { 'x-forwarded-for': OUTER, forwarded: 'for=10.0.0.1' },
    undefined,
  ],
  [
    'both lists at odds, the other way round',
    '10.0.0.1',
    { 'x-forwarded-for': '10.0.0.1', forwarded: `for=${OUTER}` },
    undefined,
  ],
  ['an unknown caller', '10.0.0.1', { forwarded: 'for=unknown' }, undefined],
  ['a hidden caller', '10.0.0.1', { forwarded: 'for="_hidden"' }, undefined],
  ['two callers in one element', '10.0.0.1', { forwarded: 'for=1.1.1.1;for=2.2.2.2' }, undefined],
  ['garbage nearest to us', '10.0.0.1', { 'x-forwarded-for': `${OUTER}, %%` }, undefined],
  ['garbage further away', '10.0.0.1', { 'x-forwarded-for': `%%, ${OUTER}` }, OUTER],
  ['an empty entry nearest to us', '10.0.0.1', { 'x-forwarded-for': `${OUTER},` }, undefined],
  ['octal digits', '10.0.0.1', { 'x-forwarded-for': '0177.0.0.1' }, undefined],
  ['an address as one number', '10.0.0.1', { 'x-forwarded-for': '2130706433' }, undefined],
  ['a name', '10.0.0.1', { 'x-forwarded-for': 'localhost' }, undefined],
  ['a torn quotation', '10.0.0.1', { forwarded: 'for="1.1.1.1, 10.0.0.1"' }, undefined],
])('%s', (_, peer, headers, told) => {
  expect(clientAddress(peer, headers, TRUSTED)).toBe(told)
})

test('without trusted proxies only the socket is believed', () => {
  const headers = { 'x-forwarded-for': '1.1.1.1', forwarded: 'for=1.1.1.1' }
  expect(clientAddress('127.0.0.1', headers, [])).toBe('127.0.0.1')
  expect(clientAddress('::ffff:127.0.0.1', headers, [])).toBe('127.0.0.1')
  expect(clientAddress(undefined, headers, [])).toBeUndefined()
})

test('a network of one IP version holds no addresses of the other', () => {
  const headers = { 'x-forwarded-for': '1.1.1.1' }
  expect(clientAddress('203.0.113.9', headers, ['::/0'])).toBe('203.0.113.9')
  expect(clientAddress('2001:db8::1', headers, ['0.0.0.0/0'])).toBe('2001:db8::1')
})

test('what is left of the caller is not looked at, however much it is', () => {
  const list = `${'%%,'.repeat(100_000)}${OUTER}, 10.0.0.2`
  expect(clientAddress('10.0.0.1', { 'x-forwarded-for': list }, TRUSTED)).toBe(OUTER)
})
