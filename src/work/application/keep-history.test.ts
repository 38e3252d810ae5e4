import { expect, test } from 'vitest'
import { bench, sharedData } from '../../../test/bench.ts'
import { identityApi } from '../../identity/room.ts'
import { foldBoard } from '../domain/board-fold.ts'
import type { Change } from '../domain/history.ts'
import { dayAfter } from '../domain/zone-days.ts'
import { exportLines, workParts } from '../infrastructure/export-store.ts'
import { peopleFrom } from '../infrastructure/identity-adapter.ts'
import { pastStore } from '../infrastructure/past-store.ts'

const hall = async () => {
  const words = await bench()
  const { orgId, database } = words
  const sql = database.read(orgId)
  const projectOf = (key: string) =>
    sql.one<{ id: string }>`select id from work.project where org_id = ${orgId} and key = ${key}`
  /** What the past says that tasks are now. */
  const told = async (key: string) => {
    const { id: projectId } = await projectOf(key)
    const { changes } = await pastStore({ sql, orgId }).read({ projectId, sprints: null })
    const end = [...foldBoard(changes, () => null)].at(-1)
    return [...(end?.tasks.values() ?? [])]
      .map(({ number, category, estimate, sprint, parent, archived }) => ({
        ...{ number, category, estimate, sprint, parent, archived },
      }))
      .toSorted((a, b) => a.number - b.number)
  }
  /** What the tables say that tasks are. */
  const stands = (key: string) => sql`
    select t.number, t.category, t.estimate, s.number as sprint, u.number as parent,
           t.archived_at is not null as archived
      from work.task t
      join work.project p on p.org_id = t.org_id and p.id = t.project_id
      left join work.sprint s on s.org_id = t.org_id and s.id = t.sprint_id
      left join work.task u on u.org_id = t.org_id and u.id = t.parent_id
     where t.org_id = ${orgId} and p.key = ${key} order by t.number`
  const rows = () => sql<Change & { by: string | null }>`
    select task_id as "taskId", number, version, step, at, kind, value, by_id as "by"
      from work.history where org_id = ${orgId} order by at, number, version, step`
  const keep = async () => {
    await words.ledger()
    await words.due('work.keep_history')
  }
  return { ...words, sql, told, stands, rows, keep }
}

type Hall = Awaited<ReturnType<typeof hall>>

/** Does to tasks everything that can be done to them. */
const live = async ({ given, run, clock, due }: Hall) => {
  await given.project('GH')
  await run('work.save_project', { id: 'GH', data: { zone: 'Europe/Berlin' } })
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([
    { title: 'one', points: 3, priority: 'urgent' },
    { title: 'two', points: 0.5, ref: 'two' },
    { title: 'three', parent: 'two', points: 2 },
    { title: 'four', status: 'Backlog' },
    { title: 'five', status: 'Done', points: 1 },
    { title: 'six' },
  ])
  await run('work.save_sprint', { project: 'GH' })
  await run('work.save_sprint', { project: 'GH' })
  const items = ['GH-1', 'GH-3', 'GH-4'].map((id) => ({ id, sprint: 1 }))
  await run('work.save_tasks', { items })
  await run('work.start_sprint', { project: 'GH', id: 1 })
  await run('work.next_task', { id: 'GH-1' }, dev)
  await run('work.finish_work', { lease: 'GH-1#1', outcome: 'released' }, dev)
  await run('work.next_task', { id: 'GH-1', lease_s: 5 }, dev)
  clock.turn(6_000)
  await due('work.expire_leases')
  await run('work.take_over_task', { key: 'GH-3' })
  await run('work.move_task', { key: 'GH-3', to: 'Done' })
  await run('work.move_task', { key: 'GH-4', to: 'Todo' })
  await run('work.save_tasks', { items: [{ id: 'GH-4', points: 8 }] })
  await run('work.archive_task', { key: 'GH-5' })
  await run('work.archive_task', { key: 'GH-6' })
  await run('work.archive_task', { key: 'GH-6', archived: false })
  await run('work.move_task', { key: 'GH-3', to: 'In progress' })
  await run('work.save_tasks', { items: [{ id: 'GH-3', parent: 'GH-4' }] })
  await run('work.close_sprint', { project: 'GH', id: 1, data: { move: 'next' } })
  await run('work.save_project', { id: 'GH', data: { key: 'HG' } })
  await run('work.save_tasks', { items: [{ id: 'HG-2', parent: 'HG-4', points: null }] })
}

