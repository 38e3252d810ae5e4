import { expect, test } from 'vitest'
import { findLookAlikeSlugs, findLookAlikes, shapeOf } from './look-alike.ts'

const pair = (one: string, other: string) => [
  { slug: 'good', name: one },
  { slug: 'rogue', name: other },
]

test.each([
  ['the same name', 'search', 'search', 'same_name'],
  ['another case', 'read_file', 'Read_File', 'case'],
  ['a dash for an underscore', 'read_file', 'read-file', 'separators'],
  ['camel case', 'read_file', 'readFile', 'separators'],
  ['no separator', 'read_file', 'readfile', 'separators'],
  ['a dot', 'read_file', 'read.file', 'separators'],
  ['a doubled underscore', 'read_file', 'read__file', 'separators'],
  ['one for l', 'list_files', '1ist_files', 'shapes'],
  ['zero for o', 'read_logs', 'read_l0gs', 'shapes'],
  ['a capital i for l', 'list_files', 'Iist_files', 'shapes'],
  ['five for s', 'search', '5earch', 'shapes'],
  ['three for e', 'delete', 'd3l3te', 'shapes'],
  ['r and n for m', 'make_commit', 'make_cornmit', 'shapes'],
  ['two v for w', 'write_file', 'vvrite_file', 'shapes'],
  ['a bar for l', 'list_files', '|ist_files', 'shapes'],
  ['a Cyrillic a', 'read_file', 're\u0430d_file', 'homoglyphs'],
  ['a Cyrillic e', 'delete', 'd\u0435l\u0435te', 'homoglyphs'],
  ['Cyrillic o, c, p', 'copy', '\u0441\u043E\u0440y', 'homoglyphs'],
  ['a whole Cyrillic word', 'cocoa', '\u0441\u043E\u0441\u043E\u0430', 'homoglyphs'],
  ['a Greek o', 'move_file', 'm\u03BFve_file', 'homoglyphs'],
  ['Greek capitals', 'ATHENE', '\u0391\u03A4\u0397\u0395\u039D\u0395', 'homoglyphs'],
  ['an Armenian o', 'move_file', 'm\u0585ve_file', 'homoglyphs'],
  ['Cherokee capitals', 'DATA', '\u13A0\u13AA\u13A2\u13AA', 'homoglyphs'],
  ['an i without a dot', 'write_file', 'wr\u0131te_file', 'homoglyphs'],
  ['a script g', 'git_log', '\u0261it_log', 'homoglyphs'],
  ['full-width letters', 'read_file', '\uFF52\uFF45\uFF41\uFF44_file', 'homoglyphs'],
  ['mathematical letters', 'read', '\u{1D5CB}\u{1D5BE}\u{1D5BA}\u{1D5BD}', 'homoglyphs'],
  ['an accent', 'search', 'séarch', 'homoglyphs'],
  ['a combining dot', 'search', 'search\u0323', 'homoglyphs'],
  ['a zero-width space', 'read_file', 'read\u200B_file', 'homoglyphs'],
  ['a tag character', 'read_file', 'read_file\u{E0061}', 'homoglyphs'],
  ['a soft hyphen', 'read_file', 'read\u00AD_file', 'homoglyphs'],
])('%s is noticed', (_, one, other, why) => {
  expect(findLookAlikes(pair(one, other))).toEqual([{ why, tools: expect.any(Array) }])
})

test.each([
  ['another word', 'read_file', 'write_file'],
  ['a word more', 'read_file', 'read_file_2x'],
  ['one letter more', 'list', 'lists'],
  ['order of words', 'file_read', 'read_file'],
  ['read and reed', 'read', 'reed'],
])('%s is not taken for the same', (_, one, other) => {
  expect(findLookAlikes(pair(one, other))).toEqual([])
})

test('tools of one server are its own affair', () => {
  const tools = ['read_file', 'readFile'].map((name) => ({ slug: 'fs', name }))
  expect(findLookAlikes(tools)).toEqual([])
})

test('a server whose name runs into the name of a tool is noticed', () => {
  const tools = [
    { slug: 'github', name: 'search' },
    { slug: 'git', name: 'hub__search' },
  ]
  expect(findLookAlikes(tools)).toEqual([{ why: 'server', tools: expect.any(Array) }])
})

test('the alarming comes first, and order in makes no difference', () => {
  const tools = [...pair('search', 'search'), ...pair('read', 're\u0430d')]
  const found = findLookAlikes(tools)
  expect(found.map(({ why }) => why)).toEqual(['homoglyphs', 'same_name'])
  expect(findLookAlikes(tools.toReversed())).toEqual(found)
})

test('names of servers that look alike are found', () => {
  const slugs = ['github', 'git-hub', 'gitlab', 'git1ab', 'slack', 'github']
  expect(findLookAlikeSlugs(slugs)).toEqual([
    ['git-hub', 'github'],
    ['git1ab', 'gitlab'],
  ])
})

test('the shape of a plain word is the word, as the eye reads it', () => {
  expect(shapeOf('create_ISSUE-2')).toBe('createlssue2')
})
