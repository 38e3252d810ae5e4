import oracle from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './canonical.ts'

test('the canonical form is the one of RFC 8785 for any JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      fc.pre(isWellFormed(value))
      expect(canonical(value)).toBe(oracle(value))
    }),
    { numRuns: 1_000 },
  )
})

test('keys are sorted by UTF-16 units, not by code points or locale', () => {
  const value = { '\u{1F600}': 1, '\uFB33': 2, '\u20AC': 3, b: 4, B: 5, '10': 6, '9': 7, '': 8 }
  expect(canonical(value)).toBe(oracle(value))
  expect(canonical(value).indexOf('\u{1F600}')).toBeLessThan(canonical(value).indexOf('\uFB33'))
})

test('the order of fields does not matter, and fields not given are left out', () => {
  const forward = { a: 1, b: { c: [1, 2], d: null } }
  const backward = { b: { d: null, c: [1, 2], e: undefined }, a: 1 }
  expect(canonical(backward)).toBe(canonical(forward))
})

test('a field named __proto__ is a field like any other', () => {
  const value: unknown = JSON.parse('{"__proto__":{"x":1},"a":2}')
  expect(canonical(value)).toBe('{"__proto__":{"x":1},"a":2}')
})

test.each([
  ['1e21', 1e21, '1e+21'],
  ['minus zero', -0, '0'],
  ['the smallest double', 5e-324, '5e-324'],
  ['a rounding edge', 1 / 3, '0.3333333333333333'],
])('%s has one spelling', (_, number, text) => {
  expect(canonical(number)).toBe(text)
})

test.each([
  ['nothing given', undefined],
  ['not a number', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a lone surrogate', '\uD800'],
  ['a lone surrogate in a key', { '\uDC00': 1 }],
  ['a big integer', 1n],
  ['a function', () => 1],
  ['a hole in a list', [1, undefined]],
])('%s has no canonical form', (_, value) => {
  expect(() => canonical(value)).toThrow(TypeError)
})

const isWellFormed = (value: unknown): boolean => JSON.stringify(value).isWellFormed()
