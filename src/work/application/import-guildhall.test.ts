import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bench, sharedData } from '../../../test/bench.ts'
import { identityApi } from '../../identity/room.ts'
import { exportLines, workParts } from '../infrastructure/export-store.ts'
import { peopleFrom } from '../infrastructure/identity-adapter.ts'

type Bench = Awaited<ReturnType<typeof bench>>

const exported = ({ database, orgId }: Bench, projectId: string | null = null): Promise<string> =>
  database.write(orgId, async (sql) => {
    const ground = { sql, orgId }
    const people = peopleFrom(identityApi(ground), ground.orgId)
    const scope = { projectId }
    let text = ''
    for await (const line of exportLines(ground, { parts: workParts, people, scope })) text += line
    return { value: text, tail: [] }
  })

/** A hub with tasks in every state: claimed, failed, done, parked, joined, in a sprint. */
const lived = async (): Promise<Bench> => {
  const words = await bench()
  const { given, run, owner } = words
  await given.project('GH')
  const dev = await given.agent('dev-1', ['GH'])
  const [first = '', second = ''] = await given.tasks([
    { title: 'First  é', priority: 'high', labels: ['UI'], accept: ['one', '[x] two'] },
    { title: 'Second', points: 2.5 },
    { title: 'Third' },
  ])
  await run('work.save_tasks', {
    project: 'GH',
    items: [{ title: 'Sub', parent: second, depends_on: [first], assignee: 'owner' }],
  })
  await run('work.add_comment', { key: first, body: 'Line one\nline two' })
  const claimed = await run('work.next_task', { project: 'GH' }, dev)
  await run('work.finish_work', { lease: claimed.task.lease, outcome: 'failed' }, dev)
  await run('work.next_task', { project: 'GH' }, dev)
  expect(owner.handle).toBe('owner')
  return words
}

const counters = ({ database, orgId }: Bench) => database.read(orgId)`
  select number, category, depth, ready, open_blockers, held_above, open_children, lane
    from work.task where org_id = ${orgId} order by project_id, number`

test('export, import and export again give the same bytes, and the same queue', async () => {
  const from = await lived()
  const text = await exported(from)
  expect(text.split('\n').slice(0, 2)).toEqual([
    '{"k":"guildhall","v":1}',
    '{"handle":"dev-1","k":"principal","v":1}',
  ])
  const to = await bench()
  expect(await to.run('work.import_guildhall', { text })).toMatchObject({
    projects: ['GH'],
    counts: { task: 4, dependency: 1, comment: 1, attempt: 2 },
  })
  expect(await exported(to)).toBe(text)
  expect(await counters(to)).toEqual(await counters(from))
  expect(await to.verify()).toMatchObject({ ok: true })
  expect((await to.ledger()).filter(({ name }) => name === 'work.task_imported')).toHaveLength(4)
  await to.given.tasks([{ title: 'Fifth' }])
})

test('into a hub with projects it goes only to merge, beside what is there', async () => {
  const text = await exported(await lived())
  const to = await bench()
  await to.given.project('OTHER')
  expect(await to.refused('work.import_guildhall', { text })).toMatchObject({
    kind: 'conflict',
    code: 'work.import_not_empty',
  })
  await to.run('work.import_guildhall', { text, merge: true })
  const again = await to.run('work.import_guildhall', { text, merge: true })
  expect(again).toMatchObject({ projects: [], skipped: ['GH'], counts: {} })
  const clash = await bench()
  await clash.given.project('GH')
  expect(await clash.refused('work.import_guildhall', { text, merge: true })).toMatchObject({
    code: 'work.project_key_taken',
  })
})

test('a dry run counts and writes nothing', async () => {
  const text = await exported(await lived())
  const to = await bench()
  const answer = await to.run('work.import_guildhall', { text, dryRun: true })
  expect(answer).toMatchObject({ dryRun: true, projects: ['GH'], counts: { task: 4 } })
  expect(await exported(to)).toBe('{"k":"guildhall","v":1}\n')
})

