import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const hall = async () => {
  const words = await bench()
  await words.given.project('GH')
  return words
}

const COLUMNS = [
  { name: 'Backlog', category: 'backlog' },
  { name: 'Todo', category: 'unstarted' },
  { name: 'In progress', category: 'started' },
  { name: 'In review', category: 'started', role: 'review' },
  { name: 'Done', category: 'completed' },
  { name: 'Canceled', category: 'canceled' },
]

const withColumn = (name: string, change: object) =>
  COLUMNS.map((column) => (column.name === name ? { ...column, ...change } : column))

test('a project is listed, shown, changed under its version, and keeps its old key', async () => {
  const { run, say, refused, given } = await hall()
  await given.tasks([{ title: 'First' }])
  expect(await say('work.list_projects')).toBe('GH 1 open Project GH')
  expect(await run('work.list_projects', { id: 'X' })).toMatchObject({ items: [], total: 0 })
  const saved = {
    id: 'GH',
    data: { key: 'HALL', name: 'Guildhall', review: 'required', version: 1 },
  }
  expect(await run('work.save_project', saved)).toMatchObject({ key: 'HALL', version: 2 })
  expect(await refused('work.save_project', saved)).toMatchObject({ code: 'work.stale_version' })
  expect(await run('work.get_project', { id: 'GH' })).toMatchObject({
    key: 'HALL',
    review: 'required',
    zone: 'UTC',
  })
  expect((await run('work.claim_task', { key: 'GH-1' })).key).toBe('HALL-1')
  expect(await say('work.get_project', { id: 'HALL' })).toContain('review: required')
})

test('a key that belongs to another project is refused', async () => {
  const { run, refused, given } = await hall()
  await given.project('OPS')
  expect(await refused('work.save_project', { id: 'OPS', data: { key: 'GH' } })).toMatchObject({
    code: 'work.project_key_taken',
  })
  await run('work.save_project', { id: 'OPS', data: { key: 'OPERATE' } })
  await run('work.save_project', { id: 'OPERATE', data: { key: 'OPS' } })
  expect((await run('work.get_project', { id: 'OPERATE' })).key).toBe('OPS')
})

test('a project without id is created by who may', async () => {
  const { run, refused, given } = await hall()
  const data = { key: 'WEB', name: 'Web', zone: 'Europe/Berlin' }
  expect(await run('work.save_project', { data, branch: 'auth' })).toMatchObject({
    key: 'WEB',
    branches: expect.arrayContaining(['main', 'auth']),
  })
  expect(await refused('work.save_project', { data: { key: 'ONE' } })).toMatchObject({
    code: 'work.project_incomplete',
  })
  const dev = await given.agent('dev-1', ['GH'])
  expect(await refused('work.save_project', { data }, dev)).toMatchObject({ kind: 'forbidden' })
})

test('an archived project comes back, and one at work is not put away', async () => {
  const { run, say, refused, given } = await hall()
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([{ title: 'First' }])
  await run('work.next_task', {}, dev)
  expect(await refused('work.archive_project', { id: 'GH' })).toMatchObject({
    code: 'work.project_running',
  })
  await run('work.finish_work', { lease: 'GH-1#1', outcome: 'done' }, dev)
  expect(await say('work.archive_project', { id: 'GH' })).toBe('GH archived')
  expect(await say('work.list_projects')).toBe('GH archived Project GH')
  expect(await say('work.archive_project', { id: 'GH', data: { restore: true } })).toBe(
    'GH restored',
  )
})

test('columns are renamed, swapped, added and removed, and their tasks stay', async () => {
  const { run, given, refused } = await hall()
  await given.tasks([{ title: 'First' }])
  const renamed = withColumn('Todo', { name: 'Ready', was: 'Todo' })
  const swapped = renamed.map((column) =>
    column.name === 'Done'
      ? { ...column, name: 'Canceled', was: 'Done' }
      : column.name === 'Canceled'
        ? { ...column, name: 'Done', was: 'Canceled' }
        : column,
  )
  const saved = await run('work.save_columns', { project: 'GH', columns: swapped })
  expect(saved.columns.map(({ name }: { name: string }) => name)).toEqual([
    ...['Backlog', 'Ready', 'In progress', 'In review', 'Canceled', 'Done'],
  ])
  const board = await run('work.get_board', { project: 'GH' })
  expect(board.columns[1]).toMatchObject({ name: 'Ready', count: 1 })
  const without = COLUMNS.filter(({ name }) => name !== 'Todo')
  const other = [...without, { name: 'Next', category: 'unstarted' }]
  expect(await refused('work.save_columns', { project: 'GH', columns: other })).toMatchObject({
    code: 'work.column_not_empty',
    said: 'Ready cannot go while 1 tasks stand in it; move them out first.',
  })
  expect(await refused('work.save_columns', { project: 'GH', columns: without })).toMatchObject({
    code: 'work.columns_not_valid',
    details: { missing: ['unstarted'] },
  })
})

