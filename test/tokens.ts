import { encode } from 'gpt-tokenizer/encoding/o200k_base'

/** Counts the tokens of a text as o200k_base does: the measure of every token budget. */
export const tokensOf = (text: string): number => encode(text).length

/** Counts what a list of tools costs a model: names, descriptions and input schemas. */
export const toolTokens = (
  tools: readonly Readonly<{ name: string; description?: string; inputSchema: unknown }>[],
): number =>
  tokensOf(
    JSON.stringify(
      tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    ),
  )
