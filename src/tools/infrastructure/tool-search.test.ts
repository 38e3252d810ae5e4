import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FOUND_MAX, type SearchedTool, toolSearch, usageFactor, wordsOf } from './tool-search.ts'

const tool = (name: string, description = '', more: Partial<SearchedTool> = {}): SearchedTool => ({
  ...{ name, title: '', description, parameters: [], ...more },
})
const anybody = { maySee: () => true, uses: () => 0 }

const TOOLS: readonly SearchedTool[] = [
  tool('github__create_issue', 'Creates an issue in a repository', {
    parameters: ['owner', 'repo'],
  }),
  tool('github__list_issues', 'Lists issues of a repository', { parameters: ['owner', 'state'] }),
  tool('gitlab__createMergeRequest', 'Opens a request to merge a branch'),
  tool('fs__read_text_file', 'Reads a file as text', { parameters: ['path', 'head', 'tail'] }),
  tool('fs__write-file', 'Writes a file', { parameters: ['path', 'content'] }),
  tool('browser__screenshot', 'Takes a picture of the page', { title: 'Take a screenshot' }),
  tool('memory__search_nodes', 'Searches the knowledge graph', { parameters: ['query'] }),
  tool('cafe__bestellung', 'Gibt eine Bestellung im Café auf'),
]

test.each([
  ['create issue', 'github__create_issue'],
  ['issues', 'github__list_issues'],
  ['open an issue in a repo', 'github__create_issue'],
  ['read a file', 'fs__read_text_file'],
  ['write file', 'fs__write-file'],
  ['merge request', 'gitlab__createMergeRequest'],
  ['MergeRequest', 'gitlab__createMergeRequest'],
  ['take screenshot', 'browser__screenshot'],
  ['screensh', 'browser__screenshot'],
  ['knowledge graph query', 'memory__search_nodes'],
  ['tail', 'fs__read_text_file'],
  ['cafe bestellung', 'cafe__bestellung'],
  ['CAFÉ', 'cafe__bestellung'],
])('"%s" finds %s first', async (question, name) => {
  expect((await toolSearch(TOOLS)).find(question, anybody)[0]).toBe(name)
})

test.each(['', '   ', '??', 'kubernetes', 'the of a'])('"%s" finds nothing', async (question) => {
  expect((await toolSearch(TOOLS)).find(question, anybody)).toEqual([])
})

test('a word in the name counts most, then one in the title, then the others', async () => {
  const search = await toolSearch([
    tool('a__x', 'deploy'),
    tool('b__x', 'other', { parameters: ['deploy'] }),
    tool('c__x', 'other', { title: 'deploy' }),
    tool('d__deploy', 'other'),
    tool('e__y', 'nothing'),
  ])
  const found = search.find('deploy', anybody)
  expect(found.slice(0, 2)).toEqual(['d__deploy', 'c__x'])
  expect(found.slice(2).toSorted()).toEqual(['a__x', 'b__x'])
})

const many = (count: number, prefix = 't'): readonly SearchedTool[] =>
  Array.from({ length: count }, (_, index) =>
    tool(`${prefix}__file_${String(index).padStart(3, '0')}`, 'Works with a file'),
  )

test('at most eight are found, equal ones in the order of their names', async () => {
  const found = (await toolSearch(many(20))).find('file', anybody)
  expect(found).toEqual(many(FOUND_MAX).map(({ name }) => name))
})

test('what somebody may not see takes no place from what they may', async () => {
  const search = await toolSearch([...many(50, 'hidden'), tool('seen__thing', 'About a file')])
  const seeker = { ...anybody, maySee: (name: string) => name.startsWith('seen') }
  expect(search.find('file', seeker)).toEqual(['seen__thing'])
  const asked: string[] = []
  search.find('thing', { ...anybody, maySee: (name) => asked.push(name) > 0 })
  expect(asked).toEqual(['seen__thing'])
})

test('what is used more comes first among equals, not before what fits better', async () => {
  const search = await toolSearch([...many(20), tool('t__export', 'Exports a file')])
  const often = { ...anybody, uses: (name: string) => (name === 't__file_013' ? 50 : 0) }
  expect(search.find('file', often)[0]).toBe('t__file_013')
  const always = { ...anybody, uses: (name: string) => (name === 't__file_013' ? 1e9 : 0) }
  expect(search.find('export file', always)[0]).toBe('t__export')
})

