import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

type Item = Readonly<{ key: string; reasons: readonly Readonly<{ code: string; text: string }>[] }>

type Queue = Readonly<{
  items: readonly Item[]
  keys: readonly string[]
  counts: object
  total: number
  next: string | null
}>

const hall = async () => {
  const words = await bench()
  await words.given.project('GH')
  const queue = async (more: object = {}): Promise<Queue> => {
    const answer = await words.run('work.list_queue', { project: 'GH', ...more })
    const items: readonly Item[] = answer.items
    const { counts, total, next } = answer
    return { items, counts, total, next, keys: items.map(({ key }) => key) }
  }
  const why = async (key: string, more: object = {}) => {
    const { items } = await queue(more)
    return items.find((item) => item.key === key)?.reasons.map(({ text }) => text)
  }
  return { ...words, queue, why }
}

test('what is ready stands in the order in which it is handed out', async () => {
  const { given, run, queue } = await hall()
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([
    { title: 'One' },
    { title: 'Two', priority: 'high' },
    { title: 'Three' },
    { title: 'Four', assignee: 'dev-1' },
  ])
  await run('work.save_sprint', { project: 'GH' })
  await run('work.change_task', { key: 'GH-3', sprint: 1 })
  await run('work.start_sprint', { project: 'GH', id: 1 })
  expect((await queue({ show: 'ready' })).keys).toEqual(['GH-3', 'GH-2', 'GH-1', 'GH-4'])
  const { keys } = await queue({ show: 'ready', agent: 'dev-1' })
  expect(keys).toEqual(['GH-4', 'GH-3', 'GH-2', 'GH-1'])
  const claimed: string[] = []
  for (const _ of keys.slice(0, 3)) {
    claimed.push((await run('work.next_task', {}, dev)).task.key)
  }
  expect(claimed).toEqual(keys.slice(0, 3))
})

test('what is not ready says why, and is counted by its reasons', async () => {
  const { given, run, queue, why } = await hall()
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([
    { ref: 'a', title: 'First' },
    { ref: 'b', title: 'Waits', depends_on: ['a'] },
    { title: 'Below what waits', parent: 'b' },
    { title: 'Flagged' },
    { title: 'Rests' },
    { title: 'Later', status: 'Backlog' },
    { title: 'Done', status: 'Done' },
  ])
  await run('work.change_task', { key: 'GH-4', blocked: 'No key' })
  await run('work.change_task', { key: 'GH-5', hold_until: '2999-01-01' })
  await run('work.next_task', { id: 'GH-1' }, dev)
  const { keys, counts, total } = await queue()
  expect(keys).toEqual(['GH-2', 'GH-3', 'GH-4', 'GH-5'])
  expect(total).toBe(4)
  expect(counts).toEqual({
    ready: 0,
    waiting: 4,
    blocked_by: 1,
    parent_blocked: 1,
    open_subtasks: 1,
    flagged: 1,
    held_until: 1,
    not_in_queue: 1,
    claimed: 1,
  })
  expect(await why('GH-2')).toEqual(['It waits for GH-1.', 'Its subtasks come first: GH-3.'])
  expect(await why('GH-3')).toEqual(['Above it, GH-2 is blocked.'])
  expect((await queue({ show: 'claimed' })).items[0]?.reasons[0]?.text).toBe('@dev-1 holds it now.')
  expect((await queue({ show: 'not_in_queue' })).keys).toEqual(['GH-6'])
  expect((await queue({ show: 'held_until' })).keys).toEqual(['GH-5'])
})

test('for a chosen agent, a ready task says why that agent may not take it', async () => {
  const { given, run, queue, why, refused } = await hall()
  const dev = await given.agent('dev-1', ['GH'])
  await given.project('OPS')
  await given.agent('ops-1', ['OPS'])
  await given.tasks([
    { title: 'Any' },
    { title: 'Skilled', skills: ['rust'] },
    { title: 'For the owner', assignee: 'owner' },
  ])
  const ready = { show: 'ready', agent: 'dev-1' }
  expect(await why('GH-1', ready)).toEqual([])
  expect(await why('GH-2', ready)).toEqual(['It needs rust.'])
  expect(await why('GH-3', ready)).toEqual(['It is meant for @owner.'])
  expect(await why('GH-1', { show: 'ready', agent: 'ops-1' })).toEqual([
    '@ops-1 may not claim tasks here.',
  ])
  await given.tasks([{ title: 'Four' }, { title: 'Five' }])
  for (const id of ['GH-1', 'GH-4', 'GH-5']) await run('work.next_task', { id }, dev)
  await given.tasks([{ title: 'Six' }])
  expect(await why('GH-6', ready)).toEqual(['@dev-1 holds 3 of 3 tasks.'])
  expect((await queue({ show: 'ready' })).items[0]?.reasons).toMatchObject([{ code: 'skills' }])
  const nobody = { project: 'GH', agent: 'nobody' }
  expect(await refused('work.list_queue', nobody)).toMatchObject({ code: 'work.agent_unknown' })
})

test('pages of the queue give every task once, and odd cursors are refused', async () => {
  const { given, queue, refused } = await hall()
  const priorities = ['urgent', 'low', 'none'] as const
  await given.tasks(
    Array.from({ length: 23 }, (_, i) => ({ title: `Task ${i}`, priority: priorities[i % 3] })),
  )
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await queue({ show: 'ready', limit: 5, ...(cursor && { cursor }) })
    seen.push(...page.keys)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect([seen.length, new Set(seen).size]).toEqual([23, 23])
  const odd = { project: 'GH', cursor: 'c_odd' }
  expect(await refused('work.list_queue', odd)).toMatchObject({ kind: 'invalid' })
})

test('the queue of a project that one may not see is not told', async () => {
  const { given, refused } = await hall()
  await given.project('OPS')
  const dev = await given.agent('dev-1', ['GH'])
  expect(await refused('work.list_queue', { project: 'OPS' }, dev)).toMatchObject({
    kind: 'not_found',
  })
})
