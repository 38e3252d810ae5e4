import { expect, test } from 'vitest'
import { definitionHash } from '../infrastructure/definition-hash.ts'
import { type DefinitionKind, readDefinition, shownBody } from './definition.ts'
import type { Json } from './json.ts'

const tool: Json = {
  name: 'read_file',
  title: 'Read a file',
  description: 'Reads a file.',
  inputSchema: {
    type: 'object',
    properties: { path: { type: 'string', description: 'Where it is' } },
    required: ['path'],
  },
  outputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  annotations: { readOnlyHint: true },
  _meta: { seen: 1 },
  icons: [{ src: 'https://example.com/a.png' }],
}

const pinned = (kind: DefinitionKind, body: Json): string => {
  const read = readDefinition(kind, body)
  if (read.kind === 'unfit') throw new Error(read.faults.join('; '))
  return definitionHash(read.definition)
}

const input = (properties: Json): Json => ({ ...tool, inputSchema: { type: 'object', properties } })

test('the same definition written in another order has the same hash', () => {
  const backward = Object.fromEntries(Object.entries(tool).toReversed())
  expect(pinned('tool', backward)).toBe(pinned('tool', tool))
  expect(pinned('tool', tool)).toMatch(/^[0-9a-f]{64}$/)
})

// Rug pull (T1): whatever reaches a model or decides about a call changes the hash.
test.each<[string, Json]>([
  ['a word of the description', { ...tool, description: 'Reads any file.' }],
  ['a zero-width space', { ...tool, description: 'Reads a\u200B file.' }],
  ['a tag character at the end', { ...tool, description: 'Reads a file.\u{E0061}' }],
  ['a soft hyphen', { ...tool, description: 'Reads a\u00AD file.' }],
  ['a style sign', { ...tool, description: 'Reads a file.\uFE0F' }],
  ['an override of direction', { ...tool, description: '\u202EReads a file.' }],
  ['a byte order mark', { ...tool, description: '\uFEFFReads a file.' }],
  ['a Cyrillic a', { ...tool, description: 'Re\u0430ds a file.' }],
  ['a no-break space', { ...tool, description: 'Reads\u00A0a file.' }],
  ['a trailing space', { ...tool, description: 'Reads a file. ' }],
  ['a line end', { ...tool, description: 'Reads a file.\n' }],
  ['another normal form', { ...tool, title: 'Re\u0301ad a file' }],
  ['no description', { ...tool, description: undefined }],
  ['an empty description', { ...tool, description: '' }],
  ['the title', { ...tool, title: 'Read' }],
  ['an annotation', { ...tool, annotations: { readOnlyHint: false } }],
  ['an annotation more', { ...tool, annotations: { readOnlyHint: true, x: 1 } }],
  ['the output', { ...tool, outputSchema: { type: 'object' } }],
  ['a description of an argument', input({ path: { type: 'string', description: 'Anywhere' } })],
  ['a default', input({ path: { type: 'string', default: '/etc/passwd' } })],
  ['an argument more', input({ path: { type: 'string' }, sidenote: { type: 'string' } })],
  ['a mark of a header', input({ path: { type: 'string', 'x-mcp-header': 'Path' } })],
])('%s that changes makes another hash', (_, changed) => {
  expect(pinned('tool', changed)).not.toBe(pinned('tool', tool))
})

test('what no model reads may change freely', () => {
  expect(pinned('tool', { ...tool, icons: [], _meta: { seen: 2 } })).toBe(pinned('tool', tool))
  const resource = { uri: 'file:///a', name: 'a', size: 1, annotations: { lastModified: 'x' } }
  expect(pinned('resource', { ...resource, size: 2 })).toBe(pinned('resource', resource))
  expect(pinned('resource', { ...resource, uri: 'file:///b' })).not.toBe(
    pinned('resource', resource),
  )
})

test.each<[DefinitionKind, Json, string]>([
  ['tool', tool, 'read_file'],
  ['prompt', { name: 'ask', arguments: [{ name: 'topic' }] }, 'ask'],
  ['resource', { uri: 'file:///a', name: 'a' }, 'file:///a'],
  ['template', { uriTemplate: 'file:///{x}', name: 'x' }, 'file:///{x}'],
])('a %s is known by what its server calls it', (kind, body, name) => {
  expect(readDefinition(kind, body)).toEqual({ kind: 'fits', definition: { kind, name, body } })
})

test.each<[string, unknown, RegExp]>([
  ['nothing', null, /JSON object/],
  ['a list', [], /JSON object/],
  ['half a character', { ...tool, description: '\uD800' }, /JSON object/],
  ['a number that is none', { ...tool, x: Number.NaN }, /JSON object/],
  ['no name', { ...tool, name: undefined }, /no name/],
  ['an empty name', { ...tool, name: '' }, /no name/],
  ['a number for a name', { ...tool, name: 1 }, /no name/],
  ['a very long name', { ...tool, name: 'a'.repeat(513) }, /512 characters/],
  ['a hidden character in the name', { ...tool, name: 'read\u200B_file' }, /\\u\{200B\}/],
  ['a hidden character in an argument', input({ 'pa\u200Bth': {} }), /pa\\u\{200B\}th/],
  ['a hidden character in a value', input({ a: { enum: ['x\u{E0061}'] } }), /\\u\{E0061\}/],
  ['a hidden character in a constant', input({ a: { const: 'x\u202E' } }), /\\u\{202E\}/],
  ['a huge description', { ...tool, description: 'a'.repeat(200_000) }, /bytes/],
  ['no schema', { ...tool, inputSchema: undefined }, /inputSchema is no object/],
  ['a schema of no object', { ...tool, inputSchema: { type: 'string' } }, /"object"/],
  ['a schema that says yes', { ...tool, inputSchema: true }, /inputSchema is no object/],
  ['a bad output schema', { ...tool, outputSchema: { $ref: 'http://x/y' } }, /outputSchema/],
  ['a bad mark', input({ a: { type: 'number', 'x-mcp-header': 'A' } }), /x-mcp-header/],
])('a tool with %s is not taken', (_, body, fault) => {
  const read = readDefinition('tool', body)
  expect(read).toMatchObject({ kind: 'unfit', faults: [expect.stringMatching(fault)] })
})

test('a body nested without end is refused, not followed', () => {
  let body: unknown = {}
  for (let level = 0; level < 50_000; level++) body = { body }
  expect(readDefinition('prompt', body)).toMatchObject({ kind: 'unfit' })
})

test('an output schema may describe anything', () => {
  const body = { ...tool, outputSchema: { type: 'array', items: { type: 'string' } } }
  expect(readDefinition('tool', body)).toMatchObject({ kind: 'fits' })
})

test('models see no hidden characters and no marks; the hall knows where they were', () => {
  const body = {
    ...tool,
    description: 'Reads\u200B a file.\u{E0061}',
    inputSchema: {
      type: 'object',
      properties: { path: { type: 'string', 'x-mcp-header': 'Path', description: 'a\u202E' } },
    },
  }
  const shown = shownBody({ kind: 'tool', name: 'read_file', body })
  expect(shown.body).toEqual({
    ...tool,
    inputSchema: { type: 'object', properties: { path: { type: 'string', description: 'a' } } },
  })
  expect(shown.hidden).toEqual([
    {
      at: 'description',
      hidden: [
        { kind: 'tag', count: 1 },
        { kind: 'zero_width', count: 1 },
      ],
    },
    {
      at: 'inputSchema.properties.path.description',
      hidden: [{ kind: 'direction', count: 1 }],
    },
  ])
})
