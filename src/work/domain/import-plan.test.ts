import { expect, test } from 'vitest'
import { decideRerun, printsOf } from './import-fingerprint.ts'
import { planImport } from './import-plan.ts'
import type { ImportRow, ImportSource } from './import-row.ts'

const row = (externalId: string, change: Partial<ImportRow> = {}): ImportRow => ({
  externalId,
  at: { line: 1, file: null },
  from: { status: 'open', type: 'task', priority: '2', open: true },
  title: `Title of ${externalId}`,
  body: '',
  type: 'task',
  category: 'unstarted',
  columnName: 'Open',
  priority: 3,
  estimate: null,
  labels: [],
  flag: null,
  archived: false,
  parents: [],
  edges: [],
  accept: [],
  comments: [],
  assignees: [],
  createdAt: '2026-01-02T03:04:05.000Z',
  startedAt: null,
  closedAt: null,
  rank: null,
  unmapped: {},
  ...change,
})

const plan = (rows: ImportRow[], people = new Map<string, string>(), skipped: string[] = []) => {
  const source: ImportSource = {
    source: 'beads',
    rows,
    skipped: skipped.map((externalId) => ({
      externalId,
      at: { line: 9, file: null },
      edges: 1,
      gone: true,
    })),
    problems: [],
    columns: [],
    ignored: 0,
  }
  return planImport(source, people)
}
const waits = (to: string) => ({ kind: 'blocks' as const, to, field: 'dependencies[0]' })
const codes = (made: ReturnType<typeof plan>) => made.problems.map(({ code }) => code)
const only = (rows: ImportRow[]) => plan(rows).tasks.map(({ values }) => values)

test('a title is one line of at most 300 characters, and the rest of it opens the body', () => {
  const made = plan([row('a', { title: `one\ntwo ${'😀'.repeat(400)}`, body: 'body' })])
  const [task] = made.tasks
  expect(Array.from(task?.values.title ?? '')).toHaveLength(300)
  expect(task?.values.title.startsWith('one two 😀')).toBe(true)
  expect(task?.values.body).toMatch(/^…😀+\n\nbody$/u)
  expect((task?.values.title.match(/😀/gu) ?? []).length + 109).toBe(400)
  expect(made.problems).toMatchObject([
    { level: 'warning', code: 'import.title_cut', line: 1, externalId: 'a', field: 'title' },
  ])
})

test('a body is cut at 64 KiB on a whole character, and that is said', () => {
  const made = plan([row('a', { body: `x${'é'.repeat(40_000)}` })])
  expect(Buffer.byteLength(made.tasks[0]?.values.body ?? '')).toBe(65_535)
  expect(codes(made)).toEqual(['import.text_cut'])
})

test('controls vanish silently, NUL and half characters with a warning', () => {
  const made = plan([row('a', { title: 'a\u0007b\tc', body: 'x\0y\ud800z\r\nnext' })])
  expect(made.tasks[0]?.values).toMatchObject({ title: 'ab c', body: 'xyz\nnext' })
  expect(codes(made)).toEqual(['import.broken_text'])
})

test('an empty title and an impossible id keep only their own rows out', () => {
  const made = plan([row('a', { title: ' \n ' }), row('b\u0000'), row('c')])
  expect(made.tasks.map(({ externalId }) => externalId)).toEqual(['c'])
  expect(made.problems.map(({ level, field }) => [level, field])).toEqual([
    ['error', 'title'],
    ['error', 'id'],
  ])
})

test('of a duplicate id the first row is taken, and the second is an error', () => {
  const made = plan([row('a', { title: 'first' }), row('a', { title: 'second' })])
  expect(made.tasks.map(({ values }) => values.title)).toEqual(['first'])
  expect(made.counts.errors).toBe(1)
  expect(codes(made)).toEqual(['import.duplicate_id'])
})

test('acceptance items above 50 end the body', () => {
  const accept = Array.from({ length: 52 }, (_, index) => ({ text: `item ${index}`, done: true }))
  const [values] = only([row('a', { body: 'text', accept })])
  expect(values?.accept).toHaveLength(50)
  expect(values?.body).toBe('text\n\n## Acceptance criteria\n\n- [x] item 50\n- [x] item 51')
})

test('labels are one in any case, spelled as first met in the whole import', () => {
  const made = only([
    row('a', { labels: ['Bug', 'bug', ' '] }),
    row('b', { labels: ['BUG', 'ui'] }),
  ])
  expect(made.map(({ labels }) => labels)).toEqual([['Bug'], ['Bug', 'ui']])
})

test('known people get their tasks and comments; no name of others becomes a label', () => {
  const comments = [
    { ref: '1', author: '@ANA', at: null, text: 'hers' },
    { ref: '2', author: 'bob', at: null, text: 'his' },
    { ref: '3', author: null, at: null, text: 'nobody' },
  ]
  const rows = [
    row('a', { assignees: ['@Ana', '@bob'], comments }),
    row('b', { assignees: ['bob'] }),
  ]
  const made = plan(rows, new Map([['ana', 'id-of-ana']]))
  expect(made.tasks[0]?.values).toMatchObject({
    assignee: 'id-of-ana',
    labels: ['for:someone'],
    body: expect.stringMatching(/^(.*\n\n)?For: bob$/s),
    comments: [
      { by: 'id-of-ana', placeholder: null },
      { by: null, placeholder: 'bob' },
      { by: null, placeholder: 'beads' },
    ],
  })
  expect(made.tasks[1]?.values).toMatchObject({ assignee: null, labels: ['for:someone'] })
  expect(made.tasks[1]?.values.body).toMatch(/For: bob$/)
  expect(made.labels).toEqual(['for:someone'])
  expect(made.placeholders).toEqual(['beads', 'bob'])
})

