import { expect, test } from 'vitest'
import { cardOf } from '../../../../test/web/hub-model.ts'
import { cardsCsv, cardsJson } from './card-file.ts'

const card = cardOf(1, {
  ...{ type: 'bug', title: 'A "lamp", dark', priority: 'high', points: 3 },
  ...{ assignee: 'ada', labels: ['data', 'page'] },
})

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
