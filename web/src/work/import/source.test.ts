import { expect, test } from 'vitest'
import { isWanted, requestOf, sourceOf } from './source.ts'

const file = (path: string, text = '') => ({ path, text })

test('a folder with a configuration and tasks is a Backlog.md, by paths below it', () => {
  const found = sourceOf([
    file('hall/README.md'),
    file('hall/backlog/config.yml', 'statuses: []'),
    file('hall/backlog/tasks/task-1 - One.md', 'one'),
    file('hall/backlog/tasks/config.yml'),
  ])
  expect(found).toEqual({
    kind: 'backlog-md',
    name: 'hall/backlog',
    files: [
      file('config.yml', 'statuses: []'),
      file('tasks/task-1 - One.md', 'one'),
      file('tasks/config.yml'),
    ],
  })
})

test('of several exports the one that beads keeps is taken', () => {
  const found = sourceOf([file('.beads/a.jsonl', 'a'), file('.beads/issues.jsonl', '{"id":1}')])
  expect(found).toEqual({ kind: 'beads', name: '.beads/issues.jsonl', text: '{"id":1}' })
})

test('an export of ours is known by its first line', () => {
  const text = '{"k":"guildhall","v":1}\n'
  expect(sourceOf([file('all.jsonl', text)])).toEqual({
    kind: 'guildhall',
    name: 'all.jsonl',
    text,
  })
})

test.each([[[]], [[file('notes.md', '# Notes')]], [[file('config.yml', 'a: 1')]]])(
  'files without a backlog are none',
  (files) => {
    expect(sourceOf(files)).toBeNull()
  },
)

test('only texts that may belong to a backlog are read', () => {
  const paths = [
    'a/b.md',
    'config.yaml',
    'x.JSONL',
    'y.png',
    'a/node_modules/z/README.md',
    '.git/x',
  ]
  expect(paths.filter(isWanted)).toEqual(['a/b.md', 'config.yaml', 'x.JSONL'])
})

test('each kind goes to its own import, and an empty name is left out', () => {
  const choices = { project: 'GH', name: '', dryRun: true }
  expect(requestOf({ kind: 'beads', name: 'x', text: 't' }, choices)).toEqual([
    '/import/beads',
    { project: 'GH', dryRun: true, text: 't' },
  ])
  expect(requestOf({ kind: 'guildhall', name: 'x', text: 't' }, choices)).toEqual([
    '/import/guildhall',
    { text: 't', dryRun: true, merge: true },
  ])
  const markdown = { kind: 'backlog-md', name: 'x', files: [] } as const
  expect(requestOf(markdown, { ...choices, name: 'Hall' })).toEqual([
    '/import/backlog-md',
    { project: 'GH', name: 'Hall', dryRun: true, files: [] },
  ])
})
