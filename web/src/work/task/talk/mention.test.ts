import { expect, test } from 'vitest'
import { mentionAt, whoIsMeant, withMention } from './mention.ts'

test('a name begins with an at sign that no letter stands before', () => {
  expect(mentionAt('See @de', 7)).toEqual({ from: 4, wanted: 'de' })
  expect(mentionAt('@', 1)).toEqual({ from: 0, wanted: '' })
  expect(mentionAt('(@Ana', 5)).toEqual({ from: 1, wanted: 'ana' })
  expect(mentionAt('mail ana@example', 16)).toBeNull()
  expect(mentionAt('@ana is', 7)).toBeNull()
})

test('only what stands before the caret counts', () => {
  expect(mentionAt('See @dev-1 there', 7)).toEqual({ from: 4, wanted: 'de' })
})

test('whose handle begins so comes first', () => {
  expect(whoIsMeant(['big-dev', 'dev-1', 'ana'], 'dev')).toEqual(['dev-1', 'big-dev'])
  expect(
    whoIsMeant(
      Array.from({ length: 30 }, (_, at) => `a${at}`),
      'a',
    ),
  ).toHaveLength(8)
})

test('the name takes the place of what was written of it', () => {
  expect(withMention('See @de', { from: 4, caret: 7 }, 'dev-1')).toEqual({
    text: 'See @dev-1 ',
    caret: 11,
  })
  expect(withMention('(@de)', { from: 1, caret: 4 }, 'dev-1').text).toBe('(@dev-1)')
})
