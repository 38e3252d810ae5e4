import { expect, test } from 'vitest'
import { acceptLines, changedAccept } from './accept.ts'

const LIST = [
  { text: 'one', done: false },
  { text: 'two', done: true },
  { text: 'three', done: false },
]

const texts = (list: typeof LIST): string => list.map(({ text }) => text).join(' ')

test('an item is added, ticked, rewritten and removed', () => {
  expect(texts(changedAccept(LIST, { kind: 'add', text: 'four' }))).toBe('one two three four')
  expect(changedAccept(LIST, { kind: 'tick', text: 'one', done: true })[0]?.done).toBe(true)
  expect(changedAccept(LIST, { kind: 'rewrite', text: 'two', to: 'deux' })[1]).toEqual({
    text: 'deux',
    done: true,
  })
  expect(texts(changedAccept(LIST, { kind: 'remove', text: 'two' }))).toBe('one three')
})

test('an item moves by one place, and stays where the list ends', () => {
  expect(texts(changedAccept(LIST, { kind: 'move', text: 'one', by: 1 }))).toBe('two one three')
  expect(texts(changedAccept(LIST, { kind: 'move', text: 'three', by: -1 }))).toBe('one three two')
  expect(changedAccept(LIST, { kind: 'move', text: 'one', by: -1 })).toBe(LIST)
  expect(changedAccept(LIST, { kind: 'move', text: 'three', by: 1 })).toBe(LIST)
})

test('what others took away meanwhile is not brought back', () => {
  expect(changedAccept(LIST, { kind: 'tick', text: 'gone', done: true })).toBe(LIST)
  expect(changedAccept(LIST, { kind: 'add', text: 'two' })).toBe(LIST)
})

test('lines carry their marks', () => {
  expect(acceptLines(LIST)).toEqual(['[ ] one', '[x] two', '[ ] three'])
})
