import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJson } from './read-json.ts'

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

test('whatever JSON can say is read as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
      const text = JSON.stringify(value)
      expect(readJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('brackets in texts are no depth', () => {
  const texts = ['[{'.repeat(100), `\\"${'['.repeat(100)}`, '\\\\', '"', `${'\\'.repeat(99)}[`]
  expect(readJson(JSON.stringify(texts))).toEqual(texts)
})

test('64 levels are read, 65 are not', () => {
  expect(readJson(nested(64))).toBeInstanceOf(Array)
  const tooDeep = [nested(65), nested(10_000), `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`]
  for (const text of tooDeep) expect(() => readJson(text)).toThrow('deeper than 64')
})

test.each(['', 'I am', '{', '[1,]', '"unfinished'])('%j is not JSON', (text) => {
  expect(() => readJson(text)).toThrow('not JSON')
})
