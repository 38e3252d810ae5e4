import { expect, test } from 'vitest'
import { seenObjectives, seenParent } from './sight.ts'

const rows = [
  { id: 'all', parentId: null },
  { id: 'gh', parentId: 'all' },
  { id: 'below-gh', parentId: 'gh' },
  { id: 'zz', parentId: 'gh' },
  { id: 'both', parentId: null },
]
const sight = {
  projectsOf: new Map([
    ['gh', ['GH']],
    ['zz', ['ZZ']],
    ['both', ['GH', 'ZZ']],
  ]),
  named: new Set<string>(),
}
const seenBy = (visible: readonly string[], named: readonly string[] = []) =>
  seenObjectives(rows, { ...sight, visible: new Set(visible), named: new Set(named) })

test.each<[readonly string[], readonly string[]]>([
  [['GH'], ['all', 'gh', 'below-gh', 'both']],
  [['ZZ'], ['all', 'zz', 'both']],
  [[], ['all']],
])('who sees the projects %j sees their objectives and those of none', (visible, expected) => {
  expect([...seenBy(visible)]).toEqual(expected)
})

test('an objective that a task in sight names is seen', () => {
  expect(seenBy([], ['below-gh']).has('below-gh')).toBe(true)
})

test('an objective hangs below the nearest one that is seen', () => {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const zz = { id: 'zz', parentId: 'gh' }
  expect(seenParent(zz, byId, seenBy(['ZZ']))).toBe('all')
  expect(seenParent(zz, byId, new Set(['zz']))).toBeNull()
  expect(seenParent(zz, byId, seenBy(['GH']))).toBe('gh')
})
