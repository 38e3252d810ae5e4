import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const hall = async (count: number) => {
  const words = await bench()
  await words.given.project('GH')
  const dev = await words.given.agent('dev-1', ['GH'])
  const items = Array.from({ length: count }, (_, index) => ({ title: `Task ${index + 1}` }))
  if (count > 0) await words.given.tasks(items)
  return { ...words, dev }
}

test('a sprint is planned, changed under its version, and only forwards', async () => {
  const { run, say, refused } = await hall(0)
  const plan = { goal: 'Sign in', starts_on: '2030-01-07', ends_on: '2030-01-18' }
  expect(await say('work.save_sprint', { project: 'GH', data: plan })).toBe('GH sprint 1 planned')
  expect(await say('work.get_sprint', { project: 'GH', id: 1 })).toBe(
    'GH sprint 1 planned 2030-01-07 to 2030-01-18 0/0 tasks, 0/0p: Sign in',
  )
  const later = { project: 'GH', id: 1, data: { ends_on: '2030-01-01' } }
  expect(await refused('work.save_sprint', later)).toMatchObject({ code: 'work.sprint_dates' })
  const stale = { project: 'GH', id: 1, data: { goal: 'More', version: 7 } }
  expect(await refused('work.save_sprint', stale)).toMatchObject({ code: 'work.stale_version' })
  const close = { project: 'GH', id: 1, data: { move: 'backlog' } }
  expect(await refused('work.close_sprint', close)).toMatchObject({
    said: 'Sprint 1 is planned: start it first.',
  })
  await run('work.start_sprint', { project: 'GH', id: 1 })
  await run('work.save_sprint', { project: 'GH' })
  expect(await refused('work.start_sprint', { project: 'GH', id: 2 })).toMatchObject({
    code: 'work.sprint_active',
    details: { active: 1 },
  })
  expect(await refused('work.start_sprint', { project: 'GH', id: 9 })).toMatchObject({
    code: 'work.sprint_unknown',
  })
  expect((await run('work.list_sprints', { project: 'GH' })).items).toMatchObject([
    { number: 2, state: 'planned' },
    { number: 1, state: 'active' },
  ])
})

test('tasks of the active sprint are handed out first', async () => {
  const { run, dev } = await hall(2)
  await run('work.save_sprint', { project: 'GH' })
  await run('work.save_tasks', { items: [{ id: 'GH-2', sprint: 1, points: 3 }] })
  await run('work.start_sprint', { project: 'GH', id: 1 })
  expect((await run('work.next_task', {}, dev)).task.key).toBe('GH-2')
  expect(await run('work.get_sprint', { project: 'GH' })).toMatchObject({ tasks: 1, points: 3 })
})

test('open tasks of a closed sprint go where they are told to', async () => {
  const { run, say, dev, refused, ledger } = await hall(3)
  await run('work.save_sprint', { project: 'GH' })
  const items = ['GH-1', 'GH-2', 'GH-3'].map((id) => ({ id, sprint: 1 }))
  await run('work.save_tasks', { items })
  await run('work.start_sprint', { project: 'GH', id: 1 })
  await run('work.next_task', {}, dev)
  await run('work.finish_work', { lease: 'GH-1#1', outcome: 'done' }, dev)
  const data = { move: 'next', except: ['GH-3'] }
  expect(await refused('work.close_sprint', { project: 'GH', id: 1, data })).toMatchObject({
    code: 'work.no_next_sprint',
  })
  const strange = { project: 'GH', id: 1, data: { move: 'next', except: ['GH-1'] } }
  expect(await refused('work.close_sprint', strange)).toMatchObject({
    code: 'work.sprint_task_unknown',
  })
  await run('work.save_sprint', { project: 'GH' })
  expect(await say('work.close_sprint', { project: 'GH', id: 1, data })).toBe(
    'GH sprint 1 closed: 1 done, 2 open went to sprint 2 or the backlog',
  )
  const { cards } = await run('work.get_snapshot', { project: 'GH' })
  const sprints = Object.fromEntries(
    cards.map(({ key, sprint }: { key: string; sprint: number | null }) => [key, sprint]),
  )
  expect(sprints).toEqual({ 'GH-1': 1, 'GH-2': 2, 'GH-3': null })
  const changed = (await ledger()).filter(({ name }) => name === 'work.task_changed')
  expect(changed.slice(-2).map(({ data: { was } }) => was)).toEqual([{ sprint: 1 }, { sprint: 1 }])
})

test('a board shows its columns, and says them in a line each', async () => {
  const { run, say, dev } = await hall(3)
  await run('work.next_task', {}, dev)
  const board = await run('work.get_board', { project: 'GH' })
  expect(board.columns.map(({ count }: { count: number }) => count)).toEqual([0, 0, 2, 1, 0, 0, 0])
  const said = await say('work.get_board', { project: 'GH' })
  expect(said.split('\n').slice(0, 5)).toEqual([
    ...[
      'GH Project GH',
      'Triage 0',
      'Backlog 0',
      'Todo 2: GH-2, GH-3',
      'In progress 1: GH-1 @dev-1',
    ],
  ])
  await run('work.finish_work', { lease: 'GH-1#1', outcome: 'done' }, dev)
  expect(await say('work.get_board', { project: 'GH' })).toContain('Done 1: GH-1')
})

