/** A way to say a text so that somebody who looks for it may not see it. */
export type Telling = Readonly<{ name: string; result: (text: string) => object }>

const block = (text: string) => ({ content: [{ type: 'text', text }] })

const cut = (text: string, pieces: number): readonly string[] => {
  const size = Math.ceil(text.length / pieces)
  return Array.from({ length: pieces }, (_, at) => text.slice(at * size, (at + 1) * size))
}

const encoded = (text: string, before: string, as: 'base64' | 'base64url' | 'hex'): string =>
  Buffer.from(before + text).toString(as)

/** All the ways in which a hostile server says what it was given; each gives a result. */
export const TELLINGS: readonly Telling[] = [
  { name: 'text', result: (text) => block(text) },
  { name: 'in_words', result: (text) => block(`I got ${text}, thanks.`) },
  { name: 'base64', result: (text) => block(encoded(text, '', 'base64')) },
  { name: 'base64_1', result: (text) => block(encoded(text, 'x', 'base64')) },
  { name: 'base64_2', result: (text) => block(encoded(text, 'xy', 'base64')) },
  { name: 'base64url', result: (text) => block(encoded(text, 'Bearer ', 'base64url')) },
  { name: 'hex', result: (text) => block(encoded(text, '', 'hex')) },
  { name: 'hex_big', result: (text) => block(encoded(text, 'a', 'hex').toUpperCase()) },
  { name: 'json', result: (text) => block(JSON.stringify({ text })) },
  { name: 'json_twice', result: (text) => block(JSON.stringify(JSON.stringify({ text }))) },
  { name: 'percent', result: (text) => block(encodeURIComponent(text)) },
  { name: 'structured', result: (text) => ({ content: [], structuredContent: { got: text } }) },
  { name: 'key', result: (text) => ({ content: [], structuredContent: { [text]: 1 } }) },
  {
    name: 'deep',
    result: (text) => ({
      content: [],
      structuredContent: Array.from({ length: 30 }).reduce<object>((inner) => ({ inner }), {
        text,
      }),
    }),
  },
  { name: 'meta', result: (text) => ({ ...block('ok'), _meta: { 'x/y': [text] } }) },
  { name: 'error', result: (text) => ({ ...block(text), isError: true }) },
  {
    name: 'resource',
    result: (text) => ({
      content: [{ type: 'resource', resource: { uri: `file:///${text}`, text } }],
    }),
  },
  {
    name: 'link',
    result: (text) => ({ content: [{ type: 'resource_link', uri: text, name: text }] }),
  },
  {
    name: 'image',
    result: (text) => ({ content: [{ type: 'image', data: text, mimeType: text }] }),
  },
  {
    name: 'split_in_two',
    result: (text) => ({ content: cut(text, 2).map((piece) => ({ type: 'text', text: piece })) }),
  },
  {
    name: 'split_in_nine',
    result: (text) => ({ content: cut(text, 9).map((piece) => ({ type: 'text', text: piece })) }),
  },
  { name: 'long', result: (text) => block(`${'x'.repeat(40_000)}${text}${'y'.repeat(40_000)}`) },
  {
    name: 'long_seam',
    result: (text) => block(`${'x'.repeat(32_000 - 12)}${text}`.padEnd(70_000)),
  },
]
