import { expect, test } from 'vitest'
import { bench, sharedData } from '../../../test/bench.ts'

type Issue = Record<string, unknown>

const issue = (id: string, more: Issue = {}): Issue => ({
  id,
  title: `Title of ${id}`,
  status: 'open',
  priority: 2,
  issue_type: 'task',
  created_at: '2026-01-02T03:04:05Z',
  ...more,
})
const waitsFor = (id: string, to: string, type = 'blocks') => ({
  issue_id: id,
  depends_on_id: to,
  type,
})
const lines = (issues: readonly Issue[]) => issues.map((one) => JSON.stringify(one)).join('\n')

const opened = async () => {
  const words = await bench()
  const load = (issues: readonly Issue[], more: object = {}) =>
    words.run('work.import_beads', { project: 'BD', text: lines(issues), ...more })
  const names = async () => (await words.ledger()).map(({ name }) => name)
  const rows = <Row>(read: (sql: ReturnType<typeof words.database.read>) => Promise<Row>) =>
    read(words.database.read(words.orgId))
  const tasks = () =>
    rows(
      (sql) => sql<{
        number: number
        title: string
        ready: boolean
        blockers: number
        above: number
        children: number
        version: number
        column: string
        labels: string[]
        archived: boolean
      }>`
        select t.number, t.title, t.ready, t.open_blockers as blockers, t.held_above as above,
               t.open_children as children, t.version, c.name as "column", t.labels,
               t.archived_at is not null as archived
          from work.task t join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
         where t.org_id = ${words.orgId} order by t.number`,
    )
  return { ...words, load, names, rows, tasks }
}

test('an import makes the project, its tasks with counters, and one event for each', async () => {
  const { load, names, tasks, verify } = await opened()
  const answer = await load([
    issue('a', { labels: ['UI'] }),
    issue('b', { dependencies: [waitsFor('b', 'a')] }),
    issue('b.1', { dependencies: [waitsFor('b.1', 'b', 'parent-child')] }),
  ])
  expect(answer).toMatchObject({ project: 'BD', created: 3, changed: 0, problems: [] })
  expect(answer.counts).toMatchObject({ tasks: 3, ready: 1, parents: 1, edges: { blocks: 1 } })
  expect(await tasks()).toMatchObject([
    { number: 1, ready: true, blockers: 0, above: 0, children: 0, labels: ['UI'] },
    { number: 2, ready: false, blockers: 1, above: 0, children: 1 },
    { number: 3, ready: false, blockers: 0, above: 1, children: 0 },
  ])
  expect((await names()).filter((name) => name.startsWith('work.'))).toEqual([
    'work.project_changed',
    'work.task_imported',
    'work.task_imported',
    'work.task_imported',
  ])
  expect(await verify()).toMatchObject({ ok: true })
})

test('the same file again changes nothing and says nothing', async () => {
  const { load, names } = await opened()
  const issues = [
    issue('a', { assignee: 'bob', comments: [{ id: 1, author: 'bob', text: 'mine' }] }),
    issue('b', { dependencies: [waitsFor('b', 'a'), waitsFor('b', 'a', 'related')] }),
  ]
  await load(issues)
  const before = (await names()).length
  expect(await load(issues)).toMatchObject({ created: 0, changed: 0, unchanged: 2 })
  expect(await names()).toHaveLength(before)
})

test('a dry run counts and writes nothing', async () => {
  const { load, ledger, tasks, say } = await opened()
  const before = (await ledger()).length
  const answer = await load([issue('a')], { dryRun: true })
  expect(answer).toMatchObject({ dryRun: true, created: 1, counts: { tasks: 1, ready: 1 } })
  expect(answer.mapping).toContainEqual({
    field: 'status',
    from: 'open',
    to: 'Open (unstarted)',
    count: 1,
  })
  const text = lines([issue('a')])
  expect(await say('work.import_beads', { project: 'BD', text, dryRun: true })).toMatch(
    /^Dry run, nothing is written: BD: 1 created/,
  )
  expect(await tasks()).toEqual([])
  expect(await ledger()).toHaveLength(before)
})

test('good lines of a broken file go in, and every bad one is named', async () => {
  const { run, tasks, refused } = await opened()
  const text = `${lines([issue('a')])}\n{"id": "b", "tit\n${lines([issue('c', { title: 7 })])}\n`
  const answer = await run('work.import_beads', { project: 'BD', text })
  expect(answer.problems).toMatchObject([
    { level: 'error', line: 2, message: 'The line is no JSON.' },
    { level: 'error', line: 3, externalId: 'c', field: 'title' },
  ])
  expect(await tasks()).toMatchObject([{ title: 'Title of a' }])
  const strict = { project: 'ST', text, strict: true }
  expect(await refused('work.import_beads', strict)).toMatchObject({
    kind: 'invalid',
    code: 'work.import_not_clean',
    details: { errors: 2 },
  })
  expect(await run('work.import_beads', { project: 'ST', text: '' })).toMatchObject({ created: 0 })
})

test('run again, the source changes only what nobody changed here', async () => {
  const { load, run, ledger, tasks, orgId, database } = await opened()
  await load([issue('a'), issue('b'), issue('c')])
  await database.write(orgId, async (sql) => {
    await sql`
      update work.task set title = 'Ours', version = version + 1
       where org_id = ${orgId} and number = 2`
    return { value: null, tail: [] }
  })
  const before = (await ledger()).length
  const answer = await load([
    issue('a', { title: 'Theirs' }),
    issue('b', { title: 'Theirs', priority: 0 }),
    issue('c'),
  ])
  expect(answer).toMatchObject({ created: 0, changed: 2, unchanged: 1 })
  expect(answer.problems).toMatchObject([{ externalId: 'b', field: 'title' }])
  expect((await tasks()).map(({ title }) => title)).toEqual(['Theirs', 'Ours', 'Title of c'])
  expect((await ledger()).slice(before)).toMatchObject([
    { name: 'work.task_changed', data: { key: 'BD-1', changed: ['title'], version: 2 } },
    { name: 'work.task_changed', data: { key: 'BD-2', set: { priority: 'urgent' } } },
  ])
  expect(await run('work.import_beads', { project: 'BD', text: '' })).toMatchObject({ changed: 0 })
})