test('the past of tasks ends with what they are (W17), before and after it is kept', async () => {
  const words = await hall()
  await live(words)
  const { told, stands, keep, rows } = words
  const now = await stands('HG')
  expect(now).toHaveLength(6)
  expect(await told('HG')).toEqual(now)
  expect(await rows()).toEqual([])
  await keep()
  expect((await rows()).length).toBeGreaterThan(25)
  expect(await told('HG')).toEqual(now)
})

test('what is read twice, or in pieces, is kept once', async () => {
  const words = await hall()
  const { given, run, rows, keep, sql, orgId, database } = words
  await given.project('GH')
  await given.tasks([{ title: 'one', points: 3 }])
  await keep()
  const first = await rows()
  await run('work.move_task', { key: 'GH-1', to: 'Done' })
  await keep()
  const all = await rows()
  expect(all.slice(0, first.length)).toEqual(first)
  expect(all.slice(first.length)).toMatchObject([{ kind: 'category', value: 'completed' }])
  await database.write(orgId, async (tx) => {
    await tx`
      update platform.consumer set pos = 0, at = to_timestamp(0)
       where org_id = ${orgId} and name = 'work.keep_history'`
    return { value: null, tail: [] }
  })
  await Promise.all([words.due('work.keep_history'), words.due('work.keep_history')])
  expect(await rows()).toEqual(all)
  const { pos } = await sql.one<{ pos: number }>`
    select pos from platform.consumer where org_id = ${orgId} and name = 'work.keep_history'`
  expect(pos).toBe((await words.ledger()).length)
})

test('the row says who did it; what the hub itself does has nobody', async () => {
  const words = await hall()
  const { given, run, rows, keep, owner, clock, due } = words
  await given.project('GH')
  await given.tasks([{ title: 'one' }])
  const dev = await given.agent('dev-1', ['GH'])
  await run('work.next_task', { lease_s: 5 }, dev)
  clock.turn(6_000)
  await due('work.expire_leases')
  await keep()
  expect((await rows()).map(({ value, by }) => [value, by])).toEqual([
    ['unstarted', owner.id],
    ['started', dev.id],
    ['unstarted', null],
  ])
})

const issue = (id: string, more: object = {}) => ({
  ...{ id, title: id, status: 'open', priority: 2, issue_type: 'task' },
  created_at: '2026-01-02T00:00:00Z',
  ...more,
})

test('imports bring their times, and what closed before it was made closed with that', async () => {
  const words = await hall()
  const { run, rows, keep, told, stands } = words
  const text = [
    issue('a', { status: 'closed', closed_at: '2026-01-05T00:00:00Z' }),
    issue('b', { status: 'closed', closed_at: '2025-12-01T00:00:00Z' }),
    issue('c'),
  ]
  await run('work.import_beads', {
    project: 'BD',
    text: text.map((one) => JSON.stringify(one)).join('\n'),
  })
  expect(await told('BD')).toEqual(await stands('BD'))
  await keep()
  const shown = (await rows()).map(({ number, at, value }) => {
    return `${number} ${new Date(at).toISOString().slice(0, 10)} ${value}`
  })
  expect(shown).toEqual([
    '1 2026-01-02 unstarted',
    '2 2026-01-02 unstarted',
    '2 2026-01-02 completed',
    '3 2026-01-02 unstarted',
    '1 2026-01-05 completed',
  ])
  expect(await told('BD')).toEqual(await stands('BD'))
})

test('an import that is undone takes its past along', async () => {
  const words = await hall()
  const { run, rows, keep, told } = words
  await run('work.import_beads', { project: 'BD', text: JSON.stringify(issue('a')) })
  await keep()
  await run('work.undo_import', { source: 'beads', project: 'BD' })
  expect(await told('BD')).toEqual([])
  await keep()
  expect(await rows()).toEqual([])
})

