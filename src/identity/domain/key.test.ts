import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  daysOf,
  decideReplacement,
  formatKey,
  isFrom,
  KEY_LENGTH,
  keyEnd,
  networksBeyond,
  networksOf,
  parseKey,
  prefixOf,
  SECRET_BYTES,
  TAG_BYTES,
  tagOf,
} from './key.ts'
import { PRINCIPAL_KINDS } from './principal.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const parts = fc.record({
  kind: fc.constantFrom(...PRINCIPAL_KINDS),
  tag: fc.string({ unit: fc.constantFrom(...BASE62), minLength: 8, maxLength: 8 }),
  id: fc.uuid(),
  secret: fc.uint8Array({ minLength: SECRET_BYTES, maxLength: SECRET_BYTES }),
})

const SAMPLE = formatKey({
  kind: 'agent',
  tag: 'Ab3dE5gH',
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  secret: new Uint8Array(SECRET_BYTES).fill(7),
})

test('a key gives back what it was made of', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const text = formatKey(given)
      expect(text).toHaveLength(KEY_LENGTH)
      expect(parseKey(text)).toEqual(given)
    }),
  )
})

test('a key with one other letter is no key', () => {
  fc.assert(
    fc.property(
      parts,
      fc.nat(KEY_LENGTH - 1),
      fc.constantFrom(...BASE62, '_', '-'),
      (given, at, letter) => {
        const text = formatKey(given)
        fc.pre(text.charAt(at) !== letter)
        expect(parseKey(text.slice(0, at) + letter + text.slice(at + 1))).toBeNull()
      },
    ),
  )
})

test('a cut, longer or empty text is no key', () => {
  expect(parseKey(SAMPLE)).not.toBeNull()
  for (const text of ['', SAMPLE.slice(0, -1), `${SAMPLE}0`, ` ${SAMPLE}`, `${SAMPLE}\n`]) {
    expect(parseKey(text)).toBeNull()
  }
})

test('the checksum is the CRC-32 that every library computes', () => {
  let rest = crc32(SAMPLE.slice(0, -6))
  let expected = ''
  for (let digit = 0; digit < 6; digit++) {
    expected = BASE62.charAt(rest % 62) + expected
    rest = Math.floor(rest / 62)
  }
  expect(SAMPLE.slice(-6)).toBe(expected)
})

test('the shown prefix holds nothing of the secret', () => {
  expect(SAMPLE.startsWith(prefixOf(SAMPLE))).toBe(true)
  expect(prefixOf(SAMPLE)).toMatch(/^guild_a_Ab3dE5gH_[0-9A-Za-z]{8}$/)
})

test('a tag has eight letters or digits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: TAG_BYTES, maxLength: TAG_BYTES }), (chance) => {
      expect(tagOf(chance)).toMatch(/^[0-9A-Za-z]{8}$/)
    }),
  )
})

const HOUR = 3_600_000
const NOW = 1_764_000_000_000
const LIFE = { createdAt: NOW - HOUR, expiresAt: NOW + 10 * HOUR, revokedAt: null }

test.each([
  ['ends after the overlap', LIFE, 1, NOW + HOUR],
  ['ends at once without an overlap', LIFE, 0, NOW],
  ['never ends later than it would have', LIFE, 24, LIFE.expiresAt],
  ['gets an end if it had none', { ...LIFE, expiresAt: null }, 24, NOW + 24 * HOUR],
] as const)('a replaced key %s', (_, life, overlapHours, end) => {
  expect(decideReplacement(life, { now: NOW, overlapHours })).toBe(end)
})

test.each([
  ['revoked', { ...LIFE, revokedAt: NOW - 1 }, 'has ended'],
  ['at its end', { ...LIFE, expiresAt: NOW }, 'has ended'],
  ['replaced', { ...LIFE, replacedBy: 'another' }, 'was replaced before'],
] as const)('a key that is %s is not replaced', (_, life, said) => {
  expect(() => decideReplacement(life, { now: NOW, overlapHours: 1 })).toThrow(said)
})

test('a key knows for how many days it was made', () => {
  for (const days of [1, 30, 365]) {
    const life = { createdAt: NOW, expiresAt: keyEnd(NOW + 0.7, days), revokedAt: null }
    expect(daysOf(life)).toBe(days)
  }
  expect(daysOf({ createdAt: NOW, expiresAt: null, revokedAt: null })).toBeNull()
})

test('networks within others pass, wider, foreign and unreadable ones do not', () => {
  const outer = ['10.0.0.0/8', '2001:db8::/32']
  const within = ['10.0.0.0/8', '10.255.255.255', '::ffff:10.1.2.3', '2001:db8:1::/48']
  expect(networksBeyond(within, outer)).toEqual([])
  const beyond = ['10.0.0.0/7', '11.0.0.0/8', '0.0.0.0/0', '::/0', '2001:db8::/31', 'no network']
  expect(networksBeyond([...within, ...beyond], outer)).toEqual(beyond)
  expect(networksBeyond(beyond, null)).toEqual([])
})

test('a key whose networks cannot be read lets nobody in', () => {
  expect(isFrom(networksOf(['nonsense']), '10.0.0.1')).toBe(false)
  expect(isFrom(networksOf([]), '10.0.0.1')).toBe(false)
  expect(isFrom(networksOf(['::/0']), undefined)).toBe(false)
  expect(isFrom(networksOf(['::/0']), '10.0.0.1')).toBe(true)
})
