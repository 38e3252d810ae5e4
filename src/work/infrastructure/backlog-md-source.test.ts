import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { planImport } from '../domain/import-plan.ts'
import { readBacklogMd } from './backlog-md-source.ts'

const sample = fileURLToPath(new URL('../../../../shared/data/backlog-md', import.meta.url))

const CONFIG = 'statuses: ["To Do", "In Progress", "Code Review", "Done"]\ntask_prefix: "back"\n'

/** Makes the files of a project from `path: front matter` pairs; a body may follow in the value. */
const folder = (files: Record<string, string>, config = CONFIG) =>
  new Map([
    ['backlog/config.yml', config],
    ...Object.entries(files).map(([path, yaml]): [string, string] => [
      `backlog/${path}`,
      yaml.startsWith('---') || yaml.startsWith('#') ? yaml : `---\n${yaml}\n---\n`,
    ]),
  ])
const read = (files: Record<string, string>, config?: string) =>
  readBacklogMd(folder(files, config))
const plan = (files: Record<string, string>, config?: string) =>
  planImport(read(files, config), new Map())
const one = (yaml: string, body = '') =>
  read({ 'tasks/back-1 - t.md': `---\nid: BACK-1\ntitle: t\nstatus: To Do\n${yaml}\n---\n${body}` })

test.runIf(existsSync(sample))('the real backlog gives the numbers of the mapping', () => {
  const entries = readdirSync(sample, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(sample, join(entry.parentPath, entry.name)))
  const files = new Map(paths.map((path) => [path, readFileSync(join(sample, path), 'utf8')]))
  const made = planImport(readBacklogMd(files), new Map())
  expect(made.counts).toMatchObject({
    tasks: 613,
    categories: { completed: 576, unstarted: 37 },
    edges: { blocks: 84, relates: 4 },
    parents: 116,
    ready: 33,
    finishable: 37,
    accept: 3_187 + 764,
    comments: 7,
    errors: 0,
    problems: {
      'import.cycle_opened': 4,
      'import.no_front_matter': 1,
      'import.unknown_target': 3,
    },
  })
  const named = made.problems.filter(({ code }) => code === 'import.unknown_target')
  expect(named.map(({ text }) => /BACK-\d+/.exec(text)?.[0])).toEqual([
    'BACK-0',
    'BACK-13',
    'BACK-217',
  ])
  const open = made.tasks.filter(({ values }) => values.category === 'unstarted')
  const held = open.filter(({ values }) => values.labels.some((name) => name.startsWith('for:')))
  expect(held).toHaveLength(13)
  expect(made.placeholders).toEqual(['Claude', 'alex-agent', 'codex-types-cli', 'impl_types_tui'])
  const oldParent = made.tasks.find(({ externalId }) => externalId === 'BACK-55')
  expect(oldParent?.values.parent).toBe('BACK-54')
})

test('the board has the statuses of the project and what work needs besides', () => {
  const names = (config: string) =>
    read({}, config).columns.map(({ name, category, role }) => [name, category, role])
  expect(names(CONFIG)).toEqual([
    ['Triage', 'triage', null],
    ['Backlog', 'backlog', null],
    ['To Do', 'unstarted', null],
    ['In Progress', 'started', null],
    ['Code Review', 'started', 'review'],
    ['Done', 'completed', null],
    ['Canceled', 'canceled', null],
  ])
  expect(names('statuses: [Backlog, Done]').map(([name]) => name)).toEqual([
    'Triage',
    'Backlog (backlog)',
    'Backlog',
    'In progress',
    'In review',
    'Done',
    'Canceled',
  ])
})