test('one wrong line keeps all lines out, and is named', async () => {
  const lines = (await exported(await lived())).trimEnd().split('\n')
  const at = (kind: string) => lines.findIndex((line) => line.includes(`"k":"${kind}"`))
  const task = at('task')
  const withLine = (index: number, line: string) => [
    ...lines.slice(0, index),
    line,
    ...lines.slice(index + 1),
  ]
  const old = lines[task] ?? ''
  const unled = task + 1 - lines.filter((line) => line.includes('"k":"column"')).length
  const cases: [string, string[], number][] = [
    ['an unknown kind', withLine(task, '{"k":"wish","v":1}'), task + 1],
    ['an unknown version', withLine(task, old.replace('"v":1', '"v":2')), task + 1],
    ['an unknown field', withLine(task, old.replace('{', '{"mood":1,')), task + 1],
    ['a wrong type', withLine(task, old.replace(/"number":\d+/, '"number":"one"')), task + 1],
    ['no JSON', withLine(task, old.slice(0, -1)), task + 1],
    ['half a character', withLine(task, old.replace('"title":"', '"title":"\\ud800')), task + 1],
    ['another first line', lines.slice(1), 1],
    ['an id given twice', withLine(task + 1, old), task + 2],
    ['a column that is not told', lines.filter((line) => !line.includes('"k":"column"')), unled],
    ['an empty file', [], 1],
  ]
  const to = await bench()
  for (const [what, broken, line] of cases) {
    const answer = await to.refused('work.import_guildhall', { text: broken.join('\n') })
    expect({ what, ...answer }).toMatchObject({
      what,
      kind: 'invalid',
      code: 'work.import_not_valid',
      details: { line },
    })
  }
  expect(await exported(to)).toBe('{"k":"guildhall","v":1}\n')
})

test('tasks that wait for each other are refused: nobody could ever finish them', async () => {
  const text = await exported(await lived())
  const edge = text.split('\n').find((line) => line.includes('"k":"dependency"')) ?? ''
  const { task, to: other } = JSON.parse(edge)
  const back = edge.replaceAll(task, 'X').replaceAll(other, task).replaceAll('X', other)
  const to = await bench()
  const refused = await to.refused('work.import_guildhall', {
    text: text.replace(edge, `${edge}\n${back}`),
  })
  expect(refused.said).toMatch(/closes a circle/)
})

test('the export of one project holds nothing of another', async () => {
  const from = await lived()
  await from.given.project('OTHER')
  await from.given.tasks([{ title: 'Elsewhere' }], 'OTHER')
  const all = await exported(from)
  const { projectId } = await from.run('work.open_export', { project: 'GH' })
  const text = await exported(from, projectId)
  expect(text).not.toContain('Elsewhere')
  const to = await bench()
  await to.run('work.import_guildhall', { text: all, project: 'GH' })
  expect(await exported(to)).toBe(text)
  expect(await from.refused('work.open_export', { project: 'NONE' })).toMatchObject({
    kind: 'not_found',
  })
})

const issue = fc.record({
  title: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => `T${text}`),
  description: fc.string({ unit: 'grapheme', maxLength: 200 }),
  status: fc.constantFrom('open', 'closed', 'blocked', 'deferred', 'in_progress'),
  priority: fc.integer({ min: 0, max: 4 }),
  labels: fc.array(fc.constantFrom('a', 'B', 'ü', 'c d'), { maxLength: 3 }),
  assignee: fc.constantFrom('owner', 'nobody', ''),
  comments: fc.array(fc.record({ author: fc.constantFrom('ann', 'bo'), text: fc.string() }), {
    maxLength: 2,
  }),
  waits: fc.array(fc.nat({ max: 9 }), { maxLength: 3 }),
  parent: fc.option(fc.nat({ max: 9 }), { nil: null }),
})

test('whatever a world holds, it comes out of another hub as it went in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(issue, { minLength: 1, maxLength: 10 }), async (issues) => {
      const from = await bench()
      const lines = issues.map(({ waits, parent, ...fields }, index) => ({
        ...fields,
        id: `w-${index}`,
        dependencies: [
          ...waits.map((to) => ({ depends_on_id: `w-${to}`, type: 'blocks' })),
          ...(parent === null ? [] : [{ depends_on_id: `w-${parent}`, type: 'parent-child' }]),
        ],
      }))
      const text = lines.map((line) => JSON.stringify(line)).join('\n')
      const { counts } = await from.run('work.import_beads', { project: 'WO', text })
      const rows = await counters(from)
      expect(rows.filter((row) => Reflect.get(Object(row), 'ready'))).toHaveLength(counts.ready)
      const first = await exported(from)
      const to = await bench()
      await to.run('work.import_guildhall', { text: first })
      expect(await exported(to)).toBe(first)
      expect(await counters(to)).toEqual(rows)
    }),
    { numRuns: 12 },
  )
}, 60_000)

const folder = (): { path: string; text: string }[] => {
  const root = join(import.meta.dirname, '../../../../shared/data/backlog-md')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(md|ya?ml)$/i.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

test('both public backlogs go through without a changed byte', async () => {
  const text = sharedData('beads-issues.jsonl')
  if (text === null) return
  const from = await bench()
  await from.run('work.import_beads', { project: 'BD', text })
  await from.run('work.import_backlog_md', { project: 'BL', files: folder() })
  const first = await exported(from)
  const to = await bench()
  const answer = await to.run('work.import_guildhall', { text: first })
  expect(answer).toMatchObject({ projects: ['BD', 'BL'], counts: { task: 2657 + 613 } })
  expect(await exported(to)).toBe(first)
  expect(await counters(to)).toEqual(await counters(from))
  expect(await to.verify()).toMatchObject({ ok: true })
}, 120_000)
