import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const start = async (
  items: readonly object[] = [{ title: 'A' }, { title: 'B' }, { title: 'C' }],
) => {
  const words = await bench()
  await words.given.project('GH')
  await words.given.tasks(items)
  const task = (key: string) => words.run('work.get_task', { key })
  const order = async () => {
    const { items: found } = await words.run('work.find_tasks', { project: 'GH' })
    return found.map(({ key }: { key: string }) => key)
  }
  return { ...words, task, order }
}

test('a person who starts a task becomes its assignee and holds no lease', async () => {
  const { run, task } = await start()
  const moved = await run('work.move_task', { key: 'GH-1', to: 'in progress' })
  expect(moved).toMatchObject({ column: 'In progress', assignee: 'owner', holder: null })
  expect(await task('GH-1')).toMatchObject({ startedAt: expect.any(String), ready: false })
})

test('agents start work by claiming only', async () => {
  const { given, run, refused } = await start()
  const dev = await given.agent('dev-1', ['GH'])
  const held = await run('work.next_task', { project: 'GH' }, dev)
  const move = { key: 'GH-2', to: 'started' }
  expect((await refused('work.move_task', move, dev)).code).toBe('work.task_not_held')
  const items = [{ id: held.task.key, status: 'Done' }]
  expect((await refused('work.save_tasks', { items }, dev)).code).toBe('work.finish_instead')
  const child = { items: [{ title: 'Part', parent: held.task.key, status: 'started' }] }
  expect((await refused('work.save_tasks', child, dev)).code).toBe('work.claim_instead')
})

test('a plain agent creates below or discovered from what it holds, and nowhere else', async () => {
  const { given, run, refused } = await start()
  const dev = await given.agent('dev-1', ['GH'])
  const save = (item: object) => ['work.save_tasks', { project: 'GH', items: [item] }, dev] as const
  expect((await refused(...save({ title: 'X' }))).code).toBe('work.task_not_held')
  await run('work.next_task', { id: 'GH-1' }, dev)
  expect((await refused(...save({ title: 'X' }))).code).toBe('work.task_not_held')
  expect((await refused(...save({ title: 'X', parent: 'GH-2' }))).code).toBe('work.task_not_held')
  expect((await refused(...save({ id: 'GH-2', title: 'X' }))).code).toBe('work.task_not_held')
  await run(...save({ title: 'Below', parent: 'GH-1' }))
  await run(...save({ title: 'Deeper', parent: 'GH-4' }))
  await run(...save({ title: 'Found', depends_on: ['discovered_from:GH-1'] }))
  await run(...save({ id: 'GH-1', priority: 'high' }))
})

test('a held task is moved by who may take it over, and its claim ends', async () => {
  const { given, run, refused, task, ledger } = await start()
  const dev = await given.agent('dev-1', ['GH'])
  const ana = await given.person('ana')
  await run('work.next_task', { id: 'GH-1' }, dev)
  const move = { key: 'GH-1', to: 'Done' }
  expect(await refused('work.move_task', move, ana)).toMatchObject({
    code: 'work.claimed',
    details: { holder: 'dev-1' },
  })
  await run('work.move_task', move)
  expect(await task('GH-1')).toMatchObject({ column: 'Done', holder: null, progress: 100 })
  const told = (await ledger()).filter(({ name }) => /ended|moved/.test(name))
  expect(told.map(({ name, data }) => [name, data['outcome'] ?? data['to']])).toEqual([
    ['work.task_ended', 'done'],
    ['work.task_moved', 'Done'],
  ])
  expect(told[1]?.subjectVersion).toBeGreaterThan(told[0]?.subjectVersion ?? 0)
})

test('closing releases what waits, reopening holds it again', async () => {
  const { run, task } = await start([
    { ref: 'a', title: 'A' },
    { ref: 'b', title: 'B', depends_on: ['a'] },
    { title: 'Child of B', parent: 'b' },
  ])
  expect(await task('GH-2')).toMatchObject({ openBlockers: 1, openChildren: 1, ready: false })
  expect(await task('GH-3')).toMatchObject({ heldAbove: 1, ready: false })
  await run('work.move_task', { key: 'GH-1', to: 'done' })
  expect(await task('GH-2')).toMatchObject({ openBlockers: 0, ready: false })
  expect(await task('GH-3')).toMatchObject({ heldAbove: 0, ready: true })
  await run('work.move_task', { key: 'GH-1', to: 'Todo' })
  expect(await task('GH-1')).toMatchObject({ completedAt: null, progress: 0 })
  expect(await task('GH-3')).toMatchObject({ heldAbove: 1, ready: false })
})

