import { existsSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { planImport } from '../domain/import-plan.ts'
import { readBeads } from './beads-source.ts'

const sample = new URL('../../../../shared/data/beads-issues.jsonl', import.meta.url)

const issue = (id: string, change: Record<string, unknown> = {}) => ({
  id,
  title: `Title of ${id}`,
  status: 'open',
  priority: 2,
  issue_type: 'task',
  created_at: '2026-01-02T03:04:05.678901-08:00',
  ...change,
})
const text = (...issues: unknown[]) =>
  issues.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')
const read = (...issues: unknown[]) => readBeads(text(...issues))
const plan = (...issues: unknown[]) => planImport(read(...issues), new Map())
const first = (change: Record<string, unknown>) => read(issue('bd-1', change)).rows[0]
const needs = (to: unknown, type: unknown = 'blocks', created_at = '2026-01-01T00:00:00Z') => ({
  issue_id: 'bd-1',
  depends_on_id: to,
  type,
  created_at,
})

test.runIf(existsSync(sample))('the real backlog gives the numbers of the mapping', () => {
  const source = readBeads(readFileSync(sample, 'utf8'))
  const made = planImport(source, new Map())
  expect(made.counts).toMatchObject({
    tasks: 2_657,
    parents: 532,
    edges: { blocks: 518, discovered_from: 69, relates: 13, duplicates: 0, supersedes: 0 },
    openInSource: 339,
    open: 329,
    queued: 328,
    ready: 127,
    finishable: 320,
    waiting: [{ externalId: 'bd-wisp-82n', count: 8 }],
    skipped: 346,
    skippedEdges: 251,
    errors: 0,
  })
  expect(made.counts.waves).toHaveLength(11)
  expect(made.gone).toHaveLength(346)
  // Of 119 closed before created, the others differ by less than a millisecond.
  expect(made.counts.problems).toEqual({ 'import.closed_before_created': 38 })
  const closed = made.tasks.find(({ externalId }) => externalId === 'bd-6s61')
  expect(closed?.values.category).toBe('completed')
  const places = new Map(made.tasks.map(({ externalId }, index) => [externalId, index]))
  for (const { values, externalId } of made.tasks) {
    const up = values.parent === null ? -1 : (places.get(values.parent) ?? Infinity)
    expect(up).toBeLessThan(places.get(externalId) ?? -1)
  }
})

test('statuses become states; running work starts anew with a label', () => {
  const state = (status: string) => {
    const row = first({ status })
    return [row?.category, row?.flag, ...(row?.labels ?? [])]
  }
  expect(state('open')).toEqual(['unstarted', null])
  expect(state('in_progress')).toEqual(['unstarted', null, 'beads:in_progress'])
  expect(state('hooked')).toEqual(['unstarted', null, 'beads:hooked'])
  expect(state('blocked')).toEqual(['unstarted', 'Blocked in beads'])
  expect(state('deferred')).toEqual(['backlog', null])
  expect(state('pinned')).toEqual(['backlog', null])
  expect(state('closed')).toEqual(['completed', null])
  expect(state('brooding')).toEqual(['triage', null])
})

test('types that are no work are archived, and canceled unless closed; gates go to triage', () => {
  const agent = { category: 'canceled', archived: true, type: 'task', labels: ['beads:agent'] }
  expect(first({ issue_type: 'agent' })).toMatchObject(agent)
  const event = { category: 'completed', archived: true, labels: ['beads:event'] }
  expect(first({ issue_type: 'event', status: 'closed' })).toMatchObject(event)
  expect(first({ issue_type: 'gate' })).toMatchObject({ category: 'triage', archived: false })
  expect(first({ issue_type: 'feature' })).toMatchObject({ type: 'story', labels: [] })
  expect(first({ issue_type: 'molecule' })).toMatchObject({ type: 'epic', labels: [] })
  expect(first({ issue_type: 'dream' })).toMatchObject({ type: 'task', labels: ['beads:dream'] })
})

test('priorities 0 to 4 become urgent to none', () => {
  expect([0, 1, 2, 3, 4].map((priority) => first({ priority })?.priority)).toEqual([1, 2, 3, 4, 5])
})

test('design and notes become headings, criteria a checklist, the reason the last comment', () => {
  const row = first({
    status: 'closed',
    description: 'Why.',
    design: 'How.',
    notes: 'Mind.',
    acceptance_criteria: '- [x] one\n2. two\n\nthree',
    comments: [{ id: 7, author: 'ana', text: 'hi', created_at: '2026-01-03T00:00:00Z' }],
    closed_at: '2026-01-04T00:00:00+01:00',
    close_reason: 'Done well',
    assignee: 'bob',
    external_ref: 'gh-9',
  })
  expect(row).toMatchObject({
    body: 'Why.\n\n## Design\n\nHow.\n\n## Notes\n\nMind.',
    accept: [
      { text: 'one', done: true },
      { text: 'two', done: false },
      { text: 'three', done: false },
    ],
    comments: [
      { ref: '7', author: 'ana', at: '2026-01-03T00:00:00.000Z', text: 'hi' },
      { ref: 'close_reason', author: null, at: '2026-01-03T23:00:00.000Z', text: 'Done well' },
    ],
    assignees: ['bob'],
    createdAt: '2026-01-02T11:04:05.678Z',
    closedAt: '2026-01-03T23:00:00.000Z',
    unmapped: { external_ref: 'gh-9' },
  })
})

test('of several parents the dotted stem comes first, then the oldest', () => {
  const parents = (id: string) =>
    read(
      issue(id, {
        dependencies: [
          { ...needs('bd-9', 'parent-child', '2026-03-01T00:00:00Z'), issue_id: id },
          { ...needs('bd-8', 'parent-child', '2026-01-01T00:00:00Z'), issue_id: id },
          { ...needs('bd-1', 'parent-child', '2026-02-01T00:00:00Z'), issue_id: id },
        ],
      }),
    ).rows[0]?.parents
  expect(parents('bd-1.2')).toEqual(['bd-1', 'bd-8', 'bd-9'])
  expect(parents('bd-2')).toEqual(['bd-8', 'bd-1', 'bd-9'])
  expect(read(issue('bd-1'), issue('bd-1.1')).rows[1]?.parents).toEqual([])
})

test('edge kinds are translated, unknown ones relate, broken ones are named', () => {
  const kinds = ['blocks', 'waits-for', 'discovered-from', 'duplicates', 'tracks']
  const edges = [...kinds.map((kind) => needs('bd-2', kind)), needs(7), 'x', needs('bd-2', null)]
  const source = read(issue('bd-1', { dependencies: edges }), issue('bd-2'))
  expect(source.rows[0]?.edges.map(({ kind }) => kind)).toEqual([
    'blocks',
    'blocks',
    'discovered_from',
    'duplicates',
    'relates',
  ])
  expect(source.problems.map(({ line, field, level }) => [line, field, level])).toEqual([
    [1, 'dependencies[6]', 'warning'],
    [1, 'dependencies[5]', 'warning'],
    [1, 'dependencies[7]', 'warning'],
  ])
})

test('tombstones are gone, short-lived rows stay out only when asked', () => {
  const lines = text(
    issue('bd-1', { dependencies: [needs('bd-2'), needs('bd-3')] }),
    issue('bd-2', { status: 'tombstone', dependencies: [needs('bd-1')] }),
    issue('bd-3', { ephemeral: true }),
  )
  const all = planImport(readBeads(lines), new Map())
  expect(all.counts).toMatchObject({ tasks: 2, skipped: 1, skippedEdges: 2, warnings: 0 })
  expect(all.tasks[1]?.values.labels).toEqual(['beads:ephemeral'])
  const fewer = planImport(readBeads(lines, { skipEphemeral: true }), new Map())
  expect(fewer.counts).toMatchObject({ tasks: 1, skipped: 2, skippedEdges: 3, warnings: 0 })
  expect(fewer.gone.map(({ externalId }) => externalId)).toEqual(['bd-2'])
})

test('broken lines are named by line and field, and good ones survive', () => {
  const made = plan(
    issue('bd-1'),
    '{"id": "bd-2", "title": ',
    '[1]',
    'null',
    '',
    issue('', {}),
    { title: 'no id' },
    { id: 5, title: 'x' },
    { id: 'bd-3' },
    issue('bd-1', { title: 'again' }),
    issue('bd-4', { title: 7 }),
    issue('bd-5'),
  )
  expect(made.tasks.map(({ externalId }) => externalId)).toEqual(['bd-1', 'bd-5'])
  expect(made.problems.map(({ line, code, field }) => [line, code, field])).toEqual([
    [2, 'import.bad_json', null],
    [3, 'import.bad_json', null],
    [4, 'import.bad_json', null],
    [6, 'import.bad_field', 'id'],
    [7, 'import.bad_field', 'id'],
    [8, 'import.bad_field', 'id'],
    [9, 'import.bad_field', 'title'],
    [10, 'import.duplicate_id', 'id'],
    [11, 'import.bad_field', 'title'],
  ])
  expect(made.problems.every(({ level }) => level === 'error')).toBe(true)
})

test('fields of a wrong type are named and left alone, and the row survives', () => {
  const made = plan(
    issue('bd-1', {
      description: 5,
      priority: 9,
      labels: ['ok', 7],
      created_at: 'yesterday',
      dependencies: {},
      comments: [{ id: {}, text: 'kept', created_at: 1 }],
    }),
  )
  expect(made.tasks[0]?.values).toMatchObject({
    body: '',
    priority: 5,
    labels: ['ok'],
    createdAt: null,
    comments: [{ ref: '#1', text: 'kept', at: null }],
  })
  expect(new Set(made.problems.map(({ field }) => field))).toEqual(
    new Set(['description', 'priority', 'labels[1]', 'created_at', 'dependencies']),
  )
})

test('an own field named __proto__ is kept as data and changes no prototype', () => {
  const line = '{"id":"bd-1","title":"t","status":"open","__proto__":{"polluted":true}}'
  const unmapped = plan(line).tasks[0]?.unmapped ?? {}
  expect(Object.keys(unmapped)).toEqual(['__proto__'])
  expect('polluted' in {}).toBe(false)
  expect(Object.getPrototypeOf(unmapped)).toBe(Object.prototype)
})

test('enormous lines, deep nesting and long runs of blanks end in problems, at once', () => {
  const huge = issue('bd-1', { description: 'x'.repeat(5_000_000) })
  const nest = '['.repeat(90_000) + ']'.repeat(90_000)
  const deep = `{"id":"bd-2","title":"t","status":"open","deep":${nest}}`
  const blanks = issue('bd-3', { title: `a${' '.repeat(1_000_000)}b` })
  const made = plan(huge, deep, blanks, issue('bd-4'))
  expect(made.tasks.map(({ externalId }) => externalId)).toContain('bd-4')
  expect(made.problems.map(({ line, level }) => [line, level])).toEqual([
    [1, 'error'],
    [2, expect.any(String)],
    [3, 'warning'],
    [3, 'warning'],
  ])
})

test('no lines of any kind make planning throw, and the same lines give the same plan', () => {
  const word = fc.oneof(
    fc.constantFrom('bd-1', 'bd-2', 'bd-3', 'bd-1.1', 'open', 'closed', 'blocks', 'parent-child'),
    fc.string({ unit: 'binary' }),
  )
  const edges = fc.array(
    fc.record({ depends_on_id: word, type: word, issue_id: word }, { requiredKeys: [] }),
    { maxLength: 4 },
  )
  const json = fc.jsonValue()
  const record = fc.record(
    {
      id: fc.oneof(word, json),
      title: fc.oneof(word, json),
      status: fc.oneof(word, json),
      issue_type: fc.oneof(word, json),
      priority: fc.oneof(fc.nat(5), json),
      labels: fc.oneof(fc.array(word), json),
      dependencies: fc.oneof(edges, json),
      comments: fc.oneof(fc.array(fc.record({ text: word, id: json })), json),
      created_at: fc.oneof(fc.constant('2026-01-01T00:00:00Z'), json),
      acceptance_criteria: fc.oneof(word, json),
      other: json,
    },
    { requiredKeys: [] },
  )
  const line = fc.oneof(
    { weight: 6, arbitrary: record.map((value) => JSON.stringify(value)) },
    fc.string(),
    json.map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const made = planImport(readBeads(lines.join('\n')), new Map())
      expect(planImport(readBeads(lines.join('\n')), new Map())).toEqual(made)
      expect(made.tasks.every(({ values }) => values.title.isWellFormed())).toBe(true)
      expect(made.counts.finishable).toBeLessThanOrEqual(made.counts.queued)
    }),
    { numRuns: 500 },
  )
})