test('what the source closes, adds and joins anew moves the counters around it', async () => {
  const { load, tasks, ledger, verify } = await opened()
  await load([issue('a'), issue('b', { dependencies: [waitsFor('b', 'a')] })])
  const before = (await ledger()).length
  const answer = await load([
    issue('a', { status: 'closed', closed_at: '2026-02-01T00:00:00Z' }),
    issue('b', { dependencies: [waitsFor('b', 'c')] }),
    issue('c'),
    issue('b.1', { dependencies: [waitsFor('b.1', 'b', 'parent-child')] }),
  ])
  expect(answer).toMatchObject({ created: 2, changed: 2, problems: [] })
  expect(await tasks()).toMatchObject([
    { number: 1, column: 'Closed', ready: false },
    { number: 2, blockers: 1, children: 1, ready: false },
    { number: 3, ready: true },
    { number: 4, above: 1, ready: false },
  ])
  const events = (await ledger()).slice(before)
  expect(events.map(({ name, data }) => [name, data['key']])).toEqual([
    ['work.task_imported', 'BD-3'],
    ['work.task_imported', 'BD-4'],
    ['work.task_changed', 'BD-1'],
    ['work.task_moved', 'BD-1'],
    ['work.task_changed', 'BD-2'],
  ])
  expect(events.at(-1)?.data['around']).toMatchObject([{ key: 'BD-2', children: 1 }])
  expect(await verify()).toMatchObject({ ok: true })
})

test('a new tombstone cancels and archives its task, but not a claimed one', async () => {
  const { load, given, run, tasks } = await opened()
  await load([issue('a', { priority: 0 }), issue('b')])
  const dev = await given.agent('dev-1', ['BD'])
  await run('work.next_task', {}, dev)
  const gone = [issue('a', { status: 'tombstone' }), issue('b', { status: 'tombstone' })]
  const answer = await load(gone)
  expect(answer).toMatchObject({ changed: 1, counts: { tasks: 0, skipped: 2 } })
  expect(await tasks()).toMatchObject([
    { column: 'In progress', archived: false },
    { column: 'Canceled', archived: true },
  ])
})

test('an edge that closes a circle with one made here becomes relates', async () => {
  const { load, database, orgId, tasks } = await opened()
  await load([issue('a'), issue('b')])
  await database.write(orgId, async (sql) => {
    await sql`
      insert into work.dependency (org_id, task_id, kind, to_id, created_at)
      select a.org_id, a.id, 'blocks', b.id, now() from work.task a join work.task b using (org_id)
       where a.org_id = ${orgId} and a.number = 1 and b.number = 2`
    await sql`update work.task set open_blockers = 1 where org_id = ${orgId} and number = 1`
    return { value: null, tail: [] }
  })
  const issues = [issue('a'), issue('b', { dependencies: [waitsFor('b', 'a')] })]
  const answer = await load(issues)
  expect(answer.problems).toMatchObject([{ code: 'import.cycle_opened', externalId: 'b' }])
  expect(await tasks()).toMatchObject([{ blockers: 1 }, { blockers: 0, ready: true }])
  expect(await load(issues)).toMatchObject({ changed: 0 })
})

test('the public backlog of beads comes in whole, ready as the plan foresaw', async () => {
  const text = sharedData('beads-issues.jsonl')
  if (text === null) return
  const { run, ledger, verify, rows, orgId } = await opened()
  const answer = await run('work.import_beads', { project: 'BD', text })
  expect(answer.counts).toMatchObject({
    tasks: 2657,
    parents: 532,
    edges: { blocks: 518, discovered_from: 69, relates: 13 },
    openInSource: 339,
    queued: 328,
    ready: 127,
  })
  const [found] = await rows(
    (sql) => sql<{ ready: number; tasks: number; wrong: number; next: number }>`
      select count(*) filter (where t.ready)::integer as ready, count(*)::integer as tasks,
             count(*) filter (where t.open_children <> (
               select count(*) from work.task c where c.org_id = t.org_id and c.parent_id = t.id
                  and c.category not in ('completed', 'canceled'))
               or t.open_blockers <> (
               select count(*) from work.dependency d
                 join work.task b on b.org_id = d.org_id and b.id = d.to_id
                where d.org_id = t.org_id and d.task_id = t.id and d.kind = 'blocks'
                  and b.category not in ('completed', 'canceled')))::integer as wrong,
             (select next_number from work.project p where p.org_id = ${orgId}) as next
        from work.task t where t.org_id = ${orgId}`,
  )
  expect(found).toEqual({ ready: 127, tasks: 2657, wrong: 0, next: 2658 })
  const events = await ledger()
  expect(events.filter(({ name }) => name === 'work.task_imported')).toHaveLength(2657)
  expect(await run('work.import_beads', { project: 'BD', text })).toMatchObject({
    created: 0,
    changed: 0,
    unchanged: 2657,
  })
  expect(await ledger()).toHaveLength(events.length)
  expect(await verify()).toMatchObject({ ok: true })
}, 120_000)
