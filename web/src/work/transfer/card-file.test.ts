import { expect, test } from 'vitest'
import type { Card } from '../../../../src/work/contract.ts'
import { cardsCsv, cardsJson } from './card-file.ts'

const card: Card = {
  ...{ key: 'GH-1', id: '1', branch: 'main', type: 'bug', title: 'A "lamp", dark' },
  ...{ column: 'Todo', category: 'unstarted', priority: 'high', rank: 'a', points: 3 },
  ...{ assignee: 'ada', delegate: null, holder: null, labels: ['data', 'page'], sprint: null },
  ...{ parent: null, blocked: null, openBlockers: 0, heldAbove: 0, openChildren: 0 },
  ...{ ready: true, progress: 0, archived: false, version: 1 },
}

test('a table has a line for each task, in the order of the list', () => {
  const [head = '', first = '', second = ''] = cardsCsv([card, { ...card, key: 'GH-2' }]).split(
    '\r\n',
  )
  expect(head).toMatch(/^key,title,type,column,/)
  expect(first).toMatch(/^GH-1,"A ""lamp"", dark",bug,Todo,unstarted,high,3,ada,,,"data, page",,/)
  expect(first.split(',').at(-3)).toBe('yes')
  expect(second).toMatch(/^GH-2,/)
})

test('what is read back from the list of objects is what was shown', () => {
  const read: unknown = JSON.parse(cardsJson([card]))
  const { id: _, rank: __, version: ___, heldAbove: ____, openChildren: _____, ...shown } = card
  expect(read).toEqual([shown])
})
