import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const save = 'context.save_objective'
const list = 'context.list_objectives'
const archive = 'context.archive_objective'

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
