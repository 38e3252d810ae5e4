import { expect, test } from 'vitest'
import { bearerChallenge, scopesIn, SCOPES_MAX } from './oauth-challenge.ts'

const nothing = { resourceMetadata: null, scopes: [], error: null }

test.each<[string, ReturnType<typeof bearerChallenge>]>([
  ['Bearer', nothing],
  ['bearer realm="x"', nothing],
  [
    'Bearer resource_metadata="https://a.example/m", scope="files:read files:write"',
    { ...nothing, resourceMetadata: 'https://a.example/m', scopes: ['files:read', 'files:write'] },
  ],
  [
    'Bearer error="insufficient_scope",scope="b",error_description="say \\"please\\", then b"',
    { ...nothing, error: 'insufficient_scope', scopes: ['b'] },
  ],
  [
    'Basic realm="a", Bearer scope=one, error=invalid_token',
    { ...nothing, scopes: ['one'], error: 'invalid_token' },
  ],
  ['Bearer scope="one", Basic realm="x", scope="two"', { ...nothing, scopes: ['one'] }],
  ['Basic abc==, Bearer scope="one"', { ...nothing, scopes: ['one'] }],
  ['BEARER SCOPE = "one"', { ...nothing, scopes: ['one'] }],
  ['Bearer scope="one", scope="two"', { ...nothing, scopes: ['one'] }],
  ['Bearer realm="a Bearer scope=\\"stolen\\""', nothing],
])('%s is read', (header, challenge) => {
  expect(bearerChallenge(header)).toEqual(challenge)
})

test.each([
  null,
  '',
  'Basic realm="x"',
  'DPoP scope="x"',
  '"Bearer"',
  ',,,',
  '=',
  '"'.repeat(9_000),
])('no challenge for a bearer token is in %j', (header) => {
  expect(bearerChallenge(header)).toBe(null)
})

test('scopes are words, each once, and bounded', () => {
  expect(scopesIn('a b a  c"d e\\f g')).toEqual(['a', 'b', 'g'])
  const many = Array.from({ length: 1_000 }, (_, at) => `s${at}`).join(' ')
  expect(scopesIn(many)).toHaveLength(SCOPES_MAX)
})

test('a long header is read in a moment', () => {
  const started = performance.now()
  for (const piece of ['a', 'a=', '"', '\\"', ' ', 'Bearer ', 'a="b"']) {
    bearerChallenge(piece.repeat(100_000))
  }
  expect(performance.now() - started).toBeLessThan(1_000)
})