const beads = sharedData('beads-issues.jsonl')

test.skipIf(beads === null)('a real backlog has its past, and its flow adds up', async () => {
  const words = await hall()
  const { run, told, stands, keep, sql, orgId } = words
  await run('work.import_beads', { project: 'BD', text: beads ?? '' })
  const now = await stands('BD')
  const flow = () => run('work.get_flow', { project: 'BD' })
  const { refused } = words
  await keep()
  expect(await told('BD')).toEqual(now)
  const { days } = await flow()
  const count = (category: string) =>
    now.filter((task) => Object(task).category === category).length
  expect(days).toHaveLength(30)
  for (const category of ['triage', 'backlog', 'unstarted', 'started', 'completed']) {
    expect(days.at(-1)[category].tasks).toBe(count(category))
  }
  const far = { project: 'BD', from: '2025-01-01' }
  expect(await refused('work.get_flow', far)).toMatchObject({ code: 'work.range_not_valid' })
  const from = dayAfter(days.at(-1).day, -365)
  const { total } = await sql.one<{ total: number }>`
    select count(*)::int as total from work.task
     where org_id = ${orgId} and category = 'completed' and completed_at >= ${from}::date`
  const times = await run('work.get_cycle_times', { project: 'BD', from })
  expect(times.items).toHaveLength(total)
  expect(times.neverStarted + times.started).toBe(total)
  const thrown = times.throughput.map(({ tasks }: { tasks: number }) => tasks)
  expect(thrown.reduce((sum: number, tasks: number) => sum + tasks, 0)).toBe(total)
})

test('an export takes the past along, and charts are the same where it arrives (W14)', async () => {
  const from = await hall()
  await live(from)
  const whole = async ({ database, orgId }: Hall): Promise<string> =>
    database.write(orgId, async (sql) => {
      const ground = { sql, orgId }
      const people = peopleFrom(identityApi(ground), orgId)
      const scope = { projectId: null }
      let text = ''
      for await (const line of exportLines(ground, { parts: workParts, people, scope }))
        text += line
      return { value: text, tail: [] }
    })
  const unread = await whole(from)
  await from.keep()
  const text = await whole(from)
  expect(text).toBe(unread)
  expect(text.match(/"k":"history"/g)).toHaveLength((await from.rows()).length)
  const to = await hall()
  await to.run('work.import_guildhall', { text })
  expect(await whole(to)).toBe(text)
  await to.keep()
  expect(await whole(to)).toBe(text)
  const numbers = async ({ run }: Hall) => {
    const report = await run('work.get_sprint_report', { project: 'HG', id: 1 })
    const velocity = await run('work.get_velocity', { project: 'HG' })
    return [report, velocity].map((one) => ({ ...one, asOf: null }))
  }
  expect(await numbers(to)).toEqual(await numbers(from))
  await to.run('work.save_tasks', { items: [{ id: 'HG-1', points: 13 }] })
  await to.keep()
  expect(await to.told('HG')).toEqual(await to.stands('HG'))
})

test('an answer is refused while too much is unread, and where the past is too long', async () => {
  const { given, sql, orgId, keep } = await hall()
  await given.project('GH')
  await given.tasks([{ title: 'one' }, { title: 'two' }, { title: 'three' }])
  const { id: projectId } = await sql.one<{ id: string }>`
    select id from work.project where org_id = ${orgId}`
  const read = (rowsMax: number, unreadMax: number) =>
    pastStore({ sql, orgId }, { rowsMax, unreadMax }).read({ projectId, sprints: null })
  const refusal = (code: string) => expect.objectContaining({ code })
  await expect(read(9, 2)).rejects.toEqual(refusal('work.history_behind'))
  expect((await read(9, 3)).changes).toHaveLength(3)
  await keep()
  expect((await read(3, 0)).changes).toHaveLength(3)
  await expect(read(2, 0)).rejects.toEqual(refusal('work.chart_too_large'))
})