test('a board shows the first 200 cards of a column and counts all', async () => {
  const { run, given } = await hall(0)
  for (let batch = 0; batch < 3; batch++) {
    await given.tasks(Array.from({ length: 70 }, (_, index) => ({ title: `${batch}.${index}` })))
  }
  const { columns } = await run('work.get_board', { project: 'GH' })
  expect(columns[2].cards).toHaveLength(200)
  expect(columns[2]).toMatchObject({ count: 210, cards: { 0: { key: 'GH-1' } } })
})

test('a snapshot holds what the reader may see, and where to follow from', async () => {
  const { run, given, dev, ledger } = await hall(2)
  await given.project('OPS')
  await given.tasks([{ title: 'Secret' }], 'OPS')
  const { length } = await ledger()
  const all = await run('work.get_snapshot')
  expect(all).toMatchObject({ pos: length, cut: false, cards: { length: 3 } })
  const some = await run('work.get_snapshot', {}, dev)
  expect(some.projects.map(({ key }: { key: string }) => key)).toEqual(['GH'])
  expect(some.cards.map(({ key }: { key: string }) => key)).toEqual(['GH-1', 'GH-2'])
})

test('a snapshot can begin with what stands in front, and says what is missing', async () => {
  const { run, given, dev } = await hall(5)
  await given.project('OPS')
  await given.tasks([{ title: 'Secret' }, { title: 'Secret too' }], 'OPS')
  await run('work.move_task', { key: 'GH-4', to: 'Todo', before: 'GH-1' })
  await run('work.move_task', { key: 'GH-2', to: 'Done' })
  const keysOf = ({ cards }: { cards: readonly { key: string }[] }) => cards.map(({ key }) => key)
  const two = await run('work.get_snapshot', { project: 'GH', first: 2 })
  expect(new Set(keysOf(two))).toEqual(new Set(['GH-4', 'GH-1', 'GH-2']))
  expect(two.more).toEqual([{ project: 'GH', column: 'Todo', cards: 4 }])
  const one = await run('work.get_snapshot', { first: 1 }, dev)
  expect(new Set(keysOf(one))).toEqual(new Set(['GH-4', 'GH-2']))
  const all = await run('work.get_snapshot', { first: 200 })
  expect([all.more, new Set(keysOf(all))]).toEqual([
    [],
    new Set(keysOf(await run('work.get_snapshot'))),
  ])
})

test('the history of a task names people and hides the audit', async () => {
  const { run, say, dev, ledger } = await hall(1)
  await run('work.next_task', {}, dev)
  await run('work.add_comment', { key: 'GH-1', body: 'Well done.' }, dev)
  await ledger()
  const { items, total } = await run('work.list_task_events', { key: 'GH-1' })
  expect(items).toMatchObject([
    { name: 'work.task_noted', actor: 'dev-1', data: { what: 'comment', text: 'Well done.' } },
    { name: 'work.task_claimed', actor: 'dev-1', data: { holder: 'dev-1', fence: 1 } },
    { name: 'work.task_created', data: { title: 'Task 1' } },
  ])
  expect(total).toBe(3)
  expect(items.some(({ data }: { data: object }) => 'audit' in data)).toBe(false)
  expect(await say('work.list_task_events', { key: 'GH-1', limit: 2 })).toMatch(
    /^#\d+ \d+s ago noted @dev-1\n#\d+ \d+s ago claimed @dev-1\nmore: c_\S+$/,
  )
})

test('comments are read page by page, from either end', async () => {
  const { run, refused, dev } = await hall(1)
  for (const body of ['one', 'two', 'three'])
    await run('work.add_comment', { key: 'GH-1', body }, dev)
  const first = await run('work.list_comments', { key: 'GH-1', limit: 2 })
  expect(first).toMatchObject({
    total: 3,
    items: [{ body: 'one' }, { body: 'two', author: 'dev-1' }],
  })
  const rest = await run('work.list_comments', { key: 'GH-1', limit: 2, cursor: first.next })
  expect(rest).toMatchObject({ items: [{ body: 'three' }], next: null })
  const newest = { key: 'GH-1', order: 'newest', limit: 2 }
  const last = await run('work.list_comments', newest)
  expect(last).toMatchObject({ total: 3, items: [{ body: 'three' }, { body: 'two' }] })
  expect(await run('work.list_comments', { ...newest, cursor: last.next })).toMatchObject({
    items: [{ body: 'one' }],
    next: null,
  })
  expect(await refused('work.add_comment', { key: 'GH-1', body: ' ' })).toMatchObject({
    kind: 'invalid',
  })
})
