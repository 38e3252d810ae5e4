import { expect, test } from 'vitest'
import type { Objective } from '../views.ts'
import { treeRows, treeStep, withBelow } from './tree.ts'

const objective = (id: string, parent: string | null): Objective => ({
  ...{ id, parent, title: id, weight: 1, metric: null, due: null, owner: null, places: [] },
  ...{ progress: 0, archived: false, version: 1 },
})

const ALL = [
  objective('O-1', null),
  objective('O-2', 'O-1'),
  objective('O-3', 'O-2'),
  objective('O-4', 'O-1'),
  objective('O-5', null),
  objective('O-6', 'O-99'),
]

const open = treeRows(ALL, new Set())

test('lines stand below their parents, with level and place; orphans stand at the top', () => {
  const said = open.map(
    ({ objective: { id }, level, place, siblings }) => `${id} ${level} ${place}/${siblings}`,
  )
  expect(said).toEqual([
    'O-1 1 1/3',
    'O-2 2 1/2',
    'O-3 3 1/1',
    'O-4 2 2/2',
    'O-5 1 2/3',
    'O-6 1 3/3',
  ])
})

test('what lies below a closed line is left out', () => {
  const rows = treeRows(ALL, new Set(['O-2']))
  expect(rows.map(({ objective: { id } }) => id)).toEqual(['O-1', 'O-2', 'O-4', 'O-5', 'O-6'])
  expect(rows[1]).toMatchObject({ hasBelow: true, isOpen: false })
})

test.each([
  ['O-1', 'ArrowDown', 'go', 'O-2'],
  ['O-2', 'ArrowUp', 'go', 'O-1'],
  ['O-1', 'ArrowRight', 'go', 'O-2'],
  ['O-1', 'ArrowLeft', 'close', 'O-1'],
  ['O-3', 'ArrowLeft', 'go', 'O-2'],
  ['O-3', 'Home', 'go', 'O-1'],
  ['O-1', 'End', 'go', 'O-6'],
])('at %s the key %s does %s %s', (here, key, kind, id) => {
  expect(treeStep(open, here, key)).toEqual({ kind, id })
})

test.each([
  ['O-1', 'ArrowUp'],
  ['O-6', 'ArrowDown'],
  ['O-3', 'ArrowRight'],
  ['O-5', 'ArrowLeft'],
  ['O-1', 'x'],
])('at %s the key %s does nothing', (here, key) => {
  expect(treeStep(open, here, key)).toBeNull()
})

test('a closed line is opened before one goes into it', () => {
  const rows = treeRows(ALL, new Set(['O-1']))
  expect(treeStep(rows, 'O-1', 'ArrowRight')).toEqual({ kind: 'open', id: 'O-1' })
})

test('an objective and all below it are no places to move it to', () => {
  expect([...withBelow(ALL, 'O-1')].toSorted()).toEqual(['O-1', 'O-2', 'O-3', 'O-4'])
})