test('statuses in any case and folders decide the state', () => {
  const source = read({
    'tasks/back-1.md': 'id: BACK-1\ntitle: t\nstatus: to do',
    'tasks/back-2.md': 'id: BACK-2\ntitle: t\nstatus: IN PROGRESS',
    'tasks/back-3.md': 'id: BACK-3\ntitle: t\nstatus: done\ncreated_date: 2026-01-01',
    'tasks/back-4.md': 'id: BACK-4\ntitle: t\nstatus: Parked',
    'completed/back-5.md': 'id: BACK-5\ntitle: t\nstatus: To Do\nupdated_date: 2026-01-01 10:30',
    'drafts/draft-1.md': 'id: DRAFT-1\ntitle: t\nstatus: Draft',
    'archive/tasks/back-6.md': 'id: BACK-6\ntitle: t\nstatus: To Do',
  })
  const rows = new Map(source.rows.map((row) => [row.externalId, row]))
  const state = (id: string) => [rows.get(id)?.category, rows.get(id)?.columnName]
  expect(state('BACK-1')).toEqual(['unstarted', 'To Do'])
  expect(state('BACK-2')).toEqual(['unstarted', 'To Do'])
  expect(rows.get('BACK-2')?.labels).toEqual(['backlog-md:in-progress'])
  expect(state('BACK-3')).toEqual(['completed', 'Done'])
  expect(rows.get('BACK-3')?.closedAt).toBe('2026-01-01T00:00:00.000Z')
  expect(state('BACK-4')).toEqual(['triage', 'Triage'])
  expect(state('BACK-5')).toEqual(['completed', 'Done'])
  expect(rows.get('BACK-5')?.closedAt).toBe('2026-01-01T10:30:00.000Z')
  expect(state('DRAFT-1')).toEqual(['backlog', 'Backlog'])
  expect(state('BACK-6')).toEqual(['canceled', 'Canceled'])
  expect(rows.get('BACK-6')?.archived).toBe(true)
  expect(source.problems.map(({ file, field }) => [file, field])).toEqual([
    ['backlog/tasks/back-4.md', 'status'],
  ])
})

test('one task has one id in every spelling, and leading zeros count', () => {
  const made = plan({
    'tasks/a.md':
      "id: task-1\ntitle: a\nstatus: To Do\ndependencies: [TASK-2, BACK-2.01, '3', task-2.1]",
    'tasks/b.md': 'id: back-2\ntitle: b\nstatus: To Do',
    'tasks/c.md': 'id: BACK-2.01\ntitle: c\nstatus: To Do\nparent_task_id: task-3',
    'tasks/d.md': "id: '3'\ntitle: d\nstatus: To Do",
    'tasks/e.md': 'id: BACK-2.1\ntitle: e\nstatus: To Do',
  })
  expect(made.tasks.map(({ externalId, values }) => [externalId, values.parent])).toEqual([
    ['BACK-1', null],
    ['BACK-2', null],
    ['BACK-3', null],
    ['BACK-2.01', 'BACK-3'],
    ['BACK-2.1', 'BACK-2'],
  ])
  expect(made.tasks[0]?.values.edges.map(({ to }) => to)).toEqual([
    'BACK-2',
    'BACK-2.01',
    'BACK-2.1',
    'BACK-3',
  ])
})

test('bare names are read, also in lists; nothing is guessed to be a date or a number', () => {
  const source = one(
    "assignee: [@ana, '@bob']\nreporter: @carl\nlabels:\n  - 2026-01-01\n  - true\nmilestone: 007",
  )
  expect(source.problems).toEqual([])
  expect(source.rows[0]).toMatchObject({
    assignees: ['@ana', '@bob'],
    labels: ['2026-01-01', 'true', '007'],
    unmapped: { reporter: '@carl' },
  })
})

test('types, priorities, order and lists of files find their places', () => {
  const source = one(
    'type: enhancement\npriority: High\nordinal: 2000\nreferences:\n  - https://example.org\n' +
      'modified_files: [a.ts]',
    '\n## Description\n\nText.\n',
  )
  expect(source.rows[0]).toMatchObject({
    type: 'story',
    priority: 2,
    rank: 2000,
    body:
      '## Description\n\nText.\n\n## References\n\n- https://example.org\n\n' +
      '## Modified files\n\n- a.ts',
  })
  expect(one('type: spike').rows[0]).toMatchObject({ priority: 5, labels: ['backlog-md:spike'] })
})

