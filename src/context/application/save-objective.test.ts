import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const save = 'context.save_objective'
const list = 'context.list_objectives'
const archive = 'context.archive_objective'
const aligned = 'context.list_aligned_tasks'
const unaligned = 'context.list_unaligned_tasks'

test('an objective without a metric is as far as the tasks of its places', async () => {
  const { given, run, say } = await bench()
  await given.project()
  await given.tasks([{ title: 'First' }, { title: 'Second' }])
  const dev = await given.agent('dev-1', ['GH'])
  expect(await say(save, { title: 'Ship it', places: ['GH'] })).toBe('O-1 v1 Ship it')
  expect(await say(list)).toBe('O-1 0% Ship it')
  const { task } = await run('work.next_task', {}, dev)
  await run('work.finish_work', { lease: task.lease, outcome: 'done' }, dev)
  expect(await run(list)).toMatchObject({
    items: [{ id: 'O-1', progress: 50, places: ['GH'], parent: null }],
  })
})

test('a metric says how far an objective is, and its parent weighs it', async () => {
  const { run, say, ledger, verify } = await bench()
  await run(save, { title: 'Grow' })
  const metric = { unit: 'users', start: 0, target: 10, current: 2.5 }
  await run(save, { title: 'Users', parent: 'O-1', weight: 0.5, metric })
  await run(save, { title: 'Fun', parent: 'O-1', weight: 1.5 })
  expect(await say(list)).toBe('O-1 6% Grow\nO-2 <-O-1 25% Users\nO-3 <-O-1 0% Fun')
  const saved = (await ledger()).filter(({ name }) => name === 'context.objective_saved')
  expect(saved[1]).toMatchObject({
    data: { key: 'O-2', parent: 'O-1', projectId: null },
    parts: { content: { weight: '0.5', metric: { current: '2.5' } } },
  })
  expect(await verify()).toMatchObject({ ok: true })
})

test('a change touches the given fields only, and not on an old version', async () => {
  const { run, refused } = await bench()
  await run(save, { title: 'Grow', due: '2030-01-01T00:00:00Z', owner: '@owner' })
  await run(save, { id: 'O-1', title: 'Grow more', version: 1 })
  expect(await run(list)).toMatchObject({
    items: [{ title: 'Grow more', due: '2030-01-01T00:00:00.000Z', owner: 'owner', version: 2 }],
  })
  expect(await refused(save, { id: 'O-1', title: 'Late', version: 1 })).toMatchObject({
    ...{ kind: 'conflict', code: 'context.objective_changed' },
  })
})

test('C12: no objective lies below itself, also when two move at one moment', async () => {
  const { run, refused } = await bench()
  await run(save, { title: 'A' })
  await run(save, { title: 'B' })
  const moves = await Promise.allSettled([
    run(save, { id: 'O-1', parent: 'O-2' }),
    run(save, { id: 'O-2', parent: 'O-1' }),
  ])
  const refusals = moves.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refusals).toMatchObject([{ code: 'context.objective_cycle' }])
  expect(await refused(save, { id: 'O-1', parent: 'O-1' })).toMatchObject({
    code: 'context.objective_cycle',
  })
})

test('what is archived counts no longer, and not before what lies below it', async () => {
  const { given, run, refused, say } = await bench()
  await given.project()
  await run(save, { title: 'A', places: ['GH'] })
  await run(save, {
    title: 'B',
    parent: 'O-1',
    metric: { unit: '%', start: 0, target: 1, current: 1 },
  })
  expect(await say(list)).toContain('O-1 100% A')
  expect(await refused(archive, { id: 'O-1' })).toMatchObject({
    ...{ code: 'context.objective_not_empty', details: { below: ['O-2'] } },
  })
  await run(archive, { id: 'O-2' })
  expect(await say(list)).toBe('O-1 0% A')
  expect(await say(list, { archived: true })).toContain('O-2 <-O-1 100% B')
  await run(archive, { id: 'O-1' })
  expect(await run(list)).toMatchObject({ items: [], total: 0 })
  expect(await refused(save, { id: 'O-1', title: 'Again' })).toMatchObject({ kind: 'not_found' })
})

test('places are projects and branches; a place has one objective', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  await given.tasks([{ title: 'First' }])
  await run(save, { title: 'A', places: ['GH', 'GH/main'] })
  await run(save, { title: 'B', places: ['GH/main'] })
  expect(await run(list)).toMatchObject({ items: [{ places: ['GH'] }, { places: ['GH/main'] }] })
  expect(await refused(save, { title: 'C', places: ['GH-1'] })).toMatchObject({
    code: 'context.not_alignable',
  })
})

