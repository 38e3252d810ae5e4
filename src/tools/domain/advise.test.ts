import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { adviseListing, estimateTokens, listedTokens } from './advise.ts'

test.each([
  ['few small tools', 10, 1_000, false, 'native'],
  ['as many as fit', 40, 4_000, false, 'native'],
  ['one tool too many', 41, 1_000, false, 'search'],
  ['one token too many', 5, 4_001, false, 'search'],
  ['twenty real servers', 306, 108_000, false, 'search'],
  ['twenty real servers, loaded when needed', 306, 108_000, true, 'native'],
  ['no tools', 0, 0, false, 'native'],
])('%s: %i tools of %i tokens', (_, tools, tokens, clientDefers, listing) => {
  const advice = adviseListing({ tools, tokens, clientDefers })
  expect(advice).toMatchObject({ listing, tools, tokens })
  expect(advice.why).toContain(`${tools} tools cost about ${tokens} tokens`)
})

const definition = JSON.stringify({
  name: 'search_nodes',
  description: 'Search for nodes in the knowledge graph based on a query',
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'The query to match against names and observations' },
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
      sortBy: { type: 'string', enum: ['created_at', 'updatedAt', 'name'] },
    },
    required: ['query'],
  },
})

test.each([
  ['a definition', definition],
  ['sentences', 'Reads the complete contents of a file and provides detailed error messages. '],
  ['a signature', 'fs__x(argument_one?: "value-0" | "value-1", b_2: {c: integer(1..9)}[])'],
  ['Russian', 'Создаёт задачу в проекте и возвращает её номер. '],
  ['Japanese', '指定したファイルを読み込みます。ファイルの内容を返します。'],
  ['ids', '123e4567-e89b-12d3-a456-426614174000 9fceb02d0ae598e95dc970b7 '],
])('the tokens of %s are estimated to a quarter', (_, text) => {
  const real = encode(text.repeat(5)).length
  const estimate = estimateTokens(text.repeat(5))
  expect(estimate).toBeGreaterThan(real * 0.9)
  expect(estimate).toBeLessThan(real * 1.27)
})

test('a listed tool costs its name, words and input, not its output', () => {
  const tool = { name: 'a', description: 'b', inputSchema: { type: 'object' } }
  expect(listedTokens({ ...tool, outputSchema: { type: 'object' }, title: 'long' })).toBe(
    listedTokens(tool),
  )
  expect(listedTokens({ ...tool, description: 'b'.repeat(100) })).toBeGreaterThan(
    listedTokens(tool),
  )
})
