import { expect, test } from 'vitest'
import { saidOf } from './happenings.ts'

const said = (name: string, data: Readonly<Record<string, unknown>> = {}): string =>
  saidOf({ pos: 1, name: `work.task_${name}`, at: '2026-01-01T00:00:00Z', actor: 'ana', data })

const changed = (set: object, was: object, ...fields: readonly string[]): string =>
  said('changed', { changed: fields, set, was })

test('changes are said as what somebody did', () => {
  expect(changed({}, {}, 'title')).toBe('renamed it')
  expect(changed({ priority: 'high' }, {}, 'priority')).toBe('set the priority to high')
  expect(changed({ priority: 'none' }, {}, 'priority')).toBe('took the priority away')
  expect(changed({ points: 5 }, {}, 'points')).toBe('estimated it at 5')
  expect(changed({ assignee: 'bo' }, {}, 'assignee')).toBe('assigned it to @bo')
  expect(changed({ assignee: null }, {}, 'assignee')).toBe('took the assignee away')
  expect(changed({ parent: 'GH-3' }, {}, 'parent')).toBe('made it part of GH-3')
  expect(changed({ parent: null }, { parent: 'GH-3' }, 'parent')).toBe('took it out of GH-3')
  expect(changed({ due: Date.UTC(2027, 0, 31) }, {}, 'due')).toBe('set it due on 2027-01-31')
  expect(changed({ blocked: true }, {}, 'blocked')).toBe('flagged it')
})

test('several changes make one sentence', () => {
  const set = { priority: 'low', points: 2 }
  expect(changed(set, {}, 'title', 'priority', 'points')).toBe(
    'renamed it, set the priority to low and estimated it at 2',
  )
})

test('labels that came and went are named', () => {
  expect(changed({ labels: ['a', 'b'] }, { labels: ['b', 'c'] }, 'labels')).toBe(
    'added the label a and took off the label c',
  )
})

test('an end tells whom it frees, and a take-over from whom', () => {
  expect(said('ended', { outcome: 'done', frees: ['GH-2', 'GH-3'] })).toBe(
    'finished it, which frees GH-2 and GH-3',
  )
  expect(said('taken_over', { before: 'dev-1' })).toBe('took it over from @dev-1')
  expect(said('handed_back', { delegate: 'dev-2' })).toBe('gave it back for @dev-2')
})

test('what is not known yet is said plainly', () => {
  expect(changed({}, {}, 'some_field')).toBe('changed some field')
  expect(said('sung_about')).toBe('sung about')
})
