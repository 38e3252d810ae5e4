import { expect, test } from 'vitest'
import { complete, suggest } from './suggest.ts'

const FACTS = {
  columns: ['Todo', 'In progress', 'Done'],
  labels: ['web', 'old town'],
  handles: ['ana', 'dev-1'],
  sprints: [3, 2],
  branches: ['main'],
}

const texts = (q: string, caret = q.length) =>
  suggest(q, caret, FACTS).items.map(({ text }) => text)

test.each<[string, readonly string[]]>([
  ['st', ['status:']],
  ['b', ['branch:', 'blocked']],
  [
    'status:',
    ['status:Todo', 'status:"In progress"', 'status:Done', 'status:open', 'status:closed'],
  ],
  ['status:pro', ['status:"In progress"']],
  ['ready @', ['@ana', '@dev-1']],
  ['@d', ['@dev-1']],
  ['label:"old', ['label:"old town"']],
  ['sprint:', ['sprint:3', 'sprint:2', 'sprint:none']],
  ['colour:', []],
  ['type:bug', []],
])('after %s come %j', (q, expected) => {
  expect(texts(q)).toEqual(expected)
})

test('an empty filter offers everything a filter can begin with', () => {
  expect(texts('')).toContain('status:')
  expect(texts('')).toContain('@')
})

test('a suggestion takes the place of the part at the caret and leaves the rest', () => {
  const q = 'ready st web'
  const found = suggest(q, 8, FACTS)
  const [first] = found.items
  expect(first && complete(q, found, first)).toEqual({ q: 'ready status:web', caret: 13 })
  const value = suggest('status:In web', 9, FACTS)
  const [progress] = value.items
  const done = progress && complete('status:In web', value, progress)
  expect(done).toEqual({ q: 'status:"In progress" web', caret: 21 })
})
