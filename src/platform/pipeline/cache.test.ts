import { expect, test } from 'vitest'
import { answerCache } from './cache.ts'

const entry = (generation: number, value: string) => ({ generation, size: 1, value: { value } })

test('an answer is found until something happens in its organisation', () => {
  const cache = answerCache<{ value: string }>()
  cache.put('a', 'k', entry(cache.generation('a'), 'one'))
  cache.put('b', 'k', entry(cache.generation('b'), 'two'))
  expect(cache.get('a', 'k')).toEqual({ value: 'one' })
  cache.empty('a')
  expect(cache.get('a', 'k')).toBeUndefined()
  expect(cache.get('b', 'k')).toEqual({ value: 'two' })
})

test('an answer that was read before something happened is not found after it', () => {
  const cache = answerCache<{ value: string }>()
  const before = cache.generation('a')
  cache.empty('a')
  cache.put('a', 'k', entry(before, 'stale'))
  expect(cache.get('a', 'k')).toBeUndefined()
  cache.put('a', 'k', entry(cache.generation('a'), 'fresh'))
  cache.put('a', 'k', entry(before, 'stale'))
  expect(cache.get('a', 'k')).toEqual({ value: 'fresh' })
})

test('one organisation never finds what another keeps', () => {
  const cache = answerCache<{ value: string }>()
  cache.put('a', 'k', entry(0, 'one'))
  expect(cache.get('b', 'k')).toBeUndefined()
  cache.empty('a')
  cache.put('a', 'k', entry(1, 'two'))
  cache.put('b', 'k', entry(0, 'three'))
  expect(cache.get('b', 'k')).toEqual({ value: 'three' })
})

test('a very large answer is not kept, and many answers are bounded', () => {
  const cache = answerCache<{ value: string }>()
  cache.put('a', 'huge', { generation: 0, size: 4_000_000, value: { value: 'x' } })
  expect(cache.get('a', 'huge')).toBeUndefined()
  for (let n = 0; n < 25_000; n++) cache.put('a', `k${n}`, entry(0, 'x'))
  expect(cache.get('a', 'k0')).toBeUndefined()
  expect(cache.get('a', 'k24999')).toBeDefined()
})
