import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const hall = async (items: readonly object[], project: object = {}) => {
  const words = await bench()
  await words.given.project('GH', project)
  await words.given.tasks(items)
  const task = (key: string) => words.run('work.get_task', { key })
  return { ...words, task }
}

const COLUMNS = [
  { name: 'Todo', category: 'unstarted' },
  { name: 'Doing', category: 'started' },
  { name: 'Review', category: 'started', role: 'review' },
  { name: 'Done', category: 'completed' },
  { name: 'Canceled', category: 'canceled' },
]

test('a hard limit of a column refuses one task too many, a soft one does not', async () => {
  const { run, refused, database, orgId } = await hall(
    [{ title: 'A' }, { title: 'B' }, { title: 'C' }],
    { columns: COLUMNS },
  )
  const limit = (hard: boolean) =>
    database.write(orgId, async (sql) => {
      await sql`update work.board_column set wip_limit = 1, wip_hard = ${hard}
                 where org_id = ${orgId} and name = 'Doing'`
      return { value: null, tail: [] }
    })
  await limit(true)
  await run('work.move_task', { key: 'GH-1', to: 'Doing' })
  expect(await refused('work.move_task', { key: 'GH-2', to: 'Doing' })).toMatchObject({
    code: 'work.column_full',
    details: { limit: 1 },
  })
  const created = { project: 'GH', items: [{ title: 'D', status: 'Doing' }] }
  expect((await refused('work.save_tasks', created)).code).toBe('work.column_full')
  await run('work.move_task', { key: 'GH-1', to: 'Review' })
  await run('work.move_task', { key: 'GH-2', to: 'Doing' })
  await limit(false)
  await run('work.move_task', { key: 'GH-3', to: 'Doing' })
})

test('who worked on a task does not close it from review', async () => {
  const { run, refused, given, task } = await hall([{ title: 'A' }], { columns: COLUMNS })
  const dev = await given.agent('dev-1', ['GH'])
  const { task: held } = await run('work.next_task', {}, dev)
  await run('work.finish_work', { lease: held.lease, outcome: 'review', summary: 'look' }, dev)
  const close = { items: [{ id: 'GH-1', status: 'Done' }] }
  expect((await refused('work.save_tasks', close, dev)).code).toBe('work.task_not_held')
  await run('identity.give_role', { handle: 'dev-1', role: 'developer', project: 'GH' })
  expect((await refused('work.save_tasks', close, dev)).code).toBe('work.own_work')
  await run('work.save_tasks', close)
  expect(await task('GH-1')).toMatchObject({ column: 'Done' })
})

test('only who may assign gives tasks to others', async () => {
  const { given, refused, run, task } = await hall([{ title: 'A' }])
  const ana = await given.person('ana')
  const change = { key: 'GH-1', assignee: 'owner' }
  expect((await refused('work.change_task', change, ana)).code).toBe('work.assign_not_allowed')
  await run('work.change_task', { key: 'GH-1', assignee: '@ana' }, ana)
  expect(await task('GH-1')).toMatchObject({ assignee: 'ana' })
  const unknown = await refused('work.change_task', { key: 'GH-1', assignee: 'nobody' })
  expect(unknown.said).toBe('assignee: nobody here is called @nobody.')
})

test('subtasks go eight levels deep and no deeper', async () => {
  const items = Array.from({ length: 9 }, (_, i) => ({
    ref: `t${i}`,
    title: `T${i}`,
    ...(i > 0 && { parent: `t${i - 1}` }),
  }))
  const { refused, run } = await hall(items)
  const deeper = { items: [{ title: 'Too deep', parent: 'GH-9' }] }
  expect((await refused('work.save_tasks', deeper)).code).toBe('work.item_not_valid')
  await run('work.save_tasks', { project: 'GH', items: [{ title: 'Root' }] })
  const under = { key: 'GH-1', parent: 'GH-10' }
  expect((await refused('work.change_task', under)).said).toMatch(/^parent: subtasks go 8 levels/)
})

