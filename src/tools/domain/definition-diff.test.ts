import { expect, test } from 'vitest'
import { DIFF_LINES_MAX, diffOf } from './definition-diff.ts'

test.each([
  ['nothing', { a: 1 }, { a: 1 }, []],
  ['the order of fields', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
  ['a text', { d: 'Reads.' }, { d: 'Writes.' }, ['~ d: "Reads." → "Writes."']],
  ['a field more', {}, { title: 'New' }, ['+ title: "New"']],
  ['a field less', { title: 'Old' }, {}, ['- title: "Old"']],
  [
    'an argument more',
    { inputSchema: { properties: { a: {} } } },
    { inputSchema: { properties: { a: {}, b: { type: 'string' } } } },
    ['+ inputSchema.properties.b: {"type":"string"}'],
  ],
  [
    'a value of a list',
    { r: ['a', 'b'] },
    { r: ['a', 'c', 'd'] },
    ['~ r[1]: "b" → "c"', '+ r[2]: "d"'],
  ],
  ['another kind of value', { x: 'a' }, { x: { y: null } }, ['~ x: "a" → {"y":null}']],
  ['yes and no', { x: true }, { x: false }, ['~ x: true → false']],
  ['a zero-width space', { d: 'ab' }, { d: 'a\u200Bb' }, ['~ d: "ab" → "a\\u{200B}b"']],
  ['a tag character', { d: 'ab' }, { d: 'ab\u{E0061}' }, ['~ d: "ab" → "ab\\u{E0061}"']],
  [
    'a letter of another alphabet',
    { d: 'read' },
    { d: 'r\u0435ad' },
    ['~ d: "read" → "r\\u{0435}ad"'],
  ],
  ['a no-break space', { d: 'a b' }, { d: 'a\u00A0b' }, ['~ d: "a b" → "a\\u{00A0}b"']],
])('%s that changed is said', (_, before, after, lines) => {
  expect(diffOf(before, after)).toEqual(lines)
})

test('of a long text the part around the change is shown', () => {
  const [before, after] = ['Reads', 'Sends'].map(
    (verb) => `${'x'.repeat(500)} ${verb} ${'y'.repeat(500)}`,
  )
  const [line = ''] = diffOf({ d: before }, { d: after })
  expect(line).toContain('Reads')
  expect(line).toContain('Sends')
  expect(line.length).toBeLessThan(400)
})

test('a difference has a bounded number of lines', () => {
  const after = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, index]))
  const lines = diffOf({}, after)
  expect(lines).toHaveLength(DIFF_LINES_MAX)
  expect(lines.at(-1)).toBe('and 151 more')
})