test.each([
  ['an empty title', { title: ' ' }, 'context.objective_title'],
  ['no title', {}, 'context.objective_title'],
  ['an unknown parent', { title: 'A', parent: 'O-9' }, 'platform.not_found'],
  ['an unknown owner', { title: 'A', owner: 'nobody' }, 'platform.not_found'],
  ['no weight', { title: 'A', weight: 0 }, 'platform.input_not_valid'],
])('%s is refused', async (_, input, code) => {
  const { refused, run } = await bench()
  expect(await refused(save, input)).toMatchObject({ code })
  expect(await run(list)).toMatchObject({ total: 0 })
})

test('agents read objectives and do not change them', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  const dev = await given.agent('dev-1', ['GH'])
  await run(save, { title: 'A' })
  expect(await run(list, {}, dev)).toMatchObject({ total: 1 })
  expect(await refused(save, { title: 'B' }, dev)).toMatchObject({ kind: 'forbidden' })
})

test('C15: who sees one project sees neither titles nor places of others', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  await given.project('HH')
  await given.project('ZZ')
  const dev = await given.agent('dev-1', ['ZZ'])
  await run(save, { title: 'Of all' })
  await run(save, { title: 'Hidden', parent: 'O-1', places: ['GH'] })
  await run(save, { title: 'Below hidden', parent: 'O-2' })
  await run(save, { title: 'Mine', parent: 'O-2', places: ['ZZ'] })
  await run(save, { title: 'Shared', places: ['GH/main', 'ZZ/main'] })
  await run(save, { title: 'Gone', places: ['HH'] })
  await run(archive, { id: 'O-6' })
  expect(await run(list, { archived: true }, dev)).toMatchObject({
    total: 3,
    items: [
      { id: 'O-1', title: 'Of all' },
      { id: 'O-4', parent: 'O-1', places: ['ZZ'] },
      { id: 'O-5', places: ['ZZ/main'] },
    ],
  })
  expect(await run(list, {})).toMatchObject({ total: 5 })
  expect(await refused(aligned, { id: 'O-2' }, dev)).toMatchObject({ kind: 'not_found' })
})

test('tasks align by themselves, an ancestor, their branch or their project', async () => {
  const { given, run, say } = await bench()
  await given.project()
  await given.tasks([{ title: 'First' }, { title: 'Second', status: 'Done' }])
  await given.tasks([{ title: 'Below first', parent: 'GH-1' }])
  expect(await run(unaligned, { project: 'GH' })).toMatchObject({
    total: 1,
    items: [{ key: 'GH-1', title: 'First', by: null }],
  })
  await run(save, { title: 'Ship it', places: ['GH'] })
  expect(await run(unaligned, { project: 'GH' })).toMatchObject({ total: 0, items: [] })
  expect(await run(aligned, { id: 'O-1' })).toEqual({
    total: 2,
    next: null,
    items: [
      { key: 'GH-1', title: 'First', state: 'open', progress: 0, by: 'project' },
      { key: 'GH-2', title: 'Second', state: 'completed', progress: 100, by: 'project' },
    ],
  })
  await run(save, { title: 'Branch', places: ['GH/main'] })
  expect(await run(aligned, { id: 'O-1' })).toMatchObject({ total: 0 })
  expect(await run(aligned, { id: 'O-2' })).toMatchObject({ items: [{ by: 'branch' }, {}] })
  expect(await say(aligned, { id: 'O-2' })).toBe('GH-1 0% First\nGH-2 100% Second')
})

test('pages of aligned tasks follow each other without a gap', async () => {
  const { given, run } = await bench()
  await given.project()
  await given.tasks([{ title: 'A' }, { title: 'B', status: 'Done' }, { title: 'C' }])
  await run(save, { title: 'Ship it', places: ['GH'] })
  const first = await run(aligned, { id: 'O-1', limit: 2 })
  const second = await run(aligned, { id: 'O-1', limit: 2, cursor: first.next })
  const titles = [...first.items, ...second.items].map((one: { title: string }) => one.title)
  expect(titles).toEqual(['A', 'C', 'B'])
  expect(second.next).toBeNull()
})

test('tasks of projects that the reader may not see are not among the aligned', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  await given.project('ZZ')
  await given.tasks([{ title: 'Secret' }])
  await given.tasks([{ title: 'Open' }], 'ZZ')
  const dev = await given.agent('dev-1', ['ZZ'])
  await run(save, { title: 'Shared', places: ['GH', 'ZZ'] })
  expect(await run(aligned, { id: 'O-1' }, dev)).toMatchObject({
    total: 1,
    items: [{ key: 'ZZ-1' }],
  })
  expect(await refused(unaligned, { project: 'GH' }, dev)).toMatchObject({ kind: 'not_found' })
})
