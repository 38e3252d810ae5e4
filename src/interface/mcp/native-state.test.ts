import { expect, test } from 'vitest'
import { actorNamed } from '../../../test/http-hall.ts'
import { openState, sealState } from './native-state.ts'

const KEY = new Uint8Array(32).fill(3)
const LIFE_MS = 15 * 60_000
const ada = actorNamed('ada')
const bound = { actor: ada, method: 'tools/call', params: { name: 'x', arguments: {} }, now: 1_000 }
const bad = 'requestState is not valid for this call.'

test('a state brings its reference back, whatever answers come with it', () => {
  const state = sealState(KEY, bound, 'flight:1')
  const params = {
    ...bound.params,
    requestState: state,
    inputResponses: { a: {} },
    _meta: { b: 1 },
  }
  expect(openState(KEY, { ...bound, params }, state)).toBe('flight:1')
})

test('a state of a server is none of ours', () => {
  expect(openState(KEY, bound, 'half-way')).toBeNull()
  expect(openState(KEY, bound, '')).toBeNull()
})

test.each([
  ['another principal', { actor: actorNamed('bob') }],
  ['another method', { method: 'prompts/get' }],
  ['other params', { params: { name: 'x', arguments: { n: 1 } } }],
  ['later', { now: bound.now + LIFE_MS }],
])('a state is not valid for %s', (_, more) => {
  const state = sealState(KEY, bound, 'flight:1')
  expect(() => openState(KEY, { ...bound, ...more }, state)).toThrow(bad)
})

test('a state that was changed, or sealed elsewhere, is not valid', () => {
  const state = sealState(KEY, bound, 'flight:1')
  expect(() => openState(KEY, bound, `${state}-TAMPERED`)).toThrow(bad)
  const foreign = sealState(new Uint8Array(32).fill(4), bound, 'flight:1')
  expect(() => openState(KEY, bound, foreign)).toThrow(bad)
})
