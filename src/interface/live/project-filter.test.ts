import { expect, test } from 'vitest'
import { projectFilter } from './project-filter.ts'

const ID = '019a0000-0000-7000-8000-000000000001'
const event = (data: Record<string, unknown>) => ({
  ...{ orgId: 'o', pos: 1, name: 'work.task_moved', id: 'x', version: 1, actor: null, at: '' },
  data,
})

test.each([
  ['GH', { project: 'GH' }, true],
  ['GH', { project: 'OPS', key: 'GH-1' }, false],
  ['GH', { projectKey: 'OPS' }, false],
  ['GH', { key: 'GH-12' }, true],
  ['GH', { key: 'GH' }, true],
  ['GH', { key: 'GHX-12' }, false],
  ['GH', { projectId: ID }, true],
  ['GH', {}, true],
  [ID, { projectId: ID }, true],
  [ID, { projectId: ID.replace('1', '2') }, false],
  [ID, { key: 'GH-1' }, true],
  [null, { project: 'OPS' }, true],
])('the filter %s and an event about %o: %s', (project, data, wanted) => {
  expect(projectFilter(project)(event(data))).toBe(wanted)
})

test('what is no project name is refused', () => {
  expect(() => projectFilter('gh; drop')).toThrow('key')
})