test('parents stand before their children, all else keeps its order', () => {
  const rows = [row('a', { parents: ['c'] }), row('b'), row('c', { parents: ['d'] }), row('d')]
  const made = plan(rows)
  expect(made.tasks.map(({ externalId, depth }) => [externalId, depth])).toEqual([
    ['d', 1],
    ['c', 2],
    ['a', 3],
    ['b', 1],
  ])
})

test('the first parent that exists is taken, further ones become relates', () => {
  const made = plan([row('a', { parents: ['x', 'b', 'c'] }), row('b'), row('c')])
  expect(made.tasks.find(({ externalId }) => externalId === 'a')?.values.parent).toBe('b')
  expect(made.edges).toEqual([{ kind: 'relates', from: 'a', to: 'c' }])
  expect(codes(made)).toEqual(['import.unknown_target'])
})

test('the edge that closes a circle becomes relates, the same one every time', () => {
  const rows = [row('a', { edges: [waits('b')] }), row('b', { edges: [waits('a')] })]
  const made = plan(rows)
  expect(made.edges).toEqual([
    { kind: 'blocks', from: 'a', to: 'b' },
    { kind: 'relates', from: 'b', to: 'a' },
  ])
  expect(made.problems).toMatchObject([
    { code: 'import.cycle_opened', externalId: 'b', field: 'dependencies[0]' },
  ])
  expect(plan(rows)).toEqual(made)
})

test('a parent beats an edge to it, and parents in a circle are opened', () => {
  const made = plan([
    row('child', { parents: ['top'], edges: [waits('top')] }),
    row('top', { parents: ['child'] }),
  ])
  expect(made.tasks.map(({ values }) => values.parent)).toEqual([null, 'top'])
  expect(made.edges).toEqual([{ kind: 'relates', from: 'top', to: 'child' }])
})

test('a ninth level loses its parent, which becomes relates', () => {
  const rows = Array.from({ length: 10 }, (_, index) =>
    row(`t${index}`, { parents: index === 0 ? [] : [`t${index - 1}`] }),
  )
  const made = plan(rows.toReversed())
  expect(made.tasks.map(({ depth }) => depth).toSorted((a, b) => a - b)).toEqual([
    1, 1, 2, 2, 3, 4, 5, 6, 7, 8,
  ])
  expect(made.edges).toEqual([{ kind: 'relates', from: 't8', to: 't7' }])
})

test('edges to skipped rows go silently, to unknown ones and itself with a warning', () => {
  const made = plan([row('a', { edges: [waits('gone'), waits('x'), waits('a')] })], undefined, [
    'gone',
  ])
  expect(made.edges).toEqual([])
  expect(made.counts).toMatchObject({ skipped: 1, skippedEdges: 2, warnings: 2, errors: 0 })
  expect(made.gone.map(({ externalId }) => externalId)).toEqual(['gone'])
  expect(codes(made)).toEqual(['import.unknown_target', 'import.self_edge'])
})

test('a task keeps its first 100 edges', () => {
  const rows = Array.from({ length: 102 }, (_, index) => row(`t${index}`))
  const edges = rows.slice(1).map(({ externalId }) => waits(externalId))
  const made = plan([row('t0', { edges }), ...rows.slice(1)])
  expect(made.edges).toHaveLength(100)
  expect(codes(made)).toEqual(['import.too_many_edges'])
})

test('work closed before it was created counts as closed when created', () => {
  const closed = { category: 'completed', closedAt: '2026-01-01T00:00:00.000Z' } as const
  const made = plan([row('a', closed)])
  expect(made.tasks[0]?.values.closedAt).toBe('2026-01-02T03:04:05.000Z')
  expect(codes(made)).toEqual(['import.closed_before_created'])
})

test('fields too large or too deep to keep are dropped by name', () => {
  const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`)
  const made = plan([row('a', { unmapped: { big: 'x'.repeat(40_000), deep, owner: 'ana' } })])
  expect(made.tasks[0]?.unmapped).toEqual({ owner: 'ana' })
  expect(made.problems.map(({ field }) => field)).toEqual(['big', 'deep'])
})

test('ranks follow the source where it has an order, then its rows', () => {
  const made = plan([row('a'), row('b', { rank: 20 }), row('c', { rank: 10 })])
  expect(made.tasks.map(({ rank }) => rank)).toEqual([3, 2, 1])
})

test('a fingerprint changes with the values and with nothing else', () => {
  const print = (change: Partial<ImportRow>) => plan([row('a', change)]).tasks[0]?.fingerprint
  expect(print({ unmapped: { owner: 'x' }, at: { line: 7, file: null } })).toBe(print({}))
  expect(print({ title: 'other' })).not.toBe(print({}))
  expect(print({ labels: ['b', 'a'] })).toBe(print({ labels: ['a', 'b'] }))
})

test('a second run changes what the source changed and we did not', () => {
  const last = printsOf({ title: 'a', body: 'a', priority: 1, flag: null })
  const wanted = printsOf({ title: 'b', body: 'b', priority: 1, flag: null })
  const standing = printsOf({ title: 'a', body: 'ours', priority: 2, flag: null })
  expect(decideRerun(last, wanted, standing)).toEqual({ change: ['title'], keep: ['body'] })
  expect(decideRerun(last, last, standing)).toEqual({ change: [], keep: [] })
})