test('a flag holds the subtree and clearing it forgets failures', async () => {
  const { run, task } = await start([
    { ref: 'a', title: 'A' },
    { title: 'B', parent: 'a' },
  ])
  await run('work.change_task', { key: 'GH-1', blocked: 'waits for a decision' })
  expect(await task('GH-1')).toMatchObject({ blocked: 'waits for a decision', ready: false })
  expect(await task('GH-2')).toMatchObject({ heldAbove: 1, ready: false })
  await run('work.change_task', { key: 'GH-1', blocked: null })
  expect(await task('GH-2')).toMatchObject({ heldAbove: 0, ready: true })
})

test('archiving an open task cancels it and releases what waits', async () => {
  const { run, task, refused, order } = await start([
    { ref: 'a', title: 'A' },
    { title: 'B', depends_on: ['a'] },
  ])
  await run('work.archive_task', { key: 'GH-1' })
  expect(await task('GH-1')).toMatchObject({ column: 'Canceled', archived: true })
  expect(await task('GH-2')).toMatchObject({ ready: true })
  expect(await order()).toEqual(['GH-2'])
  const move = { key: 'GH-1', to: 'Todo' }
  expect((await refused('work.move_task', move)).code).toBe('work.task_archived')
  await run('work.change_task', { key: 'GH-1', archived: false, status: 'Todo' })
  expect(await task('GH-2')).toMatchObject({ ready: false, openBlockers: 1 })
})

test('a task goes before or after another', async () => {
  const { run, order, refused } = await start()
  await run('work.move_task', { key: 'GH-3', to: 'Todo', before: 'GH-1' })
  expect(await order()).toEqual(['GH-3', 'GH-1', 'GH-2'])
  await run('work.move_task', { key: 'GH-3', to: 'Todo', after: 'GH-1' })
  expect(await order()).toEqual(['GH-1', 'GH-3', 'GH-2'])
  const both = { key: 'GH-3', to: 'Todo', after: 'GH-1', before: 'GH-2' }
  expect((await refused('work.move_task', both)).kind).toBe('invalid')
  const unknown = { key: 'GH-3', to: 'Nowhere' }
  expect((await refused('work.move_task', unknown)).code).toBe('work.column_unknown')
})

test('a task that moves to another branch or parent takes its subtree along', async () => {
  const { run, task, refused, ledger } = await start([
    { ref: 'a', title: 'A' },
    { ref: 'b', title: 'B', parent: 'a' },
    { title: 'C', parent: 'b' },
    { ref: 'd', title: 'D', depends_on: ['e'] },
    { ref: 'e', title: 'E' },
  ])
  await run('work.save_branch', { project: 'GH', name: 'next' })
  const alone = { key: 'GH-2', branch: 'next' }
  expect((await refused('work.change_task', alone)).kind).toBe('invalid')
  await run('work.change_task', { key: 'GH-1', branch: 'next' })
  expect(await task('GH-3')).toMatchObject({ branch: 'next', version: 2 })
  await run('work.change_task', { key: 'GH-2', parent: 'GH-4' })
  expect(await task('GH-3')).toMatchObject({ branch: 'main', heldAbove: 1, ready: false })
  expect(await task('GH-1')).toMatchObject({ openChildren: 0, ready: true })
  expect(await task('GH-4')).toMatchObject({ openChildren: 1 })
  await run('work.change_task', { key: 'GH-2', parent: null })
  expect(await task('GH-3')).toMatchObject({ heldAbove: 0, ready: true })
  const changed = (await ledger()).filter(({ data }) => data['key'] === 'GH-3').slice(1)
  expect(changed.map(({ data }) => data['changed'])).toEqual([['branch'], ['branch']])
})