test('broken files are named with line and field, and good ones survive', () => {
  const made = plan({
    'tasks/readme.md': '# Tasks\n\n---\nid: x\n---\n',
    'tasks/back-1 - no front matter.md': '# Nothing\n',
    'tasks/back-2 - bad yaml.md': 'id: BACK-2\ntitle: "open\nstatus: x',
    'tasks/back-3 - twice.md': 'id: BACK-3\nid: BACK-4\ntitle: t',
    'tasks/back-4 - list.md': '- a\n- b',
    'tasks/back-5 - no id.md': 'title: t',
    'tasks/back-6 - no title.md': 'id: BACK-6\ntitle: null',
    'tasks/back-7 - bad.md': 'id: BACK-7\ntitle: {a: 1}x: y',
    'tasks/back-8 - good.md': 'id: BACK-8\ntitle: good\nstatus: To Do\nlabels: {a: b}',
    'docs/doc-1.md': 'id: doc-1\ntitle: no task',
  })
  expect(made.tasks.map(({ externalId }) => externalId)).toEqual(['BACK-8'])
  const found = made.problems.map(({ file, level, code, field }) => [
    (file ?? '').slice('backlog/tasks/'.length).replace(/ .*/, ''),
    level,
    code,
    field,
  ])
  expect(found).toEqual([
    ['back-1', 'error', 'import.no_front_matter', null],
    ['back-2', 'error', 'import.bad_yaml', null],
    ['back-3', 'error', 'import.bad_yaml', null],
    ['back-4', 'error', 'import.bad_yaml', null],
    ['back-5', 'error', 'import.bad_field', 'id'],
    ['back-6', 'error', 'import.bad_field', 'title'],
    ['back-7', 'error', 'import.bad_yaml', null],
    ['back-8', 'warning', 'import.bad_field', 'labels'],
    ['readme.md', 'warning', 'import.no_front_matter', null],
  ])
  expect(made.problems[2]?.line).toBe(3)
  expect(made.counts.ignored).toBe(2)
})

test('aliases that multiply, endless nesting and long blanks end in a problem, at once', () => {
  const levels = Array.from({ length: 12 }, (_, index) =>
    index === 0 ? 'a0: &a0 [x]' : `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]`,
  )
  const bomb = `id: BACK-1\ntitle: t\n${levels.join('\n')}`
  const nested = `id: BACK-2\ntitle: t\nx: ${'['.repeat(30_000)}`
  const blanks = `id: BACK-3\ntitle: t\nreporter: @a\n${'\n'.repeat(60_000)}x: !`
  const large = `id: BACK-4\ntitle: t\nx: ${'x'.repeat(70_000)}`
  const made = plan({
    'tasks/back-1.md': bomb,
    'tasks/back-2.md': nested,
    'tasks/back-3.md': blanks,
    'tasks/back-4.md': large,
    'tasks/back-5.md': 'id: BACK-5\ntitle: good',
  })
  expect(made.tasks.map(({ externalId }) => externalId)).toContain('BACK-5')
  const failed = made.problems.filter(({ code }) => code === 'import.bad_yaml')
  expect(failed.map(({ file }) => file)).toEqual(
    expect.arrayContaining([1, 2, 4].map((number) => `backlog/tasks/back-${number}.md`)),
  )
})

test('a configuration that cannot be read is reported, and the usual statuses hold', () => {
  const source = read({ 'tasks/back-1.md': 'id: 1\ntitle: t\nstatus: To Do' }, 'statuses: [')
  expect(source.problems.map(({ code }) => code)).toEqual(['import.bad_config'])
  expect(source.rows[0]).toMatchObject({ externalId: 'TASK-1', category: 'unstarted' })
})

test('no file of any kind makes planning throw, and the same files give the same plan', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'id: BACK-1',
      'id: 2',
      'title: t',
      'status: To Do',
      'dependencies: [1, 2, task-1]',
      'parent_task_id: 1',
      'assignee: @x',
      '---',
      '## Acceptance Criteria',
      '## Comments',
      '- [ ] #1 a',
      'created: 2026-01-01',
      '```',
    ),
    fc.string({ unit: 'binary' }),
  )
  const file = fc
    .array(line, { maxLength: 12 })
    .map((lines) => `---\nid: BACK-1\n${lines.join('\n')}`)
  fc.assert(
    fc.property(fc.array(file, { maxLength: 4 }), (texts) => {
      const files = new Map(texts.map((text, index) => [`tasks/back-${index}.md`, text]))
      const made = planImport(readBacklogMd(files), new Map())
      expect(planImport(readBacklogMd(files), new Map())).toEqual(made)
    }),
    { numRuns: 300 },
  )
})