test('use lifts a tool by a fifth at most', () => {
  expect([0, -5, 1_000, 1e9].map(usageFactor)).toEqual([1, 1, 1.2, 1.2])
  expect(usageFactor(10)).toBeGreaterThan(1.05)
  expect(usageFactor(10)).toBeLessThan(usageFactor(100))
})

// BM25 over one field as in books, but for two habits of the library: the length of a text is its
// different words, and a match of n words weighs n times.
test('scores follow BM25 with k = 1.2 and b = 0.75', async () => {
  const docs = [
    ...['red red blue', 'red green pink', 'red green pink white', 'blue blue blue white'],
    ...['green yellow pink white grey', 'red white white white pink green grey'],
  ]
  const search = await toolSearch(docs.map((text, index) => tool(`n${index}`, text)))
  const lengthOf = (text: string): number => new Set(text.split(' ')).size
  const average = docs.reduce((sum, text) => sum + lengthOf(text), 0) / docs.length
  const score = (text: string, word: string): number => {
    const words = text.split(' ')
    const frequency = words.filter((one) => one === word).length
    const having = docs.filter((doc) => doc.split(' ').includes(word)).length
    const rarity = Math.log(1 + (docs.length - having + 0.5) / (having + 0.5))
    const length = 1 - 0.75 + (0.75 * lengthOf(text)) / average
    return (rarity * frequency * 2.2) / (frequency + 1.2 * length)
  }
  const question = ['red', 'blue']
  const expected = docs
    .map((text, index) => {
      const scores = question.map((word) => score(text, word)).filter((one) => one > 0)
      return { name: `n${index}`, score: scores.reduce((a, b) => a + b, 0) * scores.length }
    })
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score)
  const found = search.find('red blue', anybody)
  expect(found).toEqual(expected.map(({ name }) => name))
  // How much use it takes to overtake says how far two scores are apart: this pins the numbers.
  const at = expected.findIndex((one, index) => {
    const ratio = one.score / (expected[index + 1]?.score ?? 0)
    return ratio > 1.01 && ratio < 1.19
  })
  const [first, second] = expected.slice(at)
  const usesFor = (factor: number): number => Math.expm1(((factor - 1) / 0.2) * Math.log1p(1_000))
  const placed = (factor: number): string | undefined =>
    search.find('red blue', {
      ...anybody,
      uses: (name) => (name === second?.name ? usesFor(factor) : 0),
    })[at]
  const ratio = (first?.score ?? 0) / (second?.score ?? 1)
  expect([placed(ratio * 0.9999), placed(ratio * 1.0001)]).toEqual([first?.name, second?.name])
})

test('the order in which tools come makes no difference', async () => {
  const words = fc.constantFrom('file', 'issue', 'read', 'list', 'branch', 'merge')
  const sets = fc.uniqueArray(fc.tuple(words, words, words), { minLength: 2, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(sets, words, words, async (set, one, other) => {
      const tools = set.map(([a, b, c]) => tool(`${a}__${b}_${c}`, `${b} ${c}`))
      const unique = [...new Map(tools.map((each) => [each.name, each])).values()]
      const [first, again] = [await toolSearch(unique), await toolSearch(unique.toReversed())]
      const question = `${one} ${other}`
      expect(again.find(question, anybody)).toEqual(first.find(question, anybody))
    }),
  )
})

test.each([
  ['createIssue', ['create', 'Issue']],
  ['create_issue-now', ['create', 'issue', 'now']],
  ['getHTTPResponse', ['get', 'HTTP', 'Response']],
  ['s3Bucket', ['s3', 'Bucket']],
  ['Größe über', ['Große', 'uber']],
  ['指定 file', ['指定', 'file']],
])('"%s" is split into its words', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('a question without end is cut', async () => {
  const search = await toolSearch(TOOLS)
  const long = `${'zzz '.repeat(100_000)}file`
  expect(search.find(long, anybody)).toEqual([])
})
