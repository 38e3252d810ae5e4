import { expect, test } from 'vitest'
import { plainWords } from './plain-words.ts'

test.each([
  ['Pages come in order. **Next:** draw, see GH-2.', 'Pages come in order. Next: draw, see GH-2.'],
  ['Run `npm test` and __wait__', 'Run npm test and wait'],
  ['# Plan\n- read\n2. write', 'Plan\nread\nwrite'],
  ['See [the page](https://example.org) and ![a picture](x.png)', 'See the page and a picture'],
  ['2 * 3 ** 4 and snake_case_names stay', '2 * 3 ** 4 and snake_case_names stay'],
  ['**', '**'],
])('the words of %j are %j', (text, words) => {
  expect(plainWords(text)).toBe(words)
})

test('of a long text the beginning is enough', () => {
  expect(plainWords('**word** '.repeat(5_000))).toMatch(/^(word ){40,}/)
  expect(plainWords('[**`'.repeat(5_000)).length).toBeLessThan(1_000)
})