test('a column to which claimed tasks come back stays; attempts do not keep one', async () => {
  const { run, given, refused } = await hall()
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([{ title: 'First' }])
  await run('work.next_task', {}, dev)
  const other = withColumn('Todo', { name: 'Next' })
  expect(await refused('work.save_columns', { project: 'GH', columns: other })).toMatchObject({
    details: { column: 'Todo', leases: 1 },
  })
  await run('work.finish_work', { lease: 'GH-1#1', outcome: 'done' }, dev)
  await run('work.save_columns', { project: 'GH', columns: other })
  expect((await run('work.get_project', { id: 'GH' })).columns[1].name).toBe('Next')
})

test('a limit counts what runs already, and a hard one holds', async () => {
  const { run, given } = await hall()
  const devs = await Promise.all(['a-1', 'a-2', 'a-3'].map((name) => given.agent(name, ['GH'])))
  await given.tasks([{ title: 'First' }, { title: 'Second' }, { title: 'Third' }])
  await run('work.next_task', {}, devs[0])
  const columns = withColumn('In progress', { limit: 2, hard: true })
  await run('work.save_columns', { project: 'GH', columns })
  await run('work.next_task', {}, devs[1])
  expect((await run('work.next_task', {}, devs[2])).empty.full).toMatch(/column/)
  await run('work.save_columns', { project: 'GH', columns: COLUMNS })
  await run('work.save_project', { id: 'GH', data: { wip_limit: 2 } })
  expect((await run('work.next_task', {}, devs[2])).empty.full).toMatch(/project/)
  await run('work.finish_work', { lease: 'GH-1#1', outcome: 'released' }, devs[0])
  expect((await run('work.next_task', {}, devs[2])).task.key).toBe('GH-1')
})

test('claims that run while a limit is set never go above it', async () => {
  const { run, given } = await hall()
  const devs = await Promise.all(
    Array.from({ length: 6 }, (_, index) => given.agent(`w-${index}`, ['GH'])),
  )
  await given.tasks(Array.from({ length: 20 }, (_, index) => ({ title: `Task ${index}` })))
  const columns = withColumn('In progress', { limit: 12, hard: true })
  await Promise.all([
    ...devs.map((dev) => run('work.next_task', {}, dev)),
    run('work.save_columns', { project: 'GH', columns }),
    ...devs.map((dev) => run('work.next_task', {}, dev)),
  ])
  for (const dev of [...devs, ...devs]) await run('work.next_task', {}, dev)
  const board = await run('work.get_board', { project: 'GH' })
  expect(board.columns[2]).toMatchObject({ name: 'In progress', count: 12 })
})

test('branches are made, renamed and put away; main stays', async () => {
  const { run, say, refused, given } = await hall()
  expect(await say('work.save_branch', { project: 'GH', name: 'auth' })).toBe(
    'GH branches: main, auth',
  )
  await given.tasks([{ title: 'First', branch: 'auth' }])
  await run('work.save_branch', { project: 'GH', name: 'auth', rename: 'sign-in' })
  const away = { project: 'GH', name: 'sign-in', archived: true }
  expect(await refused('work.save_branch', away)).toMatchObject({ code: 'work.branch_not_empty' })
  expect(await refused('work.save_branch', { ...away, name: 'main' })).toMatchObject({
    code: 'work.branch_main',
  })
  expect(
    await refused('work.save_branch', { project: 'GH', name: 'sign-in', rename: 'main' }),
  ).toMatchObject({ code: 'work.branch_taken' })
})

test('a branch with agents is for those alone', async () => {
  const { run, say, given, refused } = await hall()
  const one = await given.agent('dev-1', ['GH'])
  const two = await given.agent('dev-2', ['GH'])
  await given.tasks([{ title: 'First' }])
  expect(await say('work.assign_agent', { id: '@dev-1', branch: 'GH/main' })).toBe(
    '@dev-1 assigned to GH/main',
  )
  expect((await run('work.get_project', { id: 'GH' })).branchAgents).toEqual([
    { branch: 'main', agents: ['dev-1'] },
  ])
  expect((await run('work.next_task', {}, two)).task).toBeNull()
  expect((await run('work.next_task', {}, one)).task.key).toBe('GH-1')
  await run('work.unassign_agent', { id: 'dev-1', branch: 'GH/main' })
  expect((await run('work.get_project', { id: 'GH' })).branchAgents).toEqual([])
  expect(await refused('work.assign_agent', { id: 'dev-1', branch: 'GH/none' })).toMatchObject({
    kind: 'not_found',
  })
})