test('a task has a hundred dependencies at most', async () => {
  const items = Array.from({ length: 100 }, (_, i) => ({ title: `T${i}` }))
  const { given, refused, run } = await hall(items)
  await given.tasks([{ title: 'Late', depends_on: items.map((_, i) => `GH-${i + 1}`) }])
  await given.tasks([{ title: 'One more' }])
  const more = await refused('work.add_dependency', { key: 'GH-101', to: 'GH-102' })
  expect(more.said).toBe('to: a task has 100 dependencies at most.')
  await run('work.remove_dependency', { key: 'GH-101', to: 'GH-1' })
  await run('work.add_dependency', { key: 'GH-101', to: 'GH-102' })
})

test('trees that trade places in one batch are never tied into a knot', async () => {
  const { run, task } = await hall([
    { ref: 'a', title: 'A' },
    { ref: 'b', title: 'B', parent: 'a' },
    { title: 'C', parent: 'b' },
  ])
  await run('work.save_tasks', {
    items: [
      { id: 'GH-1', parent: 'GH-3' },
      { id: 'GH-2', parent: null },
    ],
  })
  expect(await task('GH-1')).toMatchObject({ parent: 'GH-3', openChildren: 0 })
  expect(await task('GH-2')).toMatchObject({ parent: null, openChildren: 1 })
})

test('dependencies cross projects that the caller may see, and name no others', async () => {
  const { run, refused, given, task } = await hall([{ title: 'A' }])
  await given.project('OPS')
  await given.tasks([{ title: 'Far' }], 'OPS')
  await run('work.add_dependency', { key: 'GH-1', to: 'OPS-1' })
  expect(await task('GH-1')).toMatchObject({ openBlockers: 1 })
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([{ title: 'B' }])
  const { task: held } = await run('work.next_task', { id: 'GH-2' }, dev)
  expect(held.key).toBe('GH-2')
  const link = { items: [{ id: 'GH-2', depends_on: ['+OPS-1'] }] }
  expect((await refused('work.save_tasks', link, dev)).said).toBe(
    'items[0].depends_on: OPS-1 does not exist or you may not see it.',
  )
})

test('relates is stored once, whichever side it is said from', async () => {
  const { run, task } = await hall([{ title: 'A' }, { title: 'B' }])
  const link = { key: 'GH-2', to: 'GH-1', kind: 'relates' }
  expect(await run('work.add_dependency', link)).toMatchObject({ changed: true })
  const turned = { key: 'GH-1', to: 'GH-2', kind: 'relates' }
  expect(await run('work.add_dependency', turned)).toMatchObject({ changed: false })
  expect(await task('GH-1')).toMatchObject({ links: [{ key: 'GH-2' }], ready: true })
  expect(await run('work.remove_dependency', turned)).toMatchObject({ changed: true })
  expect(await task('GH-2')).toMatchObject({ links: [] })
})

test.each([
  [{ title: 'x'.repeat(301) }, /^items\[0\]\.title: /],
  [{ title: 'x', body: 'a\u0000b' }, /^items\[0\]\.body: /],
  [{ title: 'x', lable: [] }, /Did you mean "labels"/],
  [{ title: 'x', status: 'Doign' }, /^items\[0\]\.status: there is no column "Doign"/],
  [{ title: 'x', due: 'tomorrow' }, /^items\[0\]\.due: /],
  [{ title: 'x', depends_on: ['blcks:GH-1'] }, /^items\[0\]\.depends_on: /],
  [{ title: 'x', points: 1e9 }, /^items\[0\]\.points: /],
  [{ title: 'x', sprint: 7 }, /^items\[0\]\.sprint: GH has no sprint 7\.$/],
  [{}, /^items\[0\]\.title: a new task needs a title\.$/],
])('%j is refused by the name of its field', async (item, said) => {
  const { refused } = await hall([{ title: 'A' }])
  const answer = await refused('work.save_tasks', { project: 'GH', items: [item] })
  expect(answer).toMatchObject({ kind: 'invalid', said: expect.stringMatching(said) })
})
