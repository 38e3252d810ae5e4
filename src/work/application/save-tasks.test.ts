import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

test('a batch creates tasks with parents and dependencies by ref', async () => {
  const { given, run, call } = await bench()
  await given.project('GH')
  const answer = await call('work.save_tasks', {
    project: 'GH',
    items: [
      { ref: 'api', title: 'Build the interface', parent: 'plan', depends_on: ['plan-b'] },
      { ref: 'plan', title: 'Plan it' },
      { ref: 'plan-b', title: 'Agree on it', parent: 'plan', points: 2.5, labels: ['Later'] },
    ],
  })
  expect(answer.text()).toBe('3 created: api=GH-1 plan=GH-2 plan-b=GH-3')
  expect(await run('work.get_task', { key: 'GH-1' })).toMatchObject({
    parent: 'GH-2',
    openBlockers: 1,
    ready: false,
    version: 1,
    links: [{ key: 'GH-3', kind: 'blocks', direction: 'out' }],
  })
  expect(await run('work.get_task', { key: 'GH-2' })).toMatchObject({ openChildren: 2 })
  expect(await run('work.get_task', { key: 'GH-3' })).toMatchObject({
    points: 2.5,
    labels: ['Later'],
    ready: true,
    column: 'Todo',
  })
})

test('an item that is wrong saves nothing of the batch and is named', async () => {
  const { given, refused, run } = await bench()
  await given.project('GH')
  const items = [{ title: 'Fine' }, { title: 'Not fine', depends_on: ['GH-99'] }]
  expect(await refused('work.save_tasks', { project: 'GH', items })).toMatchObject({
    kind: 'invalid',
    code: 'work.item_not_valid',
    said: 'items[1].depends_on: GH-99 does not exist or you may not see it.',
  })
  expect(await run('work.find_tasks', { project: 'GH' })).toMatchObject({ total: 0 })
})

test('a dry run says what would come and saves nothing', async () => {
  const { given, say, run } = await bench()
  await given.project('GH')
  const items = [
    { ref: 'a', title: 'One', labels: ['new'] },
    { title: 'Two', depends_on: ['a'] },
  ]
  const said = await say('work.save_tasks', { project: 'GH', items, dry_run: true })
  expect(said).toBe('dry run, nothing saved: 2 created: a=GH-1 GH-2')
  expect(await run('work.find_tasks', { project: 'GH' })).toMatchObject({ total: 0 })
})

test('tasks that would wait for each other are refused with their path', async () => {
  const { given, refused, run } = await bench()
  await given.project('GH')
  await given.tasks([
    { ref: 'a', title: 'A' },
    { ref: 'b', title: 'B', depends_on: ['a'] },
  ])
  const items = [{ id: 'GH-1', depends_on: ['+GH-2'] }]
  const { code, details } = await refused('work.save_tasks', { items })
  expect(code).toBe('work.dependency_cycle')
  expect(details).toMatchObject({ path: expect.arrayContaining(['GH-1', 'GH-2']) })
  const self = await refused('work.add_dependency', { key: 'GH-1', to: 'GH-1' })
  expect(self.code).toBe('work.dependency_cycle')
  const child = { items: [{ title: 'C', parent: 'GH-1', depends_on: ['GH-1'] }] }
  expect((await refused('work.save_tasks', child)).code).toBe('work.dependency_cycle')
  expect(await run('work.get_task', { key: 'GH-1' })).toMatchObject({ links: [{ key: 'GH-2' }] })
})

test('items that are parents of each other are refused', async () => {
  const { given, refused } = await bench()
  await given.project('GH')
  const items = [
    { ref: 'a', title: 'A', parent: 'b' },
    { ref: 'b', title: 'B', parent: 'a' },
  ]
  const { code } = await refused('work.save_tasks', { project: 'GH', items })
  expect(code).toBe('work.dependency_cycle')
})

test('a stale version is refused with what changed since', async () => {
  const { given, run, refused, ledger } = await bench()
  await given.project('GH')
  await given.tasks([{ title: 'A' }])
  await run('work.change_task', { key: 'GH-1', version: 1, priority: 'high' })
  const late = () => refused('work.change_task', { key: 'GH-1', version: 1, title: 'B' })
  const unsealed = await late()
  await ledger()
  expect(await late()).toEqual(unsealed)
  expect(unsealed).toMatchObject({
    kind: 'conflict',
    code: 'work.stale_version',
    details: { current: 2, changed: [{ field: 'priority' }] },
  })
})

test('without a version only given fields change, and lists take + and -', async () => {
  const { given, run, refused } = await bench()
  await given.project('GH')
  await given.tasks([{ title: 'A', labels: ['ui', 'Slow'], body: 'Text' }])
  await run('work.change_task', { key: 'GH-1', labels: ['+Old', '-SLOW'] })
  expect(await run('work.get_task', { key: 'GH-1' })).toMatchObject({
    title: 'A',
    body: 'Text',
    labels: ['ui', 'Old'],
    version: 2,
  })
  const plain = await refused('work.change_task', { key: 'GH-1', labels: ['x'] })
  expect(plain).toMatchObject({ kind: 'invalid', details: { field: 'labels' } })
  await run('work.change_task', { key: 'GH-1', labels: ['OLD', 'x'], version: 2 })
  expect(await run('work.get_task', { key: 'GH-1' })).toMatchObject({ labels: ['Old', 'x'] })
})

test('a change that changes nothing leaves version and ledger alone', async () => {
  const { given, run, ledger } = await bench()
  await given.project('GH')
  await given.tasks([{ title: 'A' }])
  const before = (await ledger()).length
  expect(await run('work.change_task', { key: 'GH-1', title: 'A' })).toMatchObject({ version: 1 })
  expect(await ledger()).toHaveLength(before)
})
